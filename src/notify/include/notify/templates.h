#pragma once

#include <string>
#include <string_view>

#include "settings/exports.h"

// The words of our mails. The subject says the fact and the organization, the first line what to
// do; one link; the text says what the HTML says. Nothing that a person typed gets into the HTML
// unescaped.
namespace trailkeeper::notify {

struct Content {
  std::string subject;
  std::string text;
  std::string html;
};

// "Your download is ready" (REQUIREMENTS B9, B10, B13). `link` opens the file for people who are
// signed in. REQUIRES: the export is ready.
Content download_ready(const settings::Export& record, std::string_view org_name,
                       std::string_view link);

// As HTML text or a quoted attribute's value; control characters and those that turn the direction
// of text become U+FFFD.
std::string escape_html(std::string_view text);
// For one line of plain text: the same characters become a space.
std::string one_line(std::string_view text);

// 48211 as "48,211".
std::string with_separators(std::uint64_t number);

}  // namespace trailkeeper::notify
