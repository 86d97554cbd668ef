#pragma once

#include <cstdint>
#include <string>

#include "base/file.h"
#include "json/document.h"
#include "send_text.h"

namespace trailkeeper::cli {

// The file of what was not stored and why: a JSON line for each. Made with the first of them.
class Rejects {
 public:
  // Keeps the first `bytes` of what an earlier run wrote.
  static Result<Rejects> open(std::string path, std::uint64_t bytes);

  // `problem` is an RFC 9457 problem of the line's event (its pointers begin with the place in the
  // request), or null when `line.problem` says it.
  Result<> add(const SendLine& line, const json::Node* problem);
  // What was added is on disk when it returns.
  Result<> sync();

  std::uint64_t bytes() const { return bytes_; }
  const std::string& path() const { return path_; }

 private:
  Result<> write(const std::string& text);

  std::string path_;
  std::uint64_t bytes_ = 0;
  FileDescriptor file_;
  bool unsynced_ = false;
};

}  // namespace trailkeeper::cli
