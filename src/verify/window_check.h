#pragma once

#include <atomic>
#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "folder.h"
#include "manifest.h"
#include "points.h"
#include "rows.h"
#include "verify/report.h"

namespace trailkeeper::verify {

// A manifest that was found in the folder.
struct Loaded {
  std::size_t root = 0;
  File* file = nullptr;
  ManifestName name;
  Sha256Digest sha256{};  // of the whole file
  std::optional<Manifest> manifest;
  WindowReport report;   // what its own bytes say
  bool trusted = false;  // signed, by known keys, and its arithmetic holds
};

// One file that a manifest names, as it was found.
struct Part {
  const ObjectRef* ref = nullptr;
  File* file = nullptr;  // null: not there
  Judgement judgement;
  Rows rows;                         // of files in the record's form
  std::vector<merkle::Hash> leaves;  // of the file of leaves
};

// Reads one file: size, digest, and what its rows or entries say of the log. Its memory is that of
// the packed file and 40 bytes a row. May be called from any thread.
// Of what nobody known has signed only the digest is taken: it is not unpacked.
void read_part(const Folder& folder, const Loaded& loaded, bool is_leaves, Part& part);

// A window's files against its manifest and the log. `parts`: those of the manifest in order, then
// that of its leaves if it has one. Empties the parts. Adds the sizes at which another checkpoint
// was compared to `compared`.
void judge_window(const Points& points, Loaded& loaded, std::vector<Part>& parts,
                  std::set<std::uint64_t>& compared);

}  // namespace trailkeeper::verify
