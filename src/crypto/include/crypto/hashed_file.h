#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/file.h"
#include "base/result.h"
#include "crypto/hash.h"

namespace trailkeeper::crypto {

// What a finished file holds.
struct FileDigest {
  std::uint64_t bytes = 0;
  Sha256Digest sha256{};
  Md5Digest md5{};
};

// A new file that is counted and hashed while it is written. Of one thread; move-only.
class HashedFile {
 public:
  // Over whatever is there; mode 0600.
  static Result<HashedFile> create(const std::string& path);
  Result<> write(std::string_view bytes);
  std::uint64_t bytes() const { return bytes_; }
  // The content is durable on return; the name needs its folder synced.
  Result<FileDigest> finish();

 private:
  explicit HashedFile(FileDescriptor fd) : fd_(std::move(fd)) {}
  FileDescriptor fd_;
  Sha256 sha256_;
  Md5 md5_;
  std::uint64_t bytes_ = 0;
};

// SHA-256 of a whole file, in constant memory.
Result<Sha256Digest> sha256_of_file(const std::string& path);

}  // namespace trailkeeper::crypto
