#pragma once

#include <string>
#include <string_view>

#include "base/time.h"
#include "settings/exports.h"

// The words of our mails. The subject says the fact and the organization, the first line what to
// do; one link; the text says what the HTML says.
namespace trailkeeper::notify {

struct Content {
  std::string subject;
  std::string text;
  std::string html;
};

// "Your download is ready". `link` opens the file for people who are signed in.
Content download_ready(const settings::Export& record, std::string_view org_name,
                       std::string_view link);

// Text as HTML text or attribute value: & < > " ' and control characters.
std::string escape_html(std::string_view text);
// One line without control characters and bidirectional overrides, for subjects and names.
std::string one_line(std::string_view text);

}  // namespace trailkeeper::notify
