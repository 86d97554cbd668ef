#include <algorithm>

#include "actions.h"
#include "base/log.h"
#include "compare.h"
#include "runner.h"

// The sending half of the runner: from staged to delivered.
namespace trailkeeper::packs {
namespace {

using deliver::Blame;
using settings::PackDelivery;
using settings::PackRun;
using settings::PackRunState;
using settings::ReadTx;
using settings::WriteTx;

constexpr std::size_t kRunsCompared = 50;
constexpr Duration kNoDestinationPause = std::chrono::minutes(1);

std::vector<PackDelivery> deliveries_for(const std::vector<Route>& routes) {
  std::vector<PackDelivery> deliveries;
  for (const Route& route : routes) {
    if (route.place.empty()) continue;
    deliveries.push_back({.sink = route.sink, .location = route.location, .place = route.place});
  }
  return deliveries;
}

bool untouched(const std::vector<PackDelivery>& deliveries) {
  return std::none_of(deliveries.begin(), deliveries.end(), [](const PackDelivery& each) {
    return each.files_done > 0 || each.manifest_begun;
  });
}

bool same_ways(const std::vector<PackDelivery>& a, const std::vector<PackDelivery>& b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [](const PackDelivery& one, const PackDelivery& other) {
                      return one.sink == other.sink && one.location == other.location;
                    });
}

deliver::SinkFailure as_failure(const Error& error) {
  deliver::SinkFailure failure;
  failure.blame = error.kind == ErrorKind::unavailable ? Blame::transient : Blame::customer;
  failure.code = error.code;
  failure.message = error.message;
  return failure;
}

}  // namespace

Result<> Runner::begin_delivery(PackRun run) {
  const auto destination = TRY(context_.store.read(
      [&](ReadTx& tx) { return settings::data_pack_destination(tx, run.org); }));
  const auto deliveries = deliveries_for(routes_of(context_, destination, context_.clock.now()));
  if (deliveries.empty()) {
    run.error = "There is no destination that can take data packs.";
    run.remedy = "Set up SFTP, or validate and activate the S3 integration.";
    run.next_attempt_at = context_.clock.now() + kNoDestinationPause;
  } else {
    run.state = PackRunState::delivering;
    run.error.clear();
    run.remedy.clear();
    run.next_attempt_at.reset();
  }
  return context_.store.write([&](WriteTx& tx) -> Result<> {
    if (!TRY(settings::update_pack_run(tx, run, PackRunState::staged))) return {};
    return settings::replace_pack_deliveries(tx, run.id, deliveries);
  });
}

Result<> Runner::deliver(PackRun run) {
  auto deliveries =
      TRY(context_.store.read([&](ReadTx& tx) { return settings::pack_deliveries(tx, run.id); }));
  // Until something was sent, a change of the destination is followed.
  if (untouched(deliveries)) {
    const auto destination = TRY(context_.store.read(
        [&](ReadTx& tx) { return settings::data_pack_destination(tx, run.org); }));
    const auto now_wanted = deliveries_for(routes_of(context_, destination, context_.clock.now()));
    if (!now_wanted.empty() && !same_ways(deliveries, now_wanted)) {
      deliveries = now_wanted;
      TRY(context_.store.write(
          [&](WriteTx& tx) { return settings::replace_pack_deliveries(tx, run.id, deliveries); }));
    }
  }
  const Timestamp now = context_.clock.now();
  for (const PackDelivery& each : deliveries) {
    if (each.state == "delivered" || (each.next_attempt_at && *each.next_attempt_at > now))
      continue;
    TRY(deliver_to(run, each));
  }
  deliveries =
      TRY(context_.store.read([&](ReadTx& tx) { return settings::pack_deliveries(tx, run.id); }));
  run.next_attempt_at.reset();
  bool all = true;
  for (const PackDelivery& each : deliveries) {
    if (each.state == "delivered") continue;
    all = false;
    run.error = each.error;
    run.remedy = each.remedy;
    if (each.next_attempt_at &&
        (!run.next_attempt_at || *each.next_attempt_at < *run.next_attempt_at))
      run.next_attempt_at = each.next_attempt_at;
  }
  if (all) return finish(std::move(run));
  TRY(context_.store.write(
      [&](WriteTx& tx) { return settings::update_pack_run(tx, run, PackRunState::delivering); }));
  return {};
}

// What is not there yet: parts that were confirmed are not sent again.
Result<Shipment> Runner::shipment_of(const PackRun& run, const PackDelivery& delivery) {
  const auto version = TRY(context_.store.read(
      [&](ReadTx& tx) { return settings::find_data_pack_version(tx, run.pack, run.version); }));
  if (!version) return pack_not_found();
  const Definition definition = TRY(definition_from_json(version->definition));
  const std::string folder = pack_folder(run.pack, run.version);
  Shipment shipment{.org = run.org, .pack = run.pack, .run = run.id.str()};
  shipment.folder = folder + "/run=" + run.id.str();
  shipment.latest_name = folder + "/latest.json";
  shipment.first_try_at = delivery.first_try_at.value_or(WallClock().now());
  const auto files =
      TRY(context_.store.read([&](ReadTx& tx) { return settings::pack_files(tx, run.id); }));
  bool known = false;
  {
    const MutexLock lock(mutex_);
    known = checked_.contains(run.id);
  }
  for (const settings::PackFile& file : files) {
    if (!known && !context_.stager.intact(run.id, file)) {
      return Error{ErrorKind::failed, "staged_files_lost",
                   "The staged files of this run are lost or damaged: run it again."};
    }
    StagedFile staged{.name = file.name,
                      .path = context_.stager.path_of(run.id, file.name),
                      .bytes = file.bytes,
                      .sha256 = file.sha256,
                      .md5 = file.md5,
                      .content_type = content_type(definition.format, definition.compression)};
    if (file.manifest) {
      staged.content_type = "application/json";
      shipment.manifest = std::move(staged);
    } else if (file.ordinal >= delivery.files_done) {
      shipment.parts.push_back(std::move(staged));
    }
  }
  const auto delivered = TRY(context_.store.read([&](ReadTx& tx) {
    return settings::delivered_pack_runs(tx, run.org, run.pack, run.version, kRunsCompared);
  }));
  const bool newest = std::none_of(delivered.begin(), delivered.end(), [&](const PackRun& other) {
    return other.interval_end > run.interval_end;
  });
  if (newest) shipment.latest = render_latest(run);
  const MutexLock lock(mutex_);
  checked_.insert(run.id);
  return shipment;
}

// Whether the next file may go: what is there so far is written down first.
Result<bool> Runner::may_send(const PackRun& run, PackDelivery& delivery, std::size_t file,
                              std::size_t parts) {
  if (stopping_) return false;
  return context_.store.write([&](WriteTx& tx) -> Result<bool> {
    const auto now = TRY(settings::find_pack_run(tx, run.id));
    if (!now || now->state != PackRunState::delivering) return false;
    delivery.files_done = static_cast<int>(std::min(file, parts));
    if (file >= parts) delivery.manifest_begun = true;
    TRY(settings::put_pack_delivery(tx, run.id, delivery));
    return true;
  });
}

Result<> Runner::deliver_to(const PackRun& run, PackDelivery delivery) {
  const auto destination = TRY(context_.store.read(
      [&](ReadTx& tx) { return settings::data_pack_destination(tx, run.org); }));
  auto way = TRY(way_of(destination, delivery));
  if (!delivery.first_try_at) delivery.first_try_at = WallClock().now();
  delivery.state = "delivering";
  const auto sink = open_sink(context_, run.org, way, delivery.sink);
  if (!sink) return record(run, std::move(delivery), as_failure(sink.error()));
  const auto shipment = shipment_of(run, delivery);
  if (!shipment) {
    if (shipment.error().code != "staged_files_lost") return shipment.error();
    PackRun lost = run;
    lost.state = PackRunState::failed;
    lost.error = shipment.error().message;
    lost.remedy = "Run it again.";
    lost.finished_at = context_.clock.now();
    failed_.add();
    return context_.store.write([&](WriteTx& tx) -> Result<> {
      if (!TRY(settings::update_pack_run(tx, lost, PackRunState::delivering))) return {};
      return note_run(tx, kRunFailed, lost, {}, *lost.finished_at);
    });
  }
  delivery.place = (*sink)->place();
  const std::size_t done = static_cast<std::size_t>(delivery.files_done);
  const std::size_t parts = done + shipment->parts.size();
  const SinkResult result = (*sink)->deliver(*shipment, [&](std::size_t file) {
    const auto may = may_send(run, delivery, done + file, parts);
    return may && *may;
  });
  delivery.request_id = result.request_id;
  if (result.failure && result.failure->code == "stopped") return {};
  if (!result.failure) delivery.files_done = static_cast<int>(parts + 1);
  return record(run, std::move(delivery), result.failure);
}

// Where an S3 delivery goes on: where it began, unless the bucket itself was changed since.
Result<settings::DataPackDestination> Runner::way_of(settings::DataPackDestination destination,
                                                     PackDelivery& delivery) {
  if (delivery.sink != "s3" || destination.s3_destination.empty()) return destination;
  const auto location = s3_location(context_, destination);
  if (!location || *location == delivery.location) return destination;
  delivery.location = *location;
  delivery.files_done = 0;
  delivery.manifest_begun = false;
  delivery.first_try_at.reset();
  return destination;
}

Result<> Runner::record(const PackRun& run, PackDelivery delivery,
                        const std::optional<deliver::SinkFailure>& failure) {
  const Timestamp now = context_.clock.now();
  if (!failure) {
    delivery.state = "delivered";
    delivery.delivered_at = now;
    delivery.error.clear();
    delivery.remedy.clear();
    delivery.next_attempt_at.reset();
  } else {
    attempts_failed_.add();
    delivery.state = "failed";
    delivery.error = failure->message;
    delivery.remedy = failure->remedy;
    if (delivery.request_id.empty()) delivery.request_id = failure->request_id;
    const Duration pause =
        failure->blame == Blame::transient
            ? std::max<Duration>(back_off(delivery.attempts), failure->retry_after)
            : context_.settings.probe_interval;
    delivery.next_attempt_at = now + pause;
    log::warn("a data pack could not be sent", {{"org", run.org.str()},
                                                {"pack", run.pack},
                                                {"run", run.id.str()},
                                                {"sink", delivery.sink},
                                                {"code", failure->code},
                                                {"reason", failure->message}});
  }
  ++delivery.attempts;
  return context_.store.write([&](WriteTx& tx) -> Result<> {
    TRY(settings::put_pack_delivery(tx, run.id, delivery));
    return tell(tx, run, delivery, failure);
  });
}

// The org's admins, once a day at most, when they have to act; and when it works again.
Result<> Runner::tell(WriteTx& tx, const PackRun& run, const PackDelivery& delivery,
                      const std::optional<deliver::SinkFailure>& failure) {
  if (!context_.settings.tell) return {};
  const Timestamp now = context_.clock.now();
  const auto told = TRY(settings::pack_trouble_told(tx, run.org, delivery.sink));
  deliver::Notice notice{.org = run.org, .destination = "data packs", .place = delivery.place};
  if (!failure) {
    if (!told) return {};
    TRY(settings::set_pack_trouble_told(tx, run.org, delivery.sink, std::nullopt));
    notice.works_again = true;
    notice.since = *told;
    return context_.settings.tell(tx, notice);
  }
  if (failure->blame != Blame::customer) return {};
  if (told && now < *told + context_.settings.tell_interval) return {};
  TRY(settings::set_pack_trouble_told(tx, run.org, delivery.sink, now));
  notice.reason = failure->message;
  notice.remedy = failure->remedy;
  notice.since = now;
  return context_.settings.tell(tx, notice);
}

// It lies in its place before the run counts as delivered: whatever stops us, the next run finds
// what goes with the run that the series names.
Result<> Runner::move_state(PackRun& run) {
  if (TRY(context_.stager.keep_state(run.id))) return {};
  log::error("what is remembered of a run is lost; the next one has all rows",
             {{"org", run.org.str()}, {"pack", run.pack}, {"run", run.id.str()}});
  run.high_water.clear();
  return {};
}

Result<> Runner::finish(PackRun run) {
  const Timestamp now = context_.clock.now();
  run.state = PackRunState::delivered;
  run.finished_at = now;
  run.error.clear();
  run.remedy.clear();
  const auto comparison = TRY(comparison_of(context_, run, now));
  const bool remembers = run.high_water == run.id.str();
  if (remembers) TRY(move_state(run));
  std::optional<Uuid> forgotten;
  const bool done = TRY(context_.store.write([&](WriteTx& tx) -> Result<bool> {
    if (!TRY(settings::update_pack_run(tx, run, PackRunState::delivering))) return false;
    if (comparison) TRY(settings::put_pack_comparison(tx, *comparison));
    if (remembers || (!run.high_water.empty() && run.kind != "again")) {
      if (auto series = TRY(settings::find_data_pack_series(tx, run.org, run.pack, run.version))) {
        if (remembers) forgotten = Uuid::parse(series->high_water);
        series->high_water = run.high_water;
        TRY(settings::put_data_pack_series(tx, *series));
      }
    }
    TRY(note_run(tx, kRunDelivered, run, {}, now));
    return true;
  }));
  {
    const MutexLock lock(mutex_);
    checked_.erase(run.id);
  }
  if (!done) return {};
  if (forgotten && *forgotten != run.id) context_.stager.remove_state(*forgotten);
  context_.stager.remove(run.id);
  delivered_.add();
  rows_.add(static_cast<double>(run.rows));
  bytes_.add(static_cast<double>(run.bytes));
  log::info("data pack delivered", {{"org", run.org.str()},
                                    {"pack", run.pack},
                                    {"run", run.id.str()},
                                    {"rows", static_cast<std::int64_t>(run.rows)}});
  return {};
}

}  // namespace trailkeeper::packs
