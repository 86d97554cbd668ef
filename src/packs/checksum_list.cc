#include "checksum_list.h"

#include <algorithm>

#include "base/bytes.h"
#include "packs/file_store.h"

namespace trailkeeper::packs {
namespace {

constexpr std::size_t kHexDigits = 64;

Error bad(std::string code, std::size_t line, const std::string& what) {
  return {ErrorKind::invalid, std::move(code),
          "Line " + std::to_string(line) + " of " + kChecksumList + " " + what};
}

Result<ListedFile> parse_line(std::string_view text, std::size_t line) {
  const auto digest = from_hex(text.substr(0, kHexDigits));
  // Two spaces, or a space and a star for files that were read as binary.
  const std::string_view rest = text.substr(std::min(text.size(), kHexDigits));
  if (!digest || digest->size() != kHexDigits / 2 || rest.size() < 3 || rest[0] != ' ' ||
      (rest[1] != ' ' && rest[1] != '*'))
    return bad("bad_list", line, "is not one of sha256sum: 64 digits in hex, two spaces, a name.");
  std::string_view name = rest.substr(2);
  if (name.starts_with("./")) name.remove_prefix(2);
  if (!is_file_name(name) || name == kChecksumList) {
    return bad("bad_name", line,
               "names a file that cannot be one of a set: letters, digits, and . _ = - only, not "
               "beginning with a dot, 128 characters at most.");
  }
  return ListedFile{std::string(name), to_hex(*digest)};
}

}  // namespace

Result<std::vector<ListedFile>> parse_checksum_list(std::string_view text, std::size_t files_max) {
  if (!text.ends_with('\n'))
    return Error{ErrorKind::unavailable, "list_cut",
                 std::string(kChecksumList) + " is empty, or its last line has no end yet."};
  std::vector<ListedFile> files;
  while (!text.empty()) {
    std::string_view line = text.substr(0, text.find('\n'));
    text.remove_prefix(line.size() + 1);
    if (line.ends_with('\r')) line.remove_suffix(1);
    if (files.size() == files_max)
      return Error{ErrorKind::too_large, "too_many_files",
                   "A set has at most " + std::to_string(files_max) + " files."};
    files.push_back(TRY(parse_line(line, files.size() + 1)));
  }
  std::sort(files.begin(), files.end(),
            [](const auto& a, const auto& b) { return a.name < b.name; });
  const auto twice = std::adjacent_find(
      files.begin(), files.end(), [](const auto& a, const auto& b) { return a.name == b.name; });
  if (twice != files.end())
    return Error{ErrorKind::invalid, "bad_list",
                 std::string(kChecksumList) + " names " + twice->name + " twice."};
  return files;
}

}  // namespace trailkeeper::packs
