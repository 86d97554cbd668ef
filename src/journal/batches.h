#pragma once

#include <map>
#include <optional>
#include <vector>

#include "db/database.h"
#include "journal/journal.h"

namespace trailkeeper::journal {

// Which positions went to the event store together and how far each batch has come. Durable first,
// then in memory: the functions that write run inside the writer's transactions, their `applied`
// twin after the commit. Not thread-safe.
class Batches {
 public:
  enum class State : int { frozen = 0, stored = 1, verified = 2 };
  struct Row {
    Batch batch;
    std::uint64_t bytes = 0;
    State state = State::frozen;
  };

  Result<> load(db::Database& database);

  // The row that freeze would make of [first, end).
  Row next(std::uint64_t first, std::uint64_t end, std::uint64_t bytes) const;
  static Result<> write(db::Database& database, const Row& row);
  // Removes rows that nothing needs any more; the newest verified one stays as the border.
  static Result<> tidy(db::Database& database);
  void applied(const Row& row);

  const Row* find(std::uint64_t number) const;
  std::vector<Batch> open() const;                          // not verified yet
  std::uint64_t frozen_end() const { return frozen_end_; }  // first position in no batch
  std::uint64_t stored_end() const;                         // all before it are stored
  std::uint64_t verified_end() const;                       // and read back
  std::uint64_t open_bytes() const;
  std::optional<Batch> last_verified() const;  // of those without a gap before them

 private:
  std::map<std::uint64_t, Row> rows_;
  std::uint64_t next_number_ = 1;
  std::uint64_t frozen_end_ = 1;
};

}  // namespace trailkeeper::journal
