#include "retry_keys.h"

#include <algorithm>

#include "codec.h"

namespace trailkeeper::journal {
namespace {

db::Statement::Blob blob(const KeyHash& hash) { return {as_text(hash)}; }

Error damaged() {
  return Error{ErrorKind::fatal, "journal_damaged",
               "A remembered answer in the journal is damaged."};
}

Result<KeyHash> read_hash(std::string_view bytes) {
  KeyHash hash{};
  if (bytes.size() != hash.size()) return damaged();
  std::copy(bytes.begin(), bytes.end(), hash.begin());
  return hash;
}

// A row of an expired key may still be there: the new one takes its place.
constexpr const char* kInsertRequest =
    "INSERT OR REPLACE INTO request_keys (key, fingerprint, expires, answer) VALUES (?1, ?2, ?3, "
    "?4)";
}  // namespace

Result<> RetryKeys::prepare() {
  find_request_ = TRY(database_.prepare(
      "SELECT fingerprint, answer FROM request_keys WHERE key = ?1 AND expires > ?2"));
  find_external_ = TRY(database_.prepare(
      "SELECT fingerprint, receipt FROM external_ids WHERE key = ?1 AND expires > ?2"));
  insert_request_ = TRY(database_.prepare(kInsertRequest));
  return recent_.load();
}

Result<std::optional<RetryKeys::Request>> RetryKeys::find_request(const KeyHash& key,
                                                                  Timestamp now) {
  find_request_->with(blob(key), now);
  if (!TRY(find_request_->step())) return std::optional<Request>{};
  Request found;
  found.fingerprint = TRY(read_hash(find_request_->view(0)));
  auto items = decode_receipts(find_request_->view(1));
  find_request_->reset();
  if (!items) return damaged();
  found.items = std::move(*items);
  return std::optional<Request>(std::move(found));
}

Result<std::optional<RetryKeys::External>> RetryKeys::find_external(const KeyHash& key,
                                                                    Timestamp now) {
  if (const KnownId* known = recent_.find(key)) {
    if (known->expires <= now) return std::optional<External>{};
    return std::optional<External>(External{
        known->fingerprint,
        ItemReceipt{
            Status::created, known->id, known->seq, known->received_at, known->sha256, {}}});
  }
  if (!recent_.may_have_moved(key)) return std::optional<External>{};
  find_external_->with(blob(key), now);
  if (!TRY(find_external_->step())) return std::optional<External>{};
  External found;
  found.fingerprint = TRY(read_hash(find_external_->view(0)));
  auto items = decode_receipts(find_external_->view(1));
  find_external_->reset();
  if (!items || items->size() != 1) return damaged();
  found.receipt = std::move(items->front());
  return std::optional<External>(std::move(found));
}

Result<> RetryKeys::remember_request(const RetryKey& key, Timestamp expires,
                                     const std::vector<ItemReceipt>& items) {
  const std::string answer = encode_receipts(items);
  return insert_request_
      ->with(blob(key.key), blob(key.fingerprint), expires, db::Statement::Blob{answer})
      .run();
}

void RetryKeys::remember_external(const RetryKey& key, Timestamp expires,
                                  const ItemReceipt& receipt) {
  recent_.add(key.key, {key.fingerprint, expires, receipt.id, receipt.seq, receipt.received_at,
                        receipt.sha256});
}

Result<bool> RetryKeys::prune(Timestamp now) {
  std::int64_t gone = 0;
  for (const char* sql : {"DELETE FROM request_keys WHERE key IN (SELECT key FROM request_keys "
                          "WHERE expires <= ?1 LIMIT 1000)",
                          "DELETE FROM external_ids WHERE key IN (SELECT key FROM external_ids "
                          "WHERE expires <= ?1 LIMIT 1000)"}) {
    db::Statement remove = TRY(database_.prepare(sql));
    TRY(remove.with(now).run());
    gone += database_.changes();
  }
  return gone > 0;
}

}  // namespace trailkeeper::journal
