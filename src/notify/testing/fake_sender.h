#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "notify/sender.h"

namespace trailkeeper::notify {

// Keeps what it is given; answers `fault` instead when it is set. For one thread at a time.
class FakeSender final : public MailSender {
 public:
  struct Sent {
    smtp::Mail mail;
    Timestamp date;
    std::string message_id;
  };

  Result<> send(const smtp::Mail& mail, Timestamp date, std::string_view message_id) override {
    ++tries;
    if (fault) return *fault;
    sent.push_back({mail, date, std::string(message_id)});
    return {};
  }

  std::vector<Sent> sent;
  std::optional<Error> fault;
  int tries = 0;
};

}  // namespace trailkeeper::notify
