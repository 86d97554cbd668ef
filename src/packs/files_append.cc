#include <fcntl.h>
#include <unistd.h>

#include <cerrno>

#include "base/file.h"
#include "crypto/hash.h"
#include "crypto/hashed_file.h"
#include "crypto/sha1.h"
#include "files.h"

// How the bytes of uploads come, and what happens with the last of them.
namespace trailkeeper::packs {
namespace {

using settings::FileUpload;
using settings::ReadTx;
using settings::WriteTx;

Error conflict(std::string code, std::string message) {
  return {ErrorKind::conflict, std::move(code), std::move(message)};
}

Result<> check(std::string_view bytes, const Checksum& checksum) {
  std::string digest;
  if (checksum.algorithm == "sha256") {
    digest = as_text(crypto::sha256(bytes));
  } else if (checksum.algorithm == "sha1") {
    digest = as_text(crypto::sha1(bytes));
  } else if (checksum.algorithm == "md5") {
    digest = as_text(crypto::md5(bytes));
  } else {
    return Error{ErrorKind::invalid, "unknown_checksum", "Checksums are sha256, sha1 or md5."};
  }
  if (digest == checksum.digest) return {};
  return Error{ErrorKind::invalid, "checksum_mismatch",
               "The bytes are not those of the checksum; nothing of them was taken."};
}

// At `offset`; durable on return.
Result<> write_at(const std::string& path, std::uint64_t offset, std::string_view bytes) {
  const FileDescriptor file(::open(path.c_str(), O_WRONLY | O_CLOEXEC | O_NOFOLLOW));
  if (!file) return system_error("open a file of an upload", errno);
  while (!bytes.empty()) {
    const ssize_t count =
        ::pwrite(file.get(), bytes.data(), bytes.size(), static_cast<off_t>(offset));
    if (count < 0 && errno == EINTR) continue;
    if (count < 0 && (errno == ENOSPC || errno == EDQUOT))
      return Error{ErrorKind::unavailable, "disk_full", "There is no space left for the file."};
    if (count < 0) return system_error("write a file of an upload", errno);
    bytes.remove_prefix(static_cast<std::size_t>(count));
    offset += static_cast<std::uint64_t>(count);
  }
  if (::fsync(file.get()) != 0) return system_error("sync a file of an upload", errno);
  return {};
}

}  // namespace

// An upload that one call works on.
class Files::Hold {
 public:
  Hold(Files& files, const Uuid& id) : files_(files), id_(id) {
    const MutexLock lock(files_.mutex_);
    held_ = files_.busy_.insert(id_).second;
  }
  ~Hold() {
    if (!held_) return;
    const MutexLock lock(files_.mutex_);
    files_.busy_.erase(id_);
  }
  Hold(const Hold&) = delete;
  Hold& operator=(const Hold&) = delete;
  Result<> check() const {
    if (held_) return {};
    return conflict("upload_busy", "Another request works on this upload.");
  }

 private:
  Files& files_;
  const Uuid id_;
  bool held_ = false;
};

Result<UploadView> Files::append(const std::string& source, const Uuid& id, std::uint64_t offset,
                                 std::string_view bytes, const std::optional<Checksum>& checksum,
                                 const By& by) {
  const Hold hold(*this, id);
  TRY(hold.check());
  UploadView view = TRY(upload(source, id));
  if (offset != view.upload.received)
    return conflict("offset_mismatch",
                    "The upload stands at " + std::to_string(view.upload.received) + ".");
  if (bytes.size() > view.upload.bytes - view.upload.received)
    return Error{ErrorKind::too_large, "too_long", "The file was announced to be shorter."};
  if (checksum) TRY(check(bytes, *checksum));
  if (bytes.empty()) return view;
  TRY(check_space(0));
  TRY(write_at(path_of(id), offset, bytes));
  view.upload.received += bytes.size();
  view.upload.expires_at = context_.clock.now() + context_.settings.files.open_time;
  if (view.upload.received == view.upload.bytes) return finish(std::move(view), by);
  TRY(context_.store.write(
      [&](WriteTx& tx) { return settings::put_file_upload(tx, view.upload); }));
  return view;
}

// All bytes are there, durable; the last step is written down only when they are the right ones.
Result<UploadView> Files::finish(UploadView view, const By& by) {
  const Sha256Digest digest = TRY(crypto::sha256_of_file(path_of(view.upload.id)));
  view.upload.sha256 = to_hex(as_text(digest));
  const std::string& wanted = view.upload.sha256_wanted;
  if (!wanted.empty() && wanted != view.upload.sha256) {
    TRY(context_.store.write([&](WriteTx& tx) -> Result<> {
      TRY(settings::remove_file_upload(tx, view.upload.id));
      if (TRY(settings::file_uploads(tx, view.set.id)).empty())
        return settings::remove_file_set(tx, view.set.id);
      return {};
    }));
    ::unlink(path_of(view.upload.id).c_str());
    return Error{ErrorKind::invalid, "sha256_mismatch",
                 "The file is not the one that was announced; the upload was given up."};
  }
  view.upload.complete = true;
  TRY(context_.store.write([&](WriteTx& tx) -> Result<> {
    TRY(settings::put_file_upload(tx, view.upload));
    const auto files = TRY(settings::file_uploads(tx, view.set.id));
    int complete = 0;
    for (const FileUpload& each : files) complete += each.complete ? 1 : 0;
    if (complete < view.set.files_expected) return {};
    TRY(complete_set(tx, view.set, by));
    view.set.state = "complete";
    return {};
  }));
  context_.wake();
  return view;
}

Result<> Files::remove(const std::string& source, const Uuid& id) {
  const Hold hold(*this, id);
  TRY(hold.check());
  const UploadView view = TRY(upload(source, id));
  TRY(context_.store.write([&](WriteTx& tx) -> Result<> {
    const auto set = TRY(settings::find_file_set(tx, view.set.id));
    if (!set || set->state != "open")
      return conflict("set_complete", "The set is complete, and may have been delivered.");
    TRY(settings::remove_file_upload(tx, id));
    if (TRY(settings::file_uploads(tx, set->id)).empty())
      return settings::remove_file_set(tx, set->id);
    return {};
  }));
  ::unlink(path_of(id).c_str());
  return {};
}

}  // namespace trailkeeper::packs
