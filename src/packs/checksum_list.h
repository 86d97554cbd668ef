#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace trailkeeper::packs {

// The list that makes a set of a watched folder complete, as `sha256sum * > SHA256SUMS` writes it.
inline constexpr const char* kChecksumList = "SHA256SUMS";
inline constexpr std::size_t kChecksumListBytesMax = 1u << 18;

struct ListedFile {
  std::string name;
  std::string sha256;  // hex, lower case
};

// By name. `invalid` (`bad_list`, `bad_name`) with the line; `unavailable` (`list_cut`) when its
// last line has no end yet.
Result<std::vector<ListedFile>> parse_checksum_list(std::string_view text, std::size_t files_max);

}  // namespace trailkeeper::packs
