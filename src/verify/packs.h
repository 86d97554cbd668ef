#pragma once

#include <deque>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "folder.h"
#include "pack_manifest.h"
#include "verify/report.h"

namespace trailkeeper::verify {

// The runs of data packs in a folder. A run is complete when its manifest is signed, its files are
// the ones that the manifest names, and the run before it, when it is there, is the one that the
// manifest says. For one thread; judge_files() uses more.
class PackCheck {
 public:
  PackCheck(Folder& folder, const std::vector<merkle::VerifierKey>& keys)
      : folder_(folder), keys_(keys) {}

  // Reads the manifests and looks for the files that they name; counts both in `report`.
  void load(Report& report);
  // Reads the files; `tell` is given the bytes of each, from any thread.
  void judge_files(unsigned threads, const std::function<void(std::uint64_t)>& tell);
  // What is between the runs; then everything into `report`.
  void finish(Report& report);

 private:
  struct Run {
    std::string place;  // of the pack in the folder
    std::string id;
    Folder::PackRun* files = nullptr;
    Sha256Digest sha256{};
    std::optional<PackManifest> manifest;
    RunReport report;
  };
  struct Task {
    Run* run;
    const PackFile* wanted;
    const File* file;
    Judgement judgement;
  };

  void load_run(const std::string& place, const std::string& id, Folder::PackRun& files);
  void name_files(Run& run, Report& report);
  void check_before(Run& run);
  void check_latest(const std::string& place, const File& file, Report& report);
  void check_unnamed(Run& run);

  Folder& folder_;
  const std::vector<merkle::VerifierKey>& keys_;
  std::deque<Run> runs_;
  std::vector<Task> tasks_;
  std::multimap<std::string, const Run*> by_id_;
};

}  // namespace trailkeeper::verify
