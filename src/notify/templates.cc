#include "notify/templates.h"

#include <utility>
#include <vector>

namespace trailkeeper::notify {

namespace {

// 2026-11-22 14:03:22 UTC
std::string moment(Timestamp time) {
  const std::string text = format_rfc3339_seconds(time);
  return text.substr(0, 10) + " " + text.substr(11, 8) + " UTC";
}

std::string range(const settings::Export& record) {
  const std::string to =
      record.to ? moment(*record.to) : "the moment it was asked for, " + moment(record.created_at);
  return record.from ? "from " + moment(*record.from) + " to " + to : "everything up to " + to;
}

std::string scope(const settings::Export& record) {
  return record.filter == "{}" ? "Everything in this range." : "Only what the filters showed.";
}

using Fact = std::pair<std::string, std::string>;

std::vector<Fact> facts(const settings::Export& record, std::string_view org_name) {
  return {
      {"Organization", one_line(org_name)},
      {"Time range", range(record)},
      {"Contents", scope(record)},
      {"Entries", with_separators(record.rows)},
      {"Link expires", moment(*record.expires_at)},
  };
}

constexpr std::string_view kSignIn =
    "The link works for people who are signed in and allowed to see the audit log.";
constexpr std::string_view kForPeople =
    "This CSV is made for people to read. To feed a SIEM, use the S3 integration: it delivers "
    "every entry in full.";
constexpr std::string_view kForPrograms =
    "To feed a SIEM, use the S3 integration: it delivers every entry in full, by itself.";
constexpr std::string_view kWhy = "You get this mail because you asked for this download.";

std::string_view form_name(const settings::Export& record) {
  if (record.format == "jsonl") return "JSON Lines";
  return record.format == "parquet" ? "Parquet" : "CSV";
}

}  // namespace

Content download_ready(const settings::Export& record, std::string_view org_name,
                       std::string_view link) {
  const std::string line =
      "Download your audit log file before " + moment(*record.expires_at) + ":";
  Content content{.subject = "Your audit log download for " + one_line(org_name) + " is ready"};

  const std::string_view note = record.format == "csv" ? kForPeople : kForPrograms;
  content.text = line + "\n" + std::string(link) + "\n\n";
  for (const Fact& fact : facts(record, org_name))
    content.text += fact.first + ": " + fact.second + "\n";
  content.text.append("\n")
      .append(kSignIn)
      .append("\n")
      .append(note)
      .append("\n\n")
      .append(kWhy)
      .append("\n");

  content.html = "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><title>" +
                 escape_html(content.subject) +
                 "</title></head>\n<body "
                 "style=\"font-family:sans-serif;line-height:1.5;color:#1a1a1a\">\n<p>" +
                 escape_html(line) + "</p>\n<p><a href=\"" + escape_html(link) +
                 "\">Download the " + std::string(form_name(record)) +
                 " file</a></p>\n<table style=\"border-collapse:collapse\">\n";
  for (const Fact& fact : facts(record, org_name)) {
    content.html +=
        "<tr><th scope=\"row\" style=\"text-align:left;padding-right:1.5em;vertical-align:top\">" +
        escape_html(fact.first) + "</th><td>" + escape_html(fact.second) + "</td></tr>\n";
  }
  content.html += "</table>\n<p>" + escape_html(kSignIn) + "</p>\n<p>" + escape_html(note) +
                  "</p>\n<p style=\"color:#555\">" + escape_html(kWhy) + "</p>\n</body></html>\n";
  return content;
}

}  // namespace trailkeeper::notify
