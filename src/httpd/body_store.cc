#include "body_store.h"

#include <sys/mman.h>
#include <unistd.h>

#include <cerrno>
#include <utility>

namespace trailkeeper::httpd {

BodyBudget::BodyBudget(BodyBudget&& other) noexcept
    : used_(std::exchange(other.used_, nullptr)), held_(std::exchange(other.held_, 0)) {}

BodyBudget& BodyBudget::operator=(BodyBudget&& other) noexcept {
  if (this != &other) {
    release();
    used_ = std::exchange(other.used_, nullptr);
    held_ = std::exchange(other.held_, 0);
  }
  return *this;
}

void BodyBudget::release() {
  if (used_ && held_ > 0) used_->fetch_sub(held_);
  held_ = 0;
}

bool BodyBudget::take(std::size_t bytes, std::size_t most) {
  if (!used_) return true;
  if (used_->fetch_add(bytes) + bytes > most) {
    used_->fetch_sub(bytes);
    return false;
  }
  held_ += bytes;
  return true;
}

BodyStore::Outcome BodyStore::append(std::string_view piece) {
  if (piece.size() > bytes_max_ - size_) return Outcome::too_large;
  size_ += piece.size();
  if (discard_) return Outcome::stored;
  if (!budget_.take(piece.size(), used_max_)) return Outcome::no_memory;
  if (spool_) return write_file(piece) ? Outcome::stored : Outcome::no_memory;
  text_.append(piece);
  return Outcome::stored;
}

bool BodyStore::write_file(std::string_view piece) {
  if (!file_) file_ = FileDescriptor(::memfd_create("request-body", MFD_CLOEXEC));
  if (!file_) return false;
  while (!piece.empty()) {
    auto written = ::write(file_.get(), piece.data(), piece.size());
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return false;
    piece.remove_prefix(static_cast<std::size_t>(written));
  }
  return true;
}

FileDescriptor BodyStore::take_file() {
  if (!file_) file_ = FileDescriptor(::memfd_create("request-body", MFD_CLOEXEC));
  if (file_) ::lseek(file_.get(), 0, SEEK_SET);
  return std::move(file_);
}

}  // namespace trailkeeper::httpd
