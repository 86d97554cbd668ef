#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"
#include "base/time.h"

namespace trailkeeper::smtp {

// A mail to one person. All text is UTF-8.
struct Mail {
  std::string to;  // "a@b.example" or "Name <a@b.example>"
  std::string subject;
  std::string text;    // the plain part, always there
  std::string html{};  // the same for readers that show HTML; empty: none
  std::vector<std::pair<std::string, std::string>> headers{};  // more, such as List-Unsubscribe
};

// The address inside "Name <a@b.example>". Errors: `invalid`, code `bad_address`: not exactly one
// ASCII address of at most 254 characters.
Result<std::string> address_of(std::string_view mailbox);

// The message as it is sent (RFC 5322, 2045, 2047): CRLF line ends, no line over 76 octets but for
// a long word of an added header (998 at most), 7-bit throughout, no line that begins with a dot,
// multipart/alternative when there is HTML. The same input gives the same bytes. `message_id` is
// `left@right`, without brackets. Errors: `invalid`, code `bad_address` or `bad_header`: a value
// that cannot be a header's, such as one with a line break; nothing that a person typed can add a
// header or another recipient.
Result<std::string> render_mime(const Mail& mail, std::string_view from, Timestamp date,
                                std::string_view message_id);

}  // namespace trailkeeper::smtp
