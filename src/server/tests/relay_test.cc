#include "relay.h"

#include <gtest/gtest.h>

#include <memory>

#include "ingest/limits.h"
#include "testing/temp_store.h"

namespace trailkeeper::server {
namespace {

constexpr settings::ActionInfo kDone{"trailkeeper.test.done", "Did it", "Test", "configuration",
                                     "update"};

class AllOrgs final : public ingest::Organizations {
 public:
  bool exists(const OrgId&) const override { return true; }
};

// The least that there can be: only our own actions may get past it.
class NothingAllowed final : public ingest::OrgLimits {
 public:
  settings::Limits limits(const OrgId&) const override {
    return {.events_per_second = 1, .requests_per_second = 1, .burst_seconds = 1};
  }
};

class RelayTest : public testing::Test {
 protected:
  RelayTest() {
    journal_ = *journal::Journal::open({.folder = folder_.path() + "/journal"}, clock_, metrics_);
    journal_->start();
    limits_ = std::make_unique<ingest::Limits>(ingest::Limits::Settings{}, no_, metrics_);
    ingest_ = std::make_unique<ingest::Ingest>(*journal_, orgs_, clock_, metrics_, nullptr,
                                               limits_.get());
    relay_ = std::make_unique<OutboxRelay>(*store_, *ingest_, metrics_);
  }
  ~RelayTest() override { journal_->stop(); }

  void act(int count) {
    ASSERT_TRUE(store_->write([&](settings::WriteTx& tx) -> Result<> {
      for (int i = 0; i < count; ++i) {
        TRY(settings::add_to_outbox(
            tx, {.info = kDone, .org = acme_, .actor = settings::system_actor()}, clock_.now()));
      }
      return {};
    }));
  }
  std::uint64_t stored() { return journal_->last_seq(acme_).value; }

  const OrgId acme_ = *OrgId::parse("acme");
  settings::TempStore store_;
  settings::TempFolder folder_;
  metrics::Registry metrics_;
  ManualClock clock_{settings::at("2026-11-23T12:00:00Z")};
  AllOrgs orgs_;
  NothingAllowed no_;
  std::unique_ptr<journal::Journal> journal_;
  std::unique_ptr<ingest::Limits> limits_;
  std::unique_ptr<ingest::Ingest> ingest_;
  std::unique_ptr<OutboxRelay> relay_;
};

TEST_F(RelayTest, EachActionIsOneEntryAndCausesNoOther) {
  act(450);
  while (relay_->step()) {
  }
  EXPECT_EQ(stored(), 450u);
  EXPECT_TRUE(store_.outbox().empty());
  EXPECT_FALSE(relay_->step());
  EXPECT_EQ(stored(), 450u);
}

// Promise 2: the process ended after intake took them and before they were crossed out.
TEST_F(RelayTest, WhatIsSentAgainAfterACrashStaysOneEntry) {
  act(30);
  const auto waiting = store_.outbox();
  ASSERT_TRUE(relay_->step());
  ASSERT_EQ(stored(), 30u);
  ASSERT_TRUE(store_->write([&](settings::WriteTx& tx) -> Result<> {
    auto again = TRY(
        tx.database().prepare("INSERT INTO outbox (id, org, external_id, event) VALUES (?,?,?,?)"));
    for (const auto& entry : waiting)
      TRY(again.with(entry.id, entry.org, entry.external_id, entry.event).run());
    return {};
  }));
  act(5);
  while (relay_->step()) {
  }
  EXPECT_EQ(stored(), 35u);
  EXPECT_TRUE(store_.outbox().empty());
}

}  // namespace
}  // namespace trailkeeper::server
