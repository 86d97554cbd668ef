#include "batches.h"

namespace trailkeeper::journal {

std::string Batch::token() const {
  return std::to_string(first) + "-" + std::to_string(end) + "-" + std::to_string(attempt);
}

Result<> Batches::load(db::Database& database) {
  rows_.clear();
  db::Statement select = TRY(database.prepare(
      "SELECT number, first, end, bytes, attempt, state FROM batches ORDER BY number"));
  while (TRY(select.step())) {
    Row row;
    row.batch.number = static_cast<std::uint64_t>(select.integer(0));
    row.batch.first = static_cast<std::uint64_t>(select.integer(1));
    row.batch.end = static_cast<std::uint64_t>(select.integer(2));
    row.bytes = static_cast<std::uint64_t>(select.integer(3));
    row.batch.attempt = static_cast<std::uint32_t>(select.integer(4));
    row.state = static_cast<State>(select.integer(5));
    row.batch.stored = row.state != State::frozen;
    applied(row);
  }
  return {};
}

Batches::Row Batches::next(std::uint64_t first, std::uint64_t end, std::uint64_t bytes) const {
  return Row{Batch{next_number_, first, end, 0, false}, bytes, State::frozen};
}

Result<> Batches::write(db::Database& database, const Row& row) {
  db::Statement statement =
      TRY(database.prepare("INSERT OR REPLACE INTO batches (number, first, end, bytes, attempt, "
                           "state) VALUES (?1, ?2, ?3, ?4, ?5, ?6)"));
  return statement
      .with(row.batch.number, row.batch.first, row.batch.end, row.bytes,
            static_cast<std::int64_t>(row.batch.attempt), static_cast<int>(row.state))
      .run();
}

Result<> Batches::tidy(db::Database& database) {
  db::Statement statement = TRY(database.prepare(
      "DELETE FROM batches WHERE number < (SELECT max(number) FROM batches WHERE state = 2 AND "
      "number < "
      "coalesce((SELECT min(number) FROM batches WHERE state < 2), 9223372036854775807))"));
  return statement.run();
}

void Batches::applied(const Row& row) {
  rows_[row.batch.number] = row;
  next_number_ = std::max(next_number_, row.batch.number + 1);
  frozen_end_ = std::max(frozen_end_, row.batch.end);
  // Only the newest of the verified ones at the front matters.
  while (rows_.size() > 1 && rows_.begin()->second.state == State::verified &&
         std::next(rows_.begin())->second.state == State::verified) {
    rows_.erase(rows_.begin());
  }
}

const Batches::Row* Batches::find(std::uint64_t number) const {
  auto row = rows_.find(number);
  return row == rows_.end() ? nullptr : &row->second;
}

std::vector<Batch> Batches::open() const {
  std::vector<Batch> batches;
  for (const auto& [number, row] : rows_) {
    if (row.state != State::verified) batches.push_back(row.batch);
  }
  return batches;
}

std::uint64_t Batches::stored_end() const {
  for (const auto& [number, row] : rows_) {
    if (row.state == State::frozen) return row.batch.first;
  }
  return frozen_end_;
}

std::uint64_t Batches::verified_end() const {
  for (const auto& [number, row] : rows_) {
    if (row.state != State::verified) return row.batch.first;
  }
  return frozen_end_;
}

std::optional<Batch> Batches::last_verified() const {
  std::optional<Batch> last;
  for (const auto& [number, row] : rows_) {
    if (row.state != State::verified) break;
    last = row.batch;
  }
  return last;
}

std::uint64_t Batches::open_bytes() const {
  std::uint64_t bytes = 0;
  for (const auto& [number, row] : rows_) {
    if (row.state != State::verified) bytes += row.bytes;
  }
  return bytes;
}

}  // namespace trailkeeper::journal
