#pragma once

#include <optional>
#include <vector>

#include "db/database.h"
#include "journal/journal.h"

namespace trailkeeper::journal {

// The remembered answers of earlier requests and events, which outlive the journal's rows. Used
// inside the writer's transactions.
class RetryKeys {
 public:
  explicit RetryKeys(db::Database& database) : database_(database) {}
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
  Result<> remember_external(const RetryKey& key, Timestamp expires, const ItemReceipt& receipt);
  // Forgets some of what is expired; answers whether there was any.
  Result<bool> prune(Timestamp now);

 private:
  db::Database& database_;
  std::optional<db::Statement> find_request_;
  std::optional<db::Statement> find_external_;
  std::optional<db::Statement> insert_request_;
  std::optional<db::Statement> insert_external_;
};

}  // namespace trailkeeper::journal
