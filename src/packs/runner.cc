#include "runner.h"

#include <algorithm>

#include "base/log.h"

// The planning half of the runner, and which run is next; reading is in runner_read.cc, sending in
// runner_send.cc.
namespace trailkeeper::packs {
namespace {

using settings::DataPackVersion;
using settings::PackRun;
using settings::PackRunState;
using settings::ReadTx;
using settings::WriteTx;

constexpr std::chrono::milliseconds kPlanPause{1000};
constexpr std::chrono::milliseconds kWorkPause{1000};
constexpr std::size_t kIntervalsAtOnce = 48;
constexpr Duration kRetryMin = std::chrono::seconds(1);

}  // namespace

Runner::Runner(Context& context, Files& files)
    : context_(context),
      files_(files),
      delivered_(context.metrics.counter("trailkeeper_pack_runs_total",
                                         "Runs of data packs that came to an end.",
                                         {{"state", "delivered"}})),
      rows_(context.metrics.counter("trailkeeper_pack_rows_total", "Rows of delivered runs.")),
      bytes_(context.metrics.counter("trailkeeper_pack_bytes_total",
                                     "Bytes of the files of delivered runs.")),
      failed_(context.metrics.counter("trailkeeper_pack_runs_total",
                                      "Runs of data packs that came to an end.",
                                      {{"state", "failed"}})),
      held_(context.metrics.counter("trailkeeper_pack_runs_held_total",
                                    "Runs that were held for an operator.")),
      attempts_failed_(context.metrics.counter("trailkeeper_pack_attempts_failed_total",
                                               "Attempts to read or send a run that failed.")),
      planner_("packs-plan", kPlanPause, [this] {
        cancel_reading();
        return plan();
      }) {
  for (int i = 0; i < context.settings.workers; ++i) {
    workers_.push_back(
        std::make_unique<Background>("packs-work", kWorkPause, [this] { return work(); }));
  }
}

void Runner::start() {
  tidy();
  files_.sweep();
  planner_.start();
  for (const auto& worker : workers_) worker->start();
}

void Runner::stop() {
  stopping_ = true;
  cancel_reading();
  planner_.stop();
  for (const auto& worker : workers_) worker->stop();
}

void Runner::wake() {
  planner_.wake();
  for (const auto& worker : workers_) worker->wake();
}

bool Runner::step() {
  const bool planned = plan();
  return work() || planned;
}

// Files of runs that are not there, or have come to their end, are of no use.
void Runner::tidy() {
  context_.stager.tidy([this](const Uuid& id) {
    const auto run =
        context_.store.read([&](ReadTx& tx) { return settings::find_pack_run(tx, id); });
    if (!run) return true;
    return *run && (*run)->state != PackRunState::delivered &&
           (*run)->state != PackRunState::cancelled;
  });
  context_.stager.tidy_states([this](const Uuid& id) {
    const auto kept = context_.store.read([&](ReadTx& tx) -> Result<bool> {
      const auto run = TRY(settings::find_pack_run(tx, id));
      if (!run) return false;
      if (run->state != PackRunState::delivered) return true;
      const auto series =
          TRY(settings::find_data_pack_series(tx, run->org, run->pack, run->version));
      return series && series->high_water == id.str();
    });
    return !kept || *kept;
  });
}

// Ends the reading of runs that were cancelled meanwhile, or all of it when we stop.
void Runner::cancel_reading() {
  std::vector<Uuid> ids;
  {
    const MutexLock lock(mutex_);
    for (const auto& [id, extract] : extracts_) ids.push_back(id);
  }
  for (const Uuid& id : ids) {
    const auto run =
        context_.store.read([&](ReadTx& tx) { return settings::find_pack_run(tx, id); });
    const bool goes_on = run && *run && (*run)->state == PackRunState::extracting;
    if (goes_on && !stopping_) continue;
    const MutexLock lock(mutex_);
    if (const auto found = extracts_.find(id); found != extracts_.end()) found->second->cancel();
  }
}

bool Runner::plan() {
  bool more = plan_files();
  const auto packs =
      context_.store.read([](ReadTx& tx) { return settings::all_org_data_packs(tx); });
  if (!packs) return false;
  for (const settings::OrgDataPack& pack : *packs) {
    const auto versions = context_.store.read(
        [&](ReadTx& tx) { return settings::data_pack_versions(tx, pack.pack); });
    if (!versions) return false;
    for (const DataPackVersion& version : *versions) {
      if (!worth_a_look(pack, version)) continue;
      const auto planned = plan_series(pack, version);
      if (!planned) {
        log::error(
            "runs of a data pack could not be planned",
            {{"org", pack.org.str()}, {"pack", pack.pack}, {"reason", planned.error().message}});
      }
      more = more || (planned && *planned);
    }
  }
  if (more) {
    for (const auto& worker : workers_) worker->wake();
  }
  return more;
}

bool Runner::worth_a_look(const settings::OrgDataPack& pack, const DataPackVersion& version) {
  const std::string what =
      version.definition + std::to_string(to_micros(pack.enabled_at)) + version.columns;
  const MutexLock lock(mutex_);
  const auto seen = looks_.find(Key{pack.org, pack.pack, version.version});
  return seen == looks_.end() || seen->second.first != what ||
         seen->second.second <= context_.clock.now();
}

// True when runs were added.
Result<bool> Runner::plan_series(const settings::OrgDataPack& pack,
                                 const DataPackVersion& version) {
  const Definition definition = TRY(definition_from_json(version.definition));
  const auto calendar = TRY(schedule::Calendar::make(definition.schedule));
  const Timestamp now = context_.clock.now();
  const Timestamp until = version.ends_at ? std::min(now, *version.ends_at) : now;
  const bool enabled = context_.settings.enabled(pack.org);
  const Timestamp next_look = TRY(context_.store.write([&](WriteTx& tx) -> Result<Timestamp> {
    // What was taken away since is not planned.
    if (!TRY(settings::has_data_pack(tx, pack.org, pack.pack))) return now;
    auto series = TRY(settings::find_data_pack_series(tx, pack.org, pack.pack, version.version));
    if (!series) {
      const Timestamp begun = std::max(pack.enabled_at, version.released_at);
      series = settings::DataPackSeries{.org = pack.org,
                                        .pack = pack.pack,
                                        .version = version.version,
                                        .planned_until = calendar.last(begun).value_or(begun)};
    }
    const auto intervals =
        schedule::closed_intervals(calendar, series->planned_until, until, kIntervalsAtOnce);
    for (std::size_t i = 0; i < intervals.size(); ++i) {
      series->planned_until = intervals[i].end;
      // What ends while the org may not have data packs is left out.
      if (!enabled) continue;
      PackRun run{.id = Uuid::v7(now + std::chrono::milliseconds(i)),
                  .org = pack.org,
                  .pack = pack.pack,
                  .version = version.version,
                  .kind = "scheduled"};
      run.interval_start = intervals[i].start;
      run.interval_end = intervals[i].end;
      run.due_at = intervals[i].end;
      TRY(settings::add_pack_run(tx, run));
    }
    TRY(settings::put_data_pack_series(tx, *series));
    return calendar.next(series->planned_until).value_or(now + std::chrono::hours(1));
  }));
  const MutexLock lock(mutex_);
  looks_[Key{pack.org, pack.pack, version.version}] = {
      version.definition + std::to_string(to_micros(pack.enabled_at)) + version.columns,
      version.ends_at && next_look > *version.ends_at ? now + std::chrono::hours(24 * 365)
                                                      : next_look};
  return next_look <= now;
}

bool Runner::is_due(const PackRun& run) const {
  const Timestamp now = context_.clock.now();
  if (run.state == PackRunState::held || run.due_at > now) return false;
  if (run.next_attempt_at && *run.next_attempt_at > now) return false;
  return context_.settings.enabled(run.org);
}

// The next run that nobody works on. REQUIRES: its series is given back afterwards.
std::optional<PackRun> Runner::take() {
  const auto runs = context_.store.read([](ReadTx& tx) { return settings::next_pack_runs(tx); });
  if (!runs) return std::nullopt;
  for (const PackRun& run : *runs) {
    if (!is_due(run)) continue;
    const MutexLock lock(mutex_);
    if (active_.insert(Key{run.org, run.pack, run.version}).second) return run;
  }
  return std::nullopt;
}

bool Runner::work() {
  if (stopping_) return false;
  auto taken = take();
  if (!taken) return false;
  const Key key{taken->org, taken->pack, taken->version};
  const Uuid id = taken->id;
  // Between the look and the taking another thread may have brought it further.
  const auto fresh =
      context_.store.read([&](ReadTx& tx) { return settings::find_pack_run(tx, id); });
  if (fresh && *fresh && is_due(**fresh)) {
    if (const auto done = process(**fresh); !done) {
      log::error("a run of a data pack could not go on",
                 {{"org", taken->org.str()}, {"run", id.str()}, {"reason", done.error().message}});
    }
  }
  const MutexLock lock(mutex_);
  active_.erase(key);
  return true;
}

Result<> Runner::process(PackRun run) {
  switch (run.state) {
    case PackRunState::due:
    case PackRunState::extracting:
      return extract(std::move(run));
    case PackRunState::staged:
      return begin_delivery(std::move(run));
    case PackRunState::delivering:
      return deliver(std::move(run));
    default:
      return {};
  }
}

// Full jitter: anything between the least and 1 s, 2 s, 4 s ... at most retry_max.
Duration Runner::back_off(int attempts) const {
  const Duration bound = std::min<Duration>(
      context_.settings.retry_max, kRetryMin * (std::int64_t{1} << std::min(attempts, 20)));
  std::uint64_t random = 0;
  fill_random(&random, sizeof random);
  const Duration drawn(
      static_cast<std::int64_t>(random % static_cast<std::uint64_t>(bound.count() + 1)));
  return std::max(kRetryMin, drawn);
}

}  // namespace trailkeeper::packs
