#include <utility>

#include "notify/templates.h"

namespace trailkeeper::notify {

namespace {

// 2026-11-22 14:03 UTC
std::string moment(Timestamp time) {
  const std::string text = format_rfc3339_seconds(time);
  return text.substr(0, 10) + " " + text.substr(11, 5) + " UTC";
}

struct Words {
  std::string subject;
  std::string line;    // what to do
  std::string button;  // of the link
  std::string link;
  std::string until;
  std::string why;
};

Content content_of(Words words) {
  Content content{.subject = std::move(words.subject)};
  content.text = words.line + "\n" + words.link + "\n\n" + words.until + "\n\n" + words.why + "\n";
  content.html = "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><title>" +
                 escape_html(content.subject) +
                 "</title></head>\n<body "
                 "style=\"font-family:sans-serif;line-height:1.5;color:#1a1a1a\">\n<p>" +
                 escape_html(words.line) + "</p>\n<p><a href=\"" + escape_html(words.link) + "\">" +
                 escape_html(words.button) + "</a></p>\n<p>" + escape_html(words.until) +
                 "</p>\n<p style=\"color:#555\">" + escape_html(words.why) +
                 "</p>\n</body></html>\n";
  return content;
}

}  // namespace

Content invitation(std::string_view org_name, std::string_view invited_by, Timestamp expires_at,
                   std::string_view link) {
  const std::string org = one_line(org_name);
  return content_of({.subject = "You are invited to the audit log of " + org,
                     .line = one_line(invited_by) + " invites you to see the audit log of " + org +
                             ". Accept here:",
                     .button = "Accept the invitation",
                     .link = std::string(link),
                     .until = "The link works once, until " + moment(expires_at) + ".",
                     .why = "If you did not expect this, you need not do anything."});
}

Content password_reset(Timestamp expires_at, std::string_view link) {
  return content_of(
      {.subject = "Set a new password",
       .line = "Set a new password for your sign-in to the audit log here:",
       .button = "Set a new password",
       .link = std::string(link),
       .until = "The link works once, until " + moment(expires_at) + ".",
       .why = "You get this mail because somebody asked for it with your address. If that was not "
              "you, you need not do anything: your password stays as it is."});
}

}  // namespace trailkeeper::notify
