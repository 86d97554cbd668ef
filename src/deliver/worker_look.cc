#include <algorithm>

#include "base/log.h"
#include "layout.h"
#include "values.h"
#include "worker.h"

// Looks into the bucket: whether it knows more of the log than we do, and whether what was
// delivered is still there.
namespace trailkeeper::deliver {
namespace {

constexpr std::size_t kListMax = 1000;
constexpr std::size_t kWindowsAtOnce = 200;
constexpr Duration kCompareInterval = std::chrono::hours(24);
constexpr Duration kCompareRetry = std::chrono::hours(1);
constexpr int kPagesMax = 1000;

std::string six_digits(std::int64_t number) {
  const std::string text = std::to_string(number);
  return text.size() >= 6 ? text : std::string(6 - text.size(), '0') + text;
}

// Sorts right before `key`, so that a list after it begins with the key.
std::string just_before(const std::string& key) { return key.substr(0, key.size() - 1); }

}  // namespace

// Every key below `prefix` after `after`, until `use` answers false.
std::optional<SinkFailure> Worker::list_all(const SinkTarget& target, const std::string& prefix,
                                            std::string after,
                                            const std::function<bool(const ListedObject&)>& use) {
  for (int page = 0; page < kPagesMax; ++page) {
    const ListOutcome listed = sink_.list(target, prefix, kListMax, after);
    if (listed.failure) return listed.failure;
    for (const ListedObject& object : listed.objects) {
      if (!use(object)) return std::nullopt;
    }
    if (listed.objects.size() < kListMax) return std::nullopt;
    after = listed.objects.back().key;
  }
  return std::nullopt;
}

// Where in the bucket what this stream may not know would begin.
std::string Worker::look_after(const settings::Stream& stream) {
  const auto last = state_.last_manifest_key(stream.id);
  if (last && !last->empty()) return *last;
  return manifest_prefix(stream.target.path) + "dt=" + format_date(stream.start);
}

Result<Worker::Ahead> Worker::look_ahead(const SinkTarget& target, const settings::Stream& stream) {
  const auto known = TRY(state_.staged_windows(stream.org));
  const std::int64_t floor = TRY(state_.stream_floor(stream.org));
  Ahead ahead;
  const auto found = [&](std::int64_t number, const std::string& key) {
    ahead.highest_stream = std::max(ahead.highest_stream, number);
    if (ahead.key.empty()) ahead.key = key;
  };
  ahead.failure = list_all(target, manifest_prefix(stream.target.path), look_after(stream),
                           [&](const auto& object) {
                             const auto key = parse_manifest_key(object.key);
                             if (!key || key->stream <= floor) return true;
                             const auto stream_known = known.find(key->stream);
                             if (stream_known == known.end() || key->window > stream_known->second)
                               found(key->stream, object.key);
                             return true;
                           });
  if (ahead.failure) return ahead;
  const std::int64_t highest = std::max(floor, known.empty() ? 0 : known.rbegin()->first);
  const std::string replays = stream.target.path + "/replay/";
  ahead.failure =
      list_all(target, replays, replays + six_digits(highest) + "0", [&](const auto& object) {
        if (const auto number = parse_replay_key(stream.target.path, object.key);
            number && *number > highest)
          found(*number, object.key);
        return true;
      });
  return ahead;
}

// Once after each start, before anything is sent: when the bucket knows more than we do, an older
// backup was put back, and what would be signed and sent now was signed and sent before.
std::optional<SinkFailure> Worker::compare_bucket(const SinkTarget& target,
                                                  const settings::Stream& stream) {
  {
    const MutexLock lock(mutex_);
    if (compared_.contains(stream.id)) return std::nullopt;
  }
  if (stream.kind == settings::StreamKind::replay) return std::nullopt;
  const auto ahead = look_ahead(target, stream);
  if (!ahead) {
    return SinkFailure{Blame::transient, ahead.error().code, ahead.error().message, ""};
  }
  if (ahead->failure) return ahead->failure;
  if (!ahead->key.empty()) {
    const std::string reason =
        "The bucket holds " + ahead->key + ", which this server does not know.";
    if (const auto stopped =
            stopped_.stop(stream.org, "bucket_ahead", reason, clock_.now(), ahead->highest_stream);
        !stopped) {
      log::error("a stop could not be written down", {{"error", stopped.error().message}});
    }
    return SinkFailure{Blame::ours, "bucket_ahead", reason,
                       "An older backup was put back: the operator has to begin a new log."};
  }
  const MutexLock lock(mutex_);
  compared_.insert(stream.id);
  return std::nullopt;
}

bool Worker::to_be_looked_at(const settings::Destination& destination) const {
  using settings::DestinationState;
  if (destination.state != DestinationState::active &&
      destination.state != DestinationState::suspended)
    return false;
  return destination.active && enabled(destination.org) &&
         !bucket_vanished(*destination.active, destination.reason_code) &&
         !stopped_.contains(destination.org);
}

void Worker::hold_unlooked(const std::vector<settings::Destination>& live) {
  const MutexLock lock(mutex_);
  for (const settings::Destination& destination : live) {
    if (!to_be_looked_at(destination)) continue;
    waiting_[destination.org].insert(destination.id);
    log_.hold(destination.org, ledger::HeldFor::buckets, true);
  }
}

// The log is signed again once every bucket was asked; one that does not answer delays only its own
// delivery.
void Worker::let_go(const OrgId& org, const std::string& id) {
  const MutexLock lock(mutex_);
  const auto found = waiting_.find(org);
  if (found == waiting_.end()) return;
  found->second.erase(id);
  if (!found->second.empty()) return;
  waiting_.erase(found);
  log_.hold(org, ledger::HeldFor::buckets, false);
}

bool Worker::waits_for_look(const settings::Destination& destination) {
  const MutexLock lock(mutex_);
  const auto found = waiting_.find(destination.org);
  return found != waiting_.end() && found->second.contains(destination.id);
}

Result<bool> Worker::first_look(const Task& task) {
  const settings::Destination& destination = task.destination;
  if (!waits_for_look(destination)) return false;
  const auto stream = state_.open_stream(destination.org, destination.id);
  if (stream && *stream && to_be_looked_at(destination)) {
    if (const auto failure = compare_bucket(target_of(task, **stream), **stream)) {
      log::warn("a bucket could not be compared at the start", {{"org", destination.org.str()},
                                                                {"destination", destination.id},
                                                                {"code", failure->code}});
    }
  }
  let_go(destination.org, destination.id);
  return true;
}

bool Worker::comparison_due(const settings::Destination& destination) {
  if (!may_send(destination) || destination.failures > 0 || !destination.last_success_at)
    return false;
  const Timestamp now = clock_.now();
  if (now < destination.compared_at.value_or(destination.created_at) + kCompareInterval)
    return false;
  const MutexLock lock(mutex_);
  const auto retry = compare_again_.find({destination.org, destination.id});
  return retry == compare_again_.end() || now >= retry->second;
}

// Once a day: whether what was delivered still lies there. What the customer took away is shown.
Result<> Worker::compare_delivered(const Task& task) {
  const settings::Destination& destination = task.destination;
  const Timestamp now = clock_.now();
  for (const settings::Stream& stream :
       TRY(state_.streams_at(destination.org, destination.id, *destination.active))) {
    for (std::int64_t after = -1;;) {
      const auto windows = TRY(state_.delivered_windows(stream.id, after, kWindowsAtOnce));
      if (windows.empty()) break;
      after = windows.back().window.number;
      const auto failure = TRY(compare_windows(task, stream, windows));
      if (!failure) continue;
      log::info("a bucket could not be looked through",
                {{"org", destination.org.str()}, {"code", failure->code}});
      const MutexLock lock(mutex_);
      compare_again_[{destination.org, destination.id}] = now + kCompareRetry;
      return {};
    }
  }
  return state_.record_comparison(destination.org, destination.id, now);
}

settings::Presence Worker::presence_of(const settings::Destination& destination,
                                       const settings::DeliveryRecord& record,
                                       const std::map<std::string, ListedObject>& there) const {
  settings::Presence presence = settings::Presence::present;
  for (const settings::StagedObject& object : record.objects) {
    const auto found = there.find(object.key);
    if (found == there.end()) return settings::Presence::missing;
    const bool in_parts = object.bytes > settings_.part_bytes;
    const bool same =
        found->second.bytes == object.bytes &&
        (in_parts || !destination.etag_is_md5 || found->second.etag == to_hex(object.md5));
    if (!same) presence = settings::Presence::differs;
  }
  return presence;
}

Result<std::optional<SinkFailure>> Worker::compare_windows(
    const Task& task, const settings::Stream& stream,
    const std::vector<settings::DeliveryRecord>& windows) {
  std::map<std::string, ListedObject> there;
  const SinkTarget target = target_of(task, stream);
  for (const std::string& folder :
       {stream.target.path + "/audit_logs/", manifest_prefix(stream.target.path)}) {
    std::string first, last;
    for (const settings::DeliveryRecord& record : windows) {
      for (const settings::StagedObject& object : record.objects) {
        if (!object.key.starts_with(folder)) continue;
        if (first.empty() || object.key < first) first = object.key;
        last = std::max(last, object.key);
      }
    }
    if (first.empty()) continue;
    auto failure = list_all(target, folder, just_before(first), [&](const ListedObject& object) {
      if (object.key > last) return false;
      there.emplace(object.key, object);
      return true;
    });
    if (failure) return failure;
  }
  std::vector<std::pair<std::int64_t, settings::Presence>> seen;
  for (const settings::DeliveryRecord& record : windows)
    seen.emplace_back(record.window.id, presence_of(task.destination, record, there));
  TRY(state_.record_presence(seen, clock_.now()));
  return std::optional<SinkFailure>();
}

}  // namespace trailkeeper::deliver
