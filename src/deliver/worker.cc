#include "worker.h"

#include <algorithm>
#include <chrono>
#include <filesystem>

#include "base/log.h"
#include "deliver/place.h"
#include "layout.h"
#include "values.h"

namespace trailkeeper::deliver {
namespace {

constexpr int kWindowsAtOnce = 48;

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

bool waits_for_validation(const settings::Destination& destination) {
  return destination.state == settings::DestinationState::suspended && destination.active &&
         bucket_vanished(*destination.active, destination.reason_code);
}

}  // namespace

Worker::Worker(const Settings& settings, settings::Deliveries& state, Cuts& cuts,
               RecordSource& source, ObjectSink& sink, ledger::Ledger& log, StoppedLogs& stopped,
               const Clock& clock, metrics::Registry& metrics)
    : settings_(settings),
      state_(state),
      cuts_(cuts),
      source_(source),
      sink_(sink),
      log_(log),
      stopped_(stopped),
      clock_(clock),
      stager_(settings.staging_folder, source, log, settings.split_bytes),
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
  if (!stream) return false;
  if (waits_for_look(destination)) return true;
  if (*stream && main_has_work(destination, **stream)) return true;
  if (!may_send(destination)) return false;
  if (comparison_due(destination)) return true;
  const auto side = state_.side_streams(destination.org, destination.id);
  return side && !side->empty();
}

bool Worker::main_has_work(const settings::Destination& destination,
                           const settings::Stream& stream) {
  if (!stream.first_seq) return true;
  const auto last = state_.last_window(stream.id);
  if (!last || !*last) return false;
  const Timestamp now = clock_.now();
  if (schedule::next_closed(destination.frequency_before, (*last)->span.end, change_of(destination),
                            now))
    return true;
  if (!may_send(destination)) return false;
  const auto next = state_.next_window(stream.id);
  return next && *next && (*next)->span.due <= now;
}

bool Worker::may_send(const settings::Destination& destination) const {
  using settings::DestinationState;
  if (destination.state != DestinationState::active &&
      destination.state != DestinationState::suspended)
    return false;
  if (!enabled(destination.org) || waits_for_validation(destination)) return false;
  if (stopped_.contains(destination.org)) return false;
  return !destination.next_attempt_at || *destination.next_attempt_at <= clock_.now();
}

bool Worker::enabled(const OrgId& org) const {
  return !settings_.enabled || settings_.enabled(org);
}

Result<bool> Worker::process(const OrgId& org, const std::string& id, const std::stop_token& stop) {
  const settings::Destination destination = TRY(state_.find(org, id));
  const Task task{destination, stop};
  if (TRY(first_look(task))) return true;
  if (const auto stream = TRY(state_.open_stream(org, id))) {
    if (!stream->first_seq) {
      if (TRY(open_stream(*stream))) return true;
    } else {
      const bool closed = TRY(close_windows(destination, *stream));
      const bool sent = TRY(send_next(task, *stream));
      if (closed || sent) return true;
    }
  }
  // What is new goes first; a try that failed has set a pause.
  if (!may_send(destination)) return false;
  for (const settings::Stream& stream : TRY(state_.side_streams(org, id))) {
    if (TRY(work_on_side(task, stream))) return true;
  }
  if (!comparison_due(destination)) return false;
  TRY(compare_delivered(task));
  return true;
}

// Backfills and replays: one window at a time, like the main stream, until there is none left.
Result<bool> Worker::work_on_side(const Task& task, const settings::Stream& stream) {
  if (!stream.first_seq) return open_stream(stream);
  if (TRY(send_next(task, stream))) return true;
  if (TRY(state_.next_window(stream.id))) return false;  // its rows are not stored yet
  if (TRY(close_past_windows(stream))) return true;
  TRY(state_.complete_stream(stream.id));
  log::info("a stream is complete", {{"org", stream.org.str()},
                                     {"destination", stream.destination},
                                     {"stream", stream.number},
                                     {"reason", stream.reason}});
  return true;
}

// The next windows of a backfill, by UTC days.
Result<bool> Worker::close_past_windows(const settings::Stream& stream) {
  const auto last = TRY(state_.last_window(stream.id));
  if (!last || !stream.until || last->span.end >= *stream.until) return false;
  const schedule::Change end{*stream.until, schedule::Frequency::daily};
  for (schedule::Window window : schedule::closed_windows(
           schedule::Frequency::daily, last->span.end, end, *stream.until, kWindowsAtOnce)) {
    const auto cut = cuts_.close(stream.org, window.end);
    if (!cut) return false;
    window.due = clock_.now();
    TRY(state_.add_window(stream.id, window, cut->last_seq, cut->position));
  }
  return true;
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

SinkTarget Worker::target_of(const Task& task, const settings::Stream& stream) const {
  SinkTarget target = sink_target(stream.target, task.destination, settings_);
  target.stop = task.stop;
  return target;
}

Result<bool> Worker::send_next(const Task& task, const settings::Stream& stream) {
  if (!may_send(task.destination)) return false;
  const Timestamp now = clock_.now();
  const auto window = TRY(state_.next_window(stream.id));
  if (!window || window->span.due > now) return false;
  const Cut cut{window->span.end, window->last_seq, window->position};
  if (window->number > 0 && window->state == settings::WindowState::due && !cuts_.stored(cut))
    return false;
  // The log follows the store; it has what was delivered unsigned before.
  if (window->last_seq > Seq{TRY(log_.size(stream.org))}) return false;
  TRY(attempt({task.destination, stream, *window, target_of(task, stream), ""}));
  return true;
}

Result<> Worker::attempt(Attempt attempt) {
  const auto began = std::chrono::steady_clock::now();
  std::optional<SinkFailure> failure;
  failure = compare_bucket(attempt.target, attempt.stream);
  if (!failure && attempt.window.state == settings::WindowState::due) failure = TRY(stage(attempt));
  if (!failure && attempt.destination.state == settings::DestinationState::suspended) {
    // A probe with fresh credentials, so that what the customer mended counts at once.
    failure = sink_.assume(attempt.target);
    if (!failure) failure = sink_.list(attempt.target, attempt.target.prefix, 1).failure;
  }
  if (!failure) failure = look_at_openness(attempt);
  if (!failure) failure = TRY(send_objects(attempt));
  // Told to stop before an answer came: it says nothing about the destination.
  if (failure && failure->status == 0 && attempt.target.stop.stop_requested()) return {};
  const auto took = std::chrono::duration_cast<std::chrono::milliseconds>(
      std::chrono::steady_clock::now() - began);
  return finish(attempt, failure, took.count());
}

void Worker::forget_comparisons(const OrgId& org) {
  const MutexLock lock(mutex_);
  compared_.clear();
  if (waiting_.erase(org) > 0) log_.hold(org, ledger::HeldFor::buckets, false);
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
    return PreviousManifest{
        stream.previous_manifest_key, stream.previous_manifest_sha256,
        TRY(state_.manifest_epoch(stream.org, stream.previous_manifest_sha256))};
  PreviousManifest previous;
  previous.sha256 = TRY(state_.manifest_sha256(stream.id, window.number - 1));
  previous.epoch = TRY(state_.manifest_epoch(stream.org, previous.sha256));
  for (const settings::StagedObject& object :
       TRY(state_.objects_of(stream.id, window.number - 1))) {
    if (object.manifest) previous.key = object.key;
  }
  return previous;
}

// Empty for a window that was staged before manifests were signed.
Result<std::optional<ManifestProof>> Worker::proof_of(const settings::Stream& stream,
                                                      const settings::DeliveryWindow& window) {
  if (window.state != settings::WindowState::due && window.epoch == 0)
    return std::optional<ManifestProof>();
  return std::optional(TRY(manifest_proof(log_, stream, window)));
}

Result<std::optional<SinkFailure>> Worker::stage(Attempt& attempt) {
  const PreviousManifest previous = TRY(previous_manifest(attempt.stream, attempt.window));
  const auto proof = proof_of(attempt.stream, attempt.window);
  if (!proof) return std::optional<SinkFailure>(own_failure(proof.error()));
  const auto staged =
      stager_.stage(attempt.stream, attempt.window, previous, *proof, attempt.target.stop);
  if (!staged) return std::optional<SinkFailure>(own_failure(staged.error()));
  // The wall clock: it is compared with the bucket's own times.
  attempt.window.epoch = (*proof)->border.epoch;
  TRY(state_.record_staged(attempt.window.id, attempt.window.epoch, staged->entries,
                           staged->objects, WallClock().now()));
  attempt.window.state = settings::WindowState::staged;
  return std::optional<SinkFailure>();
}

// Staged files that are lost or damaged are made again; they must come out as they were recorded.
std::optional<SinkFailure> Worker::restage(Attempt& attempt) {
  const auto recorded = state_.staged(attempt.window.id);
  const auto previous = previous_manifest(attempt.stream, attempt.window);
  if (!recorded) return own_failure(recorded.error());
  if (!previous) return own_failure(previous.error());
  const auto proof = proof_of(attempt.stream, attempt.window);
  if (!proof) return own_failure(proof.error());
  const auto again =
      stager_.stage(attempt.stream, attempt.window, *previous, *proof, attempt.target.stop);
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
  if (listed.objects.empty() ||
      settle_existing(sink_, attempt.target, sink_object(attempt, manifest),
                      destination.etag_is_md5, window->first_try_at))
    return false;
  TRY(finish(attempt, std::nullopt, 0));
  return false;
}

}  // namespace trailkeeper::deliver
