#pragma once

#include <optional>
#include <vector>

#include "db/database.h"
#include "journal/journal.h"
#include "recent_ids.h"

namespace trailkeeper::journal {

// The remembered answers of earlier requests and events, which outlive the journal's rows. Used
// inside the writer's transactions.
class RetryKeys {
 public:
  explicit RetryKeys(db::Database& database) : database_(database), recent_(database) {}
  Result<> prepare();

  struct Request {
    KeyHash fingerprint{};
    std::vector<ItemReceipt> items;
  };
  struct External {
    KeyHash fingerprint{};
    ItemReceipt receipt;
  };
  // What is remembered and not expired at `now`.
  Result<std::optional<Request>> find_request(const KeyHash& key, Timestamp now);
  Result<std::optional<External>> find_external(const KeyHash& key, Timestamp now);
  Result<> remember_request(const RetryKey& key, Timestamp expires,
                            const std::vector<ItemReceipt>& items);
  void remember_external(const RetryKey& key, Timestamp expires, const ItemReceipt& receipt);
  // Writes down the external ids that were remembered in this transaction.
  Result<> write() { return recent_.write(); }
  // What the transaction remembered holds, or does not.
  void commit() { recent_.commit(); }
  void roll_back() { recent_.roll_back(); }
  // Forgets some of what is expired; answers whether there was any.
  Result<bool> prune(Timestamp now);

 private:
  db::Database& database_;
  RecentIds recent_;
  std::optional<db::Statement> find_request_;
  std::optional<db::Statement> find_external_;
  std::optional<db::Statement> insert_request_;
};

}  // namespace trailkeeper::journal
