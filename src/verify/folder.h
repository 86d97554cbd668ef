#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace trailkeeper::verify {

// One regular file below the folder.
struct File {
  std::string path;  // from the folder, with slashes
  std::uint64_t bytes = 0;
  bool named = false;  // in a manifest, or a manifest itself
};

// What an object's or manifest's name says; numbers as in the key.
struct ObjectName {
  std::uint64_t stream = 0;
  std::uint64_t first_seq = 0;
  std::uint64_t last_seq = 0;
};
struct ManifestName {
  std::uint64_t stream = 0;
  std::uint64_t window = 0;
};

// The files of a folder, by where they stand in the layout of docs/formats/manifest.md. A bucket's
// path may be above the folder, in it, or several of them may be in it: everything up to
// `audit_logs` or `audit_logs_manifest` is the *root* of a file, the rest its *tail*. No name is
// ever opened that the walk did not find.
class Folder {
 public:
  // Follows no links and looks at regular files only. `not_found`, `failed`; `too_large` at more
  // files than anybody has.
  static Result<Folder> walk(const std::string& path);

  struct Root {
    std::string path;                   // "" or "in/audit"
    std::map<std::string, File> files;  // by tail
  };
  std::vector<Root>& roots() { return roots_; }
  const std::vector<Root>& roots() const { return roots_; }
  // Data packs: by the path of `<pack>`, then by the run's id; its files by their name below
  // `run=<id>`.
  using PackRun = std::map<std::string, File>;
  struct Pack {
    std::map<std::string, PackRun> runs;
    std::optional<File> latest{};
  };
  std::map<std::string, Pack>& packs() { return packs_; }

  // heartbeat.json files.
  const std::vector<File>& heartbeats() const { return heartbeats_; }
  std::uint64_t other_files() const { return other_files_; }

  // The file that a key of the bucket names, in the root of its manifest; null when it is not there
  // or the key is none of the layout.
  File* find(std::size_t root, std::string_view key);

  // Whole content; `too_large` above `limit`.
  Result<std::string> read(const File& file, std::uint64_t limit) const;
  // Gives it piece by piece.
  Result<> read(const File& file, const std::function<void(std::string_view)>& use) const;

 private:
  void add(File file);
  bool add_to_pack(File& file);
  // A `latest.json` stands beside the runs of a pack; others are none of ours.
  void place_latest();
  std::string path_;
  std::vector<Root> roots_;
  std::map<std::string, std::size_t> by_path_;
  std::vector<File> heartbeats_;
  std::map<std::string, Pack> packs_;
  std::vector<File> latest_;  // until the walk is over
  std::uint64_t other_files_ = 0;
};

// Of a tail: "audit_logs/dt=2026-11-22/hour=14/000001-...jsonl.gz"; empty for other texts.
std::optional<ObjectName> object_name(std::string_view tail);
// Of "audit_logs_manifest/dt=2026-11-22/000001-000000000002.json".
std::optional<ManifestName> manifest_name(std::string_view tail);
// Of "audit_logs_manifest/dt=2026-11-22/000001-<first>-<last>.leaves".
std::optional<ObjectName> leaves_name(std::string_view tail);
// Place of a run of a data pack in "in/deals/run=<id>/part-00000.csv.gz".
struct PackName {
  std::string_view place;  // "in/deals"
  std::string_view run;    // the id
  std::string_view file;   // "part-00000.csv.gz"
};
std::optional<PackName> pack_name(std::string_view path);
// The last components of a path that belong to the layout; empty when they do not.
std::string_view layout_tail(std::string_view path);

}  // namespace trailkeeper::verify
