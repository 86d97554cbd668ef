#include "settings/deliveries.h"

#include <gtest/gtest.h>

#include <filesystem>

#include "testing/temp_store.h"

namespace trailkeeper::settings {
namespace {

class DeliveriesTest : public testing::Test {
 protected:
  void reopen() {
    store_.reset();
    settings_.reopen();
    store_.emplace(*settings_);
  }
  // A destination in use whose stream starts at entry 1.
  Stream begin(const OrgId& org, const std::string& bucket) {
    put(org, bucket);
    EXPECT_TRUE(
        store_->record_validation(*store_->find(org, "main"), {.ok = true, .checks = "[]"}, now_));
    EXPECT_TRUE(store_->activate(org, "main", false, now_));
    const Stream opened = store_->open_stream(org, "main").value().value();
    EXPECT_TRUE(store_->begin_stream(opened.id, Seq{1}, now_));
    return store_->open_stream(org, "main").value().value();
  }
  void put(const OrgId& org, const std::string& bucket, const std::string& path = "p") {
    const auto made = store_->put({.org = org,
                                   .id = "main",
                                   .shown = {.bucket = bucket, .region = "r", .path = path},
                                   .session_name = "tk-" + org.str(),
                                   .external_id = "ext",
                                   .now = now_});
    ASSERT_TRUE(made) << made.error().message;
  }
  schedule::Window hour(int number) const {
    const Timestamp start = at("2026-11-22T14:00:00Z") + std::chrono::hours(number);
    return {start, start + std::chrono::hours(1), start + std::chrono::hours(1)};
  }

  const OrgId acme_ = *OrgId::parse("acme");
  const OrgId other_ = *OrgId::parse("other");
  const Timestamp now_ = at("2026-11-22T14:10:00Z");
  TempStore settings_;
  std::optional<Deliveries> store_{*settings_};
};

TEST_F(DeliveriesTest, WindowsOfAStreamAreContiguous) {
  const Stream stream = begin(acme_, "b");
  ASSERT_TRUE(store_->add_window(stream.id, hour(0), Seq{10}, 10));
  ASSERT_TRUE(store_->add_window(stream.id, hour(1), Seq{10}, 10));
  // A gap in time, the same hour again, and seqs that go back are refused.
  EXPECT_EQ(store_->add_window(stream.id, hour(3), Seq{20}, 20).error().kind, ErrorKind::failed);
  EXPECT_EQ(store_->add_window(stream.id, hour(1), Seq{20}, 20).error().kind, ErrorKind::failed);
  EXPECT_EQ(store_->add_window(stream.id, hour(2), Seq{9}, 20).error().kind, ErrorKind::failed);
  reopen();
  const auto last = store_->last_window(stream.id).value().value();
  EXPECT_EQ(last.number, 2);
  EXPECT_EQ(last.first_seq, Seq{11});
  EXPECT_EQ(last.last_seq, Seq{10});
  EXPECT_EQ(store_->next_window(stream.id).value()->number, 0);
}

TEST_F(DeliveriesTest, AWindowIsStagedOnceAndItsObjectsStay) {
  const Stream stream = begin(acme_, "b");
  const std::int64_t window = store_->next_window(stream.id).value()->id;
  StagedObject object{.key = "k",
                      .file = "f",
                      .bytes = 3,
                      .rows = 2,
                      .md5 = std::string(16, '\0'),
                      .manifest = true};
  object.sha256.fill(7);
  ASSERT_TRUE(store_->record_staged(window, 1, 2, {object}, now_));
  EXPECT_EQ(store_->record_staged(window, 1, 2, {object}, now_).error().code, "window_gone");
  ASSERT_TRUE(store_->confirm_object(window, 0));
  reopen();
  const auto kept = store_->staged(window).value();
  ASSERT_EQ(kept.size(), 1u);
  EXPECT_EQ(kept[0].sha256, object.sha256);
  EXPECT_EQ(kept[0].md5, object.md5);
  EXPECT_TRUE(kept[0].confirmed);
  EXPECT_EQ(store_->manifest_sha256(stream.id, 0).value(), to_hex(as_text(object.sha256)));
}

TEST_F(DeliveriesTest, ALocationHasOneOwner) {
  begin(acme_, "b");
  for (const char* path : {"p", "p/q", ""}) {
    put(other_, "b", path);
    EXPECT_TRUE(store_->claimed_by(other_, "main", store_->find(other_, "main")->shown).value())
        << path;
  }
  put(other_, "b", "pq");
  EXPECT_FALSE(store_->claimed_by(other_, "main", store_->find(other_, "main")->shown).value());
  ASSERT_TRUE(store_->disconnect(acme_, "main"));
  put(other_, "b", "p");
  EXPECT_FALSE(store_->claimed_by(other_, "main", store_->find(other_, "main")->shown).value());
}

TEST_F(DeliveriesTest, AValidationOfOtherValuesDoesNotCount) {
  put(acme_, "b");
  const Destination validated = store_->find(acme_, "main").value();
  put(acme_, "c");
  ASSERT_TRUE(store_->record_validation(validated, {.ok = true, .checks = "[]"}, now_));
  EXPECT_EQ(store_->activate(acme_, "main", false, now_).error().code, "not_validated");
}

TEST_F(DeliveriesTest, DisconnectedTheOpenWindowsAreGoneAndHistoryStays) {
  const Stream stream = begin(acme_, "b");
  ASSERT_TRUE(store_->add_window(stream.id, hour(0), Seq{10}, 10));
  ASSERT_TRUE(store_->record_attempt(stream, store_->next_window(stream.id).value()->id,
                                     {.delivered = true, .at = now_}));
  ASSERT_TRUE(store_->record_attempt(stream, store_->next_window(stream.id).value()->id,
                                     {.delivered = true, .at = now_}));
  ASSERT_TRUE(store_->add_window(stream.id, hour(1), Seq{12}, 12));
  ASSERT_TRUE(store_->disconnect(acme_, "main"));
  EXPECT_FALSE(store_->open_stream(acme_, "main").value());
  EXPECT_EQ(store_->history(acme_, "", 0, 10).value().size(), 1u);
  EXPECT_EQ(store_->delivered_seq(acme_, "main").value(), Seq{10});
  EXPECT_TRUE(store_->live().value().empty());
  EXPECT_EQ(store_->find(other_, "main").error().kind, ErrorKind::not_found);
}

// An older data folder has deliveries.db.
TEST(DeliveriesImport, TakesOverWhatIsThereOnce) {
  TempFolder folder;
  {
    auto made = Store::open({.folder = folder.path()});
    Deliveries deliveries(**made);
    ASSERT_TRUE(deliveries.put({.org = *OrgId::parse("acme"),
                                .id = "main",
                                .shown = {.bucket = "b", .region = "r", .path = "p"},
                                .session_name = "tk-1",
                                .external_id = "e",
                                .now = from_micros(5)}));
  }
  // Its tables were the same, so this file can stand for it.
  std::filesystem::rename(folder.path() + "/settings.db", folder.path() + "/deliveries.db");
  for (int start = 0; start < 2; ++start) {
    auto opened = Store::open({.folder = folder.path()});
    ASSERT_TRUE(opened) << opened.error().message;
    Deliveries deliveries(**opened);
    const auto found = deliveries.list(*OrgId::parse("acme"));
    ASSERT_TRUE(found);
    ASSERT_EQ(found->size(), 1u);
    EXPECT_EQ(found->front().shown.bucket, "b");
    EXPECT_FALSE(std::filesystem::exists(folder.path() + "/deliveries.db"));
    EXPECT_TRUE(std::filesystem::exists(folder.path() + "/deliveries.db.imported"));
    // As after a crash between the taking over and the renaming.
    std::filesystem::copy_file(folder.path() + "/deliveries.db.imported",
                               folder.path() + "/deliveries.db");
  }
}

}  // namespace
}  // namespace trailkeeper::settings
