#include "folder.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <charconv>
#include <filesystem>
#include <optional>

#include "base/file.h"
#include "base/ids.h"

namespace trailkeeper::verify {
namespace {

namespace fs = std::filesystem;

constexpr std::uint64_t kFilesMax = 50'000'000;
constexpr std::size_t kReadBytes = 1u << 18;
constexpr std::string_view kObjects = "audit_logs/";
constexpr std::string_view kManifests = "audit_logs_manifest/";

// Takes a name apart from the left.
struct Name {
  std::string_view rest;

  bool take(std::string_view wanted) {
    if (!rest.starts_with(wanted)) return false;
    rest.remove_prefix(wanted.size());
    return true;
  }
  std::optional<std::uint64_t> digits(std::size_t count) {
    if (rest.size() < count) return std::nullopt;
    std::uint64_t value = 0;
    const auto [end, error] = std::from_chars(rest.data(), rest.data() + count, value);
    if (error != std::errc() || end != rest.data() + count) return std::nullopt;
    rest.remove_prefix(count);
    return value;
  }
  bool date() {
    return take("dt=") && digits(4) && take("-") && digits(2) && take("-") && digits(2) &&
           take("/");
  }
  // "000001-<20 digits>-<20 digits>"
  std::optional<ObjectName> range() {
    const auto stream = digits(6);
    if (!stream || !take("-")) return std::nullopt;
    const auto first = digits(20);
    if (!first || !take("-")) return std::nullopt;
    const auto last = digits(20);
    if (!last) return std::nullopt;
    return ObjectName{*stream, *first, *last};
  }
};

Result<FileDescriptor> open_file(const std::string& path) {
  FileDescriptor fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK));
  if (!fd) return system_error("open " + path, errno);
  struct stat status {};
  if (::fstat(fd.get(), &status) != 0) return system_error("stat " + path, errno);
  if (!S_ISREG(status.st_mode)) {
    return Error{ErrorKind::failed, "no_file", path + " is no longer a file"};
  }
  return fd;
}

}  // namespace

std::optional<ObjectName> object_name(std::string_view tail) {
  Name name{tail};
  if (!name.take(kObjects) || !name.date() || !name.take("hour=") || !name.digits(2) ||
      !name.take("/")) {
    return std::nullopt;
  }
  const auto range = name.range();
  if (!range) return std::nullopt;
  if (name.take("-") && !name.digits(5)) return std::nullopt;
  if (!name.take(".") || name.rest.empty() || name.rest.find('/') != std::string_view::npos) {
    return std::nullopt;
  }
  return range;
}

std::optional<ManifestName> manifest_name(std::string_view tail) {
  Name name{tail};
  if (!name.take(kManifests) || !name.date()) return std::nullopt;
  const auto stream = name.digits(6);
  if (!stream || !name.take("-")) return std::nullopt;
  const auto window = name.digits(12);
  if (!window || name.rest != ".json") return std::nullopt;
  return ManifestName{*stream, *window};
}

std::optional<ObjectName> leaves_name(std::string_view tail) {
  Name name{tail};
  if (!name.take(kManifests) || !name.date()) return std::nullopt;
  const auto range = name.range();
  return range && name.rest == ".leaves" ? range : std::nullopt;
}

std::string_view layout_tail(std::string_view path) {
  // The components are counted from the end: a bucket's path may have any names in it.
  std::size_t at = path.size();
  for (int component = 1; component <= 4; ++component) {
    const std::size_t slash = at == 0 ? std::string_view::npos : path.rfind('/', at - 1);
    const std::size_t begin = slash == std::string_view::npos ? 0 : slash + 1;
    const std::string_view tail = path.substr(begin);
    if (component == 3 && tail.starts_with(kManifests)) return tail;
    if (component == 4 && tail.starts_with(kObjects)) return tail;
    if (slash == std::string_view::npos) break;
    at = slash;
  }
  return {};
}

std::optional<PackName> pack_name(std::string_view path) {
  constexpr std::string_view kRun = "/run=";
  constexpr std::size_t kIdSize = 36;
  for (std::size_t at = path.find(kRun); at != std::string_view::npos;
       at = path.find(kRun, at + 1)) {
    const std::string_view rest = path.substr(at + kRun.size());
    if (at == 0 || rest.size() < kIdSize + 2 || rest[kIdSize] != '/' ||
        !Uuid::parse(rest.substr(0, kIdSize))) {
      continue;
    }
    return PackName{path.substr(0, at), rest.substr(0, kIdSize), rest.substr(kIdSize + 1)};
  }
  return std::nullopt;
}

bool Folder::add_to_pack(File& file) {
  const auto name = pack_name(file.path);
  if (!name) return false;
  // What desktops leave behind.
  if (name->file.substr(name->file.rfind('/') + 1).starts_with('.')) return false;
  PackRun& run = packs_[std::string(name->place)].runs[std::string(name->run)];
  std::string key(name->file);
  run.emplace(std::move(key), std::move(file));
  return true;
}

void Folder::place_latest() {
  for (File& file : latest_) {
    const std::size_t slash = file.path.rfind('/');
    const auto pack =
        packs_.find(slash == std::string::npos ? std::string() : file.path.substr(0, slash));
    if (pack == packs_.end()) {
      ++other_files_;
    } else {
      pack->second.latest = std::move(file);
    }
  }
  latest_.clear();
}

void Folder::add(File file) {
  const std::string_view path = file.path;
  const std::string_view name = path.substr(path.rfind('/') + 1);
  const std::string_view tail = layout_tail(path);
  // What desktops leave behind.
  if (tail.empty() || name.starts_with('.')) {
    if (add_to_pack(file)) return;
    if (name == "heartbeat.json") {
      heartbeats_.push_back(std::move(file));
    } else if (name == "latest.json") {
      latest_.push_back(std::move(file));
    } else {
      ++other_files_;
    }
    return;
  }
  std::string root(path.substr(0, path.size() - tail.size()));
  if (!root.empty()) root.pop_back();
  const auto [place, added] = by_path_.emplace(root, roots_.size());
  if (added) roots_.push_back({root, {}});
  std::string key(tail);
  roots_[place->second].files.emplace(std::move(key), std::move(file));
}

Result<Folder> Folder::walk(const std::string& path) {
  Folder folder;
  folder.path_ = path;
  std::error_code error;
  if (!fs::is_directory(path, error)) {
    return Error{ErrorKind::not_found, "no_folder", path + " is no folder"};
  }
  std::uint64_t files = 0;
  const std::size_t skip = path.ends_with('/') ? path.size() : path.size() + 1;
  for (fs::recursive_directory_iterator at(path, error), end; !error && at != end;
       at.increment(error)) {
    const fs::file_status status = at->symlink_status(error);
    if (error) break;
    if (fs::is_directory(status)) continue;
    if (++files > kFilesMax) {
      return Error{ErrorKind::too_large, "too_large", "there are too many files in " + path};
    }
    if (!fs::is_regular_file(status)) {
      ++folder.other_files_;
      continue;
    }
    File file;
    file.path = at->path().native().substr(skip);
    file.bytes = at->file_size(error);
    if (error) break;
    folder.add(std::move(file));
  }
  if (error) {
    return Error{ErrorKind::failed, "read", "cannot read " + path + ": " + error.message()};
  }
  folder.place_latest();
  return folder;
}

File* Folder::find(std::size_t root, std::string_view key) {
  const std::string_view tail = layout_tail(key);
  if (tail.empty()) return nullptr;
  const auto found = roots_[root].files.find(std::string(tail));
  return found == roots_[root].files.end() ? nullptr : &found->second;
}

Result<std::string> Folder::read(const File& file, std::uint64_t limit) const {
  if (file.bytes > limit) {
    return Error{ErrorKind::too_large, "too_large",
                 file.path + " is larger than " + std::to_string(limit) + " bytes"};
  }
  std::string content;
  content.reserve(file.bytes);
  bool grown = false;
  TRY(read(file, [&](std::string_view piece) {
    grown = grown || content.size() + piece.size() > limit;
    if (!grown) content += piece;
  }));
  if (grown) return Error{ErrorKind::too_large, "too_large", file.path + " has grown"};
  return content;
}

Result<> Folder::read(const File& file, const std::function<void(std::string_view)>& use) const {
  const FileDescriptor fd = TRY(open_file(path_ + "/" + file.path));
  std::string buffer(std::min<std::uint64_t>(kReadBytes, file.bytes + 1), '\0');
  std::uint64_t left = file.bytes + 1;  // not more than the walk saw: a growing file has an end
  while (left > 0) {
    const ssize_t got =
        ::read(fd.get(), buffer.data(), std::min<std::uint64_t>(buffer.size(), left));
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return system_error("read " + file.path, errno);
    if (got == 0) return {};
    left -= static_cast<std::uint64_t>(got);
    use(std::string_view(buffer.data(), static_cast<std::size_t>(got)));
  }
  return {};
}

}  // namespace trailkeeper::verify
