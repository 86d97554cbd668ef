#pragma once

#include <string>

#include "base/result.h"
#include "base/time.h"
#include "settings/store.h"

namespace trailkeeper::access {

struct InvitationLetter {
  std::string id;  // of the mail, the same for the same token
  std::string to;
  std::string org_name;
  std::string invited_by;
  std::string token;
  Timestamp expires_at{};
};

struct ResetLetter {
  std::string id;
  std::string to;
  std::string token;
  Timestamp expires_at{};
};

// What carries a token to the mailbox it is meant for. Each call queues a mail in the caller's
// transaction.
class Letters {
 public:
  virtual ~Letters() = default;
  virtual Result<> send(settings::WriteTx& tx, const InvitationLetter& letter) = 0;
  virtual Result<> send(settings::WriteTx& tx, const ResetLetter& letter) = 0;
};

}  // namespace trailkeeper::access
