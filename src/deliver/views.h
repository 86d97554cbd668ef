#pragma once

#include "deliver/deliveries.h"
#include "settings/deliveries.h"

namespace trailkeeper::deliver {

// The present moment of a destination, beside what is kept of it.
struct Present {
  bool validating = false;
  Seq delivered{};
  Seq head{};
  std::optional<schedule::Window> oldest{};  // closed and not delivered
  Timestamp now{};
  std::optional<Timestamp> closed_until{};     // where the window in progress begins
  std::optional<Timestamp> delivered_until{};  // everything received before is in the bucket
  std::optional<settings::Backfill> backfill{};
  std::optional<settings::StoppedLog> stopped{};
  std::uint64_t missing_windows = 0;
  bool slow = false;
};

DestinationView view_of(const settings::Destination& destination, const Settings& settings,
                        const Present& present);

// Who the bucket policy lets in; empty when the role's name is not an ARN.
std::string principal_of(const settings::Destination& destination, const Settings& settings);

// `sending`: an attempt runs now; `is_next`: it is the oldest window of its stream that is not
// delivered.
DeliveryView view_of(const settings::DeliveryRecord& record, bool sending,
                     std::optional<Timestamp> next_attempt_at);

}  // namespace trailkeeper::deliver
