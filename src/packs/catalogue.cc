#include "catalogue.h"

#include <fnmatch.h>

#include <algorithm>

#include "actions.h"
#include "changed.h"
#include "file_facts.h"
#include "files.h"
#include "location_query.h"
#include "packs/locations.h"
#include "parts.h"
#include "settings/orgs.h"

namespace trailkeeper::packs {
namespace {

using settings::DataPack;
using settings::DataPackVersion;
using settings::PackRun;
using settings::PackRunState;
using settings::ReadTx;
using settings::WriteTx;

constexpr std::chrono::seconds kPreviewMax{30};

settings::Target pack_target(const std::string& id) { return {.type = "data_pack", .id = id}; }

Error ended() {
  return {ErrorKind::conflict, "pack_ended", "This data pack has ended. Its id is not used again."};
}

// How the source and the mode go together.
void check_reading(const Definition& definition, const std::string& type,
                   std::vector<FieldProblem>& problems) {
  if (is_file_source(type)) {
    if (definition.files.empty())
      problems.push_back({"/source/files", "required", "Say which files of a set it has."});
    if (!definition.query.empty())
      problems.push_back({"/source/query", "not_here", "This source brings files, not rows."});
    if (definition.mode != Mode::full)
      problems.push_back({"/mode", "not_here", "Files are sent as they are: the mode is full."});
    return;
  }
  if (!definition.files.empty())
    problems.push_back({"/source/files", "not_here", "This source brings rows, not files."});
  if (definition.format == Format::other)
    problems.push_back({"/format/type", "not_here", "Rows need a format."});
  if (definition.mode == Mode::incremental && definition.column.empty())
    problems.push_back({"/column", "required", "Incremental needs the column to go by."});
  if (definition.mode == Mode::changed && definition.key.empty())
    problems.push_back({"/key", "required", "Say which columns name a row."});
}

// That rows can be told apart by their key.
Result<> check_key(const Definition& definition, const std::vector<Column>& columns) {
  const auto has = [&](std::string_view name) {
    return std::any_of(columns.begin(), columns.end(),
                       [&](const Column& column) { return column.name == name; });
  };
  for (std::size_t i = 0; i < definition.key.size(); ++i) {
    if (has(definition.key[i])) continue;
    const std::string detail = "The query gives no column of this name.";
    return Error{ErrorKind::invalid,
                 "invalid_field",
                 detail,
                 {{"/key/" + std::to_string(i), "unknown", detail}}};
  }
  if (!has(kChangeColumn)) return {};
  const std::string detail = "The column _change is added by this mode; give yours another name.";
  return Error{ErrorKind::invalid, "invalid_field", detail, {{"/source/query", "taken", detail}}};
}

// Whether readers who have all rows of the one would be wrong with the changes of the other.
bool counts_otherwise(const Definition& used, const Definition& draft) {
  const bool changed = used.mode == Mode::changed || draft.mode == Mode::changed;
  return changed && (used.mode != draft.mode || used.key != draft.key);
}

}  // namespace

Result<> cancel_open_runs(WriteTx& tx, const std::optional<OrgId>& org, const std::string& pack,
                          Timestamp now) {
  for (PackRun& run : TRY(settings::open_pack_runs(tx, org, pack))) {
    const auto deliveries = TRY(settings::pack_deliveries(tx, run.id));
    if (std::any_of(deliveries.begin(), deliveries.end(),
                    [](const settings::PackDelivery& each) { return each.manifest_begun; }))
      continue;
    const PackRunState before = run.state;
    run.state = PackRunState::cancelled;
    run.finished_at = now;
    TRY(settings::update_pack_run(tx, run, before));
  }
  return {};
}

Result<PackView> Catalogue::view(const ReadTx& tx, DataPack pack) {
  PackView view{.pack = std::move(pack)};
  view.draft = TRY(definition_from_json(view.pack.draft));
  view.versions = TRY(settings::data_pack_versions(tx, view.pack.id));
  view.pending = view.versions.empty() || view.versions.front().definition != view.pack.draft;
  if (!view.versions.empty()) view.columns = TRY(columns_from_json(view.versions.front().columns));
  for (const auto& each : TRY(settings::data_pack_orgs(tx, view.pack.id)))
    view.orgs.push_back(each.org);
  view.held_runs = TRY(settings::count_pack_runs(tx, PackRunState::held, view.pack.id));
  if (!view.versions.empty() && !view.pack.ended) {
    const Definition definition = TRY(definition_from_json(view.versions.front().definition));
    if (const auto calendar = schedule::Calendar::make(definition.schedule))
      view.next_run_at = calendar->next(context_.clock.now());
  }
  return view;
}

Result<DataPack> Catalogue::live_pack(const ReadTx& tx, const std::string& id) {
  auto pack = TRY(settings::find_data_pack(tx, id));
  if (!pack) return pack_not_found();
  if (pack->ended) return ended();
  return *std::move(pack);
}

Result<std::vector<PackView>> Catalogue::packs() {
  return context_.store.read([&](ReadTx& tx) -> Result<std::vector<PackView>> {
    std::vector<PackView> views;
    for (DataPack& pack : TRY(settings::list_data_packs(tx))) {
      if (!pack.ended) views.push_back(TRY(view(tx, std::move(pack))));
    }
    return views;
  });
}

Result<PackView> Catalogue::pack(const std::string& id) {
  return context_.store.read([&](ReadTx& tx) -> Result<PackView> {
    auto pack = TRY(settings::find_data_pack(tx, id));
    if (!pack || pack->ended) return pack_not_found();
    return view(tx, *std::move(pack));
  });
}

Result<> Catalogue::check(const ReadTx& tx, const Definition& definition) {
  std::vector<FieldProblem> problems;
  const auto collect = [&](const Error& error, const std::string& below) {
    for (const FieldProblem& each : error.fields)
      problems.push_back({below + each.pointer, each.code, each.detail});
  };
  const auto source = TRY(settings::find_data_source(tx, definition.source));
  if (!source) {
    problems.push_back({"/source/id", "unknown", "There is no such data source."});
  } else {
    check_reading(definition, source->type, problems);
    if (!is_file_source(source->type)) {
      const auto query = parse_query(definition.query, TRY(dialect_of(source->type)));
      if (!query) {
        collect(query.error(), "/source");
      } else if (is_location(source->type)) {
        if (const auto places = parse_location_query(definition.query); !places)
          collect(places.error(), "/source");
      }
    }
  }
  if (const auto calendar = schedule::Calendar::make(definition.schedule); !calendar)
    collect(calendar.error(), "/schedule");
  if (problems.empty()) return {};
  return Error{ErrorKind::invalid, "invalid_field", problems.front().detail, std::move(problems)};
}

Result<bool> Catalogue::put_pack(const std::string& id, const Definition& definition,
                                 const By& by) {
  const Timestamp now = context_.clock.now();
  return context_.store.write([&](WriteTx& tx) -> Result<bool> {
    const auto before = TRY(settings::find_data_pack(tx, id));
    if (before && before->ended) return ended();
    TRY(check(tx, definition));
    TRY(settings::put_data_pack(tx, {.id = id,
                                     .draft = to_json(definition),
                                     .source = definition.source,
                                     .created_at = now,
                                     .updated_at = now}));
    TRY(note(tx, kPackPut, settings::own_org(), by, {pack_target(id)}, now));
    return !before;
  });
}

Result<> Catalogue::end_pack(const std::string& id, const By& by) {
  const Timestamp now = context_.clock.now();
  return context_.store.write([&](WriteTx& tx) -> Result<> {
    auto pack = TRY(settings::find_data_pack(tx, id));
    if (!pack || pack->ended) return pack_not_found();
    pack->ended = true;
    pack->updated_at = now;
    TRY(settings::put_data_pack(tx, *pack));
    for (const auto& each : TRY(settings::data_pack_orgs(tx, id)))
      TRY(settings::remove_org_data_pack(tx, each.org, id));
    TRY(cancel_open_runs(tx, std::nullopt, id, now));
    return note(tx, kPackEnded, settings::own_org(), by, {pack_target(id)}, now);
  });
}

Result<std::vector<Column>> Catalogue::ask_columns(const std::string& pack,
                                                   const Definition& definition,
                                                   const std::optional<OrgId>& whose) {
  const auto orgs =
      TRY(context_.store.read([&](ReadTx& tx) { return settings::data_pack_orgs(tx, pack); }));
  if (!definition.files.empty()) {
    // Known when the first files come.
    return context_.store.read([&](ReadTx& tx) -> Result<std::vector<Column>> {
      const auto used = TRY(version_in_use(tx, pack));
      return columns_from_json(used ? used->columns : std::string());
    });
  }
  const Timestamp now = context_.clock.now();
  // Columns are the same whoever's rows are asked for.
  const Pull pull{.org = whose          ? *whose
                         : orgs.empty() ? settings::own_org()
                                        : orgs.front().org,
                  .query = definition.query,
                  .interval_start = now,
                  .interval_end = now,
                  .rows_max = 1,
                  .time_max = kPreviewMax};
  const auto source = TRY(open_source(context_, definition.source));
  auto opened = source->open(pull);
  if (!opened) {
    // Whoever wrote the query needs the database's own words about it.
    Error error = opened.error();
    if (error.kind == ErrorKind::failed) error.kind = ErrorKind::conflict;
    return error;
  }
  const auto extract = std::move(*opened);
  if (definition.mode == Mode::incremental) {
    const auto& columns = extract->columns();
    if (std::none_of(columns.begin(), columns.end(),
                     [&](const Column& c) { return c.name == definition.column; })) {
      const std::string detail = "The query gives no column of this name.";
      return Error{ErrorKind::invalid, "invalid_field", detail, {{"/column", "unknown", detail}}};
    }
  }
  if (definition.mode != Mode::changed) return extract->columns();
  TRY(check_key(definition, extract->columns()));
  return with_change_column(extract->columns());
}

// How many rows the files hold that came last, where they can be counted.
Result<Preview> Catalogue::preview_files(const Definition& draft, const std::vector<OrgId>& orgs) {
  Preview preview;
  for (const OrgId& org : orgs) {
    OrgPreview& one = preview.orgs.emplace_back(OrgPreview{.org = org});
    const auto files =
        TRY(context_.store.read([&](ReadTx& tx) -> Result<std::vector<settings::FileUpload>> {
          const auto set = TRY(settings::newest_file_set(tx, draft.source, org));
          return set ? settings::file_uploads(tx, set->id) : std::vector<settings::FileUpload>();
        }));
    std::optional<std::uint64_t> rows;
    for (const auto& file : files) {
      if (::fnmatch(draft.files.c_str(), file.name.c_str(), 0) != 0) continue;
      const auto facts = look_at_file(files_.path_of(file.id), draft.format, draft.compression);
      if (!facts) {
        one.error = facts.error().message;
        break;
      }
      rows = rows.value_or(0) + facts->rows.value_or(0);
      preview.columns = facts->columns;
    }
    one.rows = draft.format == Format::csv || draft.format == Format::jsonl ? rows : std::nullopt;
    if (!rows && one.error.empty()) one.error = "No complete set has a file named so.";
  }
  return preview;
}

Result<Preview> Catalogue::preview(const std::string& id, const std::vector<OrgId>& orgs,
                                   std::uint64_t rows, const By& by) {
  const PackView of = TRY(pack(id));
  TRY(context_.store.write([&](WriteTx& tx) -> Result<> {
    for (const OrgId& org : orgs)
      TRY(note(tx, kPreviewed, org, by, {pack_target(id)}, context_.clock.now()));
    return {};
  }));
  const auto whose = orgs.empty() ? std::nullopt : std::optional<OrgId>(orgs.front());
  Preview preview{.columns = TRY(ask_columns(id, of.draft, whose))};
  if (!of.versions.empty()) preview.changes = changes_between(of.columns, preview.columns);
  if (!of.draft.files.empty()) return preview_files(of.draft, orgs);
  const auto source = TRY(open_source(context_, of.draft.source));
  const auto calendar = TRY(schedule::Calendar::make(of.draft.schedule));
  const Timestamp now = context_.clock.now();
  const bool changed = of.draft.mode == Mode::changed;
  for (const OrgId& org : orgs) {
    OrgPreview& one = preview.orgs.emplace_back(OrgPreview{.org = org});
    Pull pull{.org = org,
              .query = of.draft.query,
              .interval_start = calendar.last(now).value_or(now),
              .interval_end = now,
              .time_max = kPreviewMax};
    const auto read = [&]() -> Result<> {
      one.rows = TRY(source->count(pull));
      if (rows == 0) return {};
      pull.rows_max = rows;
      const auto extract = TRY(source->open(pull));
      Batch batch;
      while (one.sample.size() < rows && TRY(extract->next(batch))) {
        const std::size_t width = extract->columns().size();
        for (std::size_t row = 0; row < batch.rows && one.sample.size() < rows; ++row) {
          auto& cells = one.sample.emplace_back();
          if (changed) cells.emplace_back("added");  // as in its first run
          for (std::size_t i = 0; i < width; ++i) {
            auto& text = cells.emplace_back();
            const Cell& cell = batch.cells[row * width + i];
            if (!cell.null) append_text(text.emplace(), extract->columns()[i], cell);
          }
        }
      }
      return {};
    };
    if (const auto done = read(); !done) one.error = done.error().message;
  }
  return preview;
}

// The series of every org go on where those of the version before are.
Result<> Catalogue::begin_version(WriteTx& tx, DataPackVersion before, DataPackVersion next,
                                  std::optional<Timestamp> before_ends_at) {
  const bool anew = TRY(definition_from_json(next.definition)).mode == Mode::changed ||
                    TRY(definition_from_json(before.definition)).mode == Mode::changed;
  before.ends_at = before_ends_at;
  TRY(settings::put_data_pack_version(tx, before));
  TRY(settings::put_data_pack_version(tx, next));
  for (const auto& each : TRY(settings::data_pack_orgs(tx, next.pack))) {
    auto series = TRY(settings::find_data_pack_series(tx, each.org, next.pack, before.version));
    if (!series) continue;
    series->version = next.version;
    // Its readers begin anew, with all rows.
    if (anew) series->high_water.clear();
    TRY(settings::put_data_pack_series(tx, *series));
  }
  return {};
}

Result<PackView> Catalogue::release(const std::string& id, std::optional<int> notice_days,
                                    const By& by) {
  const PackView of = TRY(pack(id));
  const std::vector<Column> columns = TRY(ask_columns(id, of.draft));
  const Timestamp now = context_.clock.now();
  return context_.store.write([&](WriteTx& tx) -> Result<PackView> {
    const DataPack pack = TRY(live_pack(tx, id));
    const auto before = TRY(version_in_use(tx, id));
    DataPackVersion next{.pack = id,
                         .version = before ? before->version : 1,
                         .definition = pack.draft,
                         .columns = to_json(columns),
                         .released_at = before ? before->released_at : now};
    bool breaking = false;
    if (before) {
      const Definition used = TRY(definition_from_json(before->definition));
      const Definition draft = TRY(definition_from_json(pack.draft));
      breaking =
          breaks_readers(changes_between(TRY(columns_from_json(before->columns)), columns)) ||
          used.format != draft.format || used.compression != draft.compression ||
          counts_otherwise(used, draft);
    }
    if (breaking && !notice_days) {
      return Error{ErrorKind::conflict, "breaking_change",
                   "Readers of the version in use would miss a column, or find another format."
                   " Say for how many days both versions are delivered."};
    }
    if (breaking) {
      next.version = before->version + 1;
      next.released_at = now;
      TRY(begin_version(tx, *before, next, now + std::chrono::hours(24) * *notice_days));
    } else {
      TRY(settings::put_data_pack_version(tx, next));
    }
    TRY(note(tx, kPackReleased, settings::own_org(), by, {pack_target(id)}, now));
    return view(tx, pack);
  });
}

Result<PackView> Catalogue::confirm_change(const std::string& id, int notice_days, const By& by) {
  const Timestamp now = context_.clock.now();
  auto confirmed = context_.store.write([&](WriteTx& tx) -> Result<PackView> {
    const DataPack pack = TRY(live_pack(tx, id));
    const auto before = TRY(version_in_use(tx, id));
    std::string columns;
    auto open = TRY(settings::open_pack_runs(tx, std::nullopt, id));
    for (const PackRun& run : open) {
      if (run.state == PackRunState::held && !run.staged_at && before &&
          run.version == before->version)
        columns = run.columns;
    }
    if (columns.empty()) {
      return Error{ErrorKind::conflict, "nothing_held",
                   "No run of the version in use is held for its columns."};
    }
    if (notice_days > 0 && !TRY(definition_from_json(before->definition)).files.empty()) {
      const std::string detail = "Files are sent as they are: the version before ends at once.";
      return Error{
          ErrorKind::invalid, "invalid_field", detail, {{"/notice_days", "not_for_files", detail}}};
    }
    DataPackVersion next = *before;
    next.version = before->version + 1;
    next.columns = columns;
    next.released_at = now;
    next.ends_at.reset();
    TRY(begin_version(tx, *before, next, now + std::chrono::hours(24) * notice_days));
    for (PackRun& run : open) {
      if (run.version == before->version)
        TRY(go_on_in(tx, std::move(run), next.version, notice_days > 0));
    }
    TRY(note(tx, kPackReleased, settings::own_org(), by, {pack_target(id)}, now));
    return view(tx, pack);
  });
  context_.wake();
  return confirmed;
}

// A run that nothing was read for becomes one of the next version; during a notice the version
// before has the interval too.
Result<> Catalogue::go_on_in(WriteTx& tx, PackRun run, int version, bool in_both) {
  const PackRunState state = run.state;
  const bool waits = state == PackRunState::due || state == PackRunState::extracting ||
                     (state == PackRunState::held && !run.staged_at);
  if (!waits) return {};
  PackRun other{.id = Uuid::v7(context_.clock.now()), .org = run.org, .pack = run.pack};
  other.version = run.version;
  other.kind = run.kind;
  other.interval_start = run.interval_start;
  other.interval_end = run.interval_end;
  other.replaces = run.replaces;
  other.due_at = run.due_at;
  other.requested_by = run.requested_by;
  run.version = version;
  run.state = PackRunState::due;
  run.hold.clear();
  run.error.clear();
  run.remedy.clear();
  run.next_attempt_at.reset();
  TRY(settings::update_pack_run(tx, run, state));
  return in_both ? settings::add_pack_run(tx, other) : Result<>();
}

Result<bool> Catalogue::enable(const OrgId& org, const std::string& pack, const By& by) {
  const Timestamp now = context_.clock.now();
  return context_.store.write([&](WriteTx& tx) -> Result<bool> {
    TRY(live_pack(tx, pack));
    if (TRY(settings::has_data_pack(tx, org, pack))) return false;
    TRY(settings::add_org_data_pack(tx, {.org = org, .pack = pack, .enabled_at = now}));
    TRY(note(tx, kEnabled, org, by, {pack_target(pack)}, now));
    return true;
  });
}

Result<> Catalogue::disable(const OrgId& org, const std::string& pack, const By& by) {
  const Timestamp now = context_.clock.now();
  return context_.store.write([&](WriteTx& tx) -> Result<> {
    if (!TRY(settings::has_data_pack(tx, org, pack))) return pack_not_found();
    TRY(settings::remove_org_data_pack(tx, org, pack));
    TRY(cancel_open_runs(tx, org, pack, now));
    return note(tx, kDisabled, org, by, {pack_target(pack)}, now);
  });
}

}  // namespace trailkeeper::packs
