#include "upload.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>

#include "base/bytes.h"
#include "base/file.h"
#include "crypto/hash.h"

namespace trailkeeper::deliver {
namespace {

// Fills `out` with the next part; shorter at the end, empty after it.
Result<> read_part(int fd, std::uint64_t bytes, std::string& out) {
  out.resize(bytes);
  std::size_t have = 0;
  while (have < out.size()) {
    const ssize_t got = ::read(fd, out.data() + have, out.size() - have);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return system_error("read a staged file", errno);
    if (got == 0) break;
    have += static_cast<std::size_t>(got);
  }
  out.resize(have);
  return {};
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
  for (;;) {
    if (const auto read = read_part(file->get(), part_bytes, part.content); !read)
      return own(read.error());
    if (part.content.empty()) return parts;
    ++part.number;
    part.sha256 = crypto::sha256(part.content);
    const auto sent = client.upload_part(part);
    if (!sent) return sent.error();
    parts.push_back(*sent);
  }
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
  std::string part;
  int parts = 0;
  for (;; ++parts) {
    TRY(read_part(fd.get(), part_bytes, part));
    if (part.empty()) break;
    const auto digest = crypto::md5(part);
    all.update(as_text(digest));
  }
  return to_hex(as_text(all.finish())) + "-" + std::to_string(parts);
}

}  // namespace trailkeeper::deliver
