#include "worker.h"

#include <algorithm>
#include <chrono>
#include <filesystem>

#include "base/log.h"
#include "layout.h"
#include "values.h"

namespace trailkeeper::deliver {
namespace {

constexpr int kWindowsAtOnce = 48;
constexpr Duration kClockDifference = std::chrono::minutes(15);
constexpr Duration kOpennessInterval = std::chrono::hours(24);
constexpr std::size_t kSessionCharacters = 26;
constexpr Duration kRetryMin = std::chrono::seconds(1);

std::optional<schedule::Change> change_of(const settings::Destination& destination) {
  if (!destination.change_at) return std::nullopt;
  return schedule::Change{*destination.change_at, destination.frequency};
}

SinkFailure own_failure(const Error& error) {
  SinkFailure failure;
  failure.blame = error.kind == ErrorKind::unavailable ? Blame::transient : Blame::ours;
  failure.code = error.code;
  failure.message = error.message;
  return failure;
}

// A bucket that vanished may have been made again by a stranger; only its owner's account id would
// tell.
bool bucket_vanished(const settings::S3Target& target, const std::string& code) {
  return code == "NoSuchBucket" && target.account_id.empty();
}

bool waits_for_validation(const settings::Destination& destination) {
  return destination.state == settings::DestinationState::suspended && destination.active &&
         bucket_vanished(*destination.active, destination.reason_code);
}

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

Worker::Worker(const Settings& settings, settings::Deliveries& state, Cuts& cuts,
               RecordSource& source, ObjectSink& sink, const Clock& clock,
               metrics::Registry& metrics)
    : settings_(settings),
      state_(state),
      cuts_(cuts),
      source_(source),
      sink_(sink),
      clock_(clock),
      stager_(settings.staging_folder, source, settings.split_bytes),
      delivered_(metrics.counter("trailkeeper_deliveries_total", "Windows delivered.")),
      failed_transient_(metrics.counter("trailkeeper_delivery_failures_total",
                                        "Failed attempts to deliver a window.",
                                        {{"blame", "transient"}})),
      failed_customer_(metrics.counter("trailkeeper_delivery_failures_total",
                                       "Failed attempts to deliver a window.",
                                       {{"blame", "customer"}})),
      failed_ours_(metrics.counter("trailkeeper_delivery_failures_total",
                                   "Failed attempts to deliver a window.", {{"blame", "ours"}})) {}

bool Worker::has_work(const settings::Destination& destination) {
  const auto stream = state_.open_stream(destination.org, destination.id);
  if (!stream || !*stream) return false;
  if (!(*stream)->first_seq) return true;
  const auto last = state_.last_window((*stream)->id);
  if (!last || !*last) return false;
  const Timestamp now = clock_.now();
  if (schedule::next_closed(destination.frequency_before, (*last)->span.end, change_of(destination),
                            now))
    return true;
  if (destination.state == settings::DestinationState::paused) return false;
  if (!enabled(destination.org) || waits_for_validation(destination)) return false;
  if (destination.next_attempt_at && *destination.next_attempt_at > now) return false;
  const auto next = state_.next_window((*stream)->id);
  return next && *next && (*next)->span.due <= now;
}

bool Worker::enabled(const OrgId& org) const {
  return !settings_.enabled || settings_.enabled(org);
}

Result<bool> Worker::process(const OrgId& org, const std::string& id) {
  const settings::Destination destination = TRY(state_.find(org, id));
  const auto stream = TRY(state_.open_stream(org, id));
  if (!stream) return false;
  if (!stream->first_seq) return open_stream(*stream);
  const bool closed = TRY(close_windows(destination, *stream));
  const bool sent = TRY(send_next(destination, *stream));
  return closed || sent;
}

// The first seq is known once everything received before the stream was opened can be read.
Result<bool> Worker::open_stream(const settings::Stream& stream) {
  const auto cut = cuts_.close(stream.org, stream.opened_at);
  if (!cut || !cuts_.stored(*cut)) return false;
  const auto before = source_.last_seq_before(stream.org, stream.start);
  if (!before) return false;
  TRY(state_.begin_stream(stream.id, Seq{before->value + 1}, clock_.now()));
  return true;
}

Result<bool> Worker::close_windows(const settings::Destination& destination,
                                   const settings::Stream& stream) {
  const auto last = TRY(state_.last_window(stream.id));
  if (!last) return false;
  const auto windows =
      schedule::closed_windows(destination.frequency_before, last->span.end, change_of(destination),
                               clock_.now(), kWindowsAtOnce);
  for (const schedule::Window& window : windows) {
    const auto cut = cuts_.close(stream.org, window.end);
    if (!cut) {
      log::warn("a window could not be closed",
                {{"org", stream.org.str()}, {"error", cut.error().message}});
      return false;
    }
    TRY(state_.add_window(stream.id, window, cut->last_seq, cut->position));
  }
  return !windows.empty();
}

Result<bool> Worker::send_next(const settings::Destination& destination,
                               const settings::Stream& stream) {
  using settings::DestinationState;
  if (destination.state != DestinationState::active &&
      destination.state != DestinationState::suspended)
    return false;
  if (!enabled(destination.org) || waits_for_validation(destination)) return false;
  const Timestamp now = clock_.now();
  if (destination.next_attempt_at && *destination.next_attempt_at > now) return false;
  const auto window = TRY(state_.next_window(stream.id));
  if (!window || window->span.due > now) return false;
  const Cut cut{window->span.end, window->last_seq, window->position};
  if (window->number > 0 && window->state == settings::WindowState::due && !cuts_.stored(cut))
    return false;
  TRY(attempt(
      {destination, stream, *window, sink_target(stream.target, destination, settings_), ""}));
  return true;
}

Result<> Worker::attempt(Attempt attempt) {
  const auto began = std::chrono::steady_clock::now();
  std::optional<SinkFailure> failure;
  if (attempt.window.state == settings::WindowState::due) failure = TRY(stage(attempt));
  if (!failure && attempt.destination.state == settings::DestinationState::suspended) {
    // A probe with fresh credentials, so that what the customer mended counts at once.
    failure = sink_.assume(attempt.target);
    if (!failure) failure = sink_.list(attempt.target, attempt.target.prefix, 1).failure;
  }
  if (!failure) failure = look_at_openness(attempt);
  if (!failure) failure = TRY(send_objects(attempt));
  const auto took = std::chrono::duration_cast<std::chrono::milliseconds>(
      std::chrono::steady_clock::now() - began);
  return finish(attempt, failure, took.count());
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

void Worker::clean_staging() {
  std::error_code ignored;
  for (const auto& entry : std::filesystem::directory_iterator(settings_.staging_folder, ignored)) {
    const std::string name = entry.path().filename();
    const auto id = Stager::window_of(name);
    if (!id) continue;
    const auto open = state_.is_open_window(*id);
    if (open && !*open) std::filesystem::remove_all(entry.path(), ignored);
  }
}

Result<PreviousManifest> Worker::previous_manifest(const settings::Stream& stream,
                                                   const settings::DeliveryWindow& window) {
  if (window.number == 0)
    return PreviousManifest{stream.previous_manifest_key, stream.previous_manifest_sha256};
  PreviousManifest previous;
  previous.sha256 = TRY(state_.manifest_sha256(stream.id, window.number - 1));
  for (const settings::StagedObject& object :
       TRY(state_.objects_of(stream.id, window.number - 1))) {
    if (object.manifest) previous.key = object.key;
  }
  return previous;
}

Result<std::optional<SinkFailure>> Worker::stage(Attempt& attempt) {
  const PreviousManifest previous = TRY(previous_manifest(attempt.stream, attempt.window));
  const auto staged = stager_.stage(attempt.stream, attempt.window, previous);
  if (!staged) return std::optional<SinkFailure>(own_failure(staged.error()));
  // The wall clock: it is compared with the bucket's own times.
  TRY(state_.record_staged(attempt.window.id, staged->entries, staged->objects, WallClock().now()));
  attempt.window.state = settings::WindowState::staged;
  return std::optional<SinkFailure>();
}

// Staged files that are lost or damaged are made again; they must come out as they were recorded.
std::optional<SinkFailure> Worker::restage(Attempt& attempt) {
  const auto recorded = state_.staged(attempt.window.id);
  const auto previous = previous_manifest(attempt.stream, attempt.window);
  if (!recorded) return own_failure(recorded.error());
  if (!previous) return own_failure(previous.error());
  const auto again = stager_.stage(attempt.stream, attempt.window, *previous);
  if (!again) return own_failure(again.error());
  bool same = recorded->size() == again->objects.size();
  for (std::size_t i = 0; same && i < recorded->size(); ++i) {
    same = (*recorded)[i].key == again->objects[i].key &&
           (*recorded)[i].sha256 == again->objects[i].sha256;
  }
  if (same) return std::nullopt;
  return SinkFailure{Blame::ours, "staged_bytes_differ",
                     "The stored entries no longer give the bytes that were recorded.", ""};
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
    const auto open = TRY(state_.open_stream(attempt.stream.org, attempt.stream.destination));
    if (!open || open->id != attempt.stream.id) {
      return std::optional<SinkFailure>(
          SinkFailure{Blame::transient, "stopped", "The destination was changed meanwhile.", ""});
    }
    if (auto failure = send_object(attempt, object)) return failure;
    TRY(state_.confirm_object(attempt.window.id, object.ordinal));
  }
  return std::optional<SinkFailure>();
}

std::optional<SinkFailure> Worker::send_object(Attempt& attempt,
                                               const settings::StagedObject& object) {
  SinkObject sent;
  sent.key = object.key;
  sent.file = stager_.path_of(object);
  sent.bytes = object.bytes;
  sent.sha256 = object.sha256;
  sent.md5 = object.md5;
  sent.content_type = object.manifest ? "application/json" : "application/gzip";
  const PutOutcome put = sink_.put(attempt.target, sent);
  attempt.request_id = put.request_id;
  if (put.kind == PutOutcome::Kind::stored) return std::nullopt;
  if (put.kind == PutOutcome::Kind::exists) return settle_existing(attempt, object);
  return put.failure;
}

// The key exists: it is ours when size and ETag (or, where ETags are no MD5s, size and time) agree.
std::optional<SinkFailure> Worker::settle_existing(const Attempt& attempt,
                                                   const settings::StagedObject& object) {
  const ListOutcome listed = sink_.list(attempt.target, object.key, 2);
  if (listed.failure) return listed.failure;
  for (const ListedObject& found : listed.objects) {
    if (found.key != object.key) continue;
    const bool same_content =
        attempt.destination.etag_is_md5
            ? found.etag == to_hex(object.md5)
            : attempt.window.first_try_at &&
                  found.modified >= *attempt.window.first_try_at - kClockDifference;
    if (found.bytes == object.bytes && same_content) return std::nullopt;
    return SinkFailure{Blame::ours, "object_differs",
                       "The bucket holds another object under the key " + object.key + ".",
                       "Find out who wrote this object; deliveries go on when it is gone."};
  }
  // Deleted between the two calls, or hidden from the list.
  return SinkFailure{Blame::transient, "exists_unlisted",
                     "The bucket refuses the key as taken but does not list it.", ""};
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
    TRY(state_.record_attempt(attempt.stream, attempt.window.id, result));
    stager_.remove(attempt.window);
    delivered_.add();
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
  return state_.record_attempt(attempt.stream, attempt.window.id, result);
}

Result<bool> Worker::settle_before_move(const settings::Destination& destination) {
  const auto stream = TRY(state_.open_stream(destination.org, destination.id));
  if (!stream || !stream->first_seq) return false;
  const auto window = TRY(state_.next_window(stream->id));
  if (!window || window->state != settings::WindowState::staged) return false;
  const auto objects = TRY(state_.staged(window->id));
  const Attempt attempt{destination, *stream, *window,
                        sink_target(stream->target, destination, settings_), ""};
  const settings::StagedObject& manifest = objects.back();
  const ListOutcome listed = sink_.list(attempt.target, manifest.key, 2);
  if (listed.failure) return true;
  if (listed.objects.empty() || settle_existing(attempt, manifest)) return false;
  TRY(finish(attempt, std::nullopt, 0));
  return false;
}

}  // namespace trailkeeper::deliver
