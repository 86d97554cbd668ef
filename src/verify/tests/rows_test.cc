#include "rows.h"

#include <gtest/gtest.h>

#include "crypto/hash.h"
#include "merkle/log_entry.h"

namespace trailkeeper::verify {
namespace {

std::string row(std::uint64_t seq, const std::string& rest = R"("id":"x"})") {
  return R"({"v":1,"seq":)" + std::to_string(seq) +
         R"(,"received_at":"2026-11-22T14:02:58.420017Z",)" + rest;
}

std::string problem(const std::string& text, std::uint64_t rows_max = 100) {
  RowReader reader(rows_max);
  Result<> done = reader.feed(text);
  if (done) done = reader.finish();
  return done ? "" : done.error().message;
}

TEST(RowReader, TakesLinesInWhateverPieces) {
  const std::string text = row(1) + "\n" + row(2, R"("id":"y","metadata":{"erased":1}})") + "\n";
  for (std::size_t piece = 1; piece <= text.size(); ++piece) {
    RowReader reader(2);
    for (std::size_t at = 0; at < text.size(); at += piece) {
      ASSERT_TRUE(reader.feed(std::string_view(text).substr(at, piece)));
    }
    ASSERT_TRUE(reader.finish());
    const Rows rows = reader.take();
    ASSERT_EQ(rows.seqs, (std::vector<std::uint64_t>{1, 2}));
    EXPECT_EQ(rows.erased, 0u);
    const merkle::LogEntry entry{Seq{1}, *parse_rfc3339("2026-11-22T14:02:58.420017Z"),
                                 crypto::sha256(row(1))};
    EXPECT_EQ(rows.leaves[0], merkle::leaf_hash(merkle::encode_log_entry(entry)));
  }
}

TEST(RowReader, TakesTheDigestOfAnErasedRow) {
  const std::string digest = to_hex(as_text(crypto::sha256(row(5))));
  const std::string erased =
      row(5, R"("erased":{"sha256":")" + digest +
                 R"(","reason":"retention","at":"2026-11-23T00:00:00.000000Z"}})");
  RowReader reader(2), whole(2);
  ASSERT_TRUE(reader.feed(erased + "\n"));
  ASSERT_TRUE(whole.feed(row(5) + "\n"));
  EXPECT_EQ(reader.rows().leaves, whole.rows().leaves);
  EXPECT_EQ(reader.rows().erased, 1u);
  for (std::size_t at = row(5, "").size() + 10; at < erased.size(); ++at) {
    std::string changed = erased;
    changed[at] = '~';
    EXPECT_NE(problem(changed + "\n"), "") << at;
  }
}

TEST(RowReader, RefusesWhatIsNoRow) {
  EXPECT_EQ(problem(row(1) + "\n" + row(2)), "line 2 does not end");
  EXPECT_EQ(problem(row(2) + "\n" + row(2) + "\n"), "line 2 has seq 2 after 2");
  EXPECT_EQ(problem(row(1) + "\n" + row(2) + "\n", 1), "line 2 is one too many");
  EXPECT_EQ(problem("\n"), "line 1 is no record");
  EXPECT_EQ(problem(R"({"v":1,"seq":01,"received_at":"2026-11-22T14:02:58.420017Z","id":"x"})"
                    "\n"),
            "line 1 is no record");
  EXPECT_EQ(problem(R"({"v":1,"seq":1,"received_at":"2026-11-22T14:02:58Z","id":"x"})"
                    "\n"),
            "line 1 is no record");
  EXPECT_NE(problem(R"({"v":2,"seq":1})"
                    "\n")
                .find("version"),
            std::string::npos);
  EXPECT_EQ(problem(std::string(70'000, 'x')), "line 1 is too long");
}

}  // namespace
}  // namespace trailkeeper::verify
