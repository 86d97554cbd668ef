#pragma once

#include <functional>
#include <string>
#include <vector>

#include "changed.h"
#include "packs/definition.h"
#include "packs/packs.h"
#include "packs/sink.h"
#include "packs/source.h"
#include "settings/pack_runs.h"

namespace trailkeeper::packs {

// What a run's files came to.
struct Staged {
  std::vector<settings::PackFile> files;  // the manifest last
  std::vector<std::uint64_t> nulls;       // of each column
  std::uint64_t rows = 0;
  bool rows_known = true;
  std::uint64_t bytes = 0;  // of the parts
  std::string manifest_sha256;
};

// What the manifest says beside the files.
struct ManifestFacts {
  const settings::PackRun& run;
  const Definition& definition;
  const std::vector<Column>& columns;
  const std::vector<ColumnChange>& changes;
  std::string high_water_before;
  std::string previous_manifest_sha256;
  Timestamp staged_at;
  std::string file_set{};  // of files that are sent as they are: its name
  int file_revision = 0;
  std::optional<ChangeCounts> changes_counted{};  // of the mode `changed`
  std::string since{};                            // the run they are counted from; empty: none
};

// Brings the rows of runs onto our disk, one folder a run. Holds nothing between calls. Thread-safe
// for different runs.
class Stager {
 public:
  Stager(std::string folder, std::uint64_t free_bytes_min, SignDocument sign)
      : folder_(std::move(folder)), free_bytes_min_(free_bytes_min), sign_(std::move(sign)) {}

  // Reads the extract to its end into files; whatever an earlier try left is removed first. `going`
  // is told of the rows so far now and then, and answers false to stop (`cancelled`). Durable on
  // return.
  Result<Staged> stage_parts(const settings::PackRun& run, const Definition& definition,
                             Extract& extract,
                             const std::function<Result<bool>(std::uint64_t rows)>& going) const;
  // Takes the files as they are, by name and path; the run's folder holds links to them. The
  // columns of CSV are in `columns`. Durable on return.
  Result<Staged> stage_files(const settings::PackRun& run, const Definition& definition,
                             const std::vector<std::pair<std::string, std::string>>& files,
                             std::vector<Column>& columns) const;
  // Adds the manifest to what stage_parts() gave.
  Result<> stage_manifest(Staged& staged, const ManifestFacts& facts) const;

  std::string path_of(const Uuid& run, const std::string& file) const;

  // Of the mode `changed`: what a run that was delivered remembers of its rows. While it is staged
  // it is a file of the run, kStateFile; kept, it has a place of its own. Durable on return; false
  // when it is in neither.
  Result<bool> keep_state(const Uuid& run) const;
  std::string state_of(const Uuid& run) const { return folder_ + "/states/" + run.str(); }
  void remove_state(const Uuid& run) const;
  void tidy_states(const std::function<bool(const Uuid& run)>& keep) const;

  // `unavailable` (`disk_full`): intake needs the rest.
  Result<> check_space() const;
  std::string folder_of(const Uuid& run) const { return folder_ + "/" + run.str(); }

  // Whether the bytes are those that were recorded.
  bool intact(const Uuid& run, const settings::PackFile& file) const;
  void remove(const Uuid& run) const;
  // Removes what belongs to no run for which `keep` answers true.
  void tidy(const std::function<bool(const Uuid& run)>& keep) const;

 private:
  const std::string folder_;
  const std::uint64_t free_bytes_min_;
  const SignDocument sign_;
};

inline constexpr const char* kStateFile = "state";

inline constexpr std::string_view kManifestType = "trailkeeper-pack/v1";

// docs/formats/pack_manifest.md: the object that is signed.
std::string render_manifest(const ManifestFacts& facts, const Staged& staged);
// The file that names the newest run.
std::string render_latest(const settings::PackRun& run);

}  // namespace trailkeeper::packs
