#include "run_desk.h"

#include <algorithm>

#include "actions.h"
#include "compare.h"

namespace trailkeeper::packs {
namespace {

using settings::DataPackVersion;
using settings::PackRun;
using settings::PackRunState;
using settings::ReadTx;
using settings::WriteTx;

constexpr std::size_t kBackfillMax = 400;

Error conflict(std::string code, std::string message) {
  return {ErrorKind::conflict, std::move(code), std::move(message)};
}

Error wrong_state() {
  return conflict("wrong_state", "This is not possible in the present state of the run.");
}

bool looks_at_interval(const Definition& definition) {
  // Names are found by their own rules when the pack is saved; here any dialect will do.
  if (!definition.files.empty()) return true;
  return definition.query.find(":interval_start") != std::string::npos ||
         definition.query.find(":interval_end") != std::string::npos;
}

Error bad_range(std::string pointer, std::string code, std::string detail) {
  return {
      ErrorKind::invalid, "invalid_field", detail, {{std::move(pointer), std::move(code), detail}}};
}

std::string name_of(const By& by) { return by.actor.name.empty() ? by.actor.id : by.actor.name; }

// The whole intervals of the schedule within the range.
Result<std::vector<schedule::Interval>> intervals_within(const schedule::Calendar& calendar,
                                                         const RunRequest& request, Timestamp now) {
  if (!request.from || !request.to || *request.to <= *request.from)
    return bad_range("/to", "empty_range", "The end of the range must lie after its start.");
  if (*request.to > now) return bad_range("/to", "future", "The range must lie in the past.");
  const auto first = calendar.next(*request.from - Duration{1});
  std::vector<schedule::Interval> intervals;
  if (first)
    intervals = schedule::closed_intervals(calendar, *first, *request.to, kBackfillMax + 1);
  if (intervals.empty())
    return bad_range("/from", "empty_range", "There is no whole interval within this range.");
  if (intervals.size() > kBackfillMax)
    return bad_range("/from", "too_many", "These are more than 400 intervals.");
  return intervals;
}

// The files that came last become the run; once more when they are a run's already.
Result<schedule::Interval> newest_files(const ReadTx& tx, const Definition& definition,
                                        PackRun& run, const schedule::Calendar& calendar) {
  const auto set = TRY(settings::newest_file_set(tx, definition.source, run.org));
  if (!set) return conflict("no_files", "No set of files is complete.");
  run.file_set = set->id.str();
  const auto before = TRY(settings::last_pack_run_of_files(tx, run.org, run.pack, run.version,
                                                           definition.source, set->name));
  if (before && before->state == PackRunState::delivered) {
    run.kind = "again";
    run.replaces = before->id.str();
  }
  if (before) return schedule::Interval{before->interval_start, before->interval_end};
  if (set->interval_start) {
    return schedule::Interval{*set->interval_start,
                              calendar.next(*set->interval_start).value_or(run.due_at)};
  }
  return schedule::Interval{calendar.last(run.due_at).value_or(run.due_at), run.due_at};
}

}  // namespace

Result<RunView> RunDesk::view(const ReadTx& tx, PackRun run) {
  auto files = TRY(settings::pack_files(tx, run.id));
  auto deliveries = TRY(settings::pack_deliveries(tx, run.id));
  auto comparison = TRY(settings::find_pack_comparison(tx, run.id));
  auto reason = TRY(folder_reason(tx, run));
  return RunView{std::move(run), std::move(files), std::move(deliveries), std::move(comparison),
                 std::move(reason)};
}

Result<std::string> RunDesk::folder_reason(const ReadTx& tx, const PackRun& run) {
  const bool waits = run.state == PackRunState::due && run.attempts == 0 && !run.error.empty();
  if (!waits || !run.file_set.empty()) return std::string();
  const auto version = TRY(settings::find_data_pack_version(tx, run.pack, run.version));
  if (!version) return std::string();
  const Definition definition = TRY(definition_from_json(version->definition));
  const auto source = TRY(settings::find_data_source(tx, definition.source));
  if (definition.files.empty() || !source || source->type != "folder") return std::string();
  return folder_.reason_for(definition.source, run.org, interval_name(run.interval_start));
}

Result<OrgPackView> RunDesk::org_pack_view(const ReadTx& tx, const OrgId& org,
                                           const std::string& pack) {
  const auto found = TRY(settings::find_data_pack(tx, pack));
  if (!found || found->ended) return pack_not_found();
  OrgPackView out{.id = pack};
  const auto used = TRY(version_in_use(tx, pack));
  out.definition = TRY(definition_from_json(used ? used->definition : found->draft));
  if (used) {
    out.version = used->version;
    out.columns = TRY(columns_from_json(used->columns));
    if (const auto calendar = schedule::Calendar::make(out.definition.schedule))
      out.next_run_at = calendar->next(context_.clock.now());
  }
  const settings::PackRunFilter filter{.org = org, .pack = pack};
  for (PackRun& run : TRY(settings::list_pack_runs(tx, filter, 1)))
    out.last_run = TRY(view(tx, std::move(run)));
  settings::PackRunFilter delivered = filter;
  delivered.state = PackRunState::delivered;
  for (const PackRun& run : TRY(settings::list_pack_runs(tx, delivered, 1)))
    out.last_delivered_at = run.finished_at;
  out.comparisons =
      TRY(settings::pack_comparisons(tx, org, pack, context_.clock.now() - kComparisonsShown));
  return out;
}

void RunDesk::add_places(const OrgId& org, std::vector<OrgPackView>& views) {
  const auto destination =
      context_.store.read([&](ReadTx& tx) { return settings::data_pack_destination(tx, org); });
  if (!destination) return;
  for (const Route& route : routes_of(context_, *destination, context_.clock.now())) {
    if (route.place.empty()) continue;
    for (OrgPackView& view : views)
      view.places.push_back(route.place + pack_folder(view.id, view.version.value_or(1)) + "/");
  }
}

Result<std::vector<OrgPackView>> RunDesk::org_packs(const OrgId& org) {
  auto views = TRY(context_.store.read([&](ReadTx& tx) -> Result<std::vector<OrgPackView>> {
    std::vector<OrgPackView> out;
    for (const auto& each : TRY(settings::org_data_packs(tx, org)))
      out.push_back(TRY(org_pack_view(tx, org, each.pack)));
    return out;
  }));
  add_places(org, views);
  return views;
}

Result<OrgPackView> RunDesk::org_pack(const OrgId& org, const std::string& pack) {
  std::vector<OrgPackView> views;
  views.push_back(TRY(context_.store.read([&](ReadTx& tx) -> Result<OrgPackView> {
    if (!TRY(settings::has_data_pack(tx, org, pack))) return pack_not_found();
    return org_pack_view(tx, org, pack);
  })));
  add_places(org, views);
  return std::move(views.front());
}

Result<RunPage> RunDesk::runs(const settings::PackRunFilter& filter, std::size_t limit,
                              const std::string& cursor) {
  settings::PackRunFilter wanted = filter;
  if (!cursor.empty()) {
    wanted.before = Uuid::parse(cursor);
    if (!wanted.before)
      return Error{ErrorKind::invalid, "bad_cursor", "This cursor is not one of this list."};
  }
  return context_.store.read([&](ReadTx& tx) -> Result<RunPage> {
    auto runs = TRY(settings::list_pack_runs(tx, wanted, limit + 1));
    RunPage page;
    if (runs.size() > limit) {
      runs.erase(runs.begin() + static_cast<std::ptrdiff_t>(limit), runs.end());
      page.next_cursor = runs.back().id.str();
    }
    for (PackRun& run : runs) page.data.push_back(TRY(view(tx, std::move(run))));
    return page;
  });
}

Result<RunView> RunDesk::run(const OrgId& org, const std::string& pack, const Uuid& id) {
  return context_.store.read([&](ReadTx& tx) -> Result<RunView> {
    auto run = TRY(settings::find_pack_run(tx, org, pack, id));
    if (!run) return run_not_found();
    return view(tx, *std::move(run));
  });
}

Result<std::vector<RunView>> RunDesk::start_runs(const OrgId& org, const std::string& pack,
                                                 const RunRequest& request, const By& by) {
  const Timestamp now = context_.clock.now();
  auto started = context_.store.write([&](WriteTx& tx) -> Result<std::vector<RunView>> {
    if (!TRY(settings::has_data_pack(tx, org, pack))) return pack_not_found();
    const auto used = TRY(version_in_use(tx, pack));
    if (!used) return conflict("not_released", "This data pack is not released yet.");
    const Definition definition = TRY(definition_from_json(used->definition));
    const auto calendar = TRY(schedule::Calendar::make(definition.schedule));
    PackRun run{.org = org, .pack = pack, .version = used->version, .kind = "manual"};
    run.due_at = now;
    run.requested_by = name_of(by);
    std::vector<schedule::Interval> intervals;
    if (request.replaces) {
      const auto replaced = TRY(settings::find_pack_run(tx, org, pack, *request.replaces));
      if (!replaced) return run_not_found();
      if (replaced->state != PackRunState::delivered && replaced->state != PackRunState::failed &&
          replaced->state != PackRunState::cancelled)
        return conflict("not_delivered", "This run has not come to its end.");
      run.kind = "again";
      run.replaces = replaced->id.str();
      run.file_set = replaced->file_set;
      intervals.push_back({replaced->interval_start, replaced->interval_end});
    } else if (request.from || request.to) {
      if (!looks_at_interval(definition) || definition.mode != Mode::full)
        return conflict("no_intervals",
                        "The query does not look at its interval: every run of a backfill would"
                        " hold the same rows.");
      run.kind = "backfill";
      intervals = TRY(intervals_within(calendar, request, now));
    } else {
      intervals.push_back({calendar.last(now).value_or(now), now});
      if (!definition.files.empty()) intervals = {TRY(newest_files(tx, definition, run, calendar))};
    }
    std::vector<RunView> views;
    // Ids sort as the intervals do.
    for (std::size_t i = 0; i < intervals.size(); ++i) {
      run.id = Uuid::v7(now + std::chrono::milliseconds(i));
      run.interval_start = intervals[i].start;
      run.interval_end = intervals[i].end;
      TRY(settings::add_pack_run(tx, run));
      views.push_back({.run = run});
    }
    TRY(note_run(tx, kRunAsked, run, by, now));
    return views;
  });
  context_.wake();
  return started;
}

Result<RunView> RunDesk::change(const OrgId& org, const std::string& pack, const Uuid& id,
                                const settings::ActionInfo& info, const By& by,
                                const Change& change) {
  auto changed = context_.store.write([&](WriteTx& tx) -> Result<RunView> {
    auto run = TRY(settings::find_pack_run(tx, org, pack, id));
    if (!run) return run_not_found();
    const PackRunState before = run->state;
    TRY(change(tx, *run));
    if (!TRY(settings::update_pack_run(tx, *run, before))) return wrong_state();
    TRY(note_run(tx, info, *run, by, context_.clock.now()));
    return view(tx, *std::move(run));
  });
  context_.wake();
  return changed;
}

Result<RunView> RunDesk::cancel(const OrgId& org, const std::string& pack, const Uuid& id,
                                const By& by) {
  return change(org, pack, id, kRunCancelled, by, [&](WriteTx& tx, PackRun& run) -> Result<> {
    if (run.state == PackRunState::delivered || run.state == PackRunState::cancelled)
      return wrong_state();
    const auto deliveries = TRY(settings::pack_deliveries(tx, run.id));
    if (std::any_of(deliveries.begin(), deliveries.end(),
                    [](const settings::PackDelivery& each) { return each.manifest_begun; }))
      return conflict("too_late", "The manifest is on its way: the run may be there already.");
    run.state = PackRunState::cancelled;
    run.finished_at = context_.clock.now();
    return {};
  });
}

Result<RunView> RunDesk::retry(const OrgId& org, const std::string& pack, const Uuid& id,
                               const By& by) {
  return change(org, pack, id, kRunRetried, by, [&](WriteTx& tx, PackRun& run) -> Result<> {
    auto deliveries = TRY(settings::pack_deliveries(tx, run.id));
    const bool waits = run.next_attempt_at && run.state != PackRunState::held;
    if (run.state != PackRunState::failed && !waits) return wrong_state();
    if (run.state == PackRunState::failed) {
      // Another snapshot would give other bytes under names that may be there already.
      if (!deliveries.empty())
        return conflict("wrong_state", "Files of this run may be there: run it again instead.");
      run.state = PackRunState::due;
      run.staged_at.reset();
      run.finished_at.reset();
    }
    run.next_attempt_at.reset();
    for (settings::PackDelivery& each : deliveries) {
      each.next_attempt_at.reset();
      TRY(settings::put_pack_delivery(tx, run.id, each));
    }
    return {};
  });
}

Result<RunView> RunDesk::compare(const OrgId& org, const std::string& pack, const Uuid& id,
                                 const By& by) {
  return change(org, pack, id, kCompareAsked, by, [&](WriteTx& tx, PackRun& run) {
    return compare_again(tx, run.id, context_.clock.now());
  });
}

Result<RunView> RunDesk::release(const OrgId& org, const std::string& pack, const Uuid& id,
                                 const By& by) {
  return change(org, pack, id, kRunLetGo, by, [&](WriteTx&, PackRun& run) -> Result<> {
    if (run.state != PackRunState::held || !run.staged_at) return wrong_state();
    run.state = PackRunState::staged;
    run.size_confirmed = true;
    run.hold.clear();
    return {};
  });
}

}  // namespace trailkeeper::packs
