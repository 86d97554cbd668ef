#pragma once

#include <cstring>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "db/database.h"
#include "journal/journal.h"
#include "key_filter.h"

namespace trailkeeper::journal {

// What is remembered of an event with an external id.
struct KnownId {
  KeyHash fingerprint{};
  Timestamp expires;
  Uuid id{};
  Seq seq{};
  Timestamp received_at;
  Sha256Digest sha256{};
};

// External ids on their way to their table. Keys are random, so in a table of some size each new
// one changes a page of its own, and every commit would write megabytes. Instead the ids of a
// transaction are written as one row in the order of commit, and kept in memory; when many have
// gathered they move to the table in the order of their keys, a few with each transaction, so that
// a page takes many at once. Used inside the writer's transactions; what they change holds once
// `commit` is called.
class RecentIds {
 public:
  // So many ids begin to move together.
  static constexpr std::size_t kMoveFrom = 65'536;  // some 10 MB of memory, twice while they do
  explicit RecentIds(db::Database& database, std::size_t move_from = kMoveFrom)
      : database_(database), move_from_(move_from) {}
  Result<> load();

  // Those of the present transaction included; expired ones too.
  const KnownId* find(const KeyHash& key) const;
  void add(const KeyHash& key, const KnownId& known);
  // False when the table certainly does not hold the key.
  bool may_have_moved(const KeyHash& key) const { return filter_.may_hold(key); }
  // Writes what was added in this transaction, and moves some older ones.
  Result<> write();
  void commit();
  void roll_back();

 private:
  // A key is the output of a keyed hash already.
  struct Hash {
    std::size_t operator()(const KeyHash& key) const {
      std::size_t value;
      std::memcpy(&value, key.data(), sizeof value);
      return value;
    }
  };
  using Map = std::unordered_map<KeyHash, KnownId, Hash>;
  using Sorted = std::vector<std::pair<KeyHash, KnownId>>;

  Result<> append();
  Result<> move(std::size_t count);
  void begin_moving();

  Result<> load_filter();

  db::Database& database_;
  const std::size_t move_from_;
  std::optional<db::Statement> append_;
  std::optional<db::Statement> insert_;
  KeyFilter filter_;  // of the keys in the table
  Map added_;         // in this transaction
  Map waiting_;       // committed since the last move began
  // On their way to the table; those before `moved_` are there.
  Sorted moving_;
  std::size_t moved_ = 0;
  std::size_t moved_before_ = 0;      // at the start of this transaction
  std::int64_t next_row_ = 1;         // of the table of recent ids
  std::int64_t moving_last_row_ = 0;  // rows up to here go when all is moved
};

}  // namespace trailkeeper::journal
