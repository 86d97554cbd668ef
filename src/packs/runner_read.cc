#include "actions.h"
#include "base/log.h"
#include "json/writer.h"
#include "kept_columns.h"
#include "runner.h"
#include "usual.h"

// The reading half of the runner: from due to staged or held.
namespace trailkeeper::packs {
namespace {

using settings::DataPackVersion;
using settings::PackRun;
using settings::PackRunState;
using settings::ReadTx;
using settings::WriteTx;

constexpr std::size_t kRunsCompared = 10;

// What passes by itself; everything else needs somebody.
bool passes(const Error& error) {
  return error.kind == ErrorKind::unavailable || error.kind == ErrorKind::limited;
}

}  // namespace

Result<> Runner::extract(PackRun run) {
  const PackRunState before = run.state;
  run.state = PackRunState::extracting;
  run.started_at = context_.clock.now();
  run.rows = 0;
  run.next_attempt_at.reset();
  const bool begun = TRY(context_.store.write(
      [&](WriteTx& tx) { return settings::update_pack_run(tx, run, before); }));
  if (!begun) return {};
  const auto version = TRY(context_.store.read(
      [&](ReadTx& tx) { return settings::find_data_pack_version(tx, run.pack, run.version); }));
  if (!version) return pack_not_found();
  const auto read = read_source(run, *version);
  {
    const MutexLock lock(mutex_);
    extracts_.erase(run.id);
  }
  if (read) return {};
  return fail_reading(std::move(run), read.error());
}

// What was remembered, and where what is remembered now is written down.
Result<std::unique_ptr<ChangedExtract>> Runner::changed_rows(const PackRun& run,
                                                             const Definition& definition,
                                                             std::unique_ptr<Extract> rows,
                                                             const std::string& since) {
  ChangedSettings settings;
  settings.key = definition.key;
  if (const auto before = Uuid::parse(since)) settings.before = context_.stager.state_of(*before);
  settings.after = context_.stager.path_of(run.id, kStateFile);
  settings.folder = context_.stager.folder_of(run.id);
  settings.check_space = [this] { return context_.stager.check_space(); };
  return ChangedExtract::make(std::move(rows), std::move(settings));
}

Result<std::string> Runner::high_water_before(const PackRun& run, Mode mode) {
  return context_.store.read([&](ReadTx& tx) -> Result<std::string> {
    if (run.kind != "again") {
      const auto series = TRY(settings::find_data_pack_series(tx, run.org, run.pack, run.version));
      return series ? series->high_water : std::string();
    }
    // Readers take it instead of everything they have, so all rows are in it.
    if (mode == Mode::changed) return std::string();
    // The same rows as the run that it stands for: those after the one before that.
    const auto replaced = Uuid::parse(run.replaces);
    const auto original =
        replaced ? TRY(settings::find_pack_run(tx, *replaced)) : std::optional<PackRun>();
    const auto earlier = original ? Uuid::parse(original->previous_run) : std::nullopt;
    const auto previous =
        earlier ? TRY(settings::find_pack_run(tx, *earlier)) : std::optional<PackRun>();
    return previous ? previous->high_water : std::string();
  });
}

Result<> Runner::read_source(PackRun& run, const DataPackVersion& version) {
  const Definition definition = TRY(definition_from_json(version.definition));
  if (!definition.files.empty()) return read_files(run, version, definition);
  const std::string high_water = TRY(high_water_before(run, definition.mode));
  Pull pull{.org = run.org,
            .query = definition.query,
            .interval_start = run.interval_start,
            .interval_end = run.interval_end,
            .time_max = context_.settings.pull_max};
  if (definition.mode == Mode::incremental)
    pull.after = HighWater{.column = definition.column, .value = high_water};
  const auto source = TRY(open_source(context_, definition.source));
  std::unique_ptr<Extract> extract = TRY(source->open(pull));
  const auto kept = TRY(keep_during_notice(version, definition, extract));
  const ChangedExtract* changed = nullptr;
  if (definition.mode == Mode::changed) {
    auto rows = TRY(changed_rows(run, definition, std::move(extract), high_water));
    changed = rows.get();
    extract = std::move(rows);
  }
  {
    const MutexLock lock(mutex_);
    extracts_[run.id] = extract.get();
  }
  const auto changes = changes_between(TRY(columns_from_json(version.columns)), extract->columns());
  const auto read = [&]() -> Result<> {
    run.columns = to_json(extract->columns());
    if (breaks_readers(changes)) return hold_for_columns(run, changes);
    return stage(run, version, definition, *extract, high_water, changed, kept);
  }();
  // Before the extract goes.
  const MutexLock lock(mutex_);
  extracts_.erase(run.id);
  return read;
}

// A version that was given notice goes on with its columns, as far as an operator has accepted what
// the source has become: what was wrapped around `extract`.
Result<std::vector<ColumnChange>> Runner::keep_during_notice(const DataPackVersion& version,
                                                             const Definition& definition,
                                                             std::unique_ptr<Extract>& extract) {
  std::vector<ColumnChange> kept;
  if (!version.ends_at) return kept;
  const auto newest =
      TRY(context_.store.read([&](ReadTx& tx) { return version_in_use(tx, version.pack); }));
  auto columns = TRY(columns_from_json(version.columns));
  const auto accepted = changes_between(columns, TRY(columns_from_json(newest->columns)));
  if (definition.mode == Mode::changed)
    std::erase_if(columns, [](const Column& column) { return column.name == kChangeColumn; });
  kept = kept_changes(changes_between(columns, extract->columns()), accepted);
  if (!kept.empty()) extract = keep_columns(std::move(extract), std::move(columns));
  return kept;
}

Result<> Runner::hold_for_columns(PackRun& run, const std::vector<ColumnChange>& changes) {
  run.state = PackRunState::held;
  run.hold = hold_json(changes);
  run.error = "The source no longer gives the columns that readers rely on.";
  run.remedy = "Confirm the change of the data pack, or mend its query.";
  held_.add();
  log::warn("a run of a data pack is held",
            {{"org", run.org.str()}, {"pack", run.pack}, {"run", run.id.str()}});
  return context_.store.write([&](WriteTx& tx) -> Result<> {
    if (!TRY(settings::update_pack_run(tx, run, PackRunState::extracting))) return {};
    return note_run(tx, kRunHeld, run, {}, context_.clock.now());
  });
}

Result<> Runner::stage(PackRun& run, const DataPackVersion& version, const Definition& definition,
                       Extract& extract, const std::string& high_water,
                       const ChangedExtract* changed, const std::vector<ColumnChange>& kept) {
  const auto going = [&](std::uint64_t rows) -> Result<bool> {
    if (stopping_) return false;
    return context_.store.write([&](WriteTx& tx) -> Result<bool> {
      TRY(settings::note_pack_run_rows(tx, run.id, rows));
      const auto now = TRY(settings::find_pack_run(tx, run.id));
      return now && now->state == PackRunState::extracting;
    });
  };
  Staged staged = TRY(context_.stager.stage_parts(run, definition, extract, going));
  if (definition.mode == Mode::incremental) {
    run.high_water = TRY(extract.high_water());
    if (run.high_water.empty()) run.high_water = high_water;
  }
  Facts facts{.columns = extract.columns(), .snapshot_at = extract.snapshot_at(), .kept = kept};
  if (changed == nullptr) {
    facts.high_water_before = high_water;
  } else {
    run.high_water = run.id.str();
    facts.changes = changed->counts();
    facts.since = high_water;
  }
  return finish_staging(run, version, definition, std::move(staged), facts);
}

void Runner::show_facts(PackRun& run, const Facts& facts) {
  if (!facts.file_set.empty()) {
    json::Writer out;
    out.begin_object()
        .member("name", facts.file_set)
        .member("revision", facts.file_revision)
        .end_object();
    run.set_shown = out.take();
  }
  if (facts.changes) {
    json::Writer out;
    out.begin_object().key("since");
    facts.since.empty() ? out.null() : out.string(facts.since);
    out.member("added", facts.changes->added)
        .member("changed", facts.changes->changed)
        .member("removed", facts.changes->removed)
        .end_object();
    run.changes = out.take();
  }
}

Result<> Runner::finish_staging(PackRun& run, const DataPackVersion& version,
                                const Definition& definition, Staged staged, const Facts& facts) {
  const std::vector<Column>& columns = facts.columns;
  const auto delivered = TRY(context_.store.read([&](ReadTx& tx) {
    return settings::delivered_pack_runs(tx, run.org, run.pack, run.version, kRunsCompared);
  }));
  std::string previous_sha256;
  if (!delivered.empty()) {
    run.previous_run = delivered.front().id.str();
    previous_sha256 = delivered.front().manifest_sha256;
  }
  run.snapshot_at = facts.snapshot_at;
  run.staged_at = context_.clock.now();
  const auto known = TRY(columns_from_json(version.columns));
  const auto changes = changes_between(known, columns);
  TRY(context_.stager.stage_manifest(
      staged, {run, definition, columns, facts.kept.empty() ? changes : facts.kept,
               facts.high_water_before, previous_sha256, *run.staged_at, facts.file_set,
               facts.file_revision, facts.changes, facts.since}));
  show_facts(run, facts);
  run.rows = staged.rows;
  run.bytes = staged.bytes;
  run.nulls = nulls_json(columns, staged.nulls);
  run.manifest_sha256 = staged.manifest_sha256;
  run.attempts = 0;
  run.error.clear();
  run.remedy.clear();
  run.state = PackRunState::staged;
  // With columns that are empty now it is no wonder.
  const bool comparable = run.kind != "backfill" && facts.kept.empty();
  if (definition.size_tolerance_percent && definition.mode == Mode::full && comparable) {
    const auto odd = oddities(delivered, columns, staged, *definition.size_tolerance_percent);
    if (!odd.empty()) {
      run.state = PackRunState::held;
      run.hold = hold_json(odd);
      run.error = "The run is far from what the runs before it held.";
      run.remedy = "Look at the numbers; an operator may let it go on, or cancel it.";
      held_.add();
    }
  }
  return context_.store.write([&](WriteTx& tx) -> Result<> {
    if (!TRY(settings::update_pack_run(tx, run, PackRunState::extracting))) return {};
    TRY(settings::put_pack_files(tx, run.id, staged.files));
    if (!changes.empty()) {
      // Readers are told of what was added; from now on it is expected.
      if (auto used = TRY(settings::find_data_pack_version(tx, run.pack, run.version))) {
        used->columns = run.columns;
        TRY(settings::put_data_pack_version(tx, *used));
      }
    }
    if (run.state == PackRunState::held)
      return note_run(tx, kRunHeld, run, {}, context_.clock.now());
    return {};
  });
}

Result<> Runner::fail_reading(PackRun run, const Error& error) {
  // Read anew after the next start, or not at all when it was cancelled.
  if (stopping_ || error.code == "cancelled") return {};
  attempts_failed_.add();
  const Timestamp now = context_.clock.now();
  ++run.attempts;
  run.error = error.message;
  const bool again = passes(error);
  run.state = again ? PackRunState::due : PackRunState::failed;
  if (again) {
    run.next_attempt_at = now + back_off(run.attempts);
  } else {
    run.remedy = "Mend the source or the query, then retry.";
    run.finished_at = now;
    failed_.add();
  }
  log::warn("a data pack could not be read", {{"org", run.org.str()},
                                              {"pack", run.pack},
                                              {"run", run.id.str()},
                                              {"code", error.code},
                                              {"reason", error.message}});
  return context_.store.write([&](WriteTx& tx) -> Result<> {
    if (!TRY(settings::update_pack_run(tx, run, PackRunState::extracting))) return {};
    return again ? Result<>() : note_run(tx, kRunFailed, run, {}, now);
  });
}

}  // namespace trailkeeper::packs
