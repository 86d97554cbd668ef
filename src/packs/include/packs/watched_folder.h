#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/ids.h"
#include "base/time.h"

// A folder of this machine that the vendor's jobs write to: `FOLDER/SOURCE/ORGANIZATION/SET/FILES`.
// A set is taken when its list `SHA256SUMS` is there and every file of it is what the list says.
namespace trailkeeper::packs {

// Something in the folder that was not taken, and why.
struct FolderEntry {
  enum class State {
    waiting,  // it may still be on its way
    refused,  // as it is it can never be taken
    left,     // taken, but it could not be cleared away
  };
  std::string path;  // below the folder; what cannot be shown is a question mark
  std::string source{};
  std::string org{};
  std::string set{};
  State state = State::waiting;
  std::string code;
  std::string detail;  // one sentence for a person
  Timestamp since{};   // as far as this process knows
};

struct FolderView {
  std::string path;                      // empty: none is configured
  std::optional<Timestamp> looked_at{};  // last
  std::string problem{};                 // the folder itself cannot be read; empty: it can
  std::vector<FolderEntry> entries{};    // by path, of the last look; the first 1,000
  bool more = false;
};

}  // namespace trailkeeper::packs
