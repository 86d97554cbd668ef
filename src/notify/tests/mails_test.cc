#include "notify/mails.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <memory>
#include <thread>

#include "base/file.h"
#include "settings/orgs.h"
#include "testing/fake_sender.h"
#include "testing/temp_store.h"

namespace trailkeeper::notify {
namespace {

using settings::at;
using settings::Export;
using settings::org_id;

const Error kBusy{ErrorKind::unavailable, "smtp_temporary", "451 later"};

class MailsTest : public ::testing::Test {
 protected:
  MailsTest() {
    store_.add_org({.id = org_id("acme"), .name = "Acme"});
    open(sender_);
  }

  void open(MailSender& sender) {
    mails_ = std::make_unique<Mails>(*store_, sender, clock_, metrics_,
                                     Mails::Options{.public_url = "https://audit.example/"});
  }

  Export ready_export(const std::string& email = "ann@acme.example") {
    return {.id = *Uuid::parse("0193a1b2-0000-7000-8000-000000000001"),
            .org = org_id("acme"),
            .state = settings::ExportState::ready,
            .requester_email = email,
            .created_at = clock_.now(),
            .expires_at = clock_.now() + std::chrono::hours(24)};
  }

  void queue(const Export& record) {
    const auto done =
        store_->write([&](settings::WriteTx& tx) { return mails_->download_ready(tx, record); });
    ASSERT_TRUE(done) << done.error().message;
  }
  std::uint64_t waiting() {
    return *store_->read([](settings::ReadTx& tx) { return settings::count_mails(tx); });
  }

  settings::TempStore store_;
  ManualClock clock_{at("2026-11-22T12:00:00Z")};
  metrics::Registry metrics_;
  FakeSender sender_;
  std::unique_ptr<Mails> mails_;
};

TEST_F(MailsTest, AReadyDownloadIsMailedOnce) {
  queue(ready_export());
  EXPECT_TRUE(mails_->send_one());
  EXPECT_FALSE(mails_->send_one());
  ASSERT_EQ(sender_.sent.size(), 1u);
  const auto& sent = sender_.sent[0];
  EXPECT_EQ(sent.mail.to, "ann@acme.example");
  EXPECT_EQ(sent.mail.subject, "Your audit log download for Acme is ready");
  EXPECT_EQ(sent.message_id, "export-0193a1b2-0000-7000-8000-000000000001@audit.example");
  const std::string link =
      "https://audit.example/v1/orgs/acme/exports/0193a1b2-0000-7000-8000-000000000001/file";
  EXPECT_NE(sent.mail.text.find(link + "\n"), std::string::npos);
  EXPECT_NE(sent.mail.html.find("href=\"" + link + "\""), std::string::npos);
}

TEST_F(MailsTest, WithNobodyToMailThereIsNoMail) {
  queue(ready_export(""));
  EXPECT_EQ(waiting(), 0u);
}

TEST_F(MailsTest, AChangeThatFailsMailsNobody) {
  const auto done = store_->write([&](settings::WriteTx& tx) -> Result<> {
    TRY(mails_->download_ready(tx, ready_export()));
    return Error{ErrorKind::conflict, "cancelled", "Too late."};
  });
  EXPECT_FALSE(done);
  EXPECT_FALSE(mails_->send_one());
}

TEST_F(MailsTest, AServerThatIsBusyIsTriedAgainWithGrowingPauses) {
  queue(ready_export());
  sender_.fault = kBusy;
  std::string pauses;
  for (int i = 0; i < 9; ++i) {
    EXPECT_TRUE(mails_->send_one());
    int seconds = 0;
    while (
        !store_
             ->read([&](settings::ReadTx& tx) { return settings::next_due_mail(tx, clock_.now()); })
             ->has_value()) {
      clock_.advance(std::chrono::seconds(30));
      seconds += 30;
    }
    pauses += std::to_string(seconds) + " ";
  }
  EXPECT_EQ(pauses, "30 60 120 240 480 960 1920 3600 3600 ");
  sender_.fault.reset();
  const Timestamp before = sender_.sent.empty() ? at("2026-11-22T12:00:00Z") : Timestamp{};
  EXPECT_TRUE(mails_->send_one());
  ASSERT_EQ(sender_.sent.size(), 1u);
  EXPECT_EQ(sender_.sent[0].date, before);
}

TEST_F(MailsTest, TheQueueSurvivesARestart) {
  queue(ready_export());
  sender_.fault = kBusy;
  EXPECT_TRUE(mails_->send_one());
  mails_.reset();
  store_.reopen();
  open(sender_);
  sender_.fault.reset();
  EXPECT_FALSE(mails_->send_one());
  clock_.advance(std::chrono::seconds(30));
  EXPECT_TRUE(mails_->send_one());
  EXPECT_EQ(sender_.sent.size(), 1u);
}

TEST_F(MailsTest, WhatIsRefusedForGoodDoesNotBlockTheOthers) {
  queue(ready_export());
  sender_.fault = Error{ErrorKind::failed, "smtp_refused", "550 no such user"};
  EXPECT_TRUE(mails_->send_one());
  EXPECT_EQ(waiting(), 0u);
  sender_.fault.reset();
  queue(ready_export("bob@acme.example"));
  EXPECT_TRUE(mails_->send_one());
  EXPECT_EQ(sender_.sent.at(0).mail.to, "bob@acme.example");
  EXPECT_NE(metrics_.text().find("trailkeeper_mails_given_up_total 1"), std::string::npos);
}

TEST_F(MailsTest, AfterThreeDaysItIsGivenUp) {
  queue(ready_export());
  sender_.fault = kBusy;
  clock_.advance(std::chrono::hours(72));
  EXPECT_TRUE(mails_->send_one());
  EXPECT_EQ(waiting(), 0u);
}

TEST_F(MailsTest, WithoutAServerMailsLandInAFolder) {
  const std::string folder = store_.folder() + "/outbox";
  FolderSender sender(folder, "Audit Logs <no-reply@audit.example>");
  open(sender);
  mails_->start();
  queue(ready_export());
  while (waiting() > 0) std::this_thread::yield();
  mails_->stop();
  std::vector<std::string> files;
  for (const auto& entry : std::filesystem::directory_iterator(folder))
    files.push_back(entry.path().string());
  ASSERT_EQ(files.size(), 1u);
  EXPECT_TRUE(files[0].ends_with(".eml"));
  const std::string mail = *read_file(files[0]);
  EXPECT_NE(mail.find("Subject: Your audit log download for Acme is ready\r\n"), std::string::npos);
  EXPECT_NE(mail.find("multipart/alternative"), std::string::npos);
}

}  // namespace
}  // namespace trailkeeper::notify
