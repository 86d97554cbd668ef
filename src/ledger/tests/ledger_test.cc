#include "ledger/ledger.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <map>

#include "db/database.h"
#include "merkle/checkpoint.h"
#include "merkle/note.h"
#include "merkle/proof.h"

namespace trailkeeper::ledger {
namespace {

const OrgId kAcme = *OrgId::parse("acme");
const OrgId kOther = *OrgId::parse("other");

merkle::LogEntry entry_of(std::uint64_t seq) {
  return {Seq{seq}, from_micros(1'790'000'000'000'000 + static_cast<std::int64_t>(seq) * 311),
          merkle::leaf_hash("record " + std::to_string(seq))};
}

// A fatal error ends the process; here it ends the call.
struct Fatal {
  Error error;
};

class LedgerTest : public testing::Test {
 protected:
  void SetUp() override {
    folder_ = std::filesystem::temp_directory_path() / ("ledger_test_" + random_base32(12));
    open();
  }
  void TearDown() override {
    ledger_.reset();
    std::filesystem::remove_all(folder_);
  }
  void open() {
    Settings settings{folder_.string(), "audit.example.com",
                      [](const Error& error) { throw Fatal{error}; }};
    auto ledger = Ledger::open(std::move(settings), sealer_, clock_);
    ASSERT_TRUE(ledger) << ledger.error().message;
    ledger_ = *std::move(ledger);
  }
  void reopen() {
    ledger_.reset();
    open();
  }
  // Entries up to `last` that are not there yet, `step` at a time.
  void grow(const OrgId& org, std::uint64_t last, std::uint64_t step) {
    for (std::uint64_t& size = sizes_[org]; size < last;) {
      std::vector<Addition> additions;
      while (additions.size() < step && size < last) additions.push_back({org, entry_of(++size)});
      const auto done = ledger_->append(additions, ++position_);
      ASSERT_TRUE(done) << done.error().message;
    }
  }
  merkle::CompactRange expected(std::uint64_t size) {
    merkle::CompactRange range;
    for (std::uint64_t seq = 1; seq <= size; ++seq)
      range.append(merkle::leaf_hash(merkle::encode_log_entry(entry_of(seq))));
    return range;
  }
  // The checkpoint that is served, its signature checked.
  merkle::Checkpoint served(const OrgId& org) {
    const Log log = *ledger_->log(org);
    const auto note = merkle::parse_note(ledger_->checkpoint(log.name).value());
    const auto verified = merkle::verify_note(*note, {*merkle::VerifierKey::parse(log.vkey)});
    EXPECT_TRUE(verified && verified->size() == 1);
    const auto checkpoint = merkle::parse_checkpoint(note->text);
    EXPECT_EQ(checkpoint->origin, log.origin);
    return *checkpoint;
  }

  std::filesystem::path folder_;
  ManualClock clock_{*parse_rfc3339("2026-11-22T14:30:00Z")};
  const crypto::Sealer sealer_ = *crypto::Sealer::from_key(std::string(32, 'k'));
  std::unique_ptr<Ledger> ledger_;
  std::map<OrgId, std::uint64_t> sizes_;
  std::uint64_t position_ = 0;
};

// Nothing but the number of entries makes a log large: ten thousand organizations are one file.
TEST_F(LedgerTest, HoldsTenThousandLogs) {
  constexpr std::size_t kOrgs = 10'000;
  std::vector<OrgId> orgs;
  for (std::size_t i = 0; i < kOrgs; ++i) orgs.push_back(*OrgId::parse("org-" + std::to_string(i)));
  for (std::uint64_t seq = 1; seq <= 2; ++seq) {
    std::vector<Addition> additions;
    for (const OrgId& org : orgs) additions.push_back({org, entry_of(seq)});
    ASSERT_TRUE(ledger_->append(additions, ++position_));
  }
  std::size_t published = 0;
  while (const std::size_t signed_now = ledger_->publish().value()) published += signed_now;
  EXPECT_EQ(published, kOrgs);
  reopen();
  std::size_t found = 0;
  ASSERT_TRUE(ledger_->for_each([&](const OrgId&, std::uint64_t size) { found += size == 2; }));
  EXPECT_EQ(found, kOrgs);
  for (const std::size_t i : {0, 4'711, 9'999}) {
    const merkle::Checkpoint checkpoint = served(orgs[i]);
    EXPECT_EQ(checkpoint.size, 2u);
    EXPECT_EQ(checkpoint.root, expected(2).root());
  }
  EXPECT_NE(ledger_->log(orgs[0])->name, ledger_->log(orgs[1])->name);
}

// However entries come, the tree is the one of all of them.
TEST_F(LedgerTest, GrowsToTheSameTreeInAnySteps) {
  for (const std::uint64_t step : {7, 100, 256, 300, 1000}) {
    const OrgId org = *OrgId::parse("step-" + std::to_string(step));
    for (const std::uint64_t size : {1, 255, 256, 257, 600, 1025}) {
      grow(org, size, step);
      ASSERT_EQ(ledger_->publish().value(), 1u);
      const merkle::Checkpoint checkpoint = served(org);
      ASSERT_EQ(checkpoint.size, size);
      ASSERT_EQ(checkpoint.root, expected(size).root()) << "step " << step << " size " << size;
    }
  }
}

TEST_F(LedgerTest, GrowsAboveALevelOfTiles) {
  grow(kAcme, 66'000, 5'000);
  ASSERT_EQ(ledger_->publish().value(), 1u);
  EXPECT_EQ(served(kAcme).root, expected(66'000).root());
  const std::string name = ledger_->log(kAcme)->name;
  EXPECT_EQ(ledger_->tile(name, {1, 0})->size(), 8192u);
  EXPECT_EQ(ledger_->tile(name, {1, 1, 1})->size(), 32u);
  EXPECT_EQ(ledger_->tile(name, {2, 0, 1})->size(), 32u);
  EXPECT_EQ(ledger_->tile(name, {2, 0, 2}).error().code, "no_such_tile");
  const auto proof = ledger_->prove(kAcme, Seq{65'537}).value();
  EXPECT_TRUE(merkle::verify_inclusion(proof.index, proof.size,
                                       merkle::leaf_hash(merkle::encode_log_entry(proof.entry)),
                                       proof.hashes, served(kAcme).root));
}

TEST_F(LedgerTest, ProvesEveryEntryAndEveryEarlierSize) {
  grow(kAcme, 700, 33);
  (void)ledger_->publish();
  const merkle::Checkpoint checkpoint = served(kAcme);
  for (std::uint64_t seq = 1; seq <= 700; seq += 23) {
    const auto proof = ledger_->prove(kAcme, Seq{seq});
    ASSERT_TRUE(proof) << proof.error().message;
    ASSERT_EQ(proof->entry, entry_of(seq));
    const auto leaf = merkle::leaf_hash(merkle::encode_log_entry(entry_of(seq)));
    ASSERT_TRUE(merkle::verify_inclusion(seq - 1, 700, leaf, proof->hashes, checkpoint.root));
    const auto consistency = ledger_->prove_consistency(kAcme, seq).value().hashes;
    ASSERT_TRUE(
        merkle::verify_consistency(seq, expected(seq).root(), 700, checkpoint.root, consistency));
  }
}

// Whoever has only the tiles can make every proof too.
TEST_F(LedgerTest, ServesTilesFromWhichTheTreeFollows) {
  grow(kAcme, 600, 50);
  (void)ledger_->publish();
  const std::string name = ledger_->log(kAcme)->name;
  const auto tiles = [&](const merkle::TileId& tile) -> Result<std::vector<merkle::Hash>> {
    return merkle::parse_tile(tile, TRY(ledger_->tile(name, tile)));
  };
  EXPECT_EQ(merkle::range_root(0, 600, merkle::subtrees_in_tiles(600, tiles)).value(),
            served(kAcme).root);
  const std::string bundle = ledger_->tile(name, {std::nullopt, 2, 88}).value();
  const auto entries = merkle::parse_bundle(88, bundle).value();
  EXPECT_EQ(entries.front(), merkle::encode_log_entry(entry_of(513)));
  EXPECT_EQ(entries.back(), merkle::encode_log_entry(entry_of(600)));
}

TEST_F(LedgerTest, ServesPartialTilesOfEveryPublishedSize) {
  grow(kAcme, 100, 100);
  (void)ledger_->publish();
  const std::string name = ledger_->log(kAcme)->name;
  const std::string before = ledger_->tile(name, {0, 0, 100}).value();
  grow(kAcme, 400, 300);
  // Grown, but no checkpoint speaks of it.
  EXPECT_EQ(ledger_->tile(name, {0, 0, 101}).error().code, "no_such_tile");
  (void)ledger_->publish();
  EXPECT_EQ(ledger_->tile(name, {0, 0, 100}).value(), before);
  EXPECT_TRUE(ledger_->tile(name, {0, 0}).value().starts_with(before));
}

TEST_F(LedgerTest, NothingIsServedBeforeItIsSigned) {
  grow(kAcme, 10, 10);
  const std::string name = ledger_->log(kAcme)->name;
  EXPECT_EQ(ledger_->checkpoint(name).error().kind, ErrorKind::not_found);
  EXPECT_EQ(ledger_->prove(kAcme, Seq{1}).error().code, "not_in_checkpoint");
  (void)ledger_->publish();
  grow(kAcme, 11, 1);
  EXPECT_EQ(ledger_->prove(kAcme, Seq{11}).error().code, "not_in_checkpoint");
  EXPECT_EQ(ledger_->prove(kAcme, Seq{12}).error().code, "no_such_entry");
  EXPECT_EQ(ledger_->prove(kAcme, Seq{0}).error().code, "no_such_entry");
  EXPECT_EQ(ledger_->prove(kOther, Seq{1}).error().code, "no_such_entry");
  EXPECT_EQ(ledger_->checkpoint("another").error().code, "no_such_log");
}

TEST_F(LedgerTest, GoesOnAfterARestartWithTheSameKeys) {
  grow(kAcme, 300, 70);
  const Log before = *ledger_->log(kAcme);
  reopen();
  const Log after = *ledger_->log(kAcme);
  EXPECT_EQ(after.vkey, before.vkey);
  EXPECT_EQ(after.manifest_vkey, before.manifest_vkey);
  EXPECT_NE(after.vkey, after.manifest_vkey);
  EXPECT_EQ(after.size, 300u);
  EXPECT_EQ(ledger_->position(), position_);
  EXPECT_EQ(ledger_->organization(after.name).value(), kAcme);
  // It had grown without a checkpoint.
  EXPECT_EQ(ledger_->publish().value(), 1u);
  grow(kAcme, 513, 70);
  EXPECT_EQ(ledger_->publish().value(), 1u);
  EXPECT_EQ(ledger_->publish().value(), 0u);
  EXPECT_EQ(served(kAcme).root, expected(513).root());
}

TEST_F(LedgerTest, OfAnotherKeyFileDoesNotOpen) {
  ledger_.reset();
  const crypto::Sealer other = *crypto::Sealer::from_key(std::string(32, 'o'));
  EXPECT_EQ(Ledger::open({folder_.string(), "x"}, other, clock_).error().code, "sealed_other_key");
}

// After a crash the same batch comes again, whole or overlapping.
TEST_F(LedgerTest, TheSameEntriesAgainChangeNothing) {
  grow(kAcme, 500, 500);
  std::vector<Addition> again;
  for (std::uint64_t seq = 200; seq <= 520; ++seq) again.push_back({kAcme, entry_of(seq)});
  ASSERT_TRUE(ledger_->append(again, 0));
  (void)ledger_->publish();
  EXPECT_EQ(served(kAcme).size, 520u);
  EXPECT_EQ(served(kAcme).root, expected(520).root());
}

// Promise 6: history cannot be changed behind what was recorded.
TEST_F(LedgerTest, AnotherEntryInThePlaceOfOneIsFatal) {
  grow(kAcme, 300, 300);
  for (const std::uint64_t seq : {1, 256, 300}) {
    merkle::LogEntry changed = entry_of(seq);
    changed.record[5] ^= 1;
    try {
      (void)ledger_->append(std::vector<Addition>{{kAcme, changed}}, 0);
      FAIL() << "accepted at " << seq;
    } catch (const Fatal& fatal) {
      EXPECT_EQ(fatal.error.code, "ledger_differs");
    }
  }
}

TEST_F(LedgerTest, AGapIsFatalAndNothingOfTheCallStays) {
  grow(kAcme, 3, 3);
  const std::vector<Addition> gap{
      {kOther, entry_of(1)}, {kAcme, entry_of(4)}, {kAcme, entry_of(6)}};
  try {
    (void)ledger_->append(gap, 0);
    FAIL() << "accepted";
  } catch (const Fatal& fatal) {
    EXPECT_EQ(fatal.error.code, "ledger_gap");
  }
  EXPECT_EQ(ledger_->log(kAcme)->size, 3u);
  EXPECT_EQ(ledger_->log(kOther)->size, 0u);
}

TEST_F(LedgerTest, ManyOrganizationsGrowAtOnce) {
  std::vector<Addition> additions;
  for (std::uint64_t seq = 1; seq <= 3; ++seq) {
    for (int i = 0; i < 500; ++i)
      additions.push_back({*OrgId::parse("org-" + std::to_string(i)), entry_of(seq)});
  }
  ASSERT_TRUE(ledger_->append(additions, ++position_));
  EXPECT_EQ(ledger_->publish().value(), 500u);
  std::size_t logs = 0;
  ASSERT_TRUE(ledger_->for_each([&](const OrgId&, std::uint64_t size) {
    ++logs;
    EXPECT_EQ(size, 3u);
  }));
  EXPECT_EQ(logs, 500u);
  EXPECT_NE(ledger_->log(*OrgId::parse("org-1"))->name, ledger_->log(*OrgId::parse("org-2"))->name);
}

TEST_F(LedgerTest, GivesBackTheEntries) {
  grow(kAcme, 600, 90);
  const auto entries = ledger_->entries(kAcme, Seq{250}, 300).value();
  ASSERT_EQ(entries.size(), 300u);
  for (std::size_t i = 0; i < entries.size(); ++i) ASSERT_EQ(entries[i], entry_of(250 + i));
  EXPECT_EQ(ledger_->entries(kAcme, Seq{599}, 300)->size(), 2u);
  EXPECT_TRUE(ledger_->entries(kAcme, Seq{601}, 300)->empty());
  EXPECT_TRUE(ledger_->entries(kOther, Seq{1}, 300)->empty());
}

// What lies on the disk is not trusted: a bit changed in a tile or an entry shows.
TEST_F(LedgerTest, ATamperedFileIsFoundByWhoeverChecks) {
  grow(kAcme, 600, 600);
  (void)ledger_->publish();
  const merkle::Checkpoint checkpoint = served(kAcme);
  ledger_.reset();
  {
    auto file =
        db::Database::open((folder_ / "ledger.db").string(), db::Database::Mode::read_write);
    ASSERT_TRUE(
        file->execute("UPDATE tiles SET hashes = CAST(zeroblob(32) || substr(hashes, 33) "
                      "AS BLOB)"));
  }
  open();
  const auto proof = ledger_->prove(kAcme, Seq{300}).value();
  const auto leaf = merkle::leaf_hash(merkle::encode_log_entry(proof.entry));
  EXPECT_FALSE(merkle::verify_inclusion(299, 600, leaf, proof.hashes, checkpoint.root));
}

// Promise 6: what a manifest says of two borders is the tree that everybody else computes.
TEST_F(LedgerTest, BordersAreThoseOfTheTree) {
  grow(kAcme, 700, 37);
  for (const auto& [begin, end] :
       std::vector<std::pair<std::uint64_t, std::uint64_t>>{{0, 0},
                                                            {0, 1},
                                                            {0, 700},
                                                            {3, 5},
                                                            {255, 256},
                                                            {256, 256},
                                                            {256, 257},
                                                            {511, 700},
                                                            {700, 700}}) {
    const auto border = ledger_->border(kAcme, begin, end);
    ASSERT_TRUE(border) << border.error().message;
    EXPECT_EQ(border->range, expected(begin).hashes());
    const merkle::Note note = *merkle::parse_note(border->checkpoint);
    const auto checkpoint = *merkle::parse_checkpoint(note.text);
    EXPECT_EQ(checkpoint.size, end);
    EXPECT_EQ(checkpoint.root, expected(end).root());
    const auto key = *merkle::VerifierKey::parse(ledger_->log(kAcme)->vkey);
    EXPECT_EQ(merkle::verify_note(note, {key})->size(), 1u);
    EXPECT_TRUE(merkle::verify_consistency(begin, expected(begin).root(), end, checkpoint.root,
                                           border->consistency));
    EXPECT_EQ(ledger_->border(kAcme, begin, end)->checkpoint, border->checkpoint);
  }
  EXPECT_EQ(ledger_->border(kAcme, 3, 701).error().code, "not_in_log");
}

TEST_F(LedgerTest, AnEmptyLogHasBordersToo) {
  const auto border = ledger_->border(kOther, 0, 0);
  ASSERT_TRUE(border) << border.error().message;
  EXPECT_TRUE(border->range.empty());
  const auto checkpoint = *merkle::parse_checkpoint(merkle::parse_note(border->checkpoint)->text);
  EXPECT_EQ(checkpoint.root, merkle::empty_root());
}

TEST_F(LedgerTest, DocumentsAreSignedWithTheManifestKey) {
  const auto line =
      ledger_->sign_document(kAcme, "some-type/v1", R"({"type":"some-type/v1","a":1})");
  ASSERT_TRUE(line) << line.error().message;
  const std::string expected_start = R"({"type":"some-type/v1","a":1)";
  ASSERT_TRUE(line->starts_with(expected_start + R"(,"signature":{"key":")"));
  const Log log = *ledger_->log(kAcme);
  const auto key = *merkle::VerifierKey::parse(log.manifest_vkey);
  EXPECT_NE(line->find("\"key\":\"" + log.manifest_vkey.substr(0, log.origin.size() + 9) + "\""),
            std::string::npos);
  const auto value = line->find(R"("value":")") + 9;
  const auto signature = *from_base64(line->substr(value, 88));
  EXPECT_EQ(line->substr(value + 88), "\"}}\n");
  EXPECT_TRUE(crypto::verify(as_text(key.key()), "some-type/v1\n" + expected_start, signature));
}

TEST_F(LedgerTest, AHeldLogIsNotSigned) {
  grow(kAcme, 5, 5);
  grow(kOther, 3, 3);
  ledger_->hold(kAcme, HeldFor::buckets, true);
  EXPECT_EQ(*ledger_->publish(), 1u);
  EXPECT_EQ(*ledger_->publish(), 0u);
  EXPECT_EQ(ledger_->log(kAcme)->published_size, 0u);
  ledger_->hold(kAcme, HeldFor::witness, true);
  ledger_->hold(kAcme, HeldFor::buckets, false);
  EXPECT_EQ(*ledger_->publish(), 0u);
  ledger_->hold(kAcme, HeldFor::witness, false);
  EXPECT_EQ(*ledger_->publish(), 1u);
  EXPECT_EQ(ledger_->log(kAcme)->published_size, 5u);
}

// Promise 6: after an older folder was put back, what follows is another log that names the old
// one.
TEST_F(LedgerTest, ANewEpochHasOtherKeysAndTheSameEntries) {
  grow(kAcme, 300, 300);
  ASSERT_TRUE(ledger_->publish());
  const Log old = *ledger_->log(kAcme);
  const std::string last = *ledger_->checkpoint(old.name);
  grow(kAcme, 310, 10);
  const auto opened = ledger_->open_epoch(kAcme, 1);
  ASSERT_TRUE(opened) << opened.error().message;
  EXPECT_EQ(opened->epoch, 2u);
  EXPECT_NE(opened->origin, old.origin);
  EXPECT_NE(opened->vkey.substr(opened->origin.size()), old.vkey.substr(old.origin.size()));
  EXPECT_EQ(ledger_->open_epoch(kAcme, 1)->origin, opened->origin);  // once
  EXPECT_EQ(ledger_->old_log(kAcme).value()->checkpoint, last);
  ASSERT_TRUE(ledger_->publish());
  reopen();
  EXPECT_EQ(ledger_->log(kAcme)->origin, opened->origin);
  EXPECT_EQ(ledger_->log(kAcme)->published_size, 310u);
  EXPECT_EQ(ledger_->border(kAcme, 300, 310)->range, expected(300).hashes());
}

// Promise 6: who holds a receipt or a checkpoint of a closed log can still check it.
TEST_F(LedgerTest, AClosedLogIsServedAsItWas) {
  grow(kAcme, 300, 300);
  ASSERT_TRUE(ledger_->publish());
  const Log old = *ledger_->log(kAcme);
  const std::string last = *ledger_->checkpoint(old.name);
  const std::string tile = *ledger_->tile(old.name, *merkle::parse_tile_path("tile/0/001.p/44"));
  grow(kAcme, 600, 300);
  const Log now = ledger_->open_epoch(kAcme, 1).value();
  EXPECT_EQ(*ledger_->name(kAcme), now.name);
  ASSERT_TRUE(ledger_->publish());
  for (int run = 0; run < 2; ++run) {
    EXPECT_EQ(*ledger_->checkpoint(old.name), last);
    EXPECT_EQ(*ledger_->tile(old.name, *merkle::parse_tile_path("tile/0/001.p/44")), tile);
    EXPECT_TRUE(ledger_->tile(old.name, *merkle::parse_tile_path("tile/entries/001.p/44")));
    // Nothing of it that it has not signed.
    EXPECT_FALSE(ledger_->tile(old.name, *merkle::parse_tile_path("tile/0/001")));
    EXPECT_EQ(*ledger_->organization(old.name), kAcme);
    const auto logs = ledger_->closed_logs(kAcme).value();
    ASSERT_EQ(logs.size(), 1u);
    EXPECT_EQ(logs[0].vkey, old.vkey);
    EXPECT_EQ(logs[0].manifest_vkey, old.manifest_vkey);
    EXPECT_EQ(logs[0].published_size, 300u);
    const auto proof = ledger_->prove(kAcme, Seq{300}, old.name).value();
    EXPECT_EQ(proof.checkpoint, last);
    EXPECT_TRUE(merkle::verify_inclusion(299, 300,
                                         merkle::leaf_hash(merkle::encode_log_entry(proof.entry)),
                                         proof.hashes, expected(300).root()));
    EXPECT_EQ(ledger_->prove(kAcme, Seq{301}, old.name).error().code, "not_in_checkpoint");
    grow(kOther, 1, 1);
    EXPECT_EQ(ledger_->prove(kOther, Seq{1}, old.name).error().code, "no_such_log");
    EXPECT_EQ(ledger_->prove(kAcme, Seq{300}, now.name)->size, 600u);
    reopen();
  }
}

TEST_F(LedgerTest, ANameIsKnownBeforeTheFirstEntry) {
  const std::string name = *ledger_->name(kAcme);
  EXPECT_EQ(name.size(), 26u);
  grow(kAcme, 5, 5);
  EXPECT_EQ(*ledger_->name(kAcme), name);
  EXPECT_EQ(ledger_->log(kAcme)->name, name);
  reopen();
  EXPECT_EQ(*ledger_->name(kAcme), name);
}

TEST_F(LedgerTest, CosignaturesStandUnderTheCheckpointThatTheyAreOf) {
  grow(kAcme, 5, 5);
  ASSERT_TRUE(ledger_->publish());
  const std::string name = ledger_->log(kAcme)->name;
  EXPECT_EQ(*ledger_->unwitnessed(10), std::vector<OrgId>{kAcme});
  const auto submission = ledger_->submission(kAcme, 0);
  ASSERT_TRUE(submission) << submission.error().message;
  const std::string plain = *ledger_->checkpoint(name);
  EXPECT_EQ(submission->checkpoint, plain);
  ASSERT_TRUE(ledger_->add_cosignature(kAcme, 5, "\xe2\x80\x94 w AAAA\n"));
  EXPECT_EQ(*ledger_->checkpoint(name), plain + "\xe2\x80\x94 w AAAA\n");
  EXPECT_TRUE(ledger_->unwitnessed(10)->empty());
  EXPECT_EQ(*ledger_->witnessed_size(kAcme), 5u);
  grow(kAcme, 6, 1);
  ASSERT_TRUE(ledger_->publish());
  EXPECT_EQ(ledger_->unwitnessed(10)->size(), 1u);
  ASSERT_TRUE(ledger_->add_cosignature(kAcme, 5, "\xe2\x80\x94 w late\n"));
  EXPECT_EQ(ledger_->checkpoint(name)->find("late"), std::string::npos);
  EXPECT_TRUE(merkle::verify_consistency(5, expected(5).root(), 6, expected(6).root(),
                                         ledger_->submission(kAcme, 5)->hashes));
}

}  // namespace
}  // namespace trailkeeper::ledger
