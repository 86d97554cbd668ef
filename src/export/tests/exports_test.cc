#include "export/exports.h"

#include "bench.h"

namespace trailkeeper::exports {
namespace {

using ExportsTest = Bench;

RowQuery everything() { return {.org = *OrgId::parse("acme"), .filter = {}}; }

TEST_F(ExportsTest, AFileHoldsExactlyTheRows) {
  const Export asked = request();
  EXPECT_EQ(asked.state, ExportState::queued);
  EXPECT_EQ(fetch(asked), "not_ready");
  ASSERT_TRUE(exports_->make_one());
  EXPECT_FALSE(exports_->make_one());
  const Export ready = present(asked);
  EXPECT_EQ(ready.state, ExportState::ready);
  EXPECT_EQ(ready.rows, 100u);
  EXPECT_EQ(progress(ready), 1);
  EXPECT_EQ(fetch(ready), rows_.expected(everything()));
  EXPECT_EQ(fetch(ready).substr(0, 60),
            "Date,Username,Name,Application,Action,IP Address,Area\r\n2026-");
}

TEST_F(ExportsTest, AFilterAndARangeNarrowIt) {
  ExportRequest what;
  what.filter.email = "ann";
  what.filter.from = clock_.now() - std::chrono::hours(10);
  what.filter.to = clock_.now() - std::chrono::hours(2);
  const Export asked = request(what);
  ASSERT_TRUE(exports_->make_one());
  EXPECT_EQ(present(asked).rows, 4u);
  EXPECT_EQ(present(asked).filter, R"({"email":"ann"})");
  EXPECT_EQ(fetch(asked), rows_.expected({.org = org_id("acme"), .filter = what.filter}));
}

TEST_F(ExportsTest, EachFormIsAskedOfTheStore) {
  for (const char* format : {"csv", "jsonl", "parquet"}) {
    const Export asked = request({.format = format});
    ASSERT_TRUE(exports_->make_one());
    EXPECT_EQ(present(asked).rows, 100u);
    const auto opened = exports_->open(asked.org, asked.id, ann_);
    ASSERT_TRUE(opened);
    EXPECT_TRUE(opened->name.ends_with(std::string(".") + format)) << opened->name;
  }
  EXPECT_EQ(rows_.formats, (std::vector<Format>{Format::csv, Format::jsonl, Format::parquet}));
  const auto refused = exports_->request(org("acme"), {}, ann_, {.format = "xlsx"});
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().fields.front().pointer, "/format");
}

// The estimate holds the viewing window as the file does.
TEST_F(ExportsTest, AnEstimateCountsWhatTheFileWouldHold) {
  const auto all = exports_->estimate(org("acme"), {}, {});
  ASSERT_TRUE(all);
  EXPECT_EQ(all->rows, 100u);
  EXPECT_EQ(all->jsonl_bytes, 10'000u);
  const auto seen = exports_->estimate(org("acme"), clock_.now() - std::chrono::hours(24), {});
  ASSERT_TRUE(seen);
  EXPECT_EQ(seen->rows, 25u);
  events::Filter before;
  before.to = clock_.now() - std::chrono::hours(48);
  EXPECT_FALSE(exports_->estimate(org("acme"), clock_.now() - std::chrono::hours(24), before));
}

// REQUIREMENTS B4: what was in the viewing window when it was asked for, and nothing that came
// later.
TEST_F(ExportsTest, WhatItHoldsIsFixedWhenItIsAskedFor) {
  const Timestamp visible_from = clock_.now() - std::chrono::hours(24);
  const Export asked = request({}, visible_from);
  EXPECT_EQ(asked.from, visible_from);
  clock_.advance(std::chrono::hours(5));
  rows_.add(org_id("acme"), at("2026-11-22T11:30:00Z"), "late@x.y");
  ASSERT_TRUE(exports_->make_one());
  EXPECT_EQ(present(asked).rows, 25u);
  EXPECT_EQ(fetch(asked).find("late@x.y"), std::string::npos);
}

TEST_F(ExportsTest, ARangeBeforeTheWindowIsRefused) {
  const Timestamp visible_from = clock_.now() - std::chrono::hours(24);
  ExportRequest what;
  what.filter.from = clock_.now() - std::chrono::hours(90);
  EXPECT_EQ(request(what, visible_from).from, visible_from);
  what.filter.to = clock_.now() - std::chrono::hours(24);
  const auto refused = exports_->request(org("acme"), visible_from, ann_, what);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().kind, ErrorKind::invalid);
  EXPECT_EQ(Error(refused.error()).fields.at(0).pointer, "/to");
  what.filter.from = what.filter.to;
  EXPECT_EQ(exports_->request(org("acme"), {}, ann_, what).error().kind, ErrorKind::invalid);
  EXPECT_EQ(exports_->request(org("acme"), {}, ann_, {.format = "xlsx"}).error().kind,
            ErrorKind::invalid);
  EXPECT_EQ(exports_->list(org_id("acme"), {}, 10)->size(), 1u);
}

TEST_F(ExportsTest, ItWaitsUntilTheStoreHoldsWhatWasThere) {
  rows_.held_until = clock_.now();
  const Export asked = request();
  EXPECT_FALSE(exports_->make_one());
  EXPECT_EQ(present(asked).state, ExportState::queued);
  rows_.held_until = clock_.now() + Duration(1);
  EXPECT_TRUE(exports_->make_one());
  EXPECT_EQ(present(asked).state, ExportState::ready);
}

TEST_F(ExportsTest, ItExpiresByTheBusinessClockAndTheFileGoes) {
  const Export asked = request();
  clock_.advance(std::chrono::hours(3));
  ASSERT_TRUE(exports_->make_one());
  EXPECT_EQ(present(asked).expires_at, clock_.now() + std::chrono::hours(24));
  clock_.advance(std::chrono::hours(24) - Duration(1));
  ASSERT_TRUE(exports_->expire());
  EXPECT_EQ(present(asked).state, ExportState::ready);
  EXPECT_EQ(files().size(), 1u);
  clock_.advance(Duration(1));
  EXPECT_EQ(fetch(asked), "expired");
  EXPECT_EQ(present(asked).state, ExportState::expired);
  ASSERT_TRUE(exports_->expire());
  EXPECT_TRUE(files().empty());
  EXPECT_EQ(fetch(asked), "expired");
}

TEST_F(ExportsTest, TheOrgsOwnLinkTimeCounts) {
  settings::Org acme = org("acme");
  acme.link_hours = 168;
  store_.add_org(acme);
  const Export asked = request();
  ASSERT_TRUE(exports_->make_one());
  EXPECT_EQ(present(asked).expires_at, clock_.now() + std::chrono::hours(168));
}

// Promise 7.
TEST_F(ExportsTest, NothingOfItOpensFromAnotherOrg) {
  const Export asked = request();
  ASSERT_TRUE(exports_->make_one());
  const OrgId other = org_id("globex");
  EXPECT_EQ(exports_->find(other, asked.id).error().kind, ErrorKind::not_found);
  EXPECT_EQ(exports_->open(other, asked.id, ann_).error().code, "export_not_found");
  EXPECT_EQ(exports_->cancel(other, asked.id, ann_).error().kind, ErrorKind::not_found);
  EXPECT_TRUE(exports_->list(other, {}, 10)->empty());
  EXPECT_EQ(fetch(asked).find("globex"), std::string::npos);
}

TEST_F(ExportsTest, TheNoticeComesOnceWithTheReadyFile) {
  const Export asked = request();
  EXPECT_TRUE(noticed_.empty());
  ASSERT_TRUE(exports_->make_one());
  ASSERT_EQ(noticed_.size(), 1u);
  EXPECT_EQ(noticed_[0].id, asked.id);
  EXPECT_EQ(noticed_[0].requester_email, "ann@x.y");
  EXPECT_EQ(noticed_[0].state, ExportState::ready);
}

// REQUIREMENTS A5, A9: each ask and each fetch.
TEST_F(ExportsTest, AskingAndFetchingAreInTheTrail) {
  const Export asked = request();
  ASSERT_TRUE(exports_->make_one());
  fetch(asked);
  fetch(asked);
  const auto requested = store_.outbox("trailkeeper.export.requested");
  ASSERT_EQ(requested.size(), 1u);
  EXPECT_EQ(requested[0].org, org_id("acme"));
  EXPECT_NE(requested[0].event.find("192.0.2.1"), std::string::npos);
  const auto fetched = store_.outbox("trailkeeper.export.downloaded");
  ASSERT_EQ(fetched.size(), 2u);
  EXPECT_NE(fetched[0].event.find(R"("rows":100)"), std::string::npos);
}

TEST_F(ExportsTest, AStoreThatBreaksInTheMiddleIsTriedAgainFromTheBeginning) {
  const Export asked = request();
  rows_.fail_after = 60;
  EXPECT_TRUE(exports_->make_one());
  EXPECT_EQ(present(asked).state, ExportState::queued);
  EXPECT_TRUE(files().empty());
  EXPECT_FALSE(exports_->make_one());  // not at once
  rows_.fail_after = SIZE_MAX;
  clock_.advance(std::chrono::seconds(2));
  EXPECT_TRUE(exports_->make_one());
  EXPECT_EQ(fetch(asked), rows_.expected(everything()));
  EXPECT_EQ(noticed_.size(), 1u);
}

TEST_F(ExportsTest, WhatCannotWorkFailsWithASentence) {
  rows_.fault = Error{ErrorKind::too_large, "store_limit", "code 241"};
  const Export asked = request();
  ASSERT_TRUE(exports_->make_one());
  EXPECT_EQ(present(asked).state, ExportState::failed);
  EXPECT_EQ(present(asked).error,
            "It is too much for one file. Choose a shorter range or a filter.");
  EXPECT_EQ(fetch(asked), "export_not_found");
  EXPECT_TRUE(noticed_.empty());
}

TEST_F(ExportsTest, AfterADayOfTriesItIsGivenUp) {
  const Export asked = request();
  rows_.fail_after = 0;
  clock_.advance(std::chrono::hours(24));
  ASSERT_TRUE(exports_->make_one());
  EXPECT_EQ(present(asked).state, ExportState::failed);
}

TEST_F(ExportsTest, OneThatIsBeingMadeCanBeCancelled) {
  const Export asked = request();
  rows_.after_row = [&](std::size_t rows) {
    if (rows == 10) {
      ASSERT_TRUE(exports_->cancel(org_id("acme"), asked.id, ann_));
    }
    ASSERT_LT(rows, 30u);
  };
  ASSERT_TRUE(exports_->make_one());
  EXPECT_EQ(present(asked).state, ExportState::cancelled);
  EXPECT_TRUE(files().empty());
  EXPECT_EQ(exports_->cancel(org_id("acme"), asked.id, ann_).error().code, "not_running");
}

TEST_F(ExportsTest, ProgressIsSeenWhileItIsMade) {
  const Export asked = request();
  double seen = 0;
  rows_.after_row = [&](std::size_t rows) {
    if (rows == 50) seen = progress(present(asked));
  };
  ASSERT_TRUE(exports_->make_one());
  EXPECT_NEAR(seen, 0.45, 0.06);
}

// Promise 8: a limit for what comes in.
TEST_F(ExportsTest, AnOrgCannotQueueWithoutEnd) {
  for (int i = 0; i < 5; ++i) request();
  const auto refused = exports_->request(org("acme"), {}, ann_, {});
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().kind, ErrorKind::limited);
  EXPECT_TRUE(exports_->request(org("globex"), {}, ann_, {}));
  EXPECT_EQ(store_.outbox("trailkeeper.export.requested").size(), 6u);
}

TEST_F(ExportsTest, TheBackgroundMakesThem) {
  exports_->start();
  const Export asked = request();
  while (present(asked).state != ExportState::ready) std::this_thread::yield();
  exports_->stop();
  EXPECT_EQ(fetch(asked), rows_.expected(everything()));
}

}  // namespace
}  // namespace trailkeeper::exports
