#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "base/bytes.h"
#include "crypto/hash.h"
#include "packs/packs.h"
#include "settings/deliveries.h"
#include "settings/orgs.h"
#include "testing/fake_places.h"
#include "testing/no_sink.h"
#include "testing/temp_store.h"

// The watched folder: a set is taken whole and once, or it stays and is said to.
namespace trailkeeper::packs {
namespace {

namespace fs = std::filesystem;
using State = FolderEntry::State;

std::string sha256_hex(const std::string& text) { return to_hex(as_text(crypto::sha256(text))); }

class FolderTest : public ::testing::Test {
 protected:
  FolderTest() {
    store_.add_org({.id = org_, .name = "Acme", .entitlements = {.data_packs = true}});
    fs::create_directories(drop_);
    Settings settings;
    settings.staging_folder = folder_.path() + "/packs";
    settings.free_bytes_min = 0;
    settings.enabled = [](const OrgId&) { return true; };
    settings.watched = {.folder = drop_, .quiet = Duration::zero()};
    settings.files.file_bytes_max = 1000;
    settings.files.set_files_max = 3;
    packs_ = Packs::make(std::move(settings), *store_, destinations_, bucket_, sealer_, clock_,
                         metrics_);
    EXPECT_TRUE(packs_->put_source("nightly", {.type = "folder"}, {}));
  }

  void write(const std::string& path, const std::string& content) {
    fs::create_directories(fs::path(drop_ + "/" + path).parent_path());
    std::ofstream(drop_ + "/" + path) << content;
  }
  void write_set(const std::string& path, const std::map<std::string, std::string>& files) {
    std::string list;
    for (const auto& [name, content] : files) {
      write(path + "/" + name, content);
      list += sha256_hex(content) + "  " + name + "\n";
    }
    write(path + "/SHA256SUMS", list);
  }
  void look() {
    clock_.advance(std::chrono::seconds(1));  // sets are listed by their time
    for (int i = 0; i < 20 && packs_->step(); ++i) {
    }
  }
  std::vector<FileSetView> sets() {
    return packs_->files().sets("nightly", std::nullopt, 100, "")->data;
  }
  // The only entry's state and code.
  std::pair<State, std::string> entry() {
    const auto entries = packs_->watched_folder().entries;
    if (entries.size() != 1) return {State::left, std::to_string(entries.size()) + " entries"};
    return {entries[0].state, entries[0].code};
  }
  std::pair<State, std::string> waiting(const char* code) { return {State::waiting, code}; }
  std::pair<State, std::string> refused(const char* code) { return {State::refused, code}; }
  std::string content_of(const settings::FileUpload& file) {
    return *read_file(folder_.path() + "/packs/uploads/" + file.id.str());
  }
  bool there(const std::string& path) { return fs::exists(fs::symlink_status(drop_ + "/" + path)); }

  const OrgId org_ = *OrgId::parse("acme");
  settings::TempStore store_;
  settings::TempFolder folder_;
  const std::string drop_ = folder_.path() + "/drop";
  settings::Deliveries destinations_{*store_};
  deliver::testing::NoSink bucket_;
  const crypto::Sealer sealer_ = *crypto::Sealer::from_key(std::string(32, 'k'));
  ManualClock clock_{*parse_rfc3339("2026-11-23T10:20:00Z")};
  metrics::Registry metrics_;
  std::unique_ptr<Packs> packs_;
};

TEST_F(FolderTest, ASetIsTakenWithItsListAndLeavesTheFolder) {
  write_set("nightly/acme/20261123T060000Z", {{"a.csv", "x\n"}, {"b.csv", ""}});
  look();
  ASSERT_EQ(sets().size(), 1u);
  const FileSetView taken = sets()[0];
  EXPECT_EQ(taken.set.name, "2026-11-23T06:00:00Z");
  EXPECT_EQ(taken.set.interval_start, parse_rfc3339("2026-11-23T06:00:00Z"));
  EXPECT_EQ(taken.set.state, "complete");
  ASSERT_EQ(taken.files.size(), 2u);
  EXPECT_EQ(content_of(taken.files[0]), "x\n");
  EXPECT_TRUE(taken.files[1].complete);
  EXPECT_FALSE(there("nightly/acme/20261123T060000Z"));
  EXPECT_TRUE(fs::is_empty(drop_ + "/nightly/acme"));
  EXPECT_TRUE(packs_->watched_folder().entries.empty());
}

TEST_F(FolderTest, WhatIsNotWholeWaitsAndSaysForWhat) {
  write("nightly/acme/q3/a.csv", "x");
  look();
  EXPECT_EQ(entry(), waiting("no_list"));
  const std::string list = sha256_hex("xy") + "  a.csv\n" + sha256_hex("z") + " *./b.csv\n";
  write("nightly/acme/q3/SHA256SUMS", list.substr(0, 90));
  look();
  EXPECT_EQ(entry(), waiting("list_cut"));
  write("nightly/acme/q3/SHA256SUMS", list);
  look();
  EXPECT_EQ(entry(), waiting("files_missing"));
  write("nightly/acme/q3/b.csv", "z");
  write("nightly/acme/q3/c.csv", "not listed");
  look();
  EXPECT_EQ(entry(), waiting("not_listed"));
  fs::remove(drop_ + "/nightly/acme/q3/c.csv");
  look();
  EXPECT_EQ(entry(), waiting("sha256_differs"));
  look();
  EXPECT_EQ(entry(), waiting("sha256_differs"));
  EXPECT_TRUE(sets().empty());
  EXPECT_FALSE(fs::exists(folder_.path() + "/packs/uploads") &&
               !fs::is_empty(folder_.path() + "/packs/uploads"));
  write("nightly/acme/q3/a.csv", "xy");
  look();
  ASSERT_EQ(sets().size(), 1u);
  EXPECT_EQ(sets()[0].set.name, "q3");
}

TEST_F(FolderTest, NothingOutsideIsReached) {
  const std::string secret = folder_.path() + "/secret";
  std::ofstream(secret) << "secret";
  const std::string list = sha256_hex("secret") + "  a.csv\n";
  const auto set = [&](const std::string& path) { write(path + "/SHA256SUMS", list); };
  const auto remove = [&](const std::string& path) { fs::remove_all(drop_ + "/" + path); };

  set("nightly/acme/one");
  fs::create_symlink(secret, drop_ + "/nightly/acme/one/a.csv");
  look();
  EXPECT_EQ(entry(), refused("not_a_file"));
  fs::remove(drop_ + "/nightly/acme/one/a.csv");
  fs::create_hard_link(secret, drop_ + "/nightly/acme/one/a.csv");
  look();
  EXPECT_EQ(entry(), refused("not_a_file"));
  fs::remove(drop_ + "/nightly/acme/one/a.csv");
  ASSERT_EQ(::mkfifo((drop_ + "/nightly/acme/one/a.csv").c_str(), 0600), 0);
  look();
  EXPECT_EQ(entry(), refused("not_a_file"));
  remove("nightly/acme/one");

  const std::string elsewhere = folder_.path() + "/elsewhere";
  fs::create_directories(elsewhere + "/acme/one");
  std::ofstream(elsewhere + "/acme/one/SHA256SUMS") << list;
  std::ofstream(elsewhere + "/acme/one/a.csv") << "secret";
  for (const std::string path : {"nightly", "nightly/acme", "nightly/acme/one"}) {
    remove("nightly");
    fs::create_directories(fs::path(drop_ + "/" + path).parent_path());
    fs::create_symlink(elsewhere + path.substr(std::string("nightly").size()), drop_ + "/" + path);
    look();
    EXPECT_EQ(entry(), refused("not_a_folder")) << path;
  }
  EXPECT_TRUE(sets().empty());
  EXPECT_TRUE(fs::exists(elsewhere + "/acme/one/a.csv"));
}

TEST_F(FolderTest, WhatBelongsToNobodyIsRefused) {
  write_set("weekly/acme/one", {{"a", "x"}});
  look();
  EXPECT_EQ(entry(), refused("unknown_source"));
  fs::remove_all(drop_ + "/weekly");
  write_set("nightly/nobody/one", {{"a", "x"}});
  look();
  EXPECT_EQ(entry(), refused("unknown_organization"));
  fs::remove_all(drop_ + "/nightly");
  write_set("nightly/acme/a b", {{"a", "x"}});
  look();
  EXPECT_EQ(entry(), refused("bad_name"));
  fs::remove_all(drop_ + "/nightly");
  write_set("nightly/acme/large", {{"a", std::string(1001, 'x')}});
  look();
  EXPECT_EQ(entry(), refused("file_too_large"));
  fs::remove_all(drop_ + "/nightly");
  write_set("nightly/acme/many", {{"a", "1"}, {"b", "2"}, {"c", "3"}, {"d", "4"}});
  look();
  EXPECT_EQ(entry(), refused("too_many_files"));
  EXPECT_TRUE(sets().empty());
}

TEST_F(FolderTest, AnIntervalThatNoPackHasIsRefused) {
  Definition definition{.name = "Daily", .source = "nightly", .files = "*.csv"};
  definition.schedule.every = schedule::Recurrence::Every::daily;
  definition.schedule.hour = 6;
  ASSERT_TRUE(packs_->put_pack("daily", definition, {}));
  write_set("nightly/acme/20261123T070000Z", {{"a.csv", "x\n"}});
  look();
  EXPECT_EQ(entry(), refused("no_interval"));
  EXPECT_TRUE(there("nightly/acme/20261123T070000Z/a.csv"));
  fs::rename(drop_ + "/nightly/acme/20261123T070000Z", drop_ + "/nightly/acme/20261123T060000Z");
  look();
  EXPECT_EQ(sets().size(), 1u);
}

TEST_F(FolderTest, ARunThatWaitsSaysWhatTheFolderSays) {
  Definition definition{.name = "Daily", .source = "nightly", .files = "*.csv"};
  definition.schedule.every = schedule::Recurrence::Every::daily;
  definition.schedule.hour = 6;
  ASSERT_TRUE(packs_->put_pack("daily", definition, {}));
  ASSERT_TRUE(packs_->release("daily", std::nullopt, {}));
  ASSERT_TRUE(packs_->enable(org_, "daily", {}));
  const auto run = [&] {
    look();
    return packs_->runs({.org = org_}, 10, "")->data.at(0);
  };
  const std::string set = "nightly/acme/20261123T060000Z";
  clock_.advance(std::chrono::hours(20));
  EXPECT_EQ(run().run.error, "The files of this interval have not arrived.");
  EXPECT_EQ(run().folder_reason, "");
  write("nightly/nobody/20261123T060000Z/a.csv", "of nobody");
  write("nightly/acme/20261122T060000Z/a.csv", "of the day before");
  EXPECT_EQ(run().folder_reason, "");
  write(set + "/a.csv", "x\n");
  EXPECT_EQ(run().folder_reason,
            "In the watched folder, " + set + ": SHA256SUMS is not there yet; files that are: 1.");
  fs::remove_all(drop_ + "/nightly/acme");
  std::ofstream(drop_ + "/nightly/acme") << "no folder";
  EXPECT_TRUE(run().folder_reason.starts_with("In the watched folder, nightly/acme: "));
  fs::remove_all(drop_);
  EXPECT_TRUE(run().folder_reason.starts_with("The watched folder cannot be read: "));
  EXPECT_EQ(run().run.state, settings::PackRunState::due);
}

TEST_F(FolderTest, TheSameFilesAreNoNewSetAndOthersAreItsNextRevision) {
  write_set("nightly/acme/one", {{"a", "x"}});
  look();
  write_set("nightly/acme/one", {{"a", "x"}});
  look();
  EXPECT_EQ(sets().size(), 1u);
  EXPECT_FALSE(there("nightly/acme/one"));
  write_set("nightly/acme/one", {{"a", "y"}});
  look();
  ASSERT_EQ(sets().size(), 2u);
  EXPECT_EQ(sets()[0].set.revision, 2);
  write_set("nightly/acme/one", {{"a", "x"}});
  look();
  EXPECT_EQ(sets().size(), 3u);
}

TEST_F(FolderTest, AfterAStopWhatWasTakenIsClearedAndWhatCameLaterComesBack) {
  write_set("nightly/acme/one", {{"a", "x"}, {"b", "y"}});
  look();
  ASSERT_EQ(sets().size(), 1u);
  const std::string hidden = "nightly/acme/.taken.one." + sets()[0].set.id.str();
  // Stopped after its name was hidden and `a` removed; `b` was replaced before, and `c` is new.
  write(hidden + "/b", "other");
  write(hidden + "/c", "new");
  write(hidden + "/.c.part", "cut");
  write(hidden + "/SHA256SUMS", sha256_hex("x") + "  a\n" + sha256_hex("y") + "  b\n");
  look();
  look();
  EXPECT_FALSE(there(hidden));
  EXPECT_EQ(*read_file(drop_ + "/nightly/acme/one/b"), "other");
  EXPECT_EQ(*read_file(drop_ + "/nightly/acme/one/c"), "new");
  EXPECT_FALSE(there("nightly/acme/one/SHA256SUMS"));
  EXPECT_EQ(entry(), waiting("no_list"));
  EXPECT_EQ(sets().size(), 1u);
}

TEST_F(FolderTest, AHiddenSetThatTheSettingsDoNotKnowIsTakenAgain) {
  const std::string id = Uuid::v7(clock_.now()).str();
  write_set("nightly/acme/.taken.one." + id, {{"a", "x"}});
  look();
  look();
  ASSERT_EQ(sets().size(), 1u);
  EXPECT_EQ(sets()[0].set.name, "one");
  EXPECT_TRUE(fs::is_empty(drop_ + "/nightly/acme"));
}

TEST_F(FolderTest, HiddenNamesAreLeftAlone) {
  write_set("nightly/acme/.one", {{"a", "x"}});
  write_set("nightly/.acme/one", {{"a", "x"}});
  write_set(".nightly/acme/one", {{"a", "x"}});
  look();
  EXPECT_TRUE(packs_->watched_folder().entries.empty());
  EXPECT_TRUE(sets().empty());
  fs::rename(drop_ + "/nightly/acme/.one", drop_ + "/nightly/acme/one");
  look();
  EXPECT_EQ(sets().size(), 1u);
}

TEST_F(FolderTest, AFolderThatIsNotThereIsSaid) {
  fs::remove_all(drop_);
  look();
  EXPECT_FALSE(packs_->watched_folder().problem.empty());
  EXPECT_FALSE(packs_->check_source("nightly")->ok);
  fs::create_directories(drop_ + "/nightly");
  look();
  EXPECT_TRUE(packs_->watched_folder().problem.empty());
  EXPECT_TRUE(packs_->check_source("nightly")->ok);
}

}  // namespace
}  // namespace trailkeeper::packs
