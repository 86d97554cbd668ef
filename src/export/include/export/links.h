#pragma once

#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/result.h"
#include "settings/actions.h"
#include "settings/exports.h"

namespace trailkeeper::exports {

inline constexpr std::chrono::minutes kLinkLife{10};

// Addresses that give one finished file to whoever knows them, for ten minutes: for programs that
// hand them on. Kept as hashes. Thread-safe; calls block on the disk.
class Links {
 public:
  Links(settings::Store& store, const Clock& clock) : store_(store), clock_(clock) {}

  // A new token of 256 random bits, as 43 characters of base64url; durable on return. Those given
  // out before go on to their own end.
  Result<std::string> make(const settings::Export& record, const Uuid& key);
  // `not_found` (`export_not_found`) for unknown and ended ones alike.
  Result<settings::ExportLink> find(std::string_view token);

 private:
  settings::Store& store_;
  const Clock& clock_;
};

}  // namespace trailkeeper::exports
