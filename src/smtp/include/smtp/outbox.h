#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "smtp/mail.h"

namespace trailkeeper::smtp {

// Where mails land when no mail server is configured: writes `<time>-<random>.eml` below `folder`,
// which is made when it is missing. The names sort by `date`. On return the file is durable, and
// its path is the answer. Thread-safe. Errors: those of render_mime, and of writing.
Result<std::string> write_outbox(const std::string& folder, const Mail& mail, std::string_view from,
                                 Timestamp date, std::string_view message_id);

}  // namespace trailkeeper::smtp
