#include "upload.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

#include "base/bytes.h"
#include "base/file.h"
#include "crypto/hash.h"

namespace trailkeeper::deliver {
namespace {

constexpr std::uint64_t kReadBytes = 256u << 10;

// Hashes a part of the file without holding it in memory; how many bytes of it there are.
template <typename Hash>
Result<std::uint64_t> hash_part(int fd, std::uint64_t offset, std::uint64_t bytes, Hash& hash) {
  std::string buffer;
  std::uint64_t done = 0;
  while (done < bytes) {
    buffer.resize(std::min<std::uint64_t>(bytes - done, kReadBytes));
    const ssize_t got =
        ::pread(fd, buffer.data(), buffer.size(), static_cast<off_t>(offset + done));
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return system_error("read a staged file", errno);
    if (got == 0) break;
    hash.update(std::string_view(buffer.data(), static_cast<std::size_t>(got)));
    done += static_cast<std::uint64_t>(got);
  }
  return done;
}

Result<FileDescriptor> open_file(const std::string& path) {
  FileDescriptor fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!fd) return system_error("open " + path, errno);
  return fd;
}

s3::Failure own(const Error& error) {
  s3::Failure failure;
  failure.kind = s3::FailureClass::ours;
  failure.code = "staged_file";
  failure.message = error.message;
  return failure;
}

s3::Outcome<std::vector<s3::Part>> send_parts(s3::Client& client, const s3::PutRequest& request,
                                              const std::string& upload, std::uint64_t part_bytes) {
  const auto file = open_file(request.file);
  if (!file) return own(file.error());
  std::vector<s3::Part> parts;
  s3::PartRequest part{.bucket = request.bucket,
                       .key = request.key,
                       .upload = upload,
                       .expected_owner = request.expected_owner};
  part.file = request.file;
  for (; part.offset < request.bytes; part.offset += part.bytes) {
    part.bytes = std::min(part_bytes, request.bytes - part.offset);
    crypto::Sha256 sha256;
    const auto hashed = hash_part(file->get(), part.offset, part.bytes, sha256);
    if (!hashed) return own(hashed.error());
    ++part.number;
    part.sha256 = sha256.finish();
    const auto sent = client.upload_part(part);
    if (!sent) return sent.error();
    parts.push_back(*sent);
  }
  return parts;
}

}  // namespace

s3::Outcome<s3::PutAnswer> put_in_parts(s3::Client& client, const s3::PutRequest& request,
                                        std::uint64_t part_bytes) {
  const auto upload = client.create_upload(request);
  if (!upload) return upload.error();
  const auto parts = send_parts(client, request, *upload, part_bytes);
  if (!parts) {
    (void)client.abort_upload(request, *upload);
    return parts.error();
  }
  auto done = client.complete_upload(request, *upload, *parts);
  // After an answer that was lost the upload may be complete: then there is nothing to abort.
  if (!done) (void)client.abort_upload(request, *upload);
  return done;
}

Result<std::string> parts_etag(const std::string& file, std::uint64_t part_bytes) {
  const FileDescriptor fd = TRY(open_file(file));
  crypto::Md5 all;
  int parts = 0;
  for (std::uint64_t offset = 0;; offset += part_bytes, ++parts) {
    crypto::Md5 part;
    if (TRY(hash_part(fd.get(), offset, part_bytes, part)) == 0) break;
    const auto digest = part.finish();
    all.update(as_text(digest));
  }
  return to_hex(as_text(all.finish())) + "-" + std::to_string(parts);
}

}  // namespace trailkeeper::deliver
