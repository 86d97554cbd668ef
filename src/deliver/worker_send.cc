#include <algorithm>
#include <chrono>

#include "base/log.h"
#include "catalog.h"
#include "crypto/hash.h"
#include "deliver/place.h"
#include "forms.h"
#include "heartbeat.h"
#include "layout.h"
#include "worker.h"

// The sending half of the worker: objects, what became of them, and who is told.
namespace trailkeeper::deliver {
namespace {

constexpr Duration kOpennessInterval = std::chrono::hours(24);
constexpr std::size_t kSessionCharacters = 26;
constexpr Duration kRetryMin = std::chrono::seconds(1);

std::string_view word(Blame blame) {
  switch (blame) {
    case Blame::customer:
      return "customer";
    case Blame::transient:
      return "transient";
    case Blame::ours:
      return "ours";
  }
  return "ours";
}

}  // namespace

std::string manifest_prefix(const std::string& path) { return path + "/audit_logs_manifest/"; }

bool bucket_vanished(const settings::S3Target& target, const std::string& code) {
  return code == "NoSuchBucket" && target.account_id.empty();
}

// Once a day: whether the bucket has been opened to every customer of this service since.
std::optional<SinkFailure> Worker::look_at_openness(const Attempt& attempt) {
  if (!attempt.stream.target.role_arn.empty()) return std::nullopt;
  const DestinationKey key{attempt.stream.org, attempt.stream.destination};
  const Timestamp now = clock_.now();
  {
    const MutexLock lock(mutex_);
    const auto seen = seen_closed_.find(key);
    if (seen != seen_closed_.end() && now < seen->second + kOpennessInterval) return std::nullopt;
  }
  SinkTarget other = attempt.target;
  other.session_name = "tk-" + random_base32(kSessionCharacters);
  const ListOutcome listed = sink_.list(other, other.prefix, 1);
  if (!listed.failure) {
    return SinkFailure{Blame::customer,
                       "bucket_open",
                       "The bucket lets every customer of this service list it.",
                       "In the bucket policy, let the principal be exactly this destination's.",
                       listed.request_id,
                       200};
  }
  if (listed.failure->status == 403) {
    const MutexLock lock(mutex_);
    seen_closed_[key] = now;
  }
  return std::nullopt;
}

bool Worker::put_help(const Attempt& attempt, const std::string& key, const std::string& content) {
  SinkObject object;
  object.key = key;
  object.content = content;
  object.bytes = content.size();
  object.sha256 = crypto::sha256(content);
  object.md5 = std::string(as_text(crypto::md5(content)));
  object.content_type = "application/json";
  object.if_absent = false;
  const PutOutcome put = sink_.put(attempt.target, object);
  if (put.kind == PutOutcome::Kind::stored) return true;
  log::info("a help for readers was not written",
            {{"org", attempt.stream.org.str()}, {"key", key}, {"code", put.failure.code}});
  return false;
}

// The list of the org's actions beside what was delivered.
void Worker::put_catalog(const Attempt& attempt) {
  if (!settings_.catalog || attempt.stream.kind != settings::StreamKind::main) return;
  const auto actions = settings_.catalog(attempt.stream.org);
  if (!actions) return;
  const std::string content = render_catalog(attempt.stream.org, *actions);
  const Sha256Digest digest = crypto::sha256(content);
  const DestinationKey key{attempt.stream.org, attempt.stream.destination};
  {
    const MutexLock lock(mutex_);
    const auto seen = catalogs_.find(key);
    if (seen != catalogs_.end() && seen->second == digest) return;
  }
  if (!put_help(attempt, catalog_key(attempt.stream.target.path), content)) return;
  const MutexLock lock(mutex_);
  catalogs_[key] = digest;
}

// How far the destination is; not after each of many windows that follow each other at once.
void Worker::put_heartbeat(const Attempt& attempt) {
  if (attempt.stream.kind != settings::StreamKind::main || attempt.window.epoch == 0) return;
  const Timestamp now = clock_.now();
  const auto next = state_.next_window(attempt.stream.id);
  if (!next || (*next && (*next)->span.due <= now)) return;
  const auto objects = state_.staged(attempt.window.id);
  if (!objects || objects->empty()) return;
  const schedule::Frequency frequency = attempt.destination.frequency;
  const Timestamp end = schedule::window_end(frequency, attempt.window.span.end);
  const std::string object =
      render_heartbeat({attempt.stream, attempt.window, objects->back(),
                        *next ? (*next)->span.due : schedule::due_time(frequency, end), now});
  const auto line = log_.sign_document(attempt.stream.org, kHeartbeatType, object);
  if (line) put_help(attempt, heartbeat_key(attempt.stream.target.path), *line);
}

Result<std::optional<SinkFailure>> Worker::send_objects(Attempt& attempt) {
  const auto objects = TRY(state_.staged(attempt.window.id));
  const bool intact =
      std::all_of(objects.begin(), objects.end(), [this](const settings::StagedObject& object) {
        return object.confirmed || stager_.intact(object);
      });
  if (!intact) {
    log::warn("staged files are made again",
              {{"org", attempt.stream.org.str()}, {"window", attempt.window.number}});
    if (auto failure = restage(attempt)) return failure;
  }
  for (const settings::StagedObject& object : objects) {
    if (object.confirmed) continue;
    // Paused, moved or disconnected while this ran?
    if (!TRY(state_.is_open_stream(attempt.stream.id))) {
      return std::optional<SinkFailure>(
          SinkFailure{Blame::transient, "stopped", "The destination was changed meanwhile.", ""});
    }
    if (auto failure = send_object(attempt, object)) return failure;
    TRY(state_.confirm_object(attempt.window.id, object.ordinal));
  }
  return std::optional<SinkFailure>();
}

SinkObject Worker::sink_object(const Attempt& attempt, const settings::StagedObject& object) const {
  SinkObject sent;
  sent.key = object.key;
  sent.file = stager_.path_of(object);
  sent.bytes = object.bytes;
  sent.sha256 = object.sha256;
  sent.md5 = object.md5;
  sent.content_type = object.manifest ? "application/json"
                      : object.leaves ? "application/octet-stream"
                                      : content_type(attempt.window.shape);
  if (attempt.window.shape.form == "parquet") sent.part_bytes = settings_.part_bytes;
  return sent;
}

std::optional<SinkFailure> Worker::send_object(Attempt& attempt,
                                               const settings::StagedObject& object) {
  const PutOutcome put = put_once(sink_, attempt.target, sink_object(attempt, object),
                                  attempt.destination.etag_is_md5, attempt.window.first_try_at);
  attempt.request_id = put.request_id;
  if (put.kind == PutOutcome::Kind::stored) return std::nullopt;
  return put.failure;
}

Timestamp Worker::next_attempt(const settings::Destination& destination,
                               const SinkFailure& failure) const {
  const Timestamp now = clock_.now();
  if (failure.blame == Blame::customer) return now + settings_.probe_interval;
  // Full jitter: anything between the least and 1 s, 2 s, 4 s ... at most retry_max.
  const int doublings = std::min(destination.failures, 20);
  const Duration bound =
      std::min<Duration>(settings_.retry_max, kRetryMin * (std::int64_t{1} << doublings));
  std::uint64_t random = 0;
  fill_random(&random, sizeof random);
  const Duration drawn(
      static_cast<std::int64_t>(random % static_cast<std::uint64_t>(bound.count() + 1)));
  return now +
         std::max({kRetryMin, drawn, std::chrono::duration_cast<Duration>(failure.retry_after)});
}

Result<> Worker::finish(const Attempt& attempt, const std::optional<SinkFailure>& failure,
                        std::int64_t duration_ms) {
  settings::AttemptResult result;
  result.at = clock_.now();
  result.duration_ms = duration_ms;
  result.request_id = attempt.request_id;
  if (!failure) {
    result.delivered = true;
    result.tell_works = attempt.destination.told_stopped;
    TRY(state_.record_attempt(attempt.stream, attempt.window.id, result,
                              telling(attempt, result, failure)));
    stager_.remove(attempt.window);
    delivered_.add();
    put_catalog(attempt);
    put_heartbeat(attempt);
    log::info("window delivered", {{"org", attempt.stream.org.str()},
                                   {"destination", attempt.stream.destination},
                                   {"stream", attempt.stream.number},
                                   {"window", attempt.window.number},
                                   {"ms", duration_ms}});
    return {};
  }
  result.error = failure->message;
  result.error_code = failure->code;
  result.remedy = failure->remedy;
  if (bucket_vanished(attempt.stream.target, failure->code)) {
    result.validation_lost = true;
    result.remedy = "Make the bucket again, then validate and activate the integration.";
  }
  if (result.request_id.empty()) result.request_id = failure->request_id;
  result.next_attempt_at = next_attempt(attempt.destination, *failure);
  result.state = failure->blame == Blame::customer ? settings::DestinationState::suspended
                                                   : settings::DestinationState::active;
  (failure->blame == Blame::customer ? failed_customer_
   : failure->blame == Blame::ours   ? failed_ours_
                                     : failed_transient_)
      .add();
  const auto level = failure->blame == Blame::ours ? log::Level::error : log::Level::warn;
  log::write(level, "delivery failed",
             {{"org", attempt.stream.org.str()},
              {"destination", attempt.stream.destination},
              {"window", attempt.window.number},
              {"blame", word(failure->blame)},
              {"code", failure->code},
              {"reason", failure->message},
              {"request", result.request_id}});
  result.tell_stopped = must_tell(attempt.destination, *failure);
  return state_.record_attempt(attempt.stream, attempt.window.id, result,
                               telling(attempt, result, failure));
}

// Once a day at most; what may pass by itself only after a while, and what is ours never.
bool Worker::must_tell(const settings::Destination& destination, const SinkFailure& failure) const {
  const Timestamp now = clock_.now();
  if (!settings_.tell) return false;
  if (destination.mailed_at && now < *destination.mailed_at + settings_.tell_interval) return false;
  if (failure.blame == Blame::customer) return true;
  return failure.blame == Blame::transient && destination.failed_since &&
         now >= *destination.failed_since + settings_.transient_told_after;
}

settings::Deliveries::Also Worker::telling(const Attempt& attempt,
                                           const settings::AttemptResult& result,
                                           const std::optional<SinkFailure>& failure) const {
  if (!settings_.tell || (!result.tell_stopped && !result.tell_works)) return {};
  Notice notice{.works_again = result.tell_works,
                .org = attempt.stream.org,
                .destination = attempt.stream.destination};
  notice.place = "s3://" + attempt.stream.target.bucket + "/" + attempt.stream.target.path + "/";
  notice.reason = failure ? failure->message : "";
  notice.remedy = result.remedy;
  notice.since = attempt.destination.failed_since.value_or(result.at);
  if (settings_.retention_days) {
    if (const auto days = settings_.retention_days(attempt.stream.org))
      notice.data_lost_from = attempt.window.span.start + std::chrono::hours(24 * *days);
  }
  return [this, notice](settings::WriteTx& tx) { return settings_.tell(tx, notice); };
}

}  // namespace trailkeeper::deliver
