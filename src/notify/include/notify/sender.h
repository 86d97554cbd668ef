#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "base/time.h"
#include "smtp/mail.h"
#include "smtp/send.h"

namespace trailkeeper::notify {

// What takes a mail out of the house. Owned by the notify service; called by one thread at a time.
class MailSender {
 public:
  virtual ~MailSender() = default;
  // The same mail has the same date and id (`left@right`) at each try. `unavailable` is tried again
  // later, every other failure is final.
  virtual Result<> send(const smtp::Mail& mail, Timestamp date, std::string_view message_id) = 0;
};

// Hands mails to a mail server.
class SmtpSender final : public MailSender {
 public:
  explicit SmtpSender(smtp::Settings settings) : settings_(std::move(settings)) {}
  Result<> send(const smtp::Mail& mail, Timestamp date, std::string_view message_id) override;

 private:
  const smtp::Settings settings_;
};

// Writes mails as .eml files below a folder, where no mail server is configured.
class FolderSender final : public MailSender {
 public:
  FolderSender(std::string folder, std::string from)
      : folder_(std::move(folder)), from_(std::move(from)) {}
  Result<> send(const smtp::Mail& mail, Timestamp date, std::string_view message_id) override;

 private:
  const std::string folder_;
  const std::string from_;
};

}  // namespace trailkeeper::notify
