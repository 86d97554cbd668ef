#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/thread_annotations.h"
#include "ledger/ledger.h"
#include "settings/deliveries.h"

namespace trailkeeper::deliver {

// Organizations whose log is neither signed nor delivered, because a bucket or a witness knows more
// of it than this server: an older backup was put back. Kept in the settings, and here so that
// asking costs nothing. Thread-safe.
class StoppedLogs {
 public:
  // Those stopped before the start are held again.
  StoppedLogs(settings::Deliveries& state, ledger::Ledger& log);

  bool contains(const OrgId& org) const;
  std::optional<settings::StoppedLog> find(const OrgId& org) const;
  std::vector<settings::StoppedLog> all() const;
  // Takes effect at once, also when it could not be written down; then a restart finds out again.
  Result<> stop(const OrgId& org, const std::string& code, const std::string& reason, Timestamp now,
                std::int64_t highest_stream);
  // After the settings have let it go on.
  void release(const OrgId& org);

 private:
  settings::Deliveries& state_;
  ledger::Ledger& log_;
  mutable Mutex mutex_;
  std::map<OrgId, settings::StoppedLog> stopped_ GUARDED_BY(mutex_);
};

}  // namespace trailkeeper::deliver
