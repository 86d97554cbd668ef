#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"
#include "smtp/mail.h"

namespace trailkeeper::smtp {

enum class Tls {
  none,      // plain text; a password is sent only to this machine itself
  starttls,  // upgraded before anything else is said, or not sent at all
  implicit,  // TLS from the first byte
};

struct Settings {
  std::string host;
  std::uint16_t port = 587;
  Tls tls = Tls::starttls;
  std::string username{};  // empty: no authentication
  std::string password{};
  std::string from;       // "a@b.example" or "Name <a@b.example>"
  std::string ca_file{};  // PEM of the authorities to trust instead of the system's
  std::chrono::milliseconds connect_timeout{10'000};
  std::chrono::milliseconds total_timeout{60'000};
};

// Hands one mail to the mail server. On success the server has taken it over. Blocks; thread-safe.
// Errors:
//   `invalid`: the mail or the settings cannot be sent as they are (see render_mime), code
//   `bad_settings`. `unavailable`, code `resolve`, `connect`, `timeout`, `cut`, `smtp_temporary` (a
//   4xx reply): try again later with the
//     same message id. After `timeout` and `cut` the server may have taken it.
//   `failed`, code `smtp_refused` (a 5xx reply), `smtp_auth`, `tls`: a person has to look.
Result<> send(const Settings& settings, const Mail& mail, Timestamp date,
              std::string_view message_id);

}  // namespace trailkeeper::smtp
