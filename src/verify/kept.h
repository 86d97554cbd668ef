#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "points.h"
#include "streams.h"
#include "verify/verify.h"

namespace trailkeeper::verify {

// What the customer kept, opened and found to be signed.
struct KeptCheckpoint {
  std::string name;
  merkle::Checkpoint checkpoint;
  std::optional<Manifest> manifest{};  // when it was one
  Sha256Digest sha256{};
};

// `invalid` (code `kept`) with what is wrong with it.
Result<KeptCheckpoint> open_kept(const Kept& kept, const std::vector<merkle::VerifierKey>& keys);

// How the source of a kept checkpoint is called in what contradicts it.
std::string kept_source(const KeptCheckpoint& kept);

// Sizes at which each log (by its origin) was compared.
using Compared = std::map<std::string, std::set<std::uint64_t>>;

// What came of the comparison, after all windows were judged.
OtherReport judge_kept(const KeptCheckpoint& kept, const std::vector<Stream>& streams,
                       const Compared& compared);

}  // namespace trailkeeper::verify
