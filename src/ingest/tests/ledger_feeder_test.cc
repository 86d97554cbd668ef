#include "ingest/ledger_feeder.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <future>

#include "crypto/hash.h"
#include "event/record.h"

namespace trailkeeper::ingest {
namespace {

const OrgId kAcme = *OrgId::parse("acme");
const OrgId kGlobex = *OrgId::parse("globex");

// A real journal and a real ledger. The event store is not there, and nothing here may need it.
class LedgerFeederTest : public testing::Test {
 protected:
  void SetUp() override {
    folder_ = std::filesystem::temp_directory_path() / ("ledger_feeder_test_" + random_base32(12));
    open();
  }
  void TearDown() override {
    close();
    std::filesystem::remove_all(folder_);
  }
  void open() {
    auto journal =
        journal::Journal::open({.folder = (folder_ / "journal").string()}, clock_, metrics_);
    ASSERT_TRUE(journal) << journal.error().message;
    journal_ = *std::move(journal);
    journal_->start();
    auto ledger =
        ledger::Ledger::open({(folder_ / "ledger").string(), "audit.example.com"}, sealer_, clock_);
    ASSERT_TRUE(ledger) << ledger.error().message;
    ledger_ = *std::move(ledger);
    feeder_ = std::make_unique<LedgerFeeder>(*journal_, *ledger_, store_, metrics_);
  }
  void close() {
    feeder_.reset();
    ledger_.reset();
    journal_.reset();
  }
  void submit(const OrgId& org, int count) {
    journal::Submission submission;
    for (int i = 0; i < count; ++i) {
      event::Event event;
      event.organization_id = org.str();
      event.action = "report.viewed";
      event.actor.id = "u";
      event.occurred_at = clock_.now();
      journal::Item item;
      item.org = org;
      item.id = Uuid::v7(clock_.now());
      item.tail = event::render_tail(item.id, {}, event);
      submission.items.push_back(std::move(item));
    }
    std::promise<bool> done;
    journal_->submit(std::move(submission), [&done](const Result<journal::Receipt>& receipt) {
      done.set_value(receipt.has_value());
    });
    ASSERT_TRUE(done.get_future().get());
  }
  // What the flush does once the event store has a batch; and once it has read it back.
  void store_all() {
    while (auto batch = journal_->freeze(1000, 1 << 20).value())
      ASSERT_TRUE(journal_->mark_stored(batch->number));
  }
  void verify_all() {
    for (const journal::Batch& batch : journal_->open_batches().value())
      ASSERT_TRUE(journal_->mark_verified(batch.number));
  }
  void feed_all() {
    while (feeder_->feed_step()) {
    }
  }

  std::filesystem::path folder_;
  ManualClock clock_{*parse_rfc3339("2026-11-22T14:30:00Z")};
  metrics::Registry metrics_;
  httpc::Client client_;
  events::EventStore store_{{.url = "http://127.0.0.1:1", .up = [] { return false; }}, client_};
  const crypto::Sealer sealer_ = *crypto::Sealer::from_key(std::string(32, 'k'));
  std::unique_ptr<journal::Journal> journal_;
  std::unique_ptr<ledger::Ledger> ledger_;
  std::unique_ptr<LedgerFeeder> feeder_;
};

// Promise 4: what the ledger holds is what the journal committed, entry by entry.
TEST_F(LedgerFeederTest, PutsInWhatIsStoredWithTheHashesOfTheJournal) {
  submit(kAcme, 300);
  submit(kGlobex, 2);
  submit(kAcme, 5);
  store_all();
  feed_all();
  ASSERT_EQ(ledger_->size(kAcme).value(), 305u);
  ASSERT_EQ(ledger_->size(kGlobex).value(), 2u);
  std::map<OrgId, std::vector<merkle::LogEntry>> expected;
  ASSERT_TRUE(journal_->visit(1, 308, [&](const journal::EntryView& entry) -> Result<> {
    expected[entry.org].push_back({entry.seq, entry.received_at, crypto::sha256(entry.record)});
    return {};
  }));
  EXPECT_EQ(ledger_->entries(kAcme, Seq{1}, 1000).value(), expected[kAcme]);
  EXPECT_EQ(ledger_->entries(kGlobex, Seq{1}, 1000).value(), expected[kGlobex]);
}

TEST_F(LedgerFeederTest, WaitsForWhatIsNotStored) {
  submit(kAcme, 3);
  feed_all();
  EXPECT_EQ(ledger_->size(kAcme).value(), 0u);
  EXPECT_LE(feeder_->recorded_until(), 1u);
  store_all();
  feed_all();
  EXPECT_EQ(feeder_->recorded_until(), journal_->depth().stored);
}

TEST_F(LedgerFeederTest, SignsWhatIsIn) {
  submit(kAcme, 3);
  store_all();
  feed_all();
  EXPECT_FALSE(ledger_->prove(kAcme, Seq{3}));
  feeder_->publish_step();
  EXPECT_TRUE(ledger_->prove(kAcme, Seq{3}));
}

TEST_F(LedgerFeederTest, GoesOnWhereItWasAfterARestart) {
  submit(kAcme, 10);
  store_all();
  feed_all();
  verify_all();
  submit(kAcme, 10);
  close();
  open();
  ASSERT_TRUE(feeder_->check(true));
  store_all();
  feed_all();
  EXPECT_EQ(ledger_->size(kAcme).value(), 20u);
}

TEST_F(LedgerFeederTest, RefusesALedgerThatLacksWhatTheJournalLetGo) {
  submit(kAcme, 10);
  store_all();
  feed_all();
  std::filesystem::copy(folder_ / "ledger", folder_ / "kept");
  submit(kAcme, 10);
  store_all();
  feed_all();
  verify_all();
  close();
  std::filesystem::remove_all(folder_ / "ledger");
  std::filesystem::rename(folder_ / "kept", folder_ / "ledger");
  open();
  EXPECT_EQ(feeder_->check(true).error().code, "ledger_went_back");
  close();
  std::filesystem::remove_all(folder_ / "ledger");
  open();
  EXPECT_EQ(feeder_->check(true).error().code, "ledger_went_back");
}

TEST_F(LedgerFeederTest, RefusesAJournalThatWentBack) {
  submit(kAcme, 10);
  store_all();
  feed_all();
  close();
  std::filesystem::remove_all(folder_ / "journal");
  open();
  EXPECT_EQ(feeder_->check(true).error().code, "journal_went_back");
}

}  // namespace
}  // namespace trailkeeper::ingest
