#include "notify/templates.h"

#include <gtest/gtest.h>

namespace trailkeeper::notify {
namespace {

settings::Export ready_export() {
  return {.id = Uuid::v7(from_micros(1)),
          .org = *OrgId::parse("acme"),
          .from = parse_rfc3339("2026-10-23T14:03:00Z"),
          .to = parse_rfc3339("2026-11-22T14:03:00Z"),
          .rows = 48211,
          .created_at = *parse_rfc3339("2026-11-22T14:03:22.5Z"),
          .expires_at = parse_rfc3339("2026-11-23T14:05:00Z")};
}

constexpr std::string_view kLink = "https://audit.example/v1/orgs/acme/exports/x/file";

TEST(DownloadReady, SaysWhatToDoFirstAndAllOfTheFacts) {
  const Content content = download_ready(ready_export(), "Acme", kLink);
  EXPECT_EQ(content.text,
            "Download your audit log file before 2026-11-23 14:05:00 UTC:\n"
            "https://audit.example/v1/orgs/acme/exports/x/file\n"
            "\n"
            "Organization: Acme\n"
            "Time range: from 2026-10-23 14:03:00 UTC to 2026-11-22 14:03:00 UTC\n"
            "Contents: Everything in this range.\n"
            "Entries: 48,211\n"
            "Link expires: 2026-11-23 14:05:00 UTC\n"
            "\n"
            "The link works for people who are signed in and allowed to see the audit log.\n"
            "This CSV is made for people to read. To feed a SIEM, use the S3 integration: it "
            "delivers every entry in"
            " full.\n"
            "\n"
            "You get this mail because you asked for this download.\n");
}

// REQUIREMENTS B9: the mail says whether it is filtered.
TEST(DownloadReady, SaysWhetherItIsFiltered) {
  settings::Export record = ready_export();
  record.filter = R"({"email":"ann"})";
  const Content content = download_ready(record, "Acme", kLink);
  EXPECT_NE(content.text.find("Contents: Only what the filters showed.\n"), std::string::npos);
  EXPECT_NE(content.html.find("Only what the filters showed."), std::string::npos);
}

TEST(DownloadReady, NamesTheFormOfTheFile) {
  settings::Export record = ready_export();
  EXPECT_NE(download_ready(record, "Acme", kLink).html.find("Download the CSV file"),
            std::string::npos);
  record.format = "parquet";
  const Content content = download_ready(record, "Acme", kLink);
  EXPECT_NE(content.html.find("Download the Parquet file"), std::string::npos);
  EXPECT_EQ(content.text.find("CSV"), std::string::npos);
}

TEST(DownloadReady, AnOpenRangeIsSaidInWords) {
  settings::Export record = ready_export();
  record.to.reset();
  EXPECT_NE(download_ready(record, "Acme", kLink)
                .text.find("from 2026-10-23 14:03:00 UTC to the moment it was asked for, "
                           "2026-11-22 14:03:22 UTC\n"),
            std::string::npos);
  record.from.reset();
  EXPECT_NE(
      download_ready(record, "Acme", kLink).text.find("Time range: everything up to the moment"),
      std::string::npos);
}

TEST(DownloadReady, WhatAPersonTypedStaysText) {
  const std::string name = "<script>alert(1)</script>\" onload='x' & \u202Egpj.exe\r\nBcc: x@y.z";
  const Content content = download_ready(ready_export(), name, kLink);
  EXPECT_EQ(content.html.find("<script"), std::string::npos);
  EXPECT_EQ(content.html.find("onload='"), std::string::npos);
  EXPECT_EQ(content.html.find("\u202E"), std::string::npos);
  EXPECT_NE(
      content.html.find("&lt;script&gt;alert(1)&lt;/script&gt;&quot; onload=&#39;x&#39; &amp; "),
      std::string::npos);
  EXPECT_EQ(content.subject.find_first_of("\r\n"), std::string::npos);
  EXPECT_EQ(content.subject.find("\u202E"), std::string::npos);
  EXPECT_EQ(content.text.find("\nBcc:"), std::string::npos);
}

TEST(DownloadReady, HtmlHasOneLinkAndNothingElseToLoad) {
  const std::string html = download_ready(ready_export(), "Acme", kLink).html;
  std::size_t links = 0;
  for (std::size_t at = html.find("href="); at != std::string::npos;
       at = html.find("href=", at + 1))
    ++links;
  EXPECT_EQ(links, 1u);
  EXPECT_EQ(html.find("src="), std::string::npos);
}

TEST(Escape, ControlAndTurningCharactersAreTakenOut) {
  EXPECT_EQ(escape_html(std::string("a\0b\x7F\u0085\u2066z", 10)), "a\uFFFDb\uFFFD\uFFFD\uFFFDz");
  EXPECT_EQ(one_line("a\tb\u2028c\u00E9"), "a b c\u00E9");
  EXPECT_EQ(escape_html("\u00A0\u00E9\u20AC"), "\u00A0\u00E9\u20AC");
}

TEST(Separators, AreAtTheThousands) {
  EXPECT_EQ(with_separators(0), "0");
  EXPECT_EQ(with_separators(999), "999");
  EXPECT_EQ(with_separators(1000), "1,000");
  EXPECT_EQ(with_separators(1234567), "1,234,567");
}

}  // namespace
}  // namespace trailkeeper::notify
