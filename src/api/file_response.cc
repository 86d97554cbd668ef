#include "file_response.h"

#include <unistd.h>

#include <cerrno>
#include <memory>

#include "base/file.h"

namespace trailkeeper::api {
namespace {

class FileBody final : public httpd::BodySource {
 public:
  explicit FileBody(FileDescriptor file) : file_(std::move(file)) {}
  Result<std::size_t> read(char* data, std::size_t size) override {
    for (;;) {
      const ssize_t count = ::read(file_.get(), data, size);
      if (count >= 0) return static_cast<std::size_t>(count);
      if (errno != EINTR) return system_error("read an export", errno);
    }
  }

 private:
  FileDescriptor file_;
};

std::string media_type(const std::string& format) {
  if (format == "jsonl") return "application/x-ndjson";
  if (format == "parquet") return "application/vnd.apache.parquet";
  return "text/csv; charset=utf-8; header=present";
}

}  // namespace

httpd::Response file_response(exports::OpenFile opened) {
  httpd::Response response;
  response.set("Content-Type", media_type(opened.record.format));
  response.set("Content-Disposition", "attachment; filename=\"" + opened.name + "\"");
  response.set("Cache-Control", "no-store");
  response.length = opened.bytes;
  response.body = std::make_unique<FileBody>(std::move(opened.file));
  return response;
}

}  // namespace trailkeeper::api
