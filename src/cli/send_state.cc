#include "send_state.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "base/bytes.h"
#include "base/file.h"
#include "crypto/hash.h"
#include "json/document.h"
#include "json/writer.h"

namespace trailkeeper::cli {
namespace {

constexpr std::size_t kHeadBytes = 64 * 1024;
constexpr int kVersion = 1;

Error not_ours() { return {ErrorKind::invalid, "usage", "it is no state of `trailkeeper send`"}; }

// Reads members of the one object; `ok` ends false when one is missing or of another type.
struct Reader {
  json::Node root;
  bool ok = true;

  std::string text(std::string_view name) {
    const auto node = root.find(name);
    if (node && node->is(json::Type::string)) return std::string(node->text());
    ok = false;
    return {};
  }
  std::int64_t number(std::string_view name) {
    const auto node = root.find(name);
    const auto number = node ? node->integer() : std::nullopt;
    if (number) return *number;
    ok = false;
    return 0;
  }
  std::uint64_t count(std::string_view name) {
    const std::int64_t found = number(name);
    if (found < 0) ok = false;
    return static_cast<std::uint64_t>(found);
  }
};

}  // namespace

Result<FileIdentity> identify(const std::string& path) {
  const FileDescriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!file) return Error{ErrorKind::invalid, "usage", path + ": " + std::strerror(errno)};
  struct stat status {};
  if (::fstat(file.get(), &status) != 0) return system_error("fstat " + path, errno);
  if (!S_ISREG(status.st_mode)) {
    return Error{ErrorKind::invalid, "usage", path + " is no file; pipe it in with '-'"};
  }
  std::string head(kHeadBytes, '\0');
  const ssize_t size = ::pread(file.get(), head.data(), head.size(), 0);
  if (size < 0) return system_error("read " + path, errno);
  head.resize(static_cast<std::size_t>(size));
  FileIdentity identity;
  identity.size = static_cast<std::uint64_t>(status.st_size);
  identity.modified_ns =
      std::int64_t{status.st_mtim.tv_sec} * 1'000'000'000 + status.st_mtim.tv_nsec;
  identity.head_sha256 = to_hex(as_text(crypto::sha256(head)));
  return identity;
}

std::string render_state(const SendState& state) {
  json::Writer out;
  out.begin_object().member("version", kVersion);
  out.member("size", state.file.size).member("modified_ns", state.file.modified_ns);
  out.member("head_sha256", state.file.head_sha256).member("url", state.url);
  out.member("form", state.form).member("batch", std::uint64_t{state.batch});
  out.member("offset", state.offset).member("line", state.line);
  out.member("created", state.created).member("duplicates", state.duplicates);
  out.member("rejected", state.rejected).member("rejected_bytes", state.rejected_bytes);
  if (state.pending_since) out.member("pending_since", format_rfc3339(*state.pending_since));
  return out.member("finished", state.finished).end_object().take() + "\n";
}

Result<SendState> parse_state(const std::string& text) {
  json::Document document;
  const auto root = document.parse(text);
  if (!root) return not_ours();
  Reader reader{*root};
  if (reader.number("version") != kVersion) return not_ours();
  SendState state;
  state.file = {reader.count("size"), reader.number("modified_ns"), reader.text("head_sha256")};
  state.url = reader.text("url");
  state.form = reader.text("form");
  state.batch = reader.count("batch");
  state.offset = reader.count("offset");
  state.line = reader.count("line");
  state.created = reader.count("created");
  state.duplicates = reader.count("duplicates");
  state.rejected = reader.count("rejected");
  state.rejected_bytes = reader.count("rejected_bytes");
  if (root->find("pending_since")) {
    state.pending_since = parse_rfc3339(reader.text("pending_since"));
    if (!state.pending_since) return not_ours();
  }
  const auto finished = root->find("finished");
  if (!reader.ok || !finished || !finished->is(json::Type::boolean)) return not_ours();
  state.finished = finished->boolean();
  return state;
}

}  // namespace trailkeeper::cli
