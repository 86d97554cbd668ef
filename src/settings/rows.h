#pragma once

#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/bytes.h"
#include "base/ids.h"
#include "db/database.h"
#include "settings/limits.h"
#include "settings/store.h"

// Reading rows into values, for this module's sources.
namespace trailkeeper::settings {

inline std::string text_of(const std::optional<Uuid>& id) { return id ? id->str() : std::string(); }

inline std::optional<std::string> optional_text_of(const std::optional<Uuid>& id) {
  if (!id) return std::nullopt;
  return id->str();
}

// What this module wrote itself: a value of another form means that the file is damaged.
inline Error damaged(std::string_view what) {
  return {ErrorKind::fatal, "storage",
          "The settings hold a damaged value: " + std::string(what) + "."};
}

inline Result<Uuid> uuid_at(const db::Statement& row, int column) {
  if (auto id = Uuid::parse(row.view(column))) return *id;
  return damaged("an id");
}

inline Result<OrgId> org_at(const db::Statement& row, int column) {
  if (auto id = OrgId::parse(row.view(column))) return *std::move(id);
  return damaged("an organization's id");
}

inline Result<Sha256Digest> digest_at(const db::Statement& row, int column) {
  const std::string_view bytes = row.view(column);
  Sha256Digest digest{};
  if (bytes.size() != digest.size()) return damaged("a hash");
  std::copy(bytes.begin(), bytes.end(), digest.begin());
  return digest;
}

// A rate or a bound; empty when there is none of its own.
inline std::optional<std::int64_t> optional_integer_at(const db::Statement& row, int column) {
  if (row.is_null(column)) return std::nullopt;
  return row.integer(column);
}

// Four columns from `first` on: events, bytes, requests, burst.
inline Limits limits_at(const db::Statement& row, int first) {
  return {.events_per_second = optional_integer_at(row, first),
          .bytes_per_second = optional_integer_at(row, first + 1),
          .requests_per_second = optional_integer_at(row, first + 2),
          .burst_seconds = optional_integer_at(row, first + 3)};
}

// The rows that are left of `statement`, each read by `read(statement) -> Result<T>`.
template <typename T, typename Read>
Result<std::vector<T>> all_rows(db::Statement& statement, Read read) {
  std::vector<T> rows;
  while (TRY(statement.step())) rows.push_back(TRY(read(statement)));
  return rows;
}

// The first row, if there is one.
template <typename T, typename Read>
Result<std::optional<T>> first_row(db::Statement& statement, Read read) {
  if (!TRY(statement.step())) return std::optional<T>{};
  return std::optional<T>(TRY(read(statement)));
}

inline Result<std::uint64_t> count_of(db::Statement& statement) {
  if (!TRY(statement.step())) return std::uint64_t{0};
  return static_cast<std::uint64_t>(statement.integer(0));
}

}  // namespace trailkeeper::settings
