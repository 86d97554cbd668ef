#pragma once

#include <string>

#include "base/file.h"
#include "base/result.h"
#include "crypto/sealer.h"

namespace trailkeeper::server {

// The folder that holds everything the server keeps, owned by one process at a time. The lock ends
// with the object, and with the process however it ends.
class DataFolder {
 public:
  // Makes the folder when it is absent. Errors: `conflict` (`data_locked`) when another process
  // owns it; the sentence says what to do.
  static Result<DataFolder> open(const std::string& path);

  const std::string& path() const { return path_; }  // absolute
  std::string file(const std::string& name) const { return path_ + "/" + name; }
  // Nothing was kept here before.
  bool is_new() const { return is_new_; }

  // The key that seals secrets; made with a new folder. A folder in use without its key is refused.
  Result<crypto::Sealer> open_key(const std::string& configured_file) const;

 private:
  DataFolder(std::string path, FileDescriptor lock, bool is_new)
      : path_(std::move(path)), lock_(std::move(lock)), is_new_(is_new) {}

  std::string path_;
  FileDescriptor lock_;
  bool is_new_;
};

}  // namespace trailkeeper::server
