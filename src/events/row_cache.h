#pragma once

#include <cstdint>
#include <list>
#include <memory>
#include <unordered_map>

#include "base/thread_annotations.h"
#include "events/row.h"

namespace trailkeeper::events {

// Rows that were read lately, by organization and seq, within a bound of bytes; the one unused for
// longest goes first. A row never changes, so what is here is what the store would give, as long
// as the store says that the row is there. Thread-safe.
class RowCache {
 public:
  explicit RowCache(std::size_t bytes_max) : bytes_max_(bytes_max) {}

  using Row = std::shared_ptr<const StoredRow>;
  // Empty when it is not here.
  Row find(const OrgId& org, Seq seq);
  // What was read since `generation` was asked for; left out when there was a `clear` meanwhile.
  void add(const Row& row, std::uint64_t generation);
  std::uint64_t generation() const;
  // Rows of the store are taken out.
  void clear();

 private:
  struct Key {
    std::string org;
    std::uint64_t seq;
    bool operator==(const Key&) const = default;
  };
  struct KeyHash {
    std::size_t operator()(const Key& key) const {
      return OrgHash{}(key.org) ^ (key.seq * 0x9e3779b97f4a7c15u);
    }
  };
  using Rows = std::list<Row>;

  const std::size_t bytes_max_;
  mutable Mutex mutex_;
  std::uint64_t generation_ GUARDED_BY(mutex_) = 0;
  std::size_t bytes_ GUARDED_BY(mutex_) = 0;
  Rows rows_ GUARDED_BY(mutex_);  // the last used first
  std::unordered_map<Key, Rows::iterator, KeyHash> places_ GUARDED_BY(mutex_);
};

}  // namespace trailkeeper::events
