#include <fnmatch.h>

#include <algorithm>

#include "base/log.h"
#include "runner.h"

// Files that the vendor brings: which runs they make, and how they become a run's.
namespace trailkeeper::packs {
namespace {

using settings::DataPackVersion;
using settings::FileSet;
using settings::PackRun;
using settings::PackRunState;
using settings::ReadTx;
using settings::WriteTx;

constexpr Duration kLookPause = std::chrono::minutes(1);
constexpr Duration kExpirePause = std::chrono::minutes(1);

bool is_named_as(const std::string& name, const std::string& pattern) {
  return ::fnmatch(pattern.c_str(), name.c_str(), 0) == 0;
}

std::string progress(int there, int expected) {
  return "The files of this interval are not all there: " + std::to_string(there) + " of " +
         std::to_string(expected) + ".";
}

}  // namespace

bool Runner::plan_files() {
  const Timestamp now = context_.clock.now();
  if (now - expired_at_.load() >= kExpirePause) {
    expired_at_ = now;
    if (const auto done = files_.expire(); !done)
      log::error("old files of data packs stay", {{"reason", done.error().message}});
  }
  const auto sets =
      context_.store.read([](ReadTx& tx) { return settings::unplanned_file_sets(tx); });
  if (!sets || sets->empty()) return false;
  for (const FileSet& set : *sets) {
    const auto planned = context_.store.write([&](WriteTx& tx) { return plan_set(tx, set); });
    if (!planned) {
      log::error("runs of files could not be planned",
                 {{"source", set.source}, {"set", set.name}, {"reason", planned.error().message}});
      return false;
    }
  }
  return true;
}

Result<> Runner::plan_set(WriteTx& tx, const FileSet& set) {
  const Timestamp now = context_.clock.now();
  for (const auto& pack : TRY(settings::org_data_packs(tx, set.org))) {
    for (const DataPackVersion& version : TRY(settings::data_pack_versions(tx, pack.pack))) {
      if (version.ends_at && *version.ends_at <= now) continue;
      const Definition definition = TRY(definition_from_json(version.definition));
      if (definition.source == set.source && !definition.files.empty())
        TRY(plan_set_for(tx, set, version, definition));
    }
  }
  FileSet planned = set;
  planned.planned = true;
  return settings::put_file_set(tx, planned);
}

Result<> Runner::plan_set_for(WriteTx& tx, const FileSet& set, const DataPackVersion& version,
                              const Definition& definition) {
  const auto files = TRY(settings::file_uploads(tx, set.id));
  // Of a set that holds nothing for the pack no run is made; one that waits for it says so.
  const bool any = std::any_of(files.begin(), files.end(), [&](const auto& file) {
    return is_named_as(file.name, definition.files);
  });
  if (!any && !set.interval_start) return {};
  const Timestamp now = context_.clock.now();
  const auto before = TRY(settings::last_pack_run_of_files(tx, set.org, version.pack,
                                                           version.version, set.source, set.name));
  PackRun run{.id = Uuid::v7(now), .org = set.org, .pack = version.pack};
  run.version = version.version;
  run.due_at = now;
  run.file_set = set.id.str();
  if (before) {
    // What was not read yet takes the newest files by itself.
    if (before->file_set == set.id.str() || before->state == PackRunState::due) return {};
    run.kind = "again";
    run.replaces = before->id.str();
    run.interval_start = before->interval_start;
    run.interval_end = before->interval_end;
    return settings::add_pack_run(tx, run);
  }
  if (set.interval_start) {
    // A run that waits for them goes on at once; one that is not due yet will find them.
    auto waiting = TRY(settings::scheduled_pack_run(tx, set.org, version.pack, version.version,
                                                    *set.interval_start));
    if (!waiting || waiting->state != PackRunState::due) return {};
    waiting->next_attempt_at.reset();
    TRY(settings::update_pack_run(tx, *waiting, PackRunState::due));
    return {};
  }
  const auto calendar = TRY(schedule::Calendar::make(definition.schedule));
  run.kind = "manual";
  run.interval_start = calendar.last(now).value_or(now);
  run.interval_end = now;
  return settings::add_pack_run(tx, run);
}

// The newest revision of what the run brings; empty while it is not there.
Result<std::optional<FileSet>> Runner::set_of(const PackRun& run, const std::string& source) {
  return context_.store.read([&](ReadTx& tx) -> Result<std::optional<FileSet>> {
    std::string name = interval_name(run.interval_start);
    if (const auto id = Uuid::parse(run.file_set)) {
      const auto known = TRY(settings::find_file_set(tx, *id));
      if (known) name = known->name;
    }
    auto set = TRY(settings::last_file_set(tx, source, run.org, name, true));
    if (set || run.file_set.empty()) return set;
    return Error{ErrorKind::failed, "files_gone", "The files of this run are no longer here."};
  });
}

Result<> Runner::wait_for_files(PackRun& run, const std::string& source) {
  const auto open = TRY(context_.store.read([&](ReadTx& tx) -> Result<std::optional<FileSet>> {
    return settings::last_file_set(tx, source, run.org, interval_name(run.interval_start), false);
  }));
  run.state = PackRunState::due;
  run.error = "The files of this interval have not arrived.";
  if (open && open->state == "open") {
    const auto files =
        TRY(context_.store.read([&](ReadTx& tx) { return settings::file_uploads(tx, open->id); }));
    int there = 0;
    for (const auto& file : files) there += file.complete ? 1 : 0;
    run.error = progress(there, open->files_expected);
  }
  run.remedy = "It goes on when they are there. Runs after it wait; cancel it to leave it out.";
  run.next_attempt_at = context_.clock.now() + kLookPause;
  return context_.store.write([&](WriteTx& tx) -> Result<> {
    TRY(settings::update_pack_run(tx, run, PackRunState::extracting));
    return {};
  });
}

Result<> Runner::read_files(PackRun& run, const DataPackVersion& version,
                            const Definition& definition) {
  const auto set = TRY(set_of(run, definition.source));
  if (!set) return wait_for_files(run, definition.source);
  run.file_set = set->id.str();
  std::vector<std::pair<std::string, std::string>> files;
  for (const auto& file :
       TRY(context_.store.read([&](ReadTx& tx) { return settings::file_uploads(tx, set->id); }))) {
    if (is_named_as(file.name, definition.files))
      files.emplace_back(file.name, files_.path_of(file.id));
  }
  if (files.empty()) {
    return Error{ErrorKind::failed, "no_file",
                 "No file of the set " + set->name + " is named as " + definition.files + "."};
  }
  std::vector<Column> columns;
  Staged staged = TRY(context_.stager.stage_files(run, definition, files, columns));
  run.columns = to_json(columns);
  const auto known = TRY(columns_from_json(version.columns));
  const auto changes = changes_between(known, columns);
  if (breaks_readers(changes)) return hold_for_columns(run, changes);
  return finish_staging(run, version, definition, std::move(staged),
                        {.columns = columns,
                         .snapshot_at = set->completed_at.value_or(context_.clock.now()),
                         .file_set = set->name,
                         .file_revision = set->revision});
}

}  // namespace trailkeeper::packs
