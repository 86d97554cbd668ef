#include "recent_ids.h"

#include <algorithm>

#include "codec.h"

namespace trailkeeper::journal {
namespace {

// Steps in which expiry is kept in the table, so that its index, too, grows in few places.
constexpr Duration kExpiryStep = std::chrono::hours(1);

Timestamp round_up(Timestamp time) { return floor_hour(time + kExpiryStep - Duration{1}); }

}  // namespace

Result<> RecentIds::load() {
  append_ = TRY(database_.prepare("INSERT INTO recent_ids (number, body) VALUES (?1, ?2)"));
  insert_ = TRY(
      database_.prepare("INSERT OR REPLACE INTO external_ids (key, fingerprint, expires, receipt) "
                        "VALUES (?1, ?2, ?3, ?4)"));
  db::Statement select =
      TRY(database_.prepare("SELECT number, body FROM recent_ids ORDER BY number"));
  while (TRY(select.step())) {
    next_row_ = select.integer(0) + 1;
    const bool whole = decode_ids(select.view(1), [this](const KeyHash& key, const KnownId& known) {
      waiting_.insert_or_assign(key, known);
    });
    if (!whole) {
      return Error{ErrorKind::fatal, "journal_damaged",
                   "An external id in the journal is damaged."};
    }
  }
  return load_filter();
}

Result<> RecentIds::load_filter() {
  db::Statement select = TRY(database_.prepare("SELECT key FROM external_ids LIMIT ?1"));
  select.with(static_cast<std::uint64_t>(KeyFilter::kKeysMax + 1));
  KeyHash key{};
  while (TRY(select.step())) {
    const std::string_view bytes = select.view(0);
    if (bytes.size() != key.size()) continue;
    std::copy(bytes.begin(), bytes.end(), key.begin());
    filter_.add(key);
  }
  return {};
}

const KnownId* RecentIds::find(const KeyHash& key) const {
  if (const auto found = added_.find(key); found != added_.end()) return &found->second;
  if (const auto found = waiting_.find(key); found != waiting_.end()) return &found->second;
  const auto found = std::lower_bound(
      moving_.begin(), moving_.end(), key,
      [](const auto& entry, const KeyHash& wanted) { return entry.first < wanted; });
  return found != moving_.end() && found->first == key ? &found->second : nullptr;
}

void RecentIds::add(const KeyHash& key, const KnownId& known) {
  added_.insert_or_assign(key, known);
}

Result<> RecentIds::write() {
  if (added_.empty()) return {};
  TRY(append());
  // Faster than they come, so that the next ones need not wait.
  return move(2 * added_.size());
}

Result<> RecentIds::append() {
  std::string body;
  for (const auto& [key, known] : added_) append_id(body, key, known);
  return append_->with(next_row_, db::Statement::Blob{body}).run();
}

Result<> RecentIds::move(std::size_t count) {
  if (moving_.empty()) return {};
  const std::size_t end = std::min(moving_.size(), moved_ + count);
  std::string receipt;
  for (; moved_ < end; ++moved_) {
    const auto& [key, known] = moving_[moved_];
    filter_.add(key);
    receipt = encode_receipts(
        {{Status::created, known.id, known.seq, known.received_at, known.sha256, {}}});
    TRY(insert_
            ->with(db::Statement::Blob{as_text(key)},
                   db::Statement::Blob{as_text(known.fingerprint)}, round_up(known.expires),
                   db::Statement::Blob{receipt})
            .run());
  }
  if (moved_ < moving_.size()) return {};
  db::Statement drop = TRY(database_.prepare("DELETE FROM recent_ids WHERE number <= ?1"));
  return drop.with(moving_last_row_).run();
}

void RecentIds::commit() {
  moved_before_ = moved_;
  if (!moving_.empty() && moved_ == moving_.size()) {
    moving_ = {};
    moved_ = moved_before_ = 0;
  }
  if (added_.empty()) return;
  ++next_row_;
  waiting_.merge(added_);
  // An expired id that was given again.
  for (const auto& [key, known] : added_) waiting_.insert_or_assign(key, known);
  added_.clear();
  if (moving_.empty() && waiting_.size() >= move_from_) begin_moving();
}

void RecentIds::begin_moving() {
  moving_.assign(waiting_.begin(), waiting_.end());
  std::sort(moving_.begin(), moving_.end(),
            [](const auto& a, const auto& b) { return a.first < b.first; });
  moving_last_row_ = next_row_ - 1;
  waiting_.clear();
}

void RecentIds::roll_back() {
  added_.clear();
  moved_ = moved_before_;
}

}  // namespace trailkeeper::journal
