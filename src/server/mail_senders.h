#pragma once

#include <memory>
#include <string>

#include "notify/sender.h"
#include "server/config.h"

namespace trailkeeper::server {

// How mails leave: by the configured mail server, else as files in `outbox_folder`. Without a
// configured sender they come from no-reply at the host of `public_url`.
std::unique_ptr<notify::MailSender> make_mail_sender(const SmtpConfig& config,
                                                     const std::string& public_url,
                                                     const std::string& outbox_folder);

// The host of an address; "localhost" when it is a number.
std::string mail_domain(std::string_view public_url);

}  // namespace trailkeeper::server
