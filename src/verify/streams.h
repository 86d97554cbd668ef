#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <vector>

#include "base/time.h"
#include "window_check.h"

namespace trailkeeper::verify {

// The windows of one stream at one place, by number; of a window that is not there, nothing.
struct Stream {
  std::size_t root = 0;
  std::uint64_t number = 0;
  std::vector<Loaded*> windows;  // in order of their numbers, no number twice
  // A later stream names its last window, so that nothing is due after it.
  bool ended = false;
  // What stands for windows that are not there, with a place among the others.
  std::vector<WindowReport> absent;
  std::optional<Timestamp> next_due_at;  // as the heartbeat says

  const Manifest* opening() const;  // window 0, when it can be read
  const Manifest* last() const;     // the last that can be read
  // Of the first manifest that can be read; empty when none can.
  std::string organization_id() const;
  std::string destination() const;
  std::string reason() const;
  bool main() const;
  Loaded* find(std::uint64_t window) const;
};

// Puts manifests together to streams, ordered by organization and number.
std::vector<Stream> make_streams(std::deque<Loaded>& loaded);

// Each window begins where the one before ended, and names it; what is missing between them becomes
// a gap.
void check_chain(Stream& stream);
// Each stream begins where the one before it ended, and names it; what went to other places, and
// what is missing at the end of a stream that was followed by another.
void check_order(std::vector<Stream>& streams);
// Backfills end where what they fill up begins; a replay is of what it says and stands in for it.
void check_side_streams(std::vector<Stream>& streams);
// What has to be there at `at`, an hour after it was due.
void check_due(std::vector<Stream>& streams, Timestamp at);

}  // namespace trailkeeper::verify
