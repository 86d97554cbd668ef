#include "httpd/static_files.h"

#include <filesystem>
#include <map>
#include <memory>

#include "answer.h"
#include "base/bytes.h"
#include "base/log.h"
#include "text.h"

namespace trailkeeper::httpd {

namespace fs = std::filesystem;

namespace {

struct File {
  std::string content;
  std::string_view type;
  std::string etag;
};

struct Folder {
  StaticFilesOptions options;
  std::map<std::string, File, std::less<>> files;
};

// Empty for an ending that no file of a page has.
std::string_view type_of(std::string_view name) {
  static constexpr std::pair<std::string_view, std::string_view> kTypes[] = {
      {".html", "text/html; charset=utf-8"},
      {".js", "text/javascript; charset=utf-8"},
      {".mjs", "text/javascript; charset=utf-8"},
      {".css", "text/css; charset=utf-8"},
      {".json", "application/json"},
      {".map", "application/json"},
      {".svg", "image/svg+xml"},
      {".png", "image/png"},
      {".jpg", "image/jpeg"},
      {".webp", "image/webp"},
      {".ico", "image/x-icon"},
      {".woff2", "font/woff2"},
      {".woff", "font/woff"},
      {".wasm", "application/wasm"},
      {".webmanifest", "application/manifest+json"},
      {".txt", "text/plain; charset=utf-8"},
  };
  for (const auto& [ending, type] : kTypes) {
    if (name.ends_with(ending)) return type;
  }
  return {};
}

// FNV-1a: tells two versions of our own file apart; nobody gains by a collision.
std::string etag_of(std::string_view content) {
  std::uint64_t hash = 14695981039346656037u;
  for (char c : content) hash = (hash ^ static_cast<std::uint8_t>(c)) * 1099511628211u;
  return "\"" + to_hex(as_text(&hash, sizeof(hash))) + "-" + std::to_string(content.size()) + "\"";
}

void load(Folder& folder, const std::string& path) {
  std::error_code ec;
  std::size_t total = 0;
  auto files = fs::recursive_directory_iterator(path, ec);
  for (; !ec && files != fs::recursive_directory_iterator(); files.increment(ec)) {
    if (files->is_symlink() || !files->is_regular_file()) continue;
    auto content = read_file(files->path(), folder.options.bytes_max - total);
    if (!content) {
      log::error("a static file cannot be read", {{"reason", content.error().message}});
      folder.files.clear();
      return;
    }
    total += content->size();
    auto name = fs::relative(files->path(), path, ec).generic_string();
    auto type = type_of(name);
    folder.files[name] = {std::move(*content),
                          type.empty() ? std::string_view("application/octet-stream") : type, ""};
    folder.files[name].etag = etag_of(folder.files[name].content);
  }
  if (ec) log::error("static files cannot be read", {{"folder", path}, {"reason", ec.message()}});
}

const File* find(const Folder& folder, const std::string& path) {
  auto found = folder.files.find(path);
  if (found != folder.files.end()) return &found->second;
  if (path.starts_with(folder.options.immutable_prefix) || !type_of(path).empty()) return nullptr;
  found = folder.files.find(folder.options.fallback);
  return found == folder.files.end() ? nullptr : &found->second;
}

// RFC 9110 section 13.1.2: weak comparison against a list.
bool matches(std::string_view if_none_match, std::string_view etag) {
  while (!if_none_match.empty()) {
    auto end = std::min(if_none_match.find(','), if_none_match.size());
    auto one = trim(if_none_match.substr(0, end));
    if_none_match.remove_prefix(std::min(end + 1, if_none_match.size()));
    if (one.starts_with("W/")) one.remove_prefix(2);
    if (one == etag || one == "*") return true;
  }
  return false;
}

Response answer(const Folder& folder, const Request& request) {
  // A route without a parameter names one file.
  std::string path = request.parameters.empty() ? request.path.substr(request.path.starts_with('/'))
                                                : request.parameters.front().second;
  const File* file = find(folder, path);
  Response response;
  if (!file) {
    ServerSettings defaults;
    response = make_problem(defaults, 404, "not_found", "There is no such file.", request);
  } else {
    bool immutable = path.starts_with(folder.options.immutable_prefix);
    response.set("Cache-Control", immutable ? "public, max-age=31536000, immutable" : "no-cache");
    response.set("ETag", file->etag);
    response.set("X-Content-Type-Options", "nosniff");
    if (matches(request.header("if-none-match").value_or(""), file->etag)) {
      response.status = 304;
    } else {
      response.set("Content-Type", std::string(file->type));
      response.body = file->content;
    }
  }
  for (const auto& header : folder.options.headers) response.set(header.name, header.value);
  return response;
}

}  // namespace

Handler static_files(const std::string& folder, StaticFilesOptions options) {
  auto loaded = std::make_shared<Folder>();
  loaded->options = std::move(options);
  load(*loaded, folder);
  return [loaded = std::shared_ptr<const Folder>(std::move(loaded))](
             Request request, Responder responder) { responder.send(answer(*loaded, request)); };
}

}  // namespace trailkeeper::httpd
