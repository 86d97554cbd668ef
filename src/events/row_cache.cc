#include "row_cache.h"

namespace trailkeeper::events {
namespace {

// With what list, map and pointers take.
std::size_t bytes_of(const StoredRow& row) {
  return sizeof row + row.line.capacity() + 2 * row.org.size() + 200;
}

}  // namespace

RowCache::Row RowCache::find(const OrgId& org, Seq seq) {
  MutexLock lock(mutex_);
  const auto place = places_.find(Key{org.str(), seq.value});
  if (place == places_.end()) return nullptr;
  rows_.splice(rows_.begin(), rows_, place->second);
  return *place->second;
}

void RowCache::add(const Row& row, std::uint64_t generation) {
  MutexLock lock(mutex_);
  if (generation != generation_) return;
  rows_.push_front(row);
  if (!places_.emplace(Key{row->org, row->seq.value}, rows_.begin()).second) {
    rows_.pop_front();  // another has read it at the same time
    return;
  }
  bytes_ += bytes_of(*row);
  while (bytes_ > bytes_max_) {
    const Row& oldest = rows_.back();
    bytes_ -= bytes_of(*oldest);
    places_.erase(Key{oldest->org, oldest->seq.value});
    rows_.pop_back();
  }
}

std::uint64_t RowCache::generation() const {
  MutexLock lock(mutex_);
  return generation_;
}

void RowCache::clear() {
  MutexLock lock(mutex_);
  ++generation_;
  bytes_ = 0;
  places_.clear();
  rows_.clear();
}

}  // namespace trailkeeper::events
