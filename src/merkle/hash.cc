#include "merkle/hash.h"

#include <algorithm>
#include <array>
#include <string>

#include "crypto/hash.h"

namespace trailkeeper::merkle {

Hash leaf_hash(std::string_view entry) {
  std::string data(1, '\0');
  data += entry;
  return crypto::sha256(data);
}

Hash node_hash(const Hash& left, const Hash& right) {
  std::array<std::uint8_t, 65> data;
  data[0] = 1;
  std::copy(left.begin(), left.end(), data.begin() + 1);
  std::copy(right.begin(), right.end(), data.begin() + 33);
  return crypto::sha256(as_text(data));
}

const Hash& empty_root() {
  static const Hash root = crypto::sha256("");
  return root;
}

}  // namespace trailkeeper::merkle
