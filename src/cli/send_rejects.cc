#include "send_rejects.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>

#include "json/writer.h"

namespace trailkeeper::cli {
namespace {

std::string text_of(const json::Node& node, std::string_view name) {
  const auto found = node.find(name);
  return found ? std::string(found->text()) : std::string();
}

// Without the place in the request, which says nothing about the file.
std::string own_pointer(std::string_view pointer) {
  const std::size_t second = pointer.empty() ? std::string_view::npos : pointer.find('/', 1);
  return second == std::string_view::npos ? std::string() : std::string(pointer.substr(second));
}

void write_reason(json::Writer& out, std::string_view pointer, std::string_view code,
                  std::string_view reason) {
  out.member("pointer", pointer).member("code", code).member("reason", reason);
}

void write_problem(json::Writer& out, const json::Node& problem) {
  const auto errors = problem.find("errors");
  if (!errors || errors->size() == 0) {
    return write_reason(out, "", text_of(problem, "code"), text_of(problem, "detail"));
  }
  const json::Node first = *errors->begin();
  write_reason(out, own_pointer(text_of(first, "pointer")), text_of(first, "code"),
               text_of(first, "detail"));
  if (errors->size() == 1) return;
  out.key("all").begin_array();
  for (const json::Node one : *errors) {
    out.begin_object();
    write_reason(out, own_pointer(text_of(one, "pointer")), text_of(one, "code"),
                 text_of(one, "detail"));
    out.end_object();
  }
  out.end_array();
}

}  // namespace

Result<Rejects> Rejects::open(std::string path, std::uint64_t bytes) {
  Rejects rejects;
  rejects.path_ = std::move(path);
  rejects.bytes_ = bytes;
  if (bytes == 0) {
    if (::unlink(rejects.path_.c_str()) != 0 && errno != ENOENT) {
      return system_error("remove " + rejects.path_, errno);
    }
    return rejects;
  }
  rejects.file_ = FileDescriptor(::open(rejects.path_.c_str(), O_WRONLY | O_CLOEXEC));
  // What a run that was killed had added after its last state comes again.
  if (!rejects.file_ || ::ftruncate(rejects.file_.get(), static_cast<off_t>(bytes)) != 0 ||
      ::lseek(rejects.file_.get(), 0, SEEK_END) < 0) {
    return system_error("open " + rejects.path_, errno);
  }
  return rejects;
}

Result<> Rejects::write(const std::string& text) {
  if (!file_) {
    file_ = FileDescriptor(::open(path_.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600));
    if (!file_) return system_error("create " + path_, errno);
  }
  std::string_view rest = text;
  while (!rest.empty()) {
    const ssize_t size = ::write(file_.get(), rest.data(), rest.size());
    if (size < 0 && errno == EINTR) continue;
    if (size < 0) return system_error("write " + path_, errno);
    rest.remove_prefix(static_cast<std::size_t>(size));
  }
  bytes_ += text.size();
  unsynced_ = true;
  return {};
}

Result<> Rejects::add(const SendLine& line, const json::Node* problem) {
  json::Writer out;
  out.begin_object().member("line", line.number);
  if (problem != nullptr) {
    write_problem(out, *problem);
  } else {
    write_reason(out, "", "unreadable", line.problem);
  }
  std::string text;
  json::append_string_lossy(text, line.text);
  return write(out.key("text").raw(text).end_object().take() + "\n");
}

Result<> Rejects::sync() {
  if (!unsynced_) return {};
  if (::fdatasync(file_.get()) != 0) return system_error("sync " + path_, errno);
  unsynced_ = false;
  return {};
}

}  // namespace trailkeeper::cli
