#include "json/lists.h"
#include "json/writer.h"
#include "stager.h"

namespace trailkeeper::packs {
namespace {

void text_or_null(json::Writer& out, std::string_view name, std::string_view text) {
  out.key(name);
  if (text.empty()) {
    out.null();
  } else {
    out.string(text);
  }
}

void write_interval(json::Writer& out, const settings::PackRun& run) {
  out.key("interval")
      .begin_object()
      .member("start", format_rfc3339(run.interval_start))
      .member("end", format_rfc3339(run.interval_end))
      .end_object();
}

void write_high_water(json::Writer& out, const ManifestFacts& facts) {
  out.key("high_water");
  if (facts.definition.mode != Mode::incremental) {
    out.null();
    return;
  }
  out.begin_object().member("column", facts.definition.column);
  text_or_null(out, "above", facts.high_water_before);
  text_or_null(out, "up_to", facts.run.high_water);
  out.end_object();
}

void write_files(json::Writer& out, const Staged& staged) {
  out.key("files").begin_array();
  for (const settings::PackFile& file : staged.files) {
    if (file.manifest) continue;
    out.begin_object().member("name", file.name).member("bytes", file.bytes).key("rows");
    file.rows_known ? out.unsigned_integer(file.rows) : out.null();
    out.member("sha256", to_hex(as_text(file.sha256))).end_object();
  }
  out.end_array();
}

void write_changes(json::Writer& out, const std::vector<ColumnChange>& changes) {
  out.key("column_changes").begin_array();
  for (const ColumnChange& change : changes)
    out.begin_object().member("column", change.column).member("change", change.change).end_object();
  out.end_array();
}

void write_previous(json::Writer& out, const ManifestFacts& facts) {
  out.key("previous");
  if (facts.run.previous_run.empty()) {
    out.null();
    return;
  }
  out.begin_object().member("run", facts.run.previous_run);
  text_or_null(out, "manifest_sha256", facts.previous_manifest_sha256);
  out.end_object();
}

void write_counted(json::Writer& out, const ManifestFacts& facts) {
  out.key("changes").begin_object();
  json::write_texts(out, "key", facts.definition.key);
  text_or_null(out, "since", facts.since);
  out.member("added", facts.changes_counted->added)
      .member("changed", facts.changes_counted->changed)
      .member("removed", facts.changes_counted->removed)
      .end_object();
}

}  // namespace

std::string render_manifest(const ManifestFacts& facts, const Staged& staged) {
  const settings::PackRun& run = facts.run;
  const Definition& definition = facts.definition;
  json::Writer out;
  out.begin_object()
      .member("type", kManifestType)
      .member("organization_id", run.org.str())
      .member("pack", run.pack)
      .member("version", run.version)
      .member("name", definition.name);
  text_or_null(out, "former_name", definition.former_name);
  out.member("run", run.id.str()).member("kind", run.kind);
  text_or_null(out, "replaces", run.replaces);
  write_interval(out, run);
  out.member("mode", mode_name(definition.mode));
  write_high_water(out, facts);
  if (facts.changes_counted) write_counted(out, facts);
  out.member("snapshot_at", format_rfc3339(run.snapshot_at.value_or(facts.staged_at)))
      .member("staged_at", format_rfc3339(facts.staged_at))
      .member("format", format_name(definition.format))
      .member("compression", packing_name(definition.compression))
      .key("columns")
      .raw(to_json(facts.columns));
  write_changes(out, facts.changes);
  if (!facts.file_set.empty()) {
    out.key("file_set")
        .begin_object()
        .member("name", facts.file_set)
        .member("revision", facts.file_revision)
        .end_object();
  }
  out.key("rows");
  staged.rows_known ? out.unsigned_integer(staged.rows) : out.null();
  out.member("bytes", staged.bytes);
  write_files(out, staged);
  write_previous(out, facts);
  return out.end_object().take();
}

std::string render_latest(const settings::PackRun& run) {
  json::Writer out;
  out.begin_object()
      .member("type", "trailkeeper-pack-latest/v1")
      .member("pack", run.pack)
      .member("version", run.version)
      .member("run", run.id.str())
      .member("manifest", "run=" + run.id.str() + "/manifest.json")
      .member("manifest_sha256", run.manifest_sha256);
  write_interval(out, run);
  return out.end_object().take() + "\n";
}

}  // namespace trailkeeper::packs
