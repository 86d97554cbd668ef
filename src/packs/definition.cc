#include "packs/definition.h"

#include <algorithm>
#include <array>

#include "json/document.h"
#include "json/lists.h"
#include "json/writer.h"

namespace trailkeeper::packs {
namespace {

constexpr std::array<std::string_view, 4> kFormats{"csv", "jsonl", "parquet", "other"};
constexpr std::array<std::string_view, 3> kModes{"full", "incremental", "changed"};
constexpr std::array<std::string_view, 3> kPackings{"none", "gzip", "zstd"};
constexpr std::array<std::string_view, 10> kTypes{
    "boolean", "integer", "real",      "decimal",         "text",
    "bytes",   "date",    "timestamp", "local_timestamp", "json"};
constexpr std::array<std::string_view, 3> kTls{"off", "require", "verify"};

template <typename T, std::size_t N>
std::optional<T> find_in(const std::array<std::string_view, N>& names, std::string_view name) {
  const auto found = std::find(names.begin(), names.end(), name);
  if (found == names.end()) return std::nullopt;
  return static_cast<T>(found - names.begin());
}

template <typename T, std::size_t N>
std::string_view name_in(const std::array<std::string_view, N>& names, T value) {
  return names[static_cast<std::size_t>(value)];
}

Error damaged() {
  return {ErrorKind::fatal, "storage", "The settings hold a damaged definition of a data pack."};
}

std::string text_of(json::Node node, std::string_view key) {
  const auto found = node.find(key);
  return found ? std::string(found->text()) : std::string();
}

std::int64_t integer_of(json::Node node, std::string_view key, std::int64_t otherwise) {
  const auto found = node.find(key);
  return found ? found->integer().value_or(otherwise) : otherwise;
}

// As people compare types: decimals by what they hold.
std::string type_text(const Column& column) {
  std::string text(type_name(column.type));
  if (column.type == ColumnType::decimal && column.precision > 0) {
    text += "(" + std::to_string(column.precision) + "," + std::to_string(column.scale) + ")";
  }
  return text;
}

}  // namespace

std::string_view format_name(Format format) { return name_in(kFormats, format); }
std::optional<Format> find_format(std::string_view name) { return find_in<Format>(kFormats, name); }
std::string_view mode_name(Mode mode) { return name_in(kModes, mode); }
std::optional<Mode> find_mode(std::string_view name) { return find_in<Mode>(kModes, name); }
std::string_view packing_name(Packing packing) { return name_in(kPackings, packing); }
std::optional<Packing> find_packing(std::string_view name) {
  return find_in<Packing>(kPackings, name);
}
std::string_view type_name(ColumnType type) { return name_in(kTypes, type); }
std::optional<ColumnType> find_type(std::string_view name) {
  return find_in<ColumnType>(kTypes, name);
}
std::string_view tls_name(Tls tls) { return name_in(kTls, tls); }
std::optional<Tls> find_tls(std::string_view name) { return find_in<Tls>(kTls, name); }

std::string to_json(const Definition& definition) {
  json::Writer out;
  out.begin_object()
      .member("name", definition.name)
      .member("former_name", definition.former_name)
      .member("description", definition.description)
      .member("source", definition.source)
      .member("query", definition.query)
      .member("format", format_name(definition.format))
      .member("compression", packing_name(definition.compression))
      .member("mode", mode_name(definition.mode))
      .member("column", definition.column)
      .member("part_rows", definition.part_rows)
      .member("part_bytes", definition.part_bytes);
  if (!definition.files.empty()) out.member("files", definition.files);
  if (!definition.key.empty()) json::write_texts(out, "key", definition.key);
  if (definition.size_tolerance_percent)
    out.member("size_tolerance_percent", *definition.size_tolerance_percent);
  const schedule::Recurrence& when = definition.schedule;
  out.key("schedule")
      .begin_object()
      .member("every", schedule::to_string(when.every))
      .member("hour", when.hour)
      .member("minute", when.minute)
      .member("weekday", when.weekday)
      .member("day", when.day)
      .member("cron", when.cron)
      .member("zone", when.zone)
      .end_object();
  return out.end_object().take();
}

Result<Definition> definition_from_json(std::string_view json) {
  json::Document document;
  const auto root = document.parse(json);
  if (!root) return damaged();
  const auto format = find_format(text_of(*root, "format"));
  const auto packing = find_packing(text_of(*root, "compression"));
  const auto schedule = root->find("schedule");
  if (!format || !packing || !schedule) return damaged();
  const auto every = schedule::parse_every(text_of(*schedule, "every"));
  if (!every) return damaged();
  Definition definition;
  definition.name = text_of(*root, "name");
  definition.former_name = text_of(*root, "former_name");
  definition.description = text_of(*root, "description");
  definition.source = text_of(*root, "source");
  definition.query = text_of(*root, "query");
  definition.format = *format;
  definition.compression = *packing;
  definition.files = text_of(*root, "files");
  const auto mode = find_mode(text_of(*root, "mode"));
  // Before there were three modes.
  const auto incremental = root->find("incremental");
  definition.mode =
      mode.value_or(incremental && incremental->boolean() ? Mode::incremental : Mode::full);
  if (const auto key = root->find("key")) {
    for (const json::Node each : *key) definition.key.emplace_back(each.text());
  }
  definition.column = text_of(*root, "column");
  definition.part_rows = static_cast<std::uint64_t>(integer_of(*root, "part_rows", 1'000'000));
  definition.part_bytes = static_cast<std::uint64_t>(integer_of(*root, "part_bytes", 256 << 20));
  definition.size_tolerance_percent.reset();
  if (const auto percent = root->find("size_tolerance_percent"))
    definition.size_tolerance_percent = static_cast<int>(percent->integer().value_or(50));
  definition.schedule = {.every = *every,
                         .hour = static_cast<int>(integer_of(*schedule, "hour", 0)),
                         .minute = static_cast<int>(integer_of(*schedule, "minute", 0)),
                         .weekday = static_cast<int>(integer_of(*schedule, "weekday", 1)),
                         .day = static_cast<int>(integer_of(*schedule, "day", 1)),
                         .cron = text_of(*schedule, "cron"),
                         .zone = text_of(*schedule, "zone")};
  return definition;
}

std::string to_json(const std::vector<Column>& columns) {
  json::Writer out;
  out.begin_array();
  for (const Column& column : columns) {
    out.begin_object().member("name", column.name).member("type", type_name(column.type));
    if (!column.native.empty()) out.member("native", column.native);
    if (column.precision > 0)
      out.member("precision", column.precision).member("scale", column.scale);
    out.end_object();
  }
  return out.end_array().take();
}

Result<std::vector<Column>> columns_from_json(std::string_view json) {
  std::vector<Column> columns;
  if (json.empty()) return columns;
  json::Document document;
  const auto root = document.parse(json);
  if (!root) return damaged();
  for (const json::Node node : *root) {
    const auto type = find_type(text_of(node, "type"));
    if (!type) return damaged();
    columns.push_back({.name = text_of(node, "name"),
                       .type = *type,
                       .native = text_of(node, "native"),
                       .precision = static_cast<int>(integer_of(node, "precision", 0)),
                       .scale = static_cast<int>(integer_of(node, "scale", 0))});
  }
  return columns;
}

std::vector<ColumnChange> changes_between(const std::vector<Column>& before,
                                          const std::vector<Column>& after) {
  const auto find = [](const std::vector<Column>& in, const std::string& name) {
    return std::find_if(in.begin(), in.end(), [&](const Column& c) { return c.name == name; });
  };
  std::vector<ColumnChange> changes;
  for (const Column& column : before) {
    const auto now = find(after, column.name);
    if (now == after.end()) {
      changes.push_back({column.name, "removed", type_text(column), ""});
    } else if (type_text(*now) != type_text(column)) {
      changes.push_back({column.name, "retyped", type_text(column), type_text(*now)});
    }
  }
  for (const Column& column : after) {
    if (find(before, column.name) == before.end())
      changes.push_back({column.name, "added", "", type_text(column)});
  }
  return changes;
}

bool breaks_readers(const std::vector<ColumnChange>& changes) {
  return std::any_of(changes.begin(), changes.end(),
                     [](const ColumnChange& change) { return change.change != "added"; });
}

std::string pack_folder(std::string_view pack, int version) {
  std::string folder(pack);
  if (version > 1) folder += ".v" + std::to_string(version);
  return folder;
}

std::string file_ending(Format format, Packing packing) {
  if (format == Format::other) return {};
  std::string ending(format_name(format));
  if (format == Format::parquet) return ending;
  if (packing == Packing::gzip) ending += ".gz";
  if (packing == Packing::zstd) ending += ".zst";
  return ending;
}

std::string content_type(Format format, Packing packing) {
  if (format == Format::parquet) return "application/vnd.apache.parquet";
  if (packing == Packing::gzip) return "application/gzip";
  if (packing == Packing::zstd) return "application/zstd";
  if (format == Format::other) return "application/octet-stream";
  return format == Format::csv ? "text/csv" : "application/x-ndjson";
}

}  // namespace trailkeeper::packs
