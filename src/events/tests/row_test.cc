#include "events/row.h"

#include <gtest/gtest.h>

#include "event/record.h"
#include "testing/random_event.h"

namespace trailkeeper::events {
namespace {

using event::testing::random_event;

// The part of an encoded row that the store gives back: the folded copies at the end are only
// inserted.
StoredRow read_one(const std::string& bytes) {
  RowReader reader;
  reader.feed(bytes);
  auto row = reader.next();
  EXPECT_TRUE(row && *row);
  return row && *row ? **row : StoredRow{};
}

// Promise 4: what the store gives back is the record that was hashed.
TEST(Row, AnyEventComesBackAsItWas) {
  std::mt19937_64 random(7);
  for (std::uint64_t seq = 1; seq <= 5000; ++seq) {
    const auto stored = random_event(random, "org_1", seq);
    std::string bytes;
    append_row(bytes, 9, stored, {});
    const StoredRow row = read_one(bytes);
    ASSERT_EQ(row.stored, stored) << event::render_record(stored);
    ASSERT_EQ(row.record(), event::render_record(stored));
    ASSERT_TRUE(row.has_columns);
  }
}

TEST(Row, AbsentAndEmptyStayTwoThings) {
  event::StoredEvent stored;
  stored.event.organization_id = "o";
  const event::StoredEvent absent = stored;
  stored.event.area = "";
  stored.event.targets.emplace();
  stored.event.context.emplace();
  stored.event.error.emplace();
  stored.event.changes.emplace();
  stored.event.http_status = 0;
  for (const auto& one : {absent, stored}) {
    std::string bytes;
    append_row(bytes, 1, one, {});
    EXPECT_EQ(read_one(bytes).stored, one);
  }
}

TEST(Row, BatchKeepsTheExactLineWhereColumnsCannotRenderIt) {
  std::mt19937_64 random(8);
  const auto stored = random_event(random, "org_1", 1);
  BatchBuilder batch(3);
  EXPECT_TRUE(batch.add(stored, event::render_record(stored)));
  const std::size_t first = batch.bytes();
  EXPECT_FALSE(batch.add(stored, "{\"v\":1,\"other\":true}"));
  EXPECT_EQ(batch.rows(), 2u);
  const StoredRow row = read_one(batch.encoded().substr(first));
  EXPECT_EQ(row.record(), "{\"v\":1,\"other\":true}");
  EXPECT_EQ(row.stored, stored);
}

TEST(Row, RawOnlyRowKeepsItsPlaceAndLine) {
  std::mt19937_64 random(9);
  const auto stored = random_event(random, "org_1", 4);
  BatchBuilder batch(3);
  batch.add_raw_only(stored, "the line");
  const StoredRow row = read_one(batch.encoded());
  EXPECT_FALSE(row.has_columns);
  EXPECT_EQ(row.record(), "the line");
  EXPECT_EQ(row.stored.seq, stored.seq);
  EXPECT_EQ(row.stored.id, stored.id);
  EXPECT_EQ(row.stored.nonce, stored.nonce);
  EXPECT_EQ(row.stored.received_at, stored.received_at);
  EXPECT_EQ(row.stored.event.occurred_at, stored.event.occurred_at);
  EXPECT_EQ(row.stored.event.organization_id, "org_1");
}

// A row as it is selected: without what is only inserted.
std::string selected_row(const event::StoredEvent& stored) {
  std::string bytes;
  append_row(bytes, 1, stored, {});
  RowReader reader;
  reader.feed(bytes);
  EXPECT_TRUE(reader.next());
  bytes.resize(bytes.size() - reader.waiting());
  return bytes;
}

TEST(Row, ReaderTakesChunksOfAnySize) {
  std::mt19937_64 random(10);
  std::string bytes;
  std::vector<event::StoredEvent> sent;
  for (std::uint64_t seq = 1; seq <= 200; ++seq) {
    sent.push_back(random_event(random, "org_1", seq));
    bytes += selected_row(sent.back());
  }
  for (const std::size_t size : {1, 7, 1000, 1000000}) {
    RowReader reader;
    std::vector<event::StoredEvent> read;
    for (std::size_t start = 0; start < bytes.size(); start += size) {
      reader.feed(std::string_view(bytes).substr(start, size));
      for (;;) {
        auto row = reader.next();
        ASSERT_TRUE(row);
        if (!*row) break;
        read.push_back((*row)->stored);
      }
    }
    EXPECT_EQ(read, sent) << size;
    EXPECT_EQ(reader.waiting(), 0u);
  }
}

TEST(Row, ReaderSurvivesDamagedBytes) {
  std::mt19937_64 random(11);
  const std::string good = selected_row(random_event(random, "org_1", 1));
  int refused = 0;
  for (int round = 0; round < 20000; ++round) {
    std::string bytes = good;
    bytes[random() % bytes.size()] = static_cast<char>(random());
    RowReader reader;
    reader.feed(bytes);
    auto row = reader.next();
    if (!row || !*row) ++refused;
  }
  EXPECT_GT(refused, 0);
}

TEST(Row, FoldedCopiesOnlyWhereFoldingChangesTheText) {
  event::StoredEvent stored;
  stored.event.organization_id = "o";
  stored.event.actor.name = "ANNA";  // ASCII: searched as it is
  std::string ascii;
  append_row(ascii, 1, stored, {});
  EXPECT_EQ(ascii.find("anna"), std::string::npos);
  stored.event.actor.name = "ÅNNA";
  std::string folded;
  append_row(folded, 1, stored, {});
  EXPECT_NE(folded.find("ånna"), std::string::npos);
}

}  // namespace
}  // namespace trailkeeper::events
