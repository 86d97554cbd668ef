// What the flush asks of the journal: batches and their rows.

#include <algorithm>

#include "sqlite_journal.h"

namespace trailkeeper::journal {

Result<std::vector<Batch>> SqliteJournal::open_batches() {
  MutexLock lock(mutex_);
  return batches_.open();
}

std::optional<Batch> SqliteJournal::last_verified() const {
  MutexLock lock(mutex_);
  return batches_.last_verified();
}

Result<> SqliteJournal::write_batch(const Batches::Row& row) {
  return run_command(
      [this, row]() -> Result<> {
        TRY(Batches::write(writer_, row));
        return Batches::tidy(writer_);
      },
      [this, row]() REQUIRES(mutex_) {
        batches_.applied(row);
        const std::uint64_t stored_end = batches_.stored_end();
        while (!unstored_.empty() && unstored_.front().end <= stored_end) unstored_.pop_front();
      },
      true);
}

Result<std::optional<Batch>> SqliteJournal::freeze(std::size_t rows_max, std::uint64_t bytes_max) {
  std::uint64_t first = 0;
  {
    MutexLock lock(mutex_);
    first = batches_.frozen_end();
    if (first == committed_end_) return std::optional<Batch>{};
  }
  std::vector<Chunk> chunks;
  {
    MutexLock lock(reader_mutex_);
    chunks = TRY(list_chunks(reader_, first, rows_max, bytes_max));
  }
  if (chunks.empty()) return std::optional<Batch>{};
  std::uint64_t bytes = 0;
  for (const Chunk& chunk : chunks) bytes += chunk.bytes;
  Batches::Row row;
  {
    MutexLock lock(mutex_);
    row = batches_.next(first, chunks.back().position + chunks.back().count, bytes);
  }
  TRY(write_batch(row));
  MutexLock lock(mutex_);
  committed_bytes_ -= std::min(committed_bytes_, bytes);
  return std::optional<Batch>(row.batch);
}

Result<> SqliteJournal::visit(std::uint64_t first, std::uint64_t end, const EntryVisitor& visit) {
  MutexLock lock(reader_mutex_);
  return visit_entries(reader_, first, end, visit);
}

Result<std::vector<Entry>> SqliteJournal::read(std::uint64_t first, std::uint64_t end) {
  std::vector<Entry> entries;
  TRY(visit(first, end, [&](const EntryView& entry) -> Result<> {
    entries.push_back(Entry{entry.position, entry.org, entry.seq, entry.received_at, entry.sha256,
                            std::string(entry.record)});
    return {};
  }));
  return entries;
}

Result<Batches::Row> SqliteJournal::batch_row(std::uint64_t number) const {
  MutexLock lock(mutex_);
  const Batches::Row* found = batches_.find(number);
  if (found == nullptr) return Error{ErrorKind::not_found, "no_batch", "There is no such batch."};
  return *found;
}

Result<> SqliteJournal::mark_stored(std::uint64_t number) {
  Batches::Row row = TRY(batch_row(number));
  row.state = Batches::State::stored;
  row.batch.stored = true;
  return write_batch(row);
}

Result<> SqliteJournal::mark_verified(std::uint64_t number) {
  Batches::Row row = TRY(batch_row(number));
  row.state = Batches::State::verified;
  row.batch.stored = true;
  return write_batch(row);
}

Result<Batch> SqliteJournal::next_attempt(std::uint64_t number) {
  Batches::Row row = TRY(batch_row(number));
  row.state = Batches::State::frozen;
  row.batch.stored = false;
  ++row.batch.attempt;
  TRY(write_batch(row));
  return row.batch;
}

}  // namespace trailkeeper::journal
