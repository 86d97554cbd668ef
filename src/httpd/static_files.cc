#include "httpd/static_files.h"

#include <filesystem>
#include <map>
#include <memory>

#include "answer.h"
#include "base/bytes.h"
#include "base/log.h"
#include "compress/gzip.h"
#include "text.h"

namespace trailkeeper::httpd {

namespace fs = std::filesystem;

namespace {

struct File {
  std::string content;
  std::string packed;  // gzip; empty where that is no smaller
  std::string_view type;
  std::string etag;
};

}  // namespace

struct StaticFiles::Folder {
  StaticFilesOptions options;
  std::map<std::string, File, std::less<>> files;

  void load(const std::string& path);
  // Null when nothing answers that address.
  const File* find(const std::string& path) const;
  Response answer(const Request& request) const;
};

namespace {

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

// Pictures and fonts are packed by themselves.
bool is_text(std::string_view type) {
  return type.starts_with("text/") || type.ends_with("json") || type == "image/svg+xml" ||
         type == "application/wasm";
}

File make_file(std::string content, std::string_view type) {
  File file{.type = type.empty() ? std::string_view("application/octet-stream") : type};
  file.etag = etag_of(content);
  if (is_text(type)) file.packed = compress::gzip(content);
  if (file.packed.size() >= content.size()) file.packed.clear();
  file.content = std::move(content);
  return file;
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

// RFC 9110 section 12.5.3: whether gzip is named and not refused by `q=0`.
bool takes_gzip(std::string_view accepted) {
  while (!accepted.empty()) {
    const auto end = std::min(accepted.find(','), accepted.size());
    std::string_view one = accepted.substr(0, end);
    accepted.remove_prefix(std::min(end + 1, accepted.size()));
    const auto name = trim(one.substr(0, one.find(';')));
    if (name != "gzip" && name != "*") continue;
    const auto weight = one.find("q=");
    return weight == std::string_view::npos ||
           one.substr(weight + 2).find_first_of("123456789") != std::string_view::npos;
  }
  return false;
}

// Another text of the same file is another entity.
std::string tag_of(const File& file, bool packed) {
  if (!packed) return file.etag;
  return file.etag.substr(0, file.etag.size() - 1) + "-gzip\"";
}

}  // namespace

void StaticFiles::Folder::load(const std::string& path) {
  std::error_code ec;
  std::size_t total = 0;
  auto found = fs::recursive_directory_iterator(path, ec);
  for (; !ec && found != fs::recursive_directory_iterator(); found.increment(ec)) {
    if (found->is_symlink() || !found->is_regular_file()) continue;
    auto content = read_file(found->path(), options.bytes_max - total);
    if (!content) {
      log::error("a static file cannot be read", {{"reason", content.error().message}});
      files.clear();
      return;
    }
    total += content->size();
    const auto name = fs::relative(found->path(), path, ec).generic_string();
    files[name] = make_file(*std::move(content), type_of(name));
  }
  if (ec) log::error("static files cannot be read", {{"folder", path}, {"reason", ec.message()}});
}

const File* StaticFiles::Folder::find(const std::string& path) const {
  auto found = files.find(path);
  if (found != files.end()) return &found->second;
  if (path.starts_with(options.immutable_prefix) || !type_of(path).empty()) return nullptr;
  found = files.find(options.fallback);
  return found == files.end() ? nullptr : &found->second;
}

Response StaticFiles::Folder::answer(const Request& request) const {
  // A route without a parameter names one file.
  const std::string path = request.parameters.empty()
                               ? request.path.substr(request.path.starts_with('/'))
                               : request.parameters.front().second;
  const File* file = find(path);
  if (!file) {
    return make_problem(ServerSettings{}, 404, "not_found", "There is no such file.", request);
  }
  const bool packed =
      !file->packed.empty() && takes_gzip(request.header("accept-encoding").value_or(""));
  const std::string tag = tag_of(*file, packed);
  Response response;
  const bool immutable = path.starts_with(options.immutable_prefix);
  response.set("Cache-Control", immutable ? "public, max-age=31536000, immutable" : "no-cache");
  response.set("ETag", tag);
  if (!file->packed.empty()) response.set("Vary", "Accept-Encoding");
  response.set("X-Content-Type-Options", "nosniff");
  if (matches(request.header("if-none-match").value_or(""), tag)) {
    response.status = 304;
    return response;
  }
  response.set("Content-Type", std::string(file->type));
  if (packed) response.set("Content-Encoding", "gzip");
  response.body = packed ? file->packed : file->content;
  return response;
}

StaticFiles::StaticFiles(const std::string& folder, StaticFilesOptions options) {
  auto loaded = std::make_shared<Folder>();
  loaded->options = std::move(options);
  loaded->load(folder);
  folder_ = std::move(loaded);
}

Handler StaticFiles::handler(std::vector<Header> headers) const {
  return [folder = folder_, headers = std::move(headers)](Request request, Responder responder) {
    Response response = folder->answer(request);
    for (const Header& header : headers) response.set(header.name, header.value);
    responder.send(std::move(response));
  };
}

}  // namespace trailkeeper::httpd
