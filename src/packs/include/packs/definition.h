#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "packs/source.h"
#include "schedule/recurrence.h"

namespace trailkeeper::packs {

// `other` is of files that are sent as they are, whatever they hold.
enum class Format { csv, jsonl, parquet, other };
std::string_view format_name(Format format);
std::optional<Format> find_format(std::string_view name);

enum class Packing { none, gzip, zstd };
std::string_view packing_name(Packing packing);
std::optional<Packing> find_packing(std::string_view name);

enum class Mode {
  full,         // all rows there are
  incremental,  // those above the highest value of `column` that was delivered
  changed,      // those that are new, other or gone since the run delivered before, by `key`
};
std::string_view mode_name(Mode mode);
std::optional<Mode> find_mode(std::string_view name);

// What an operator says a data pack is.
struct Definition {
  std::string name;
  std::string former_name{};  // of the time when these were called Standardized File Export
  std::string description{};
  std::string source;
  std::string query;    // of databases
  std::string files{};  // of sources where the vendor brings files: which of a set, such as *.csv
  Format format = Format::csv;
  Packing compression = Packing::gzip;
  Mode mode = Mode::full;
  std::string column{};            // of incremental: whose highest value is remembered
  std::vector<std::string> key{};  // of changed: the columns that name a row
  schedule::Recurrence schedule{};
  std::uint64_t part_rows = 1'000'000;
  std::uint64_t part_bytes = 256u << 20;  // before compression
  std::optional<int> size_tolerance_percent = 50;
};

std::string to_json(const Definition& definition);
// Of what to_json() wrote; `fatal` for anything else.
Result<Definition> definition_from_json(std::string_view json);

std::string to_json(const std::vector<Column>& columns);
Result<std::vector<Column>> columns_from_json(std::string_view json);

struct ColumnChange {
  std::string column;
  std::string change;  // added, removed, retyped
  std::string before{};
  std::string after{};
};
// In the order of the columns: those of `before`, then those that were added.
std::vector<ColumnChange> changes_between(const std::vector<Column>& before,
                                          const std::vector<Column>& after);
// Whether a reader of `before` would miss something.
bool breaks_readers(const std::vector<ColumnChange>& changes);

// The folder of a pack's version, and the file ending of its parts: version 1 has the pack's own
// name, later ones stand beside it, so that no reader meets columns it does not know.
std::string pack_folder(std::string_view pack, int version);
std::string file_ending(Format format, Packing packing);
std::string content_type(Format format, Packing packing);

}  // namespace trailkeeper::packs
