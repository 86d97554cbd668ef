#include "smtp/mail.h"

#include <gtest/gtest.h>

#include "encode.h"

namespace trailkeeper::smtp {
namespace {

const Timestamp kDate = *parse_rfc3339("2026-11-22T14:02:58Z");

std::string render(const Mail& mail) {
  auto message =
      render_mime(mail, "Trailkeeper <audit@vendor.example>", kDate, "id1@vendor.example");
  EXPECT_TRUE(message) << message.error().message;
  return message ? *message : "";
}

TEST(SmtpMail, PlainTextIsExactlyThis) {
  EXPECT_EQ(render({.to = "ann@customer.example", .subject = "Ready", .text = "Hello\nAnn =)\n"}),
            "Date: Sun, 22 Nov 2026 14:02:58 +0000\r\n"
            "From: Trailkeeper\r\n <audit@vendor.example>\r\n"
            "To: ann@customer.example\r\n"
            "Subject: Ready\r\n"
            "Message-ID: <id1@vendor.example>\r\n"
            "Auto-Submitted: auto-generated\r\n"
            "MIME-Version: 1.0\r\n"
            "Content-Type: text/plain; charset=utf-8\r\n"
            "Content-Transfer-Encoding: quoted-printable\r\n"
            "\r\n"
            "Hello\r\nAnn =3D)\r\n");
}

TEST(SmtpMail, BothFormsAreAlternatives) {
  auto message = render({.to = "a@b.example", .subject = "s", .text = "plain", .html = "<p>é</p>"});
  EXPECT_NE(message.find("multipart/alternative;\r\n boundary=\"=_alternative\"\r\n\r\n"
                         "--=_alternative\r\nContent-Type: text/plain"),
            std::string::npos);
  EXPECT_NE(message.find("\r\n\r\nplain\r\n--=_alternative\r\nContent-Type: text/html"),
            std::string::npos);
  EXPECT_NE(message.find("<p>=C3=A9</p>\r\n--=_alternative--\r\n"), std::string::npos);
}

TEST(SmtpMail, UnicodeSubjectsAreWholeEncodedWords) {
  std::string subject;
  for (int i = 0; i < 60; ++i) subject += "日é";
  auto message = render({.to = "a@b.example", .subject = subject, .text = ""});
  auto begin = message.find("Subject: ") + 9;
  auto value = message.substr(begin, message.find("\r\nMessage-ID") - begin);
  EXPECT_GT(std::count(value.begin(), value.end(), '\n'), 3);
  EXPECT_EQ(value.substr(0, 10), "=?UTF-8?B?");
  EXPECT_EQ(encoded_words("é", 1), "=?UTF-8?B?w6k=?=");
  // 44 octets and a character of two: it must not be cut in the middle.
  auto words = encoded_words(std::string(44, 'a') + "é", 1);
  EXPECT_NE(words.find("?=\r\n =?UTF-8?B?w6k=?="), std::string::npos) << words;
}

TEST(SmtpMail, LooksLikeAnEncodedWord) {
  EXPECT_EQ(header_text("=?UTF-8?B?w6k=?=", 9).substr(0, 10), "=?UTF-8?B?");
  EXPECT_EQ(header_text("plain, really", 9), "plain, really");
}

TEST(SmtpMail, LinesAreShortAsciiAndNeverBeginWithADot) {
  std::string text =
      ".dot first\n..\n.\nFrom here\n" + std::string(5000, 'x') + "\ntrailing blank \n";
  for (int c = 0; c < 256; ++c) text += static_cast<char>(c);
  for (int i = 0; i < 3000; ++i) text += ".";
  std::string subject(1500, 'w');
  auto message = render({.to = "a@b.example",
                         .subject = subject,
                         .text = text,
                         .html = text,
                         .headers = {{"List-Id", "some words " + std::string(200, 'z')}}});
  std::size_t begin = 0;
  while (begin < message.size()) {
    auto end = message.find("\r\n", begin);
    ASSERT_NE(end, std::string::npos);
    auto line = message.substr(begin, end - begin);
    begin = end + 2;
    EXPECT_LE(line.size(), line.find("zzz") == std::string::npos ? 76u : 998u) << line;
    EXPECT_FALSE(line.starts_with(".")) << line;
    EXPECT_FALSE(line.starts_with("From ")) << line;
    for (char c : line) EXPECT_TRUE((c >= 0x20 && c < 0x7F) || c == '\t') << line;
  }
}

TEST(SmtpMail, NothingTypedCanAddAHeaderOrARecipient) {
  struct Case {
    const char* what;
    Mail mail;
    const char* from;
    const char* id;
  };
  const std::string ok = "a@b.example";
  const Mail good{.to = ok, .subject = "s", .text = "t"};
  auto with_header = [&](std::string name, std::string value) {
    Mail mail = good;
    mail.headers = {{std::move(name), std::move(value)}};
    return mail;
  };
  const Case cases[] = {
      {"LF in subject",
       {.to = ok, .subject = "a\nBcc: x@y.example", .text = ""},
       ok.c_str(),
       "i@h"},
      {"CR in subject", {.to = ok, .subject = "a\rb", .text = ""}, ok.c_str(), "i@h"},
      {"NUL in subject",
       {.to = ok, .subject = std::string("a\0b", 3), .text = ""},
       ok.c_str(),
       "i@h"},
      {"CRLF in to",
       {.to = "a@b.example\r\nBcc: x@y.example", .subject = "", .text = ""},
       ok.c_str(),
       "i@h"},
      {"two in to",
       {.to = "a@b.example, c@d.example", .subject = "", .text = ""},
       ok.c_str(),
       "i@h"},
      {"two brackets",
       {.to = "<a@b.example> <c@d.example>", .subject = "", .text = ""},
       ok.c_str(),
       "i@h"},
      {"no at", {.to = "nobody", .subject = "", .text = ""}, ok.c_str(), "i@h"},
      {"empty", {.to = "", .subject = "", .text = ""}, ok.c_str(), "i@h"},
      {"bracket inside", {.to = "a>@b.example", .subject = "", .text = ""}, ok.c_str(), "i@h"},
      {"non-ASCII", {.to = "ä@b.example", .subject = "", .text = ""}, ok.c_str(), "i@h"},
      {"long",
       {.to = std::string(250, 'a') + "@b.example", .subject = "", .text = ""},
       ok.c_str(),
       "i@h"},
      {"LF in from", good, "a@b.example\nX: y", "i@h"},
      {"LF in name", good, "A\nX: y <a@b.example>", "i@h"},
      {"LF in id", good, ok.c_str(), "i@h\nX: y"},
      {"bracket in id", good, ok.c_str(), "i@h>"},
      {"LF in header", with_header("X-A", "v\nBcc: x@y.example"), ok.c_str(), "i@h"},
      {"CR in header", with_header("X-A", "v\rX: y"), ok.c_str(), "i@h"},
      {"colon in name", with_header("X-A: b\r\nBcc", "x@y.example"), ok.c_str(), "i@h"},
      {"ours", with_header("bcc", "x@y.example"), ok.c_str(), "i@h"},
      {"ours, content", with_header("Content-Type", "text/html"), ok.c_str(), "i@h"},
      {"too long a word", with_header("X-A", std::string(1200, 'x')), ok.c_str(), "i@h"},
  };
  for (const auto& one : cases) {
    auto message = render_mime(one.mail, one.from, kDate, one.id);
    ASSERT_FALSE(message) << one.what;
    EXPECT_EQ(message.error().kind, ErrorKind::invalid) << one.what;
  }
  EXPECT_TRUE(render_mime(good, ok, kDate, "i@h"));
}

TEST(SmtpMail, NamesAreQuotedOrEncoded) {
  EXPECT_EQ(display_name("Ann Lee", 6), "Ann Lee");
  EXPECT_EQ(display_name("Lee, Ann \"x\"", 6), "\"Lee, Ann \\\"x\\\"\"");
  EXPECT_EQ(display_name("Zoë", 6), "=?UTF-8?B?Wm/Dqw==?=");
  EXPECT_EQ(*address_of("\"Lee, Ann\" <ann@customer.example>"), "ann@customer.example");
}

}  // namespace
}  // namespace trailkeeper::smtp
