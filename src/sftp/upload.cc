#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "session.h"

// One file: to a temporary name, synced, its size compared, then to its own name.
namespace trailkeeper::sftp {

namespace {

// A write that every server takes, and the longest that OpenSSH's does (its limits@openssh.com).
// libssh waits for the answer to each.
constexpr std::size_t kBlockAny = 32'000;
constexpr std::size_t kBlockOpenSsh = 261'120;
constexpr std::size_t kReadBlock = 32'768;

Outcome<> read_local(int local, std::uint64_t at, std::string& block) {
  std::size_t have = 0;
  while (have < block.size()) {
    ssize_t got = ::pread(local, block.data() + have, block.size() - have, at + have);
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) {
      return of_ours("local_file", std::string("The file to send cannot be read: ") +
                                       (got == 0 ? "it is too short" : std::strerror(errno)) + ".");
    }
    have += got;
  }
  return {};
}

}  // namespace

std::size_t Connection::Impl::block_bytes() const {
  return server.banner.find("OpenSSH") != std::string::npos ? kBlockOpenSsh : kBlockAny;
}

Outcome<bool> Connection::Impl::target_is_same(const Upload& upload, int local) {
  auto opening = step();
  OwnedFile file(sftp_open(sftp.get(), upload.target.c_str(), O_RDONLY, 0));
  if (!file) {
    Failure denied = failure("Reading", upload.target);
    // A folder to drop files into may forbid reading; then the size has to do.
    if (denied.code == "permission_denied") return true;
    return denied;
  }
  std::string theirs(kReadBlock, '\0');
  for (std::uint64_t at = 0; at < upload.bytes;) {
    transport.watch->begin(settings.step_timeout);
    ssize_t got = sftp_read(file.get(), theirs.data(), theirs.size());
    if (got < 0) return failure("Reading", upload.target);
    if (got == 0 || at + got > upload.bytes) return false;
    std::string ours(got, '\0');
    SFTP_TRY(read_local(local, at, ours));
    if (ours.compare(0, got, theirs, 0, got) != 0) return false;
    at += got;
  }
  return true;
}

// A server says "failure" when its disk is full; whether it is, it may say when asked.
Failure Connection::Impl::write_failure(const Upload& upload, std::uint64_t left) const {
  Failure denied = failure("Writing", upload.temporary);
  if (denied.code != "refused") return denied;
  std::string folder = upload.temporary.substr(0, upload.temporary.rfind('/') + 1);
  transport.watch->begin(settings.step_timeout);
  sftp_statvfs_t space = sftp_statvfs(sftp.get(), folder.empty() ? "." : folder.c_str());
  bool full = space != nullptr && space->f_bavail * space->f_frsize < left;
  sftp_statvfs_free(space);
  if (full) return must_act("no_space", "There is no space left for " + upload.target + ".");
  return must_act("write_refused", "The server stopped writing " + upload.temporary +
                                       ", as it does when a disk or a quota is full.");
}

Outcome<> Connection::Impl::write_block(sftp_file file, const Upload& upload,
                                        const std::string& block) {
  transport.watch->begin(settings.step_timeout);
  for (std::size_t done = 0; done < block.size();) {
    ssize_t put = sftp_write(file, block.data() + done, block.size() - done);
    if (put <= 0) return write_failure(upload, block.size());
    done += put;
  }
  return {};
}

Outcome<> Connection::Impl::sync(sftp_file file, const Upload& upload) {
  if (!server.fsync) return {};
  transport.watch->begin(settings.step_timeout);
  if (sftp_fsync(file) != 0) return write_failure(upload, 0);
  return {};
}

Outcome<std::uint64_t> Connection::Impl::send(const Upload& upload, int local) {
  auto opening = step();
  OwnedFile file(sftp_open(sftp.get(), upload.temporary.c_str(), O_WRONLY | O_CREAT, 0644));
  if (!file) return failure("Writing", upload.temporary);
  OwnedAttributes found(sftp_fstat(file.get()));
  if (!found) return failure("Looking at", upload.temporary);
  std::uint64_t there = found->size;
  // What follows a border is sent only when everything before it is synced.
  std::uint64_t from =
      there == 0 ? 0 : (there - 1) / upload.checkpoint_bytes * upload.checkpoint_bytes;
  if (there > upload.bytes) from = 0;
  if (there > upload.bytes || (there > 0 && from == 0)) {
    file.reset(sftp_open(sftp.get(), upload.temporary.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0644));
    if (!file) return failure("Writing", upload.temporary);
  }
  if (sftp_seek64(file.get(), from) != 0) return failure("Writing", upload.temporary);
  std::string block;
  for (std::uint64_t at = from; at < upload.bytes;) {
    std::uint64_t border = (at / upload.checkpoint_bytes + 1) * upload.checkpoint_bytes;
    block.resize(std::min<std::uint64_t>({block_bytes(), upload.bytes - at, border - at}));
    SFTP_TRY(read_local(local, at, block));
    SFTP_TRY(write_block(file.get(), upload, block));
    at += block.size();
    if (at == border || at == upload.bytes) SFTP_TRY(sync(file.get(), upload));
    if (upload.progress && !upload.progress(at)) return passing("cancelled", "Stopped.");
  }
  transport.watch->begin(settings.step_timeout);
  if (sftp_close(file.release()) != 0) return write_failure(upload, 0);
  return from;
}

Outcome<Uploaded> Connection::upload(const Upload& upload) {
  FileDescriptor local(::open(upload.local_path.c_str(), O_RDONLY | O_CLOEXEC));
  struct stat status {};
  if (!local || ::fstat(local.get(), &status) != 0 ||
      static_cast<std::uint64_t>(status.st_size) != upload.bytes) {
    return of_ours("local_file", "The file to send is not there, or has another size: " +
                                     upload.local_path + ".");
  }
  auto there = upload.replace ? std::optional<Entry>() : SFTP_TRY(stat(upload.target));
  if (there) {
    bool same = there->bytes == upload.bytes && !there->folder &&
                SFTP_TRY(impl_->target_is_same(upload, local.get()));
    if (same) return Uploaded{.was_there = true};
    return must_act("target_differs",
                    upload.target + " is there already and holds something else.");
  }
  std::uint64_t from = SFTP_TRY(impl_->send(upload, local.get()));
  auto sent = SFTP_TRY(stat(upload.temporary));
  if (!sent || sent->bytes != upload.bytes) {
    SFTP_TRY(remove_file(upload.temporary));
    return passing("size_differs", upload.temporary + " has " +
                                       std::to_string(sent ? sent->bytes : 0) +
                                       " bytes instead of " + std::to_string(upload.bytes) +
                                       " after it was written.");
  }
  SFTP_TRY(rename(upload.temporary, upload.target));
  return Uploaded{.resumed_from = from};
}

}  // namespace trailkeeper::sftp
