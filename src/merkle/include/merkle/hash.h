#pragma once

#include <string_view>

#include "base/bytes.h"

// Hashes of RFC 6962 section 2.1 with SHA-256.
namespace trailkeeper::merkle {

using Hash = Sha256Digest;

// SHA256(0x00 || entry).
Hash leaf_hash(std::string_view entry);
// SHA256(0x01 || left || right).
Hash node_hash(const Hash& left, const Hash& right);
// The root of the tree without leaves: SHA256("").
const Hash& empty_root();

}  // namespace trailkeeper::merkle
