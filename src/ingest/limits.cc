#include "ingest/limits.h"

#include <algorithm>
#include <cstring>
#include <ctime>
#include <unordered_map>
#include <utility>

#include "base/thread_annotations.h"

namespace trailkeeper::ingest {
namespace {

constexpr std::size_t kParts = 64;
// A part with more buckets than this looks for full ones to forget.
constexpr std::size_t kPerPart = 512;
constexpr std::int64_t kSecond = 1'000'000'000;

using Nanoseconds = Limits::Nanoseconds;

Nanoseconds monotonic_now() {
  timespec now{};
  clock_gettime(CLOCK_MONOTONIC, &now);
  return std::int64_t(now.tv_sec) * kSecond + now.tv_nsec;
}

struct UuidHash {
  // The last bytes of a version 7 are random.
  std::size_t operator()(const Uuid& id) const noexcept {
    std::size_t out = 0;
    std::memcpy(&out, id.bytes.data() + 8, sizeof out);
    return out;
  }
};

Rates with(Rates rates, const settings::Limits& limits) {
  rates.events_per_second = limits.events_per_second.value_or(rates.events_per_second);
  rates.bytes_per_second = limits.bytes_per_second.value_or(rates.bytes_per_second);
  rates.requests_per_second = limits.requests_per_second.value_or(rates.requests_per_second);
  rates.burst_seconds = limits.burst_seconds.value_or(rates.burst_seconds);
  return rates;
}

struct Dimension {
  std::string_view name;
  std::int64_t Rates::*rate;
  std::int64_t Cost::*cost;
};

constexpr std::array<Dimension, 3> kDimensions{{
    {"events", &Rates::events_per_second, &Cost::events},
    {"bytes", &Rates::bytes_per_second, &Cost::bytes},
    {"requests", &Rates::requests_per_second, &Cost::requests},
}};

// Three token buckets, each as the moment at which it will be full again (the generic cell rate
// algorithm of ITU-T I.371): nothing has to be added as time passes.
struct Bucket {
  std::array<Nanoseconds, 3> full_at{};

  bool full(Nanoseconds now) const {
    return std::all_of(full_at.begin(), full_at.end(), [now](Nanoseconds at) { return at <= now; });
  }

  // How long until at least one of each is left; 0 when that is so.
  Nanoseconds wait(const Rates& rates, Nanoseconds now) const {
    Nanoseconds longest = 0;
    for (std::size_t i = 0; i < kDimensions.size(); ++i) {
      const Nanoseconds one = kSecond / (rates.*kDimensions[i].rate);
      const Nanoseconds room = rates.burst_seconds * kSecond - one;
      longest = std::max(longest, full_at[i] - now - room);
    }
    return longest;
  }

  void take(const Rates& rates, const Cost& cost, Nanoseconds now) {
    for (std::size_t i = 0; i < kDimensions.size(); ++i) {
      // Costs are bounded by a request's limits, so this is far below the range.
      const Nanoseconds price = cost.*kDimensions[i].cost * kSecond / (rates.*kDimensions[i].rate);
      full_at[i] = std::max(full_at[i], now) + price;
    }
  }

  LimitState state(std::size_t i, const Rates& rates, Nanoseconds now) const {
    const std::int64_t rate = rates.*kDimensions[i].rate;
    const Nanoseconds owed = std::max<Nanoseconds>(0, full_at[i] - now);
    const Nanoseconds left = std::max<Nanoseconds>(0, rates.burst_seconds * kSecond - owed);
    // In two steps, because a rate times nanoseconds may not fit.
    const std::int64_t remaining = left / kSecond * rate + left % kSecond * rate / kSecond;
    return {.name = kDimensions[i].name,
            .quota = rate * rates.burst_seconds,
            .window = rates.burst_seconds,
            .remaining = remaining,
            .reset = (owed + kSecond - 1) / kSecond};
  }
};

template <typename Id, typename Hash>
class Table {
 public:
  // `work(Bucket&)` on the bucket, kept if it is not full then.
  template <typename Work>
  auto with_bucket(const Id& id, Nanoseconds now, Work work) {
    const std::size_t hash = Hash{}(id);
    Part& part = parts_[(hash ^ hash >> 17) % kParts];
    MutexLock lock(part.mutex);
    const auto found = part.buckets.find(id);
    if (found != part.buckets.end()) return work(found->second);
    Bucket fresh;
    auto result = work(fresh);
    if (!fresh.full(now)) {
      make_room(part, now);
      part.buckets.emplace(id, fresh);
    }
    return result;
  }

  std::size_t size() const {
    std::size_t all = 0;
    for (const Part& part : parts_) {
      MutexLock lock(part.mutex);
      all += part.buckets.size();
    }
    return all;
  }

 private:
  struct Part {
    mutable Mutex mutex;
    std::unordered_map<Id, Bucket, Hash> buckets GUARDED_BY(mutex);
    std::size_t sweep_at GUARDED_BY(mutex) = kPerPart;
  };

  // A full bucket is as good as none. With many that are not full, the next look comes later, so
  // that looking costs little for each that comes.
  static void make_room(Part& part, Nanoseconds now) REQUIRES(part.mutex) {
    if (part.buckets.size() < part.sweep_at) return;
    std::erase_if(part.buckets, [now](const auto& entry) { return entry.second.full(now); });
    part.sweep_at = std::max(kPerPart, 2 * part.buckets.size());
  }

  std::array<Part, kParts> parts_;
};

// Adds what one bucket says; of org and key the tighter one is shown.
void add_to_report(LimitReport& report, const Bucket& bucket, const Rates& rates, Nanoseconds now) {
  const bool first = report.count == 0;
  report.count = kDimensions.size();
  for (std::size_t i = 0; i < kDimensions.size(); ++i) {
    const LimitState state = bucket.state(i, rates, now);
    LimitState& shown = report.states[i];
    if (first) {
      shown = state;
      continue;
    }
    if (state.quota < shown.quota) {
      shown.quota = state.quota;
      shown.window = state.window;
    }
    shown.remaining = std::min(shown.remaining, state.remaining);
    shown.reset = std::max(shown.reset, state.reset);
  }
}

}  // namespace

struct Limits::Impl {
  Impl(const Settings& given, const OrgLimits& org_limits, metrics::Registry& metrics,
       std::function<Nanoseconds()> clock)
      : settings(given),
        orgs(org_limits),
        monotonic(std::move(clock)),
        refused(metrics.counter("trailkeeper_intake_limited_total",
                                "Requests refused because of a limit of their org or key.")) {}

  Nanoseconds now() const { return monotonic ? monotonic() : monotonic_now(); }

  Rates rates_of(const OrgId& org) const { return with(settings.org, orgs.limits(org)); }
  Rates rates_of(const Sender& sender) const { return with(settings.key, sender.key_limits); }

  template <typename Buckets, typename Id>
  Nanoseconds look(Buckets& buckets, const Id& id, const Rates& rates, Nanoseconds at,
                   LimitReport& report) {
    return buckets.with_bucket(id, at, [&](const Bucket& bucket) {
      add_to_report(report, bucket, rates, at);
      return bucket.wait(rates, at);
    });
  }

  // How long the key and its org have to wait.
  std::pair<Nanoseconds, Nanoseconds> look(const Sender& sender, LimitReport& report) {
    report.count = 0;
    const Nanoseconds at = now();
    const Nanoseconds of_key = look(key_buckets, sender.key, rates_of(sender), at, report);
    if (!sender.org) return {of_key, 0};
    return {of_key, look(org_buckets, *sender.org, rates_of(*sender.org), at, report)};
  }

  template <typename Buckets, typename Id>
  void take(Buckets& buckets, const Id& id, const Rates& rates, const Cost& cost, Nanoseconds at,
            LimitReport& report) {
    buckets.with_bucket(id, at, [&](Bucket& bucket) {
      bucket.take(rates, cost, at);
      add_to_report(report, bucket, rates, at);
      return true;
    });
  }

  Error refusal(Nanoseconds wait, std::string_view whose) {
    refused.add();
    Error error{ErrorKind::limited, "rate_limited",
                "The " + std::string(whose) +
                    " sends more than its limit allows. Nothing of this request was stored; send "
                    "it again after the time in Retry-After."};
    error.retry_after = std::chrono::seconds((wait + kSecond - 1) / kSecond);
    return error;
  }

  const Settings settings;
  const OrgLimits& orgs;
  const std::function<Nanoseconds()> monotonic;
  metrics::Counter& refused;
  Table<OrgId, std::hash<OrgId>> org_buckets;
  Table<Uuid, UuidHash> key_buckets;
};

Limits::Limits(const Settings& settings, const OrgLimits& orgs, metrics::Registry& metrics,
               std::function<Nanoseconds()> monotonic)
    : impl_(std::make_unique<Impl>(settings, orgs, metrics, std::move(monotonic))) {}
Limits::~Limits() = default;

Result<> Limits::admit(const Sender& sender, LimitReport& report) {
  const auto [of_key, of_org] = impl_->look(sender, report);
  if (of_org <= 0 && of_key <= 0) return {};
  return impl_->refusal(std::max(of_org, of_key),
                        of_org >= of_key ? "organization" : "application key");
}

LimitReport Limits::report(const Sender& sender) {
  LimitReport report;
  (void)impl_->look(sender, report);
  return report;
}

Result<> Limits::charge(const Sender& sender, const Cost& of_key,
                        const std::vector<OrgCost>& of_orgs, LimitReport& report) {
  report.count = 0;
  const Nanoseconds now = impl_->now();
  const Rates key_rates = impl_->rates_of(sender);
  Nanoseconds longest = 0;
  for (const OrgCost& one : of_orgs) {
    longest = std::max(
        longest, impl_->look(impl_->org_buckets, one.org, impl_->rates_of(one.org), now, report));
  }
  if (longest > 0) return impl_->refusal(longest, "organization");
  longest = impl_->look(impl_->key_buckets, sender.key, key_rates, now, report);
  if (longest > 0) return impl_->refusal(longest, "application key");
  report.count = 0;
  for (const OrgCost& one : of_orgs) {
    impl_->take(impl_->org_buckets, one.org, impl_->rates_of(one.org), one.cost, now, report);
  }
  impl_->take(impl_->key_buckets, sender.key, key_rates, of_key, now, report);
  return {};
}

std::size_t Limits::size() const { return impl_->org_buckets.size() + impl_->key_buckets.size(); }

}  // namespace trailkeeper::ingest
