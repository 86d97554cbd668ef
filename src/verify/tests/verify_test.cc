#include "verify/verify.h"

#include "base/file.h"
#include "crypto/hash.h"
#include "folder_fixture.h"
#include "json/document.h"

namespace trailkeeper::verify {
namespace {

using testing::BucketStream;

// The example of docs/formats/manifest.md was made from that page alone, by other code.
TEST(VerifyExample, OfTheFormatIsComplete) {
  const std::string folder = TRAILKEEPER_SOURCE_DIR "/docs/formats/manifest_example/";
  const std::string text = *read_file(folder + "keys.json");
  json::Document document;
  const json::Node known = *document.parse(text);
  Options options;
  options.folder = folder + "bucket";
  for (const char* name : {"vkey", "manifest_vkey"}) {
    options.keys.push_back(*merkle::VerifierKey::parse(known.find(name)->text()));
  }
  options.at = at_hour(16) + std::chrono::minutes(30);
  const auto report = verify_folder(options);
  ASSERT_TRUE(report) << report.error().message;
  EXPECT_EQ(exit_code(*report), kExitComplete) << render_table(*report, true);
  EXPECT_EQ(report->entries(State::complete), 5u);
}

TEST_F(VerifyFolder, SaysCompleteOfWhatIsComplete) {
  BucketStream stream;
  deliver(stream);
  bucket_.heartbeat(stream, at_hour(17));
  const Report report = check();
  EXPECT_EQ(states(report), "complete, complete, complete, complete, not yet due");
  EXPECT_EQ(exit_code(report), kExitComplete) << render_table(report, true);
  EXPECT_EQ(report.entries(State::complete), 50u);
  EXPECT_NE(render_table(report, false).find("COMPLETE: 50 entries"), std::string::npos);
  EXPECT_NE(render_json(report).find(R"({"state":"complete","exit_code":0,)"), std::string::npos);
}

// Whatever part of the bucket the customer copied.
TEST_F(VerifyFolder, FindsTheFilesWhereverTheFolderBegins) {
  BucketStream stream;
  deliver(stream);
  for (const char* below : {"/", "/in", "/in/", "/in/audit"}) {
    Options from = options();
    from.folder += below;
    EXPECT_EQ(exit_code(check(from)), kExitComplete) << below;
  }
}

TEST_F(VerifyFolder, ReadsZstdAndSeveralFiles) {
  BucketStream stream;
  stream.format = "jsonl.zst";
  stream.rows_per_file = 7;
  deliver(stream);
  EXPECT_EQ(exit_code(check()), kExitComplete);
}

// An erased row's digest is left, and the leaf follows from it.
TEST_F(VerifyFolder, CountsErasedRows) {
  log_.erase(3);
  log_.erase(40);
  BucketStream stream;
  deliver(stream);
  const Report report = check();
  EXPECT_EQ(exit_code(report), kExitComplete);
  EXPECT_EQ(report.erased(), 2u);
  EXPECT_NE(render_table(report, true).find("complete, 1 erased"), std::string::npos);
}

TEST_F(VerifyFolder, NeverCallsOtherFormsComplete) {
  for (const char* format : {"ocsf.jsonl.gz", "csv.zst", "parquet"}) {
    TempFolder folder;
    testing::SignedBucket bucket(folder.path(), log_);
    BucketStream stream;
    stream.format = format;
    bucket.open(stream, at_hour(13), 0);
    bucket.deliver(stream, at_hour(16), 30);
    Options there = options();
    there.folder = folder.path();
    const Report report = check(there);
    EXPECT_EQ(exit_code(report), kExitUnverifiable);
    EXPECT_NE(detail(report, 1).find("files intact, rows not verifiable"), std::string::npos);
    std::filesystem::remove_all(folder.path() + "/in/audit/audit_logs");
    EXPECT_EQ(exit_code(check(there)), kExitWrong);
  }
}

TEST_F(VerifyFolder, SaysWhatAFilterWithheld) {
  BucketStream stream;
  stream.keep_every = 3;
  deliver(stream);
  const Report report = check();
  EXPECT_EQ(exit_code(report), kExitUnverifiable);
  EXPECT_EQ(detail(report, 1), "filtered: 20 withheld");
}

TEST_F(VerifyFolder, FindsMissingFilesAndManifests) {
  BucketStream stream;
  deliver(stream);
  remove(object(1, 30));
  Report report = check();
  EXPECT_EQ(states(report), "complete, gap, complete, complete, not yet due");
  EXPECT_EQ(exit_code(report), kExitWrong);
  remove(bucket_.manifest_key(stream, 2, at_hour(14)));
  report = check();
  EXPECT_EQ(states(report), "complete, gap, gap, complete, not yet due");
  EXPECT_EQ(report.streams[0].windows[2].first_seq, 31u);  // and it was an empty one
  EXPECT_EQ(report.streams[0].windows[2].entries(), 0u);
}

TEST_F(VerifyFolder, FindsWhatWasDueAndIsNotThere) {
  BucketStream stream;
  deliver(stream);
  Options later = options();
  later.at = at_hour(17) + std::chrono::minutes(59);
  EXPECT_EQ(exit_code(check(later)), kExitComplete);
  later.at = at_hour(20);
  const Report report = check(later);
  EXPECT_EQ(states(report), "complete, complete, complete, complete, 3 gap");
  EXPECT_EQ(exit_code(report), kExitWrong);
}

TEST_F(VerifyFolder, FindsAnEndThatTheHeartbeatKnows) {
  BucketStream stream;
  deliver(stream);
  bucket_.heartbeat(stream, at_hour(17));
  remove(bucket_.manifest_key(stream, 3, at_hour(15)));
  remove(object(31, 50, "15"));
  Options then = options();
  then.at = at_hour(15) + std::chrono::minutes(1);
  const Report report = check(then);
  EXPECT_EQ(exit_code(report), kExitWrong);
  EXPECT_EQ(detail(report, 3), "the heartbeat says that it was delivered");
}

TEST_F(VerifyFolder, FindsFilesThatNoManifestNames) {
  BucketStream stream;
  deliver(stream);
  bucket_.write(object(5, 9), "more");
  Report report = check();
  EXPECT_EQ(report.others.at(0).state, State::altered);
  EXPECT_EQ(exit_code(report), kExitWrong);
  remove(object(5, 9));
  // A window that is just being delivered: its manifest comes last.
  bucket_.write(object(51, 60, "16"), "more");
  report = check();
  EXPECT_EQ(report.others.at(0).state, State::unverifiable);
  EXPECT_EQ(exit_code(report), kExitUnverifiable);
}

TEST_F(VerifyFolder, NamesTheKeyThatIsMissing) {
  BucketStream stream;
  deliver(stream);
  Options one = options();
  one.keys = {log_.keys()[0]};
  EXPECT_EQ(exit_code(check(one)), kExitUnverifiable);
  EXPECT_NE(detail(check(one), 1).find("which was not given (--key)"), std::string::npos);
  one.keys = {log_.keys()[1]};
  EXPECT_EQ(exit_code(check(one)), kExitUnverifiable);
  one.keys = testing::SignedLog(8).keys();  // of another vendor with the same name
  const Report report = check(one);
  EXPECT_EQ(exit_code(report), kExitUnverifiable);
  EXPECT_FALSE(report.anything());
  EXPECT_NE(render_table(report, false).find("nothing could be checked"), std::string::npos);
}

TEST_F(VerifyFolder, TakesUnsignedManifestsForWhatTheyAre) {
  bucket_.sign = false;
  BucketStream stream;
  bucket_.open(stream, at_hour(13), 0);
  bucket_.deliver(stream, at_hour(14), 30);
  bucket_.sign = true;
  bucket_.deliver(stream, at_hour(16), 50);
  Report report = check();
  EXPECT_EQ(states(report), "unverifiable, unverifiable, complete, not yet due");
  EXPECT_EQ(exit_code(report), kExitUnverifiable);
  // After a signed one it is not what was delivered.
  bucket_.sign = false;
  bucket_.deliver(stream, at_hour(17), 60);
  report = check();
  EXPECT_EQ(report.streams[0].windows[3].state, State::altered);
}

TEST_F(VerifyFolder, KnowsWhatWentElsewhere) {
  BucketStream first, second, third;
  deliver(first);
  // The second stream is in another bucket, of which there is no copy.
  TempFolder other;
  testing::SignedBucket other_bucket(other.path(), log_);
  second.number = 2;
  second.reason = "location_changed";
  second.previous_key = first.previous_key;
  second.previous_sha256 = first.previous_sha256;
  other_bucket.open(second, at_hour(16), 50);
  other_bucket.deliver(second, at_hour(17), 55);
  third.number = 3;
  third.reason = "location_changed";
  third.previous_key = second.previous_key;
  third.previous_sha256 = second.previous_sha256;
  bucket_.open(third, at_hour(17), 55);
  bucket_.deliver(third, at_hour(18), 60);
  Options now = options();
  now.at = at_hour(17) + std::chrono::minutes(30);
  Report report = check(now);
  EXPECT_EQ(states(report, 1), "elsewhere, complete, complete, not yet due");
  EXPECT_EQ(report.streams[1].windows[0].first_seq, 51u);
  EXPECT_EQ(report.streams[1].windows[0].last_seq, 55u);
  EXPECT_EQ(exit_code(report), kExitUnverifiable);
  // With a copy of both everything is there.
  std::filesystem::copy(other.path(), folder_.path() + "/other",
                        std::filesystem::copy_options::recursive);
  report = check(now);
  EXPECT_EQ(states(report, 0), "complete, complete, complete, complete");
  EXPECT_EQ(exit_code(report), kExitComplete);
  // The end of a stream that was followed by another is known.
  std::filesystem::remove(folder_.path() + "/other/" +
                          other_bucket.manifest_key(second, 1, at_hour(16)));
  EXPECT_EQ(states(check(now), 1), "complete, gap");
}

// After an older backup was restored: a new log with other keys, which brings some entries again.
TEST_F(VerifyFolder, KnowsLogsOfTwoEpochs) {
  BucketStream old, again;
  deliver(old);
  testing::SignedLog restored(9, "trail.example/log/" + std::string(26, 'b'));
  restored.receive(30, at_hour(13));
  restored.receive(10, at_hour(17));
  testing::SignedBucket bucket(folder_.path(), restored);
  again.number = 2;
  again.reason = "new_epoch";
  // What the backup knew of: the first hour.
  const std::string known = bucket_.manifest_key(old, 1, at_hour(13));
  again.previous_key = known;
  again.previous_sha256 = to_hex(as_text(crypto::sha256(bucket_.read(known))));
  bucket.open(again, at_hour(14), 30);
  bucket.deliver(again, at_hour(18), 40);
  Options both = options();
  both.at = at_hour(17);
  EXPECT_EQ(exit_code(check(both)), kExitUnverifiable);  // the new keys were not given
  both.at = at_hour(18);
  for (const auto& key : restored.keys()) both.keys.push_back(key);
  const Report report = check(both);
  EXPECT_EQ(exit_code(report), kExitComplete) << render_table(report, true);
}

TEST_F(VerifyFolder, ChecksBackfillsAndReplays) {
  BucketStream main, backfill, replay;
  bucket_.open(main, at_hour(15), 30);
  bucket_.deliver(main, at_hour(16), 50);
  backfill.number = 2;
  backfill.reason = "backfill";
  bucket_.open(backfill, at_hour(0), 0);
  bucket_.deliver(backfill, at_hour(14), 20);
  Report report = check();
  EXPECT_EQ(states(report, 1), "complete, complete, unverifiable");
  bucket_.deliver(backfill, at_hour(15), 30);
  EXPECT_EQ(exit_code(check()), kExitComplete);
  // The customer removed an object; a replay brings it again.
  const std::string object =
      "in/audit/audit_logs/dt=2026-11-22/hour=15/"
      "000001-00000000000000000031-00000000000000000050.jsonl.gz";
  remove(object);
  EXPECT_EQ(exit_code(check()), kExitWrong);
  replay.number = 3;
  replay.reason = "replay";
  replay.path = "in/audit/replay/000003";
  replay.replay_of =
      R"({"key":")" + main.previous_key + R"(","sha256":")" + main.previous_sha256 + "\"}";
  bucket_.open(replay, at_hour(15), 30);
  report = check();
  EXPECT_EQ(states(report, 2), "complete, unverifiable");
  bucket_.deliver(replay, at_hour(16), 50);
  EXPECT_EQ(exit_code(check()), kExitComplete);
}

// Promise 6: one later checkpoint is enough to find history that was rewritten with the right keys.
TEST_F(VerifyFolder, HoldsTheLogAgainstWhatWasKept) {
  BucketStream stream;
  deliver(stream);
  Options keeping = options();
  const std::string manifest = bucket_.read(bucket_.manifest_key(stream, 1, at_hour(13)));
  const std::vector<Kept> kept = {{"checkpoint of 17", log_.checkpoint(17)},
                                  {"proof", log_.proof(3, 44)},
                                  {"manifest", manifest},
                                  {"checkpoint of 0", log_.checkpoint(0)}};
  keeping.kept = kept;
  Report report = check(keeping);
  EXPECT_EQ(exit_code(report), kExitComplete) << render_table(report, true);
  keeping.kept = {{"ahead", log_.checkpoint(60)}};
  EXPECT_EQ(exit_code(check(keeping)), kExitUnverifiable);

  log_.rewrite(2);
  BucketStream forged;
  deliver(forged);
  EXPECT_EQ(exit_code(check()), kExitComplete);  // in itself it is whole
  for (std::size_t i = 0; i < 3; ++i) {
    keeping.kept = {kept[i]};
    report = check(keeping);
    EXPECT_EQ(report.checkpoints.at(0).state, State::altered) << kept[i].name;
    EXPECT_EQ(exit_code(report), kExitWrong);
  }
}

TEST_F(VerifyFolder, RefusesWhatIsNoneOfIts) {
  Options there = options();
  EXPECT_EQ(verify_folder(there).error().code, "nothing");
  there.folder += "/none";
  EXPECT_EQ(verify_folder(there).error().code, "no_folder");
  BucketStream stream;
  deliver(stream);
  for (const std::string& text : {std::string("text"), testing::SignedLog(8).checkpoint(0),
                                  std::string("{}"), log_.checkpoint(5).substr(0, 60)}) {
    Options keeping = options();
    keeping.kept = {{"file", text}};
    EXPECT_EQ(verify_folder(keeping).error().code, "kept") << text;
  }
}

// Hostile input: names of the folder's own are found, nothing else is opened, bombs end.
TEST_F(VerifyFolder, OpensNothingOutside) {
  BucketStream stream;
  deliver(stream);
  const std::string path = folder_.path() + "/" + object(1, 30);
  const std::string outside = folder_.path() + ".outside";
  std::filesystem::rename(path, outside);
  std::filesystem::create_symlink(outside, path);
  const Report report = check();
  std::filesystem::remove(outside);
  EXPECT_EQ(states(report), "complete, gap, complete, complete, not yet due");
}

// Much of nothing, packed to a little by somebody whom nobody knows, is not unpacked; by
// the vendor it is, up to the rows that there may be.
TEST_F(VerifyFolder, BombsEnd) {
  BucketStream stream;
  stream.rows_per_file = 30;
  bucket_.open(stream, at_hour(13), 0);
  log_.fill(3, std::string(200'000'000, ' '));
  bucket_.deliver(stream, at_hour(16), 30);
  const Report report = check();
  EXPECT_EQ(detail(report, 1).substr(detail(report, 1).find(": ")), ": line 3 is too long");
  Options unknown = options();
  unknown.keys = testing::SignedLog(8).keys();
  EXPECT_EQ(exit_code(check(unknown)), kExitUnverifiable);
}

TEST_F(VerifyFolder, SeesOneTreeInAllStreams) {
  BucketStream stream, copy;
  deliver(stream);
  log_.rewrite(10);
  copy.number = 2;
  copy.destination = "second";
  copy.path = "in/second";
  deliver(copy);
  const Report report = check();
  EXPECT_EQ(report.streams[0].windows[1].state, State::altered);
  EXPECT_EQ(report.streams[1].windows[1].state, State::altered);
}

}  // namespace
}  // namespace trailkeeper::verify
