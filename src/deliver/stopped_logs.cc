#include "stopped_logs.h"

#include "base/log.h"

namespace trailkeeper::deliver {

StoppedLogs::StoppedLogs(settings::Deliveries& state, ledger::Ledger& log)
    : state_(state), log_(log) {
  const auto known = state_.stopped_logs();
  if (!known) {
    log::error("stopped logs could not be read", {{"error", known.error().message}});
    return;
  }
  const MutexLock lock(mutex_);
  for (const settings::StoppedLog& each : *known) {
    log_.hold(each.org, ledger::HeldFor::stopped, true);
    stopped_.emplace(each.org, each);
  }
}

bool StoppedLogs::contains(const OrgId& org) const {
  const MutexLock lock(mutex_);
  return stopped_.contains(org);
}

std::optional<settings::StoppedLog> StoppedLogs::find(const OrgId& org) const {
  const MutexLock lock(mutex_);
  const auto found = stopped_.find(org);
  return found == stopped_.end() ? std::nullopt : std::optional(found->second);
}

std::vector<settings::StoppedLog> StoppedLogs::all() const {
  const MutexLock lock(mutex_);
  std::vector<settings::StoppedLog> all;
  for (const auto& [org, each] : stopped_) all.push_back(each);
  return all;
}

Result<> StoppedLogs::stop(const OrgId& org, const std::string& code, const std::string& reason,
                           Timestamp now, std::int64_t highest_stream) {
  log_.hold(org, ledger::HeldFor::stopped, true);
  settings::StoppedLog stopped{.org = org, .code = code, .reason = reason, .at = now};
  stopped.remedy =
      "Put back the newest data folder; if it is lost, `trailkeeper admin new-epoch --org " +
      org.str() + "` opens a new log that names the old one.";
  const auto log = log_.log(org);
  if (log) stopped.epoch = log->epoch;
  {
    const MutexLock lock(mutex_);
    stopped_.emplace(org, stopped);
  }
  log::error("the log is stopped: it is neither signed nor delivered",
             {{"org", org.str()}, {"code", code}, {"reason", reason}});
  if (!log) return log.error();
  return state_.stop_log(stopped, highest_stream);
}

void StoppedLogs::release(const OrgId& org) {
  const MutexLock lock(mutex_);
  stopped_.erase(org);
  log_.hold(org, ledger::HeldFor::stopped, false);
}

}  // namespace trailkeeper::deliver
