#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/time.h"
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

// A delivery to a bucket that has stopped, or works again (REQUIREMENTS C17).
struct DeliveryNews {
  bool works_again = false;
  std::string org_name;
  std::string place;  // s3://bucket/path/
  std::string reason;
  std::string remedy;
  Timestamp since{};
  std::optional<Timestamp> data_lost_from{};
  bool data_packs = false;  // else: audit logs
};
// `link` opens the integration for people who are signed in.
Content delivery_news(const DeliveryNews& news, std::string_view link);

// The two sides of a run of a data pack, S3 and SFTP, do not hold the same.
struct PackDifference {
  std::string org_name;
  std::string pack;
  std::string folder;  // of the run
  std::string what;
};
Content pack_difference(const PackDifference& difference, std::string_view link);

// An invitation to an organization (REQUIREMENTS G5). `link` carries the token in its fragment.
Content invitation(std::string_view org_name, std::string_view invited_by, Timestamp expires_at,
                   std::string_view link);
// Somebody asked for a new password.
Content password_reset(Timestamp expires_at, std::string_view link);

// As HTML text or a quoted attribute's value; control characters and those that turn the direction
// of text become U+FFFD.
std::string escape_html(std::string_view text);
// For one line of plain text: the same characters become a space.
std::string one_line(std::string_view text);

// 48211 as "48,211".
std::string with_separators(std::uint64_t number);

}  // namespace trailkeeper::notify
