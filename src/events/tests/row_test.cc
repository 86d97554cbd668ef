#include "events/row.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "binary.h"
#include "columns.h"
#include "decode.h"
#include "event/record.h"
#include "testing/random_event.h"

namespace trailkeeper::events {
namespace {

using event::testing::random_event;

// The rows of a batch as the store would give them back: its block of columns, taken apart.
std::vector<std::string> rows_of(const BatchBuilder& batch) {
  std::string head, block;
  for (const std::string_view piece : batch.pieces(head)) block += piece;
  BinaryCursor cursor(block);
  const std::uint64_t columns = cursor.length();
  std::vector<std::string> rows(cursor.length());
  for (std::uint64_t column = 0; column < columns; ++column) {
    const std::string name(cursor.text()), type(cursor.text());
    std::vector<std::uint64_t> ends(type == "Array(String)" ? rows.size() : 0);
    for (std::uint64_t& end : ends) end = cursor.number<std::uint64_t>();
    for (std::size_t i = 0; i < rows.size(); ++i) {
      std::string value;
      if (type == "String") {
        put_text(value, cursor.text());
      } else if (type == "Array(String)") {
        const std::uint64_t items = ends[i] - (i == 0 ? 0 : ends[i - 1]);
        put_length(value, items);
        for (std::uint64_t item = 0; item < items; ++item) put_text(value, cursor.text());
      } else {
        value = cursor.fixed(type == "UInt16" ? 2 : type == "FixedString(16)" ? 16 : 8);
      }
      if (name != "folded") rows[i] += value;
    }
  }
  EXPECT_EQ(cursor.position(), block.size());
  EXPECT_FALSE(cursor.short_of_bytes());
  return rows;
}

std::string encoded(const event::StoredEvent& stored) {
  BatchBuilder batch(9);
  EXPECT_TRUE(batch.add(stored, event::render_record(stored))) << event::render_record(stored);
  return rows_of(batch).at(0);
}

StoredRow read_one(const std::string& bytes) {
  RowReader reader;
  reader.feed(bytes);
  auto row = reader.next();
  EXPECT_TRUE(row && *row);
  EXPECT_EQ(reader.waiting(), 0u);
  return row && *row ? **row : StoredRow{};
}

// What is compared with what is read back.
TEST(Row, ThePrintIsThatOfTheRows) {
  std::mt19937_64 random(3);
  BatchBuilder batch(4);
  for (std::uint64_t seq = 1; seq <= 100; ++seq) {
    const auto stored = random_event(random, "org_1", seq);
    batch.add(stored, event::render_record(stored));
  }
  RowsPrint print;
  for (const std::string& row : rows_of(batch)) print.add(row);
  EXPECT_EQ(print, batch.print());
  EXPECT_EQ(print.rows, 100u);
}

// Promise 4: what the store gives back is the record that was hashed.
TEST(Row, AnyEventComesBackAsItWas) {
  std::mt19937_64 random(7);
  for (std::uint64_t seq = 1; seq <= 5000; ++seq) {
    const auto stored = random_event(random, "org_1", seq);
    const StoredRow row = read_one(encoded(stored));
    ASSERT_EQ(row.record(), event::render_record(stored));
    ASSERT_EQ(row.org, "org_1");
    ASSERT_EQ(row.seq, stored.seq);
    ASSERT_EQ(row.id, stored.id);
    ASSERT_EQ(row.received_at, stored.received_at);
    ASSERT_EQ(row.occurred_at, stored.event.occurred_at);
    ASSERT_TRUE(row.has_columns);
    ASSERT_FALSE(row.has_exact_line);
  }
}

// The columns hold what is searched and filtered by, as plain text.
TEST(Row, ColumnsHoldTheMembers) {
  std::mt19937_64 random(12);
  for (std::uint64_t seq = 1; seq <= 500; ++seq) {
    const auto stored = random_event(random, "org_1", seq);
    const std::string bytes = encoded(stored);
    RowColumns row;
    const auto size = decode_row(bytes, row);
    ASSERT_TRUE(size && *size);
    const event::Event& e = stored.event;
    const event::Context context = e.context.value_or(event::Context{});
    const auto is = [&](TextColumn column, const event::Text& text) {
      EXPECT_EQ(row.texts[column], text.value_or("")) << kTextMembers[column].column;
    };
    is(kAction, e.action);
    is(kActionLabel, e.action_label);
    is(kArea, e.area);
    is(kApplication, e.application);
    is(kCategory, e.category);
    is(kCrud, e.crud);
    is(kActorId, e.actor.id);
    is(kActorName, e.actor.name);
    is(kActorUsername, e.actor.username);
    is(kActorEmail, e.actor.email);
    is(kIp, context.ip);
    is(kRequestId, context.request_id);
    is(kSessionId, context.session_id);
    is(kOutcome, e.outcome);
    is(kExternalId, e.external_id);
    EXPECT_EQ(row.http_status, e.http_status.value_or(0));
    EXPECT_EQ(row.batch, 9u);
    std::vector<std::string> targets;
    for (const event::Target& target : e.targets.value_or(std::vector<event::Target>{})) {
      if (target.type) targets.push_back("t" + *target.type);
      if (target.id) targets.push_back("i" + *target.id);
      if (target.name) targets.push_back("n" + *target.name);
    }
    EXPECT_TRUE(std::ranges::equal(row.targets, targets));
  }
}

// Promise 4: whatever is not as it was is noticed.
TEST(Row, AnyDamageChangesThePrint) {
  std::mt19937_64 random(15);
  std::vector<std::string> rows;
  for (std::uint64_t seq = 1; seq <= 3; ++seq)
    rows.push_back(encoded(random_event(random, "o", seq)));
  const auto print_of = [](const std::vector<std::string>& some) {
    RowsPrint print;
    for (const std::string& row : some) print.add(row);
    return print;
  };
  const RowsPrint whole = print_of(rows);
  EXPECT_EQ(print_of({rows[2], rows[0], rows[1]}), whole);
  EXPECT_NE(print_of({rows[0], rows[1]}), whole);
  EXPECT_NE(print_of({rows[0], rows[1], rows[1]}), whole);
  for (std::size_t at = 0; at < rows[1].size(); ++at) {
    for (int bit = 0; bit < 8; ++bit) {
      auto damaged = rows;
      damaged[1][at] = static_cast<char>(damaged[1][at] ^ (1 << bit));
      ASSERT_NE(print_of(damaged), whole) << at;
    }
    auto shorter = rows;
    shorter[1].erase(at, 1);
    ASSERT_NE(print_of(shorter), whole) << at;
    auto zero = rows;
    zero[1].insert(at, 1, '\0');
    ASSERT_NE(print_of(zero), whole) << at;
  }
}

TEST(Row, AbsentAndEmptyStayTwoThings) {
  event::StoredEvent stored;
  stored.seq = Seq{1};
  stored.event.organization_id = "o";
  const event::StoredEvent absent = stored;
  stored.event.area = "";
  stored.event.targets.emplace();
  stored.event.context.emplace();
  stored.event.error.emplace();
  stored.event.changes.emplace();
  stored.event.http_status = 0;
  event::StoredEvent deeper = stored;
  deeper.event.targets->resize(2);
  deeper.event.targets->front().name = "";
  deeper.event.context->request_id = "";
  for (const auto& one : {absent, stored, deeper}) {
    EXPECT_EQ(read_one(encoded(one)).record(), event::render_record(one));
  }
}

// Texts that look like what stands around them.
TEST(Row, TextsThatLookLikeTheRecordAreTexts) {
  event::StoredEvent stored;
  stored.seq = Seq{1};
  stored.event.organization_id = "o";
  stored.event.action = R"("},"actor":{"id":")";
  stored.event.actor.id = "\\";
  stored.event.actor.name = "\x01\x07\x1f\"\\\"";
  stored.event.actor.metadata = R"({"id":"x","name":"\u0001\"}","l":[{"ip":"]"}]})";
  stored.event.metadata = R"({"targets":[{"type":"t"}],"context":{"ip":"1"}})";
  const StoredRow row = read_one(encoded(stored));
  EXPECT_EQ(row.record(), event::render_record(stored));
  EXPECT_EQ(*event::parse_record(row.record()), stored);
}

TEST(Row, BatchKeepsTheExactLineWhereColumnsCannotRenderIt) {
  std::mt19937_64 random(8);
  const auto stored = random_event(random, "org_1", 1);
  BatchBuilder batch(3);
  EXPECT_TRUE(batch.add(stored, event::render_record(stored)));
  // An escape that our rendering does not use, in a column's text.
  event::StoredEvent plain = stored;
  plain.event.action = "a/b";
  std::string odd = event::render_record(plain);
  odd.replace(odd.find("a/b"), 3, "a\\/b");
  EXPECT_FALSE(batch.add(plain, odd));
  EXPECT_EQ(batch.rows(), 2u);
  const StoredRow row = read_one(rows_of(batch).at(1));
  EXPECT_EQ(row.record(), odd);
  EXPECT_TRUE(row.has_exact_line);
  EXPECT_TRUE(row.has_columns);
}

TEST(Row, WhatIsNoRecordOfItsPlaceKeepsPlaceAndLine) {
  std::mt19937_64 random(9);
  const auto stored = random_event(random, "org_1", 4);
  const std::string record = event::render_record(stored);
  for (const std::string& line :
       {std::string("the line"), std::string(), record.substr(0, record.size() / 2), record}) {
    BatchBuilder batch(3);
    EXPECT_FALSE(batch.add({"org_1", Seq{5}, stored.received_at}, line));
    const StoredRow row = read_one(rows_of(batch).at(0));
    EXPECT_FALSE(row.has_columns);
    EXPECT_EQ(row.record(), line);
    EXPECT_EQ(row.seq, Seq{5});
    EXPECT_EQ(row.org, "org_1");
    EXPECT_EQ(row.received_at, stored.received_at);
  }
}

TEST(Row, RawOnlyRowKeepsItsPlaceAndLine) {
  std::mt19937_64 random(9);
  const auto stored = random_event(random, "org_1", 4);
  const std::string record = event::render_record(stored);
  BatchBuilder batch(3);
  batch.add_raw_only({"org_1", stored.seq, stored.received_at}, record);
  const StoredRow row = read_one(rows_of(batch).at(0));
  EXPECT_FALSE(row.has_columns);
  EXPECT_TRUE(row.has_exact_line);
  EXPECT_EQ(row.record(), record);
  EXPECT_EQ(row.seq, stored.seq);
  EXPECT_EQ(row.id, stored.id);
  EXPECT_EQ(row.received_at, stored.received_at);
  EXPECT_EQ(row.occurred_at, stored.event.occurred_at);
}

// No bytes at all, however damaged, may do more than be refused.
TEST(Row, DamagedRecordsAreKeptAsTheyAre) {
  std::mt19937_64 random(13);
  for (int round = 0; round < 20000; ++round) {
    const auto stored = random_event(random, "o", 1);
    std::string record = event::render_record(stored);
    for (int i = 0; i < 3; ++i) record[random() % record.size()] = static_cast<char>(random());
    if (round % 3 == 0) record.resize(random() % record.size());
    BatchBuilder batch(1);
    batch.add(stored, record);
    ASSERT_EQ(read_one(rows_of(batch).at(0)).record(), record);
  }
}

TEST(Row, ReaderTakesChunksOfAnySize) {
  std::mt19937_64 random(10);
  std::string bytes;
  std::vector<std::string> sent;
  for (std::uint64_t seq = 1; seq <= 200; ++seq) {
    const auto stored = random_event(random, "org_1", seq);
    sent.push_back(event::render_record(stored));
    bytes += encoded(stored);
  }
  for (const std::size_t size : {1, 7, 1000, 1000000}) {
    RowReader reader;
    std::vector<std::string> read;
    for (std::size_t start = 0; start < bytes.size(); start += size) {
      reader.feed(std::string_view(bytes).substr(start, size));
      for (;;) {
        auto row = reader.next();
        ASSERT_TRUE(row);
        if (!*row) break;
        read.push_back((*row)->record());
      }
    }
    EXPECT_EQ(read, sent) << size;
    EXPECT_EQ(reader.waiting(), 0u);
  }
}

TEST(Row, ReaderSurvivesDamagedBytes) {
  std::mt19937_64 random(11);
  const std::string good = encoded(random_event(random, "org_1", 1));
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

TEST(Row, AFoldedCopyOnlyWhereFoldingChangesTheText) {
  const auto block = [](const event::StoredEvent& stored) {
    BatchBuilder batch(9);
    batch.add(stored, event::render_record(stored));
    std::string head, block;
    for (const std::string_view piece : batch.pieces(head)) block += piece;
    return block;
  };
  event::StoredEvent stored;
  stored.seq = Seq{1};
  stored.event.organization_id = "o";
  stored.event.actor.name = "ANNA";  // ASCII: searched as it is
  EXPECT_EQ(block(stored).find("anna"), std::string::npos);
  stored.event.actor.name = "日本";  // nothing to fold
  EXPECT_TRUE(block(stored).ends_with(std::string("folded\x06String\0", 14)));
  stored.event.actor.name = "ÅNNA";
  stored.event.area = "Billing";
  stored.event.targets.emplace().emplace_back().id = "T9";
  EXPECT_TRUE(
      block(stored).ends_with("ånna\xff\xff\xff\xff\xff"
                              "billing\xff\xfet9\xfe"));
}

}  // namespace
}  // namespace trailkeeper::events
