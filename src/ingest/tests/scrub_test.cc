#include "ingest/scrub.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <random>

#include "crypto/hash.h"

namespace trailkeeper::ingest {
namespace {

using What = ScrubFinding::What;

const OrgId kAcme = *OrgId::parse("acme");
const OrgId kGlobex = *OrgId::parse("globex");

// A real ledger and a store that can lose bits.
class ScrubTest : public testing::Test {
 protected:
  void SetUp() override {
    folder_ = std::filesystem::temp_directory_path() / ("scrub_test_" + random_base32(12));
    ledger_ = *ledger::Ledger::open({(folder_ / "ledger").string(), "audit.example.com"}, sealer_,
                                    clock_);
    settings_.file = (folder_ / "scrub").string();
    settings_.rows_per_second = 50;
    settings_.verified_until = [this] { return verified_; };
    settings_.report = [this](const std::vector<ScrubFinding>& found) { told_.push_back(found); };
    open();
  }
  void TearDown() override {
    scrub_.reset();
    ledger_.reset();
    std::filesystem::remove_all(folder_);
  }
  void open() {
    scrub_.reset();
    metrics_ = std::make_unique<metrics::Registry>();
    scrub_ = std::make_unique<Scrub>(
        settings_, *ledger_,
        [this](const OrgId& org, Seq first, Seq last, const events::RowSink& sink) {
          return read(org, first, last, sink);
        },
        clock_, *metrics_);
  }

  // Stores `count` more entries, and puts them into the log.
  void receive(const OrgId& org, int count) {
    std::vector<ledger::Addition> additions;
    std::vector<events::StoredRow>& rows = rows_[org];
    for (int i = 0; i < count; ++i) {
      events::StoredRow row;
      row.org = org.str();
      row.seq = Seq{rows.size() + 1};
      row.received_at = clock_.now();
      row.line = org.str() + " " + std::to_string(row.seq.value);
      additions.push_back({org, {row.seq, row.received_at, crypto::sha256(row.line)}});
      rows.push_back(std::move(row));
    }
    position_ += additions.size();
    ASSERT_TRUE(ledger_->append(additions, position_));
    verified_ = position_;
  }

  Result<> read(const OrgId& org, Seq first, Seq last, const events::RowSink& sink) {
    ++reads_;
    if (down_) return Error{ErrorKind::unavailable, "store_down", "The store is away."};
    for (events::StoredRow row : rows_[org]) {
      if (row.seq < first || row.seq > last) continue;
      if (row.line.empty()) return Error{ErrorKind::failed, "bad_row", "A row is no event."};
      if (!sink(std::move(row))) break;
    }
    return {};
  }

  // Steps until a round is over that has not begun yet.
  void whole_round() {
    const auto before = scrub_->state().finished;
    clock_.advance(std::chrono::hours(25));
    for (int i = 0; i < 1000 && scrub_->state().finished == before; ++i) scrub_->step();
    ASSERT_NE(scrub_->state().finished, before);
  }

  ManualClock clock_{*parse_rfc3339("2026-11-22T14:30:00Z")};
  const crypto::Sealer sealer_ = *crypto::Sealer::from_key(std::string(32, 'k'));
  std::filesystem::path folder_;
  std::unique_ptr<ledger::Ledger> ledger_;
  std::unique_ptr<metrics::Registry> metrics_;
  Scrub::Settings settings_;
  std::unique_ptr<Scrub> scrub_;
  std::map<OrgId, std::vector<events::StoredRow>> rows_;
  std::uint64_t position_ = 0, verified_ = 0;
  int reads_ = 0;
  bool down_ = false;
  std::vector<std::vector<ScrubFinding>> told_;
};

// Promise 4: what is stored stays what the log holds, and nobody is alarmed while it is.
TEST_F(ScrubTest, WhatIsAsTheLogHasItRaisesNoAlarm) {
  receive(kAcme, 320);
  receive(kGlobex, 7);
  whole_round();
  EXPECT_EQ(scrub_->state().rows, 327u);
  EXPECT_EQ(scrub_->state().found, 0u);
  EXPECT_TRUE(told_.empty());
}

// Promise 6: a changed, lost or doubled row is found, with the entry's name.
TEST_F(ScrubTest, WhatIsNotIsFoundAndSaid) {
  receive(kAcme, 320);
  receive(kGlobex, 7);
  rows_[kAcme][99].line[3] ^= 1;
  rows_[kAcme].erase(rows_[kAcme].begin() + 200);
  rows_[kGlobex].push_back(rows_[kGlobex].back());
  rows_[kGlobex][2].received_at += Duration(1);
  whole_round();
  const Scrub::State state = scrub_->state();
  EXPECT_EQ(state.found, 4u);
  EXPECT_EQ(state.examples, (std::vector<ScrubFinding>{{kAcme, Seq{100}, What::altered},
                                                       {kAcme, Seq{201}, What::missing},
                                                       {kGlobex, Seq{3}, What::altered},
                                                       {kGlobex, Seq{7}, What::doubled}}));
  // Once for each organization, with what was found first.
  ASSERT_EQ(told_.size(), 2u);
  EXPECT_EQ(told_[0].size(), 1u);
  EXPECT_EQ(told_[1].size(), 2u);
  // Until a whole round finds nothing.
  rows_.clear();
  rows_[kGlobex] = {};
  for (const auto& [org, size] : {std::pair(kAcme, 320), std::pair(kGlobex, 7)}) {
    for (int i = 1; i <= size; ++i) {
      events::StoredRow row;
      row.seq = Seq{static_cast<std::uint64_t>(i)};
      row.received_at = *parse_rfc3339("2026-11-22T14:30:00Z");
      row.line = org.str() + " " + std::to_string(i);
      rows_[org].push_back(row);
    }
  }
  whole_round();
  EXPECT_EQ(scrub_->state().found, 0u);
  EXPECT_TRUE(scrub_->state().examples.empty());
}

TEST_F(ScrubTest, ARowThatIsNoEventIsFoundAmongItsNeighbours) {
  receive(kAcme, 120);
  rows_[kAcme][76].line.clear();
  whole_round();
  EXPECT_EQ(scrub_->state().examples, (std::vector<ScrubFinding>{{kAcme, Seq{77}, What::altered}}));
}

// What is being inserted or read back may be absent for a moment.
TEST_F(ScrubTest, WhatIsNotReadBackYetIsNotLookedAt) {
  receive(kAcme, 100);
  verified_ = position_ - 1;
  for (int i = 0; i < 10; ++i) scrub_->step();
  EXPECT_EQ(reads_, 0);
  verified_ = position_;
  whole_round();
  EXPECT_EQ(scrub_->state().rows, 100u);
}

TEST_F(ScrubTest, ItGoesOnWhereItWas) {
  receive(kAcme, 320);
  receive(kGlobex, 7);
  rows_[kAcme][9].line[0] ^= 1;
  for (int i = 0; i < 3; ++i) scrub_->step();
  EXPECT_EQ(scrub_->state().rows, 150u);
  scrub_->stop();
  open();
  // What was found is known at once.
  EXPECT_EQ(scrub_->state().found, 1u);
  EXPECT_EQ(scrub_->state().rows, 150u);
  for (int i = 0; i < 20; ++i) scrub_->step();
  EXPECT_TRUE(scrub_->state().finished);
  EXPECT_EQ(scrub_->state().rows, 327u);
  EXPECT_EQ(scrub_->state().found, 1u);
  // And not again before its time.
  reads_ = 0;
  for (int i = 0; i < 5; ++i) scrub_->step();
  EXPECT_EQ(reads_, 0);
}

TEST_F(ScrubTest, AStoreThatIsAwayIsWaitedFor) {
  receive(kAcme, 60);
  down_ = true;
  for (int i = 0; i < 5; ++i) scrub_->step();
  EXPECT_EQ(scrub_->state().rows, 0u);
  EXPECT_EQ(scrub_->state().found, 0u);
  down_ = false;
  whole_round();
  EXPECT_EQ(scrub_->state().rows, 60u);
}

// Promise 6: one bit in any row, or a row, wherever it is.
TEST_F(ScrubTest, EveryTamperingOfAStoredRowIsFound) {
  const char* const full = std::getenv("TRAILKEEPER_TEST_FULL");
  const int rounds = full != nullptr && std::string(full) == "1" ? 2000 : 200;
  settings_.rows_per_second = 1000;
  open();
  receive(kAcme, 300);
  const std::vector<events::StoredRow> clean = rows_[kAcme];
  std::mt19937_64 random(20'261'123);
  for (int i = 0; i < rounds; ++i) {
    rows_[kAcme] = clean;
    const std::size_t at = random() % clean.size();
    const auto place = rows_[kAcme].begin() + static_cast<std::ptrdiff_t>(at);
    std::string& line = place->line;
    switch (random() % 5) {
      case 0:
        rows_[kAcme].erase(place);
        break;
      case 1:
        rows_[kAcme].insert(place, clean[at]);
        break;
      case 2: {
        // Two rows in each other's place.
        const std::size_t other = (at + 1 + random() % (clean.size() - 1)) % clean.size();
        std::swap(line, rows_[kAcme][other].line);
        break;
      }
      default:
        line[random() % line.size()] ^= static_cast<char>(1 << random() % 8);
    }
    whole_round();
    ASSERT_GT(scrub_->state().found, 0u) << "tampering " << i << " of row " << at + 1;
  }
  rows_[kAcme] = clean;
  whole_round();
  EXPECT_EQ(scrub_->state().found, 0u);
}

}  // namespace
}  // namespace trailkeeper::ingest
