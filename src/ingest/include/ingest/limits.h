#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string_view>
#include <vector>

#include "base/ids.h"
#include "base/metrics.h"
#include "base/result.h"
#include "settings/limits.h"

// How much each org and each key may send: token buckets of events, bytes and requests a second.
namespace trailkeeper::ingest {

// Complete rates of one bucket.
struct Rates {
  std::int64_t events_per_second = 250'000;
  std::int64_t bytes_per_second = 256 << 20;
  std::int64_t requests_per_second = 100'000;
  std::int64_t burst_seconds = 10;
};

// What an operator set for an org instead of the defaults. Thread-safe, quick.
class OrgLimits {
 public:
  virtual ~OrgLimits() = default;
  virtual settings::Limits limits(const OrgId& org) const = 0;
};

// Who sends.
struct Sender {
  Uuid key{};
  settings::Limits key_limits{};
  std::optional<OrgId> org{};  // the key's; empty: it is for all
};

// What a request takes from one bucket.
struct Cost {
  std::int64_t events = 0;
  std::int64_t bytes = 0;
  std::int64_t requests = 1;
};

// One quota as headers show it: `quota` in any `window` seconds, of which `remaining` is left; it
// is whole again after `reset` seconds.
struct LimitState {
  std::string_view name;  // events, bytes, requests
  std::int64_t quota = 0;
  std::int64_t window = 0;
  std::int64_t remaining = 0;
  std::int64_t reset = 0;
};

// The quotas that a sender met, each the tighter one of org and key. Without limits it is empty.
struct LimitReport {
  std::array<LimitState, 3> states{};
  std::size_t count = 0;
};

// A request is let in while anything is left in each of its buckets, and then takes all of its
// cost: what it takes beyond the rest is paid back before the next one gets in. So a request larger
// than a burst passes, the long-run rate is exact, and whoever is over the limit is refused before
// the body is looked at. Buckets that are full are kept nowhere, so memory follows those who send
// at present. Thread-safe; a call takes a lock of one of many parts for some ten nanoseconds.
class Limits {
 public:
  struct Settings {
    Rates org{};
    Rates key{};
  };
  using Nanoseconds = std::int64_t;

  // `orgs` outlives this. `monotonic` is for tests; by default CLOCK_MONOTONIC.
  Limits(const Settings& settings, const OrgLimits& orgs, metrics::Registry& metrics,
         std::function<Nanoseconds()> monotonic = {});
  ~Limits();

  // `limited` (code `rate_limited`) with retry_after when nothing is left for the key or its org.
  // Takes nothing.
  Result<> admit(const Sender& sender, LimitReport& report);

  // Takes `of_key` from the key's bucket and each cost from its org's, or nothing at all and the
  // same error when one of them has nothing left.
  struct OrgCost {
    OrgId org;
    Cost cost;
  };
  Result<> charge(const Sender& sender, const Cost& of_key, const std::vector<OrgCost>& of_orgs,
                  LimitReport& report);

  // What is left now.
  LimitReport report(const Sender& sender);

  // Buckets in memory.
  std::size_t size() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace trailkeeper::ingest
