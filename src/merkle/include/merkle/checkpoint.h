#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"
#include "merkle/hash.h"

namespace trailkeeper::merkle {

// What a log says of itself at one size (c2sp.org/tlog-checkpoint): the text that is signed as a
// note. We write no extension lines; those of others are kept out of the comparison.
struct Checkpoint {
  std::string origin;  // the log's name, as its key's
  std::uint64_t size = 0;
  Hash root{};
  bool operator==(const Checkpoint&) const = default;
};

std::string render_checkpoint(const Checkpoint& checkpoint);
// Strict: no leading zeros, padded base64, LF at the end. `invalid` (code `checkpoint`); also when
// the size is 0 and the root is not empty_root().
Result<Checkpoint> parse_checkpoint(std::string_view text);

}  // namespace trailkeeper::merkle
