#pragma once

#include <string>

#include "base/result.h"
#include "base/time.h"

namespace trailkeeper::notify {

struct Mail {
  std::string message_id;  // the part before the @
  std::string to;
  std::string subject;
  std::string text;
  std::string html;
  Timestamp created_at{};
};

// What takes a mail out of the house. Owned by the notify service; called by one thread.
class MailSender {
 public:
  virtual ~MailSender() = default;
  // `unavailable` is tried again later, `invalid` and `failed` are final.
  virtual Result<> send(const Mail& mail) = 0;
};

}  // namespace trailkeeper::notify
