#include "smtp/send.h"

#include <gtest/gtest.h>

#include "testing/fake_smtp.h"

namespace trailkeeper::smtp {
namespace {

const Timestamp kDate = *parse_rfc3339("2026-11-22T14:02:58Z");
const Mail kMail{.to = "Ann <ann@customer.example>", .subject = "Ready", .text = "one\n.two\n"};

Settings settings_for(const FakeSmtp& server) {
  return {.host = "127.0.0.1",
          .port = server.port(),
          .tls = Tls::none,
          .from = "Trailkeeper <audit@vendor.example>"};
}

TEST(SmtpSend, TheServerGetsTheMessageAsRendered) {
  FakeSmtp server;
  auto sent = send(settings_for(server), kMail, kDate, "i@h");
  ASSERT_TRUE(sent) << sent.error().message;
  auto mails = server.received();
  ASSERT_EQ(mails.size(), 1u);
  EXPECT_TRUE(mails[0].from.starts_with("<audit@vendor.example>")) << mails[0].from;
  EXPECT_EQ(mails[0].to, "<ann@customer.example>");
  EXPECT_EQ(mails[0].data, *render_mime(kMail, "Trailkeeper <audit@vendor.example>", kDate, "i@h"));
}

TEST(SmtpSend, SignsIn) {
  FakeSmtp server;
  auto settings = settings_for(server);
  settings.username = "u";
  settings.password = "p";
  ASSERT_TRUE(send(settings, kMail, kDate, "i@h"));
  bool signed_in = false;
  for (const auto& line : server.commands()) signed_in |= line.starts_with("AUTH PLAIN");
  EXPECT_TRUE(signed_in);
}

struct Reply {
  const char* command;
  const char* reply;
  ErrorKind kind;
  const char* code;
};

class SmtpReplies : public testing::TestWithParam<Reply> {};

TEST_P(SmtpReplies, SayWhetherToTryAgain) {
  const auto& one = GetParam();
  FakeSmtp server(std::map<std::string, std::string>{{one.command, one.reply}});
  auto settings = settings_for(server);
  settings.username = "u";
  settings.password = "p";
  auto sent = send(settings, kMail, kDate, "i@h");
  ASSERT_FALSE(sent);
  EXPECT_EQ(sent.error().kind, one.kind) << sent.error().message;
  EXPECT_EQ(sent.error().code, one.code) << sent.error().message;
  EXPECT_TRUE(server.received().empty());
}

INSTANTIATE_TEST_SUITE_P(
    All, SmtpReplies,
    testing::Values(Reply{"GREETING", "421 busy", ErrorKind::unavailable, "smtp_temporary"},
                    Reply{"GREETING", "554 no", ErrorKind::failed, "smtp_refused"},
                    Reply{"GREETING", "CUT", ErrorKind::unavailable, "cut"},
                    Reply{"AUTH", "535 wrong", ErrorKind::failed, "smtp_auth"},
                    Reply{"AUTH", "454 later", ErrorKind::unavailable, "smtp_temporary"},
                    Reply{"MAIL", "550 not you", ErrorKind::failed, "smtp_refused"},
                    Reply{"MAIL", "451 later", ErrorKind::unavailable, "smtp_temporary"},
                    Reply{"RCPT", "550 nobody", ErrorKind::failed, "smtp_refused"},
                    Reply{"RCPT", "450 greylisted", ErrorKind::unavailable, "smtp_temporary"},
                    Reply{"RCPT", "CUT", ErrorKind::unavailable, "cut"},
                    Reply{"DATA", "554 no", ErrorKind::failed, "smtp_refused"},
                    Reply{"END", "452 full", ErrorKind::unavailable, "smtp_temporary"},
                    Reply{"END", "552 too big", ErrorKind::failed, "smtp_refused"},
                    Reply{"END", "CUT", ErrorKind::unavailable, "cut"}));

TEST(SmtpSend, NothingIsSaidWithoutTheTlsAskedFor) {
  FakeSmtp server;
  auto settings = settings_for(server);
  settings.tls = Tls::starttls;
  settings.username = "u";
  settings.password = "p";
  auto sent = send(settings, kMail, kDate, "i@h");
  ASSERT_FALSE(sent);
  EXPECT_EQ(sent.error().kind, ErrorKind::failed);
  EXPECT_EQ(sent.error().code, "tls");
  for (const auto& line : server.commands()) {
    EXPECT_FALSE(line.starts_with("AUTH") || line.starts_with("MAIL")) << line;
  }
}

TEST(SmtpSend, BadSettings) {
  Settings settings{.host = "mail.example",
                    .tls = Tls::none,
                    .username = "u",
                    .password = "p",
                    .from = "a@b.example"};
  EXPECT_EQ(send(settings, kMail, kDate, "i@h").error().code, "bad_settings");
  settings.host = "mail.example/path?x";
  settings.tls = Tls::starttls;
  EXPECT_EQ(send(settings, kMail, kDate, "i@h").error().code, "bad_settings");
}

TEST(SmtpSend, NobodyListens) {
  std::uint16_t port = 0;
  { port = FakeSmtp().port(); }
  Settings settings{.host = "127.0.0.1", .port = port, .tls = Tls::none, .from = "a@b.example"};
  auto sent = send(settings, kMail, kDate, "i@h");
  ASSERT_FALSE(sent);
  EXPECT_EQ(sent.error().kind, ErrorKind::unavailable);
  EXPECT_EQ(sent.error().code, "connect");
}

}  // namespace
}  // namespace trailkeeper::smtp
