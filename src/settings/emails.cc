#include <utf8proc.h>

#include <cstdlib>
#include <memory>

#include "settings/people.h"

namespace trailkeeper::settings {

namespace {

constexpr std::size_t kEmailBytesMax = 254;  // RFC 5321 section 4.5.3.1, as read by erratum 1690

Error bad_email() {
  return {ErrorKind::invalid,
          "email",
          "This is not an email address.",
          {{"/email", "email", "Give an address like ann@example.com, at most 254 bytes."}}};
}

// Every byte counts: what follows puts the address into mail headers and pages.
bool is_mail_character(utf8proc_int32_t code_point) {
  switch (utf8proc_category(code_point)) {
    case UTF8PROC_CATEGORY_CC:
    case UTF8PROC_CATEGORY_CF:
    case UTF8PROC_CATEGORY_CS:
    case UTF8PROC_CATEGORY_ZS:
    case UTF8PROC_CATEGORY_ZL:
    case UTF8PROC_CATEGORY_ZP:
      return false;
    default:
      return code_point != '<' && code_point != '>' && code_point != ',' && code_point != ';' &&
             code_point != '"';
  }
}

Result<std::string> lower(std::string_view email) {
  std::string out;
  std::size_t at_signs = 0;
  const auto* bytes = reinterpret_cast<const utf8proc_uint8_t*>(email.data());
  for (std::size_t position = 0; position < email.size();) {
    utf8proc_int32_t code_point = 0;
    const auto used = utf8proc_iterate(
        bytes + position, static_cast<utf8proc_ssize_t>(email.size() - position), &code_point);
    if (used <= 0 || !is_mail_character(code_point)) return bad_email();
    at_signs += code_point == '@' ? 1 : 0;
    utf8proc_uint8_t encoded[4];
    const auto size = utf8proc_encode_char(utf8proc_tolower(code_point), encoded);
    out.append(reinterpret_cast<const char*>(encoded), static_cast<std::size_t>(size));
    position += static_cast<std::size_t>(used);
  }
  if (at_signs != 1 || out.front() == '@' || out.back() == '@') return bad_email();
  return out;
}

}  // namespace

Result<std::string> fold_email(std::string_view email) {
  if (email.size() < 3 || email.size() > kEmailBytesMax) return bad_email();
  const std::string lowered = TRY(lower(email));
  utf8proc_uint8_t* composed = nullptr;
  const auto size =
      utf8proc_map(reinterpret_cast<const utf8proc_uint8_t*>(lowered.data()),
                   static_cast<utf8proc_ssize_t>(lowered.size()), &composed,
                   static_cast<utf8proc_option_t>(UTF8PROC_STABLE | UTF8PROC_COMPOSE));
  const std::unique_ptr<utf8proc_uint8_t, decltype(&std::free)> owner(composed, &std::free);
  if (size < 0) return bad_email();
  return std::string(reinterpret_cast<const char*>(composed), static_cast<std::size_t>(size));
}

}  // namespace trailkeeper::settings
