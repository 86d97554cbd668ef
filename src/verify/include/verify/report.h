#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/time.h"

namespace trailkeeper::verify {

// What is known of a window, or of anything else in the folder; worse ones later.
enum class State : std::uint8_t {
  complete,      // every entry of the range is there as the log has it
  not_yet_due,   // the window was open, or just closed, at the time asked for
  elsewhere,     // the chain shows that another destination got it
  unverifiable,  // nothing wrong was found, but not all could be proven
  gap,           // it should be in the folder and is not
  altered,       // it is there and is not what was delivered
};
inline constexpr std::size_t kStates = 6;
std::string_view state_text(State state);  // "not yet due"
inline State worse(State a, State b) { return a < b ? b : a; }

struct WindowReport {
  std::uint64_t window = 0;
  std::uint64_t windows = 1;  // more: this row stands for so many that are not there
  std::string manifest{};     // path within the folder; empty when there is none
  Timestamp start{}, end{};
  std::uint64_t first_seq = 0;  // 0: not known
  std::uint64_t last_seq = 0;   // first_seq - 1: an empty one
  std::uint64_t erased = 0;     // rows of which only the digest is left
  std::uint64_t withheld = 0;   // kept back by the destination's filter
  State state = State::complete;
  std::vector<std::string> details{};  // sentences without a full stop, the worst first or only

  void add(State found, std::string detail);
  std::uint64_t entries() const { return first_seq == 0 ? 0 : last_seq + 1 - first_seq; }
};

struct StreamReport {
  std::string organization_id, destination;
  std::uint64_t stream = 0;
  std::string reason;  // of its window 0: activated, location_changed, backfill, replay, new_epoch
  std::vector<WindowReport> windows;
};

// One run of a data pack.
struct RunReport {
  std::string run;         // its id
  std::string manifest{};  // path within the folder; empty when there is none
  Timestamp start{}, end{};
  std::optional<std::uint64_t> rows{};  // not known of files that were passed on as they came
  std::uint64_t bytes = 0, files = 0;
  // Nothing here is older, and yet it is not the first: what was before it went elsewhere or was
  // taken away.
  bool before_is_elsewhere = false;
  State state = State::complete;
  std::vector<std::string> details{};  // as of a window

  void add(State found, std::string detail);
};

struct PackReport {
  std::string place;  // path of the pack in the folder
  std::string organization_id, pack;
  std::uint64_t version = 1;
  std::vector<RunReport> runs;
};

// Anything that is in no window: a kept checkpoint, a heartbeat, a file in no manifest.
struct OtherReport {
  std::string what;
  State state = State::complete;
  std::string detail;
};

struct Report {
  Timestamp at{};
  std::vector<StreamReport> streams;
  std::vector<PackReport> packs;
  std::vector<OtherReport> checkpoints;
  std::vector<OtherReport> others;
  std::uint64_t files = 0;  // that were read
  std::uint64_t bytes = 0;
  std::uint64_t other_files = 0;  // that are none of the trail's

  // How many windows of each state there are.
  std::array<std::uint64_t, kStates> windows() const;
  // How many runs of data packs.
  std::array<std::uint64_t, kStates> runs() const;
  std::uint64_t entries(State state) const;
  std::uint64_t erased() const;
  // Whether a single entry, empty window or run was proven.
  bool anything() const;
  // The worst of all; `unverifiable` when nothing was checked.
  State state() const;
};

// What `trailkeeper-verify` answers its caller.
inline constexpr int kExitComplete = 0;
inline constexpr int kExitWrong = 1;         // a gap, or something was altered
inline constexpr int kExitUsage = 2;         // or the folder cannot be read
inline constexpr int kExitUnverifiable = 3;  // nothing wrong found, but not all was proven
int exit_code(const Report& report);

// For people; `all`: a line for each window, else runs of complete ones are one.
std::string render_table(const Report& report, bool all);
// One JSON object in one line, with a line feed.
std::string render_json(const Report& report);

}  // namespace trailkeeper::verify
