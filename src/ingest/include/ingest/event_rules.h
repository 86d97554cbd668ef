#pragma once

#include <memory>
#include <string>

#include "base/result.h"

namespace trailkeeper::event {
struct Event;
}

namespace trailkeeper::ingest {

// What the vendor has set about events, as it stands at one moment: what registered actions say
// where the sender says nothing, which schemas hold, what is masked. Immutable, so from any thread.
class EventRules {
 public:
  virtual ~EventRules() = default;

  // Fills in, checks, masks, between the parsing of an event and its rendering. Quick: every event
  // comes through here. `pointer` is the event's place in its request. `invalid` (code
  // `schema_violation`) with fields whose pointers begin with it; the event is not used then.
  virtual Result<> apply(event::Event& event, const std::string& pointer) const = 0;
};

// Where the rules come from. A change holds for every request that comes after it.
class EventRulesSource {
 public:
  virtual ~EventRulesSource() = default;

  // Thread-safe and quick; never null.
  virtual std::shared_ptr<const EventRules> rules() const = 0;
};

}  // namespace trailkeeper::ingest
