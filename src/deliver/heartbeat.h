#pragma once

#include <string>

#include "base/time.h"
#include "settings/deliveries.h"

namespace trailkeeper::deliver {

inline constexpr std::string_view kHeartbeatType = "trailkeeper-heartbeat/v1";

// What `heartbeat.json` says after `window` was delivered, still to be signed
// (docs/formats/manifest.md).
struct Heartbeat {
  const settings::Stream& stream;
  const settings::DeliveryWindow& window;
  const settings::StagedObject& manifest;
  Timestamp next_due_at;
  Timestamp written_at;
};
std::string render_heartbeat(const Heartbeat& heartbeat);

}  // namespace trailkeeper::deliver
