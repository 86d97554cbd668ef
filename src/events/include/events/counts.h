#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/ids.h"
#include "base/result.h"
#include "base/time.h"
#include "events/filter.h"

namespace trailkeeper::httpc {
class Client;
}

namespace trailkeeper::events {

struct StoreSettings;

// A value of a field, and how many entries have it.
struct CountedValue {
  std::string value;  // as `field:=value` finds it
  std::string label;  // of an action and an actor: what a new one is called; may be empty
  std::uint64_t count = 0;
  bool operator==(const CountedValue&) const = default;
};

struct ValuesRequest {
  // Any but text, name, email, request, session, id and is.
  Field field = Field::category;
  // Only values that contain it (of ip, status and closed lists: that begin so); these that begin
  // so come first. Empty: all.
  std::string part{};
  std::size_t limit = 10;
};

struct Bucket {
  std::int64_t number = 0;  // of whole intervals since the origin
  std::uint64_t count = 0;
  std::uint64_t failed = 0;  // of these: outcome failure, or an HTTP status from 400
  bool operator==(const Bucket&) const = default;
};

// Counting the events that a filter means. Memory is bounded: of more than 100,000 different values
// some are left out, but each count given is right. Thread-safe; calls block; errors are those of
// EventStore.
class Counts {
 public:
  Counts(const StoreSettings& settings, httpc::Client& client);
  ~Counts();
  Counts(const Counts&) = delete;
  Counts& operator=(const Counts&) = delete;

  // By count, most first, then by value. Events without the field are left out.
  Result<std::vector<CountedValue>> values(const OrgId& org, const Filter& filter,
                                           const ValuesRequest& request) const;
  // The same of several fields at once, in their order: the entries are read once. A label is what
  // one of the newest entries says. REQUIRES: no field twice, no target.
  Result<std::vector<std::vector<CountedValue>>> facets(const OrgId& org, const Filter& filter,
                                                        const std::vector<Field>& fields,
                                                        std::size_t limit) const;
  // By the interval in which they occurred, oldest first, without empty ones. REQUIRES: the filter
  // has `from`, not before `origin`.
  Result<std::vector<Bucket>> buckets(const OrgId& org, const Filter& filter, Timestamp origin,
                                      Duration interval) const;
  // When the newest occurred; empty when there is none.
  Result<std::optional<Timestamp>> newest(const OrgId& org, const Filter& filter) const;
  // The last seq that was received before `time`, of those after `beyond`; `beyond` when there is
  // none.
  Result<Seq> last_received_before(const OrgId& org, Timestamp time, Seq beyond) const;

 private:
  struct Impl;
  struct Labels {
    std::map<std::string, std::string> actors{}, actions{};
  };
  Result<Labels> labels_at(const OrgId& org, const std::vector<std::int64_t>& times) const;

  std::unique_ptr<Impl> impl_;
};

}  // namespace trailkeeper::events
