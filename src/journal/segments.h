#pragma once

#include <string>
#include <vector>

#include "compress/zstd.h"
#include "db/database.h"
#include "journal/journal.h"

namespace trailkeeper::journal {

// Events of one organization that were committed together: the row of a segment.
struct Chunk {
  std::uint64_t position = 0;  // of its first event
  std::string org;
  Timestamp received_at;
  std::uint64_t first_seq = 0;
  std::uint64_t count = 0;
  std::string body{};       // frames
  std::uint64_t bytes = 0;  // of the frames
};

// The writer's side: which table takes the next chunk, when to begin another. Used inside the
// writer's transactions.
class Segments {
 public:
  Segments(db::Database& database, std::size_t bytes_max)
      : database_(database), bytes_max_(bytes_max) {}

  Result<> load();
  std::uint64_t next_position() const { return next_position_; }
  // Calls `visit` for every chunk there is, in order, without its body.
  Result<> scan(const std::function<void(const Chunk&)>& visit);

  Result<> append(const Chunk& chunk);
  // True when the newest segment is full; then begin() once the orgs' counters are written.
  bool full() const { return newest_bytes_ >= bytes_max_; }
  Result<> begin();
  // Whether drop_before would drop one.
  bool may_drop(std::uint64_t position) const {
    return known_.size() > 1 && known_[1].first <= position;
  }
  // Drops the oldest segment if it ends at or before `position`; answers whether it did.
  Result<bool> drop_before(std::uint64_t position);

  // The writer's transaction was rolled back: read again what is there.
  Result<> reload() { return load(); }

 private:
  struct Known {
    std::int64_t number;
    std::uint64_t first;
  };
  Result<> create(std::int64_t number, std::uint64_t first);
  Result<> open_newest();

  db::Database& database_;
  const std::size_t bytes_max_;
  std::vector<Known> known_;
  std::optional<db::Statement> insert_;
  compress::BlockPacker packer_;
  std::string packed_;  // used again and again
  std::uint64_t next_position_ = 1;
  std::size_t newest_bytes_ = 0;
};

// The readers' side, on a connection of their own.
Result<std::vector<Chunk>> list_chunks(db::Database& reader, std::uint64_t first,
                                       std::size_t rows_max, std::uint64_t bytes_max);
// Calls `visit` for each event of [first, end) in order.
Result<> visit_entries(db::Database& reader, std::uint64_t first, std::uint64_t end,
                       const EntryVisitor& visit);

}  // namespace trailkeeper::journal
