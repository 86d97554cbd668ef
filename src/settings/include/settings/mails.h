#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/ids.h"
#include "base/time.h"
#include "settings/store.h"

namespace trailkeeper::settings {

// A mail that waits to be sent. It is put here in the transaction of what it tells about, so that
// neither is without the other.
struct WaitingMail {
  std::int64_t id = 0;
  std::string message_id;  // the part before the @, the same at each try
  std::string to;
  std::string subject;
  std::string text;
  std::string html;
  Timestamp created_at{};
  int attempts = 0;
  Timestamp next_attempt_at{};
};

Result<> add_mail(WriteTx& tx, const WaitingMail& mail);
// The one that has waited longest of those due.
Result<std::optional<WaitingMail>> next_due_mail(const ReadTx& tx, Timestamp now);
Result<> postpone_mail(WriteTx& tx, std::int64_t id, int attempts, Timestamp next_attempt_at);
// Sent, or given up.
Result<> remove_mail(WriteTx& tx, std::int64_t id);
Result<std::uint64_t> count_mails(const ReadTx& tx);

}  // namespace trailkeeper::settings
