#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "manifest.h"

namespace trailkeeper::verify {

// One file of a run. Of files that are passed on as they came the rows may not be known.
struct PackFile {
  std::string name;  // beside the manifest
  std::uint64_t bytes = 0;
  std::optional<std::uint64_t> rows;
  Sha256Digest sha256{};
};

// Manifest of a data pack's run (docs/formats/pack_manifest.md).
struct PackManifest {
  std::string organization_id, pack;
  std::uint64_t version = 1;
  std::string run;
  Timestamp start{}, end{}, staged_at{};
  std::optional<std::uint64_t> rows;
  std::uint64_t bytes = 0;
  std::vector<PackFile> files;
  std::string previous_run;                       // empty: the first one
  std::optional<Sha256Digest> previous_sha256{};  // of the whole file
  std::optional<Seal> seal;  // empty: written before manifests of packs were signed
};

// `latest.json`, which nobody signs.
struct PackLatest {
  std::string pack, run;
  Sha256Digest manifest_sha256{};
};

// Any bytes in; `invalid` (code `manifest`) with what is wrong. Sums agree in what comes back;
// nothing is proven yet.
Result<PackManifest> parse_pack_manifest(std::string_view bytes);
Result<PackLatest> parse_pack_latest(std::string_view bytes);

inline constexpr std::string_view kPackType = "trailkeeper-pack/v1";
inline constexpr std::string_view kPackLatestType = "trailkeeper-pack-latest/v1";

}  // namespace trailkeeper::verify
