#pragma once

#include <string>
#include <unordered_map>
#include <vector>

#include "base/clock.h"
#include "base/metrics.h"
#include "base/thread_annotations.h"
#include "ingest/registry.h"

namespace trailkeeper::ingest {

// Counts what schemas did not allow. In memory; its size is bounded by that of the registry.
class SchemaTally {
 public:
  SchemaTally(const Clock& clock, metrics::Registry& metrics)
      : clock_(clock),
        warned_(counter(metrics, "warned")),
        rejected_(counter(metrics, "rejected")) {}

  void add(const std::string& action, bool rejected, const std::vector<FieldProblem>& problems) {
    (rejected ? rejected_ : warned_).add(1);
    const MutexLock lock(mutex_);
    SchemaViolations& found = actions_[action];
    (rejected ? found.rejected : found.warned) += 1;
    found.last_at = clock_.now();
    found.last = problems;
  }

  SchemaViolations find(const std::string& action) const {
    const MutexLock lock(mutex_);
    const auto found = actions_.find(action);
    return found == actions_.end() ? SchemaViolations{} : found->second;
  }

 private:
  static metrics::Counter& counter(metrics::Registry& metrics, const char* outcome) {
    return metrics.counter("trailkeeper_schema_violations_total",
                           "Events that their action's schema does not allow, by what was done.",
                           {{"outcome", outcome}});
  }

  const Clock& clock_;
  metrics::Counter& warned_;
  metrics::Counter& rejected_;
  mutable Mutex mutex_;
  std::unordered_map<std::string, SchemaViolations> actions_ GUARDED_BY(mutex_);
};

}  // namespace trailkeeper::ingest
