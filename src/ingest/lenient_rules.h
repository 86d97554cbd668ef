#pragma once

#include "event/view.h"

namespace trailkeeper::ingest {

// Rules that can tell of an event that they have nothing to do with it. Most events then need not
// be copied out of the document that they came in.
class LenientRules {
 public:
  virtual ~LenientRules() = default;

  // True when EventRules::apply would certainly neither change nor refuse the event.
  virtual bool leaves(const event::EventView& event) const = 0;
};

}  // namespace trailkeeper::ingest
