#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "base/ids.h"
#include "base/time.h"

// Where objects of a stream lie in the bucket (docs/formats/manifest.md).
namespace trailkeeper::deliver {

struct Range {
  Seq first;
  Seq last;
};

// `part` counts from 0 and is left out of the name of a range that is one file.
std::string object_key(const std::string& path, Timestamp window_start, std::int64_t stream,
                       const Range& range, std::optional<int> part,
                       const std::string& ending = "jsonl.gz");
std::string manifest_key(const std::string& path, Timestamp window_start, std::int64_t stream,
                         std::int64_t window);
std::string leaves_key(const std::string& path, Timestamp window_start, std::int64_t stream,
                       const Range& range);
std::string heartbeat_key(const std::string& path);
std::string probe_key(const std::string& path);
std::string catalog_key(const std::string& path);

// What a manifest's key says; empty for other keys.
struct ManifestKey {
  std::int64_t stream = 0;
  std::int64_t window = 0;
};
// `replay/NNNNNN/` below the path: the stream of a replay; empty for other keys.
std::optional<std::int64_t> parse_replay_key(const std::string& path, const std::string& key);
std::optional<ManifestKey> parse_manifest_key(const std::string& key);

}  // namespace trailkeeper::deliver
