#include <gtest/gtest.h>

#include <filesystem>

#include "json/document.h"
#include "packs/packs.h"
#include "settings/deliveries.h"
#include "testing/fake_places.h"
#include "testing/no_sink.h"
#include "testing/temp_store.h"

// The machine of runs, step by step: whole or not at all, the same bytes, on from any stop.
namespace trailkeeper::packs {
namespace {

using settings::PackRunState;

class RunnerTest : public ::testing::Test {
 protected:
  RunnerTest() {
    store_.add_org({.id = org_, .name = "Acme", .entitlements = {.data_packs = true}});
    begin();
    EXPECT_TRUE(packs_->put_source(
        "db", {.type = "postgresql", .host = "h", .database = "d", .user = "u"}, {}));
    definition_.name = "Numbers";
    definition_.source = "db";
    definition_.query = "SELECT n FROM t WHERE org = :org";
    definition_.compression = Packing::none;
    definition_.schedule.every = schedule::Recurrence::Every::hourly;
    definition_.part_rows = 4;
    release();
    EXPECT_TRUE(packs_->enable(org_, "numbers", {}));
    drain();
  }

  // As at a start of the server.
  void begin() {
    Settings settings;
    settings.staging_folder = folder_.path() + "/packs";
    settings.free_bytes_min = 0;
    settings.sign = [](const OrgId&, std::string_view, std::string_view object) {
      return Result<std::string>(std::string(object) + "\n");
    };
    settings.make_source = [this](const SourceSettings&) -> Result<std::unique_ptr<Source>> {
      return std::unique_ptr<Source>(new testing::FakeSource(database_));
    };
    settings.sftp = [this](const OrgId&) -> Result<std::unique_ptr<PackSink>> {
      return std::unique_ptr<PackSink>(new testing::FakeSink(there_));
    };
    settings.enabled = [this](const OrgId&) { return enabled_; };
    settings.tell = [this](settings::WriteTx&, const deliver::Notice& notice) -> Result<> {
      told_.push_back(notice.works_again ? "works" : "stopped");
      return {};
    };
    packs_.reset();
    packs_ = Packs::make(std::move(settings), *store_, destinations_, bucket_, sealer_, clock_,
                         metrics_);
  }
  void release() {
    EXPECT_TRUE(packs_->put_pack("numbers", definition_, {}));
    EXPECT_TRUE(packs_->release("numbers", 0, {}));
  }
  void drain() {
    for (int i = 0; i < 200 && packs_->step(); ++i) {
    }
  }
  void pass(Duration time) {
    clock_.advance(time);
    drain();
  }
  std::vector<RunView> runs() { return packs_->runs({.org = org_}, 200, "")->data; }
  RunView newest() { return runs().front(); }
  std::size_t manifests() {
    std::size_t count = 0;
    for (const auto& [name, content] : there_.files) count += name.ends_with("/manifest.json");
    return count;
  }

  static constexpr auto kHour = std::chrono::hours(1);
  const OrgId org_ = *OrgId::parse("acme");
  settings::TempStore store_;
  settings::TempFolder folder_;
  settings::Deliveries destinations_{*store_};
  deliver::testing::NoSink bucket_;
  const crypto::Sealer sealer_ = *crypto::Sealer::from_key(std::string(32, 'k'));
  ManualClock clock_{*parse_rfc3339("2026-11-23T10:20:00Z")};
  metrics::Registry metrics_;
  testing::FakeDatabase database_;
  testing::FakeFolder there_;
  bool enabled_ = true;
  std::vector<std::string> told_;
  Definition definition_;
  std::unique_ptr<Packs> packs_;
};

TEST_F(RunnerTest, AnHourIsDeliveredWhenItEndsWithTheManifestLast) {
  EXPECT_TRUE(runs().empty());
  pass(kHour);
  ASSERT_EQ(runs().size(), 1u);
  const RunView run = newest();
  EXPECT_EQ(run.run.state, PackRunState::delivered);
  EXPECT_EQ(format_rfc3339_seconds(run.run.interval_start), "2026-11-23T10:00:00Z");
  EXPECT_EQ(run.run.rows, 10u);
  ASSERT_EQ(there_.order.size(), 4u);
  EXPECT_TRUE(there_.order.back().ends_with("/manifest.json"));
  EXPECT_TRUE(there_.files.contains("numbers/latest.json"));
  EXPECT_FALSE(std::filesystem::exists(folder_.path() + "/packs/" + run.run.id.str()));
}

TEST_F(RunnerTest, HoursThatWereMissedEachHaveTheirRunInOrder) {
  pass(5 * kHour);
  const auto all = runs();
  ASSERT_EQ(all.size(), 5u);
  for (std::size_t i = 0; i + 1 < all.size(); ++i) {
    EXPECT_EQ(all[i].run.interval_start, all[i + 1].run.interval_end);
    EXPECT_EQ(all[i].run.previous_run, all[i + 1].run.id.str());
  }
  begin();
  drain();
  EXPECT_EQ(runs().size(), 5u);
  EXPECT_EQ(manifests(), 5u);
}

TEST_F(RunnerTest, ARetrySendsTheSameBytesWhateverTheSourceSaysByThen) {
  there_.fail_after = 1;
  pass(kHour);
  EXPECT_EQ(newest().run.state, PackRunState::delivering);
  EXPECT_EQ(manifests(), 0u);
  database_.rows = 99;
  begin();
  pass(std::chrono::minutes(30));
  EXPECT_EQ(newest().run.state, PackRunState::delivered);
  EXPECT_EQ(newest().run.rows, 10u);
  EXPECT_FALSE(there_.differs);
  EXPECT_EQ(there_.order.size(), 4u);
}

TEST_F(RunnerTest, AManifestThatArrivedUnheardIsNotSentAsAnother) {
  there_.fail_after = 3;
  pass(kHour);
  EXPECT_EQ(manifests(), 1u);
  const auto refused = packs_->cancel(org_, "numbers", newest().run.id, {});
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, "too_late");
  pass(std::chrono::minutes(30));
  EXPECT_EQ(newest().run.state, PackRunState::delivered);
  EXPECT_FALSE(there_.differs);
}

TEST_F(RunnerTest, ADatabaseThatIsAwayIsAskedAgainAndAQueryItRefusesIsNot) {
  database_.errors = {{ErrorKind::unavailable, "connect", "Nobody answers."}};
  pass(kHour);
  EXPECT_EQ(newest().run.state, PackRunState::due);
  EXPECT_EQ(newest().run.error, "Nobody answers.");
  pass(std::chrono::minutes(20));
  EXPECT_EQ(newest().run.state, PackRunState::delivered);
  database_.errors = {{ErrorKind::failed, "query", "There is no such table."}};
  pass(kHour);
  EXPECT_EQ(newest().run.state, PackRunState::failed);
  EXPECT_TRUE(packs_->retry(org_, "numbers", newest().run.id, {}));
  drain();
  EXPECT_EQ(newest().run.state, PackRunState::delivered);
}

TEST_F(RunnerTest, RowsThatBreakOffAreNeverSent) {
  database_.in_the_middle = Error{ErrorKind::unavailable, "connection_lost", "It broke off."};
  pass(kHour);
  EXPECT_EQ(newest().run.state, PackRunState::due);
  EXPECT_TRUE(there_.files.empty());
  database_.in_the_middle.reset();
  begin();
  pass(std::chrono::minutes(20));
  EXPECT_EQ(newest().run.rows, 10u);
}

TEST_F(RunnerTest, LostStagedFilesEndTheRunAndItIsRunAgainAsAnother) {
  there_.fail_after = 1;
  pass(kHour);
  std::filesystem::remove_all(folder_.path() + "/packs/" + newest().run.id.str());
  begin();
  pass(std::chrono::minutes(30));
  const Uuid lost = newest().run.id;
  EXPECT_EQ(newest().run.state, PackRunState::failed);
  EXPECT_EQ(packs_->retry(org_, "numbers", lost, {}).error().code, "wrong_state");
  EXPECT_TRUE(packs_->start_runs(org_, "numbers", {.replaces = lost}, {}));
  drain();
  EXPECT_EQ(newest().run.state, PackRunState::delivered);
  EXPECT_EQ(newest().run.replaces, lost.str());
  EXPECT_EQ(manifests(), 1u);
}

TEST_F(RunnerTest, TheMarkMovesWithTheDelivery) {
  definition_.mode = Mode::incremental;
  definition_.column = "n";
  release();
  pass(kHour);
  EXPECT_EQ(newest().run.rows, 10u);
  database_.rows = 15;
  there_.fail_after = 0;
  pass(kHour);
  EXPECT_TRUE(packs_->cancel(org_, "numbers", newest().run.id, {}));
  pass(kHour);
  EXPECT_EQ(newest().run.rows, 5u);
  pass(kHour);
  EXPECT_EQ(newest().run.rows, 0u);
  EXPECT_EQ(newest().run.state, PackRunState::delivered);
}

TEST_F(RunnerTest, AnOlderIntervalNeverBecomesTheLatest) {
  pass(2 * kHour);
  const std::string latest = there_.files["numbers/latest.json"];
  pass(std::chrono::minutes(1));
  EXPECT_TRUE(packs_->start_runs(org_, "numbers", {.replaces = runs().back().run.id}, {}));
  drain();
  EXPECT_EQ(newest().run.kind, "again");
  EXPECT_EQ(newest().run.state, PackRunState::delivered);
  EXPECT_EQ(there_.files["numbers/latest.json"], latest);
}

TEST_F(RunnerTest, AdminsAreToldOnceADayAndWhenItWorksAgain) {
  there_.blame = deliver::Blame::customer;
  there_.fail_after = 0;
  pass(kHour);
  EXPECT_EQ(told_, std::vector<std::string>{"stopped"});
  there_.fail_after = 0;
  pass(std::chrono::minutes(16));
  EXPECT_EQ(told_.size(), 1u);
  pass(std::chrono::minutes(16));
  EXPECT_EQ(told_, (std::vector<std::string>{"stopped", "works"}));
}

TEST_F(RunnerTest, WhatIsNotEnabledIsNotPlanned) {
  enabled_ = false;
  pass(3 * kHour);
  EXPECT_TRUE(runs().empty());
  enabled_ = true;
  pass(kHour);
  EXPECT_EQ(runs().size(), 1u);
}

TEST_F(RunnerTest, AConfirmedChangeLeavesTheVersionBeforeItsColumnsForTheNotice) {
  for (int i = 0; i < 3; ++i) pass(kHour);
  database_.columns.pop_back();
  pass(kHour);
  ASSERT_EQ(newest().run.state, PackRunState::held);
  const Uuid held = newest().run.id;
  ASSERT_TRUE(packs_->confirm_change("numbers", 1, {}));
  drain();
  const auto files_of = [&](const RunView& run) {
    std::string all;
    for (const auto& [name, content] : there_.files)
      if (name.find(run.run.id.str()) != std::string::npos && !name.ends_with("manifest.json"))
        all += content;
    return all;
  };
  std::map<int, int> delivered;
  for (const RunView& run : runs()) {
    EXPECT_EQ(run.run.state, PackRunState::delivered);
    ++delivered[run.run.version];
    if (run.run.id == held) EXPECT_EQ(run.run.version, 2);
    if (run.run.id == held) EXPECT_TRUE(files_of(run).starts_with("n\r\n1\r\n"));
    if (run.run.version == 1 && run.run.interval_start == newest().run.interval_start)
      EXPECT_TRUE(files_of(run).starts_with("n,org\r\n1,\r\n")) << files_of(run);
  }
  EXPECT_EQ(delivered, (std::map<int, int>{{1, 4}, {2, 1}}));
  pass(kHour);
  EXPECT_EQ(runs().size(), 7u);
  for (int i = 0; i < 26; ++i) pass(kHour);
  EXPECT_EQ(newest().run.version, 2);
  // What nobody has accepted holds the runs again.
  database_.columns.back().type = ColumnType::text;
  pass(kHour);
  EXPECT_EQ(newest().run.state, PackRunState::held);
}

}  // namespace
}  // namespace trailkeeper::packs
