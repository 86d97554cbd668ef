#include "pack_shapes.h"

#include <algorithm>
#include <array>
#include <charconv>

#include "object_reader.h"

namespace trailkeeper::api {
namespace {

using settings::PackRunState;

constexpr std::size_t kIdMax = 64;
// Names that lie beside packs in a bucket.
constexpr std::array<std::string_view, 5> kReserved{"audit_logs", "audit_logs_manifest",
                                                    "audit_logs_leaves", "replay", "latest"};

Error bad_id(std::string detail) {
  return {ErrorKind::invalid, "invalid_field", detail, {{"/id", "id", detail}}};
}

void read_schedule(ObjectReader& reader, schedule::Recurrence& schedule) {
  const auto node = reader.optional_object("schedule");
  if (!node) {
    reader.refuse("schedule", "required", "Say when it runs.");
    return;
  }
  ObjectReader part(*node, reader.pointer_of("schedule"));
  const std::string every = part.choice("every", {"hourly", "daily", "weekly", "monthly", "cron"});
  schedule.every = schedule::parse_every(every).value_or(schedule.every);
  const std::string at = part.optional_text("at", {.bytes_max = 5}).value_or("00:00");
  const auto digits = [&](std::size_t from) {
    int value = -1;
    if (at.size() == 5) std::from_chars(at.data() + from, at.data() + from + 2, value);
    return value;
  };
  schedule.hour = digits(0);
  schedule.minute = digits(3);
  if (at.size() != 5 || at[2] != ':' || schedule.hour < 0 || schedule.minute < 0)
    part.refuse("at", "time", "Give a time of day such as 04:30.");
  const auto weekday = part.optional_choice(
      "weekday", {"sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday"});
  if (weekday) schedule.weekday = schedule::parse_weekday(*weekday).value_or(1);
  schedule.day = static_cast<int>(part.optional_integer("day", 1, 31).value_or(1));
  schedule.cron = part.optional_text("cron", {.bytes_max = 128}).value_or("");
  schedule.zone = part.optional_text("zone", {.bytes_max = 64}).value_or("UTC");
  reader.join(part);
}

void read_source(ObjectReader& reader, packs::Definition& definition) {
  const auto node = reader.optional_object("source");
  if (!node) {
    reader.refuse("source", "required", "Say where the rows come from.");
    return;
  }
  constexpr std::size_t kQueryMax = 65536;
  constexpr std::size_t kFilesMax = 128;
  ObjectReader part(*node, reader.pointer_of("source"));
  definition.source = part.text("id", {.bytes_max = kIdMax});
  definition.query = part.optional_text("query", {.bytes_max = kQueryMax}).value_or("");
  definition.files = part.optional_text("files", {.bytes_max = kFilesMax}).value_or("");
  if (definition.query.empty() == definition.files.empty())
    part.refuse("query", "required", "Give a query of rows, or say which files; not both.");
  reader.join(part);
}

void read_format(ObjectReader& reader, packs::Definition& definition) {
  const auto node = reader.optional_object("format");
  if (!node) {
    reader.refuse("format", "required", "Say what its files are.");
    return;
  }
  ObjectReader part(*node, reader.pointer_of("format"));
  definition.format = packs::find_format(part.choice("type", {"csv", "jsonl", "parquet", "other"}))
                          .value_or(packs::Format::csv);
  definition.compression = packs::find_packing(part.choice("compression", {"none", "gzip", "zstd"}))
                               .value_or(packs::Packing::none);
  reader.join(part);
}

void write_files(json::Writer& out, const packs::RunView& view) {
  out.key("files").begin_array();
  for (const settings::PackFile& file : view.files) {
    if (file.manifest) continue;
    out.begin_object().member("name", file.name).member("bytes", file.bytes).key("rows");
    file.rows_known ? out.unsigned_integer(file.rows) : out.null();
    out.member("sha256", to_hex(as_text(file.sha256))).end_object();
  }
  out.end_array();
}

void write_deliveries(json::Writer& out, const packs::RunView& view) {
  out.key("deliveries").begin_array();
  for (const settings::PackDelivery& each : view.deliveries) {
    out.begin_object().member("destination", each.sink);
    member_or_null(out, "place", each.place);
    out.member("state", each.state).member("files_done", each.files_done);
    out.member("attempts", each.attempts);
    member_or_null(out, "error", each.error);
    member_or_null(out, "remedy", each.remedy);
    member_or_null(out, "request_id", each.request_id);
    member_or_null(out, "next_attempt_at", each.next_attempt_at);
    member_or_null(out, "delivered_at", each.delivered_at);
    out.end_object();
  }
  out.end_array();
}

void write_comparison(json::Writer& out, const packs::RunView& view) {
  out.key("comparison");
  if (!view.comparison) {
    out.null();
    return;
  }
  const settings::PackComparison& comparison = *view.comparison;
  out.begin_object().member("state", comparison.state);
  member_or_null(out, "compared_at", comparison.compared_at);
  member_or_null(out, "next_attempt_at", comparison.next_attempt_at);
  member_or_null(out, "error", comparison.error);
  out.key("result").raw(comparison.result.empty() ? std::string_view("null") : comparison.result);
  out.end_object();
}

void write_times(json::Writer& out, const settings::PackRun& run) {
  member_time(out, "due_at", run.due_at);
  member_or_null(out, "started_at", run.started_at);
  member_or_null(out, "snapshot_at", run.snapshot_at);
  member_or_null(out, "staged_at", run.staged_at);
  member_or_null(out, "finished_at", run.finished_at);
}

}  // namespace

Result<std::string> new_pack_id(const std::string& text) {
  const auto plain = [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'); };
  const bool fits = !text.empty() && text.size() <= kIdMax && plain(text.front()) &&
                    std::all_of(text.begin(), text.end(),
                                [&](char c) { return plain(c) || c == '_' || c == '-'; });
  if (!fits)
    return bad_id(
        "An id has lower-case letters, digits, _ and -, at most 64, and begins with one"
        " of the first two.");
  if (std::find(kReserved.begin(), kReserved.end(), text) != kReserved.end())
    return bad_id("This name is used by other files in buckets.");
  return text;
}

Result<packs::Definition> parse_definition(const JsonBody& body) {
  packs::Definition definition;
  ObjectReader reader(body.root());
  definition.name = reader.text("name", {.bytes_max = 128});
  definition.former_name =
      reader.optional_text("former_name", {.bytes_max = 128, .may_be_empty = true}).value_or("");
  definition.description =
      reader.optional_text("description", {.bytes_max = 4096, .may_be_empty = true}).value_or("");
  read_source(reader, definition);
  read_format(reader, definition);
  definition.mode =
      packs::find_mode(
          reader.optional_choice("mode", {"full", "incremental", "changed"}).value_or("full"))
          .value_or(packs::Mode::full);
  definition.column =
      reader.optional_text("column", {.bytes_max = 128, .may_be_empty = true}).value_or("");
  constexpr std::size_t kKeyMax = 16;
  definition.key = reader.texts("key", kKeyMax, {.bytes_max = 128});
  read_schedule(reader, definition.schedule);
  const auto number = [&](std::string_view key, std::int64_t min, std::int64_t max,
                          std::uint64_t otherwise) {
    const auto value = reader.optional_integer(key, min, max);
    return value ? static_cast<std::uint64_t>(*value) : otherwise;
  };
  definition.part_rows = number("part_rows", 1000, 100'000'000, definition.part_rows);
  definition.part_bytes = number("part_bytes", 65536, 5'368'709'120, definition.part_bytes);
  if (reader.is_null("size_tolerance_percent")) definition.size_tolerance_percent.reset();
  if (const auto percent = reader.optional_integer("size_tolerance_percent", 1, 10000))
    definition.size_tolerance_percent = static_cast<int>(*percent);
  TRY(reader.finish());
  return definition;
}

void write_format(json::Writer& out, const packs::Definition& definition) {
  out.key("format")
      .begin_object()
      .member("type", packs::format_name(definition.format))
      .member("compression", packs::packing_name(definition.compression))
      .end_object();
}

void write_schedule(json::Writer& out, const schedule::Recurrence& schedule) {
  using Every = schedule::Recurrence::Every;
  const auto two = [](int value) {
    const std::string text = std::to_string(value);
    return text.size() < 2 ? "0" + text : text;
  };
  const bool cron = schedule.every == Every::cron;
  out.key("schedule").begin_object().member("every", schedule::to_string(schedule.every));
  member_or_null(out, "at", cron ? "" : two(schedule.hour) + ":" + two(schedule.minute));
  member_or_null(out, "weekday",
                 schedule.every == Every::weekly ? schedule::weekday_name(schedule.weekday) : "");
  out.key("day");
  schedule.every == Every::monthly ? out.integer(schedule.day) : out.null();
  member_or_null(out, "cron", cron ? schedule.cron : "");
  out.member("zone", schedule.zone).end_object();
}

void write_columns(json::Writer& out, std::string_view name,
                   const std::vector<packs::Column>& columns) {
  out.key(name).raw(packs::to_json(columns));
}

void write_run(json::Writer& out, const packs::RunView& view) {
  const settings::PackRun& run = view.run;
  out.begin_object()
      .member("id", run.id.str())
      .member("organization_id", run.org.str())
      .member("pack", run.pack)
      .member("version", run.version)
      .member("kind", run.kind)
      .member("state", settings::pack_run_state_name(run.state));
  out.key("interval").begin_object();
  member_time(out, "start", run.interval_start);
  member_time(out, "end", run.interval_end);
  out.end_object();
  member_or_null(out, "replaces", run.replaces);
  out.key("hold").raw(run.hold.empty() ? std::string_view("null") : run.hold);
  const bool counted = std::all_of(view.files.begin(), view.files.end(),
                                   [](const auto& file) { return file.rows_known; });
  out.key("rows");
  counted ? out.unsigned_integer(run.rows) : out.null();
  out.member("bytes", run.bytes);
  write_files(out, view);
  const auto raw_or_null = [&](const char* name, const std::string& text) {
    out.key(name).raw(text.empty() ? std::string_view("null") : text);
  };
  raw_or_null("file_set", run.set_shown);
  raw_or_null("changes", run.changes);
  out.key("columns").raw(run.columns.empty() ? std::string_view("[]") : run.columns);
  write_deliveries(out, view);
  write_comparison(out, view);
  out.member("attempts", run.attempts);
  member_or_null(out, "error", run.error);
  member_or_null(out, "remedy", run.remedy);
  member_or_null(out, "next_attempt_at", run.next_attempt_at);
  member_or_null(out, "requested_by", run.requested_by);
  out.member("folder", packs::pack_folder(run.pack, run.version) + "/run=" + run.id.str());
  member_or_null(out, "manifest_sha256", run.manifest_sha256);
  member_or_null(out, "previous_run", run.previous_run);
  write_times(out, run);
  out.end_object();
}

void write_comparisons(json::Writer& out, const settings::PackComparisonSummary& summary) {
  out.key("comparisons");
  if (summary.runs == 0) {
    out.null();
    return;
  }
  out.begin_object()
      .member("runs", summary.runs)
      .member("equal", summary.equal)
      .member("differing", summary.differing)
      .member("waiting", summary.waiting)
      .member("failed", summary.failed);
  member_or_null(out, "last_compared_at", summary.last_compared_at);
  out.key("last_difference");
  if (const auto& last = summary.last_difference) {
    out.begin_object().member("pack", last->pack).member("run", last->run.str());
    member_or_null(out, "compared_at", last->compared_at);
    out.key("result").raw(last->result).end_object();
  } else {
    out.null();
  }
  out.end_object();
}

}  // namespace trailkeeper::api
