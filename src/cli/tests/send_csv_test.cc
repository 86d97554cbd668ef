#include "send_csv.h"

#include <gtest/gtest.h>

#include "send_jsonl.h"

namespace trailkeeper::cli {
namespace {

struct Read {
  std::vector<SendLine> lines;
  std::string error;
};

// Feeds `text` in pieces of `size` bytes.
Read read_all(LineReader& reader, std::string_view text, std::size_t size) {
  Read read;
  for (bool last = false; !last;) {
    const std::string_view piece = text.substr(0, size);
    text.remove_prefix(piece.size());
    last = text.empty();
    reader.feed(piece);
    if (last) reader.finish();
    for (;;) {
      SendLine line;
      const auto more = reader.next(line);
      if (!more) {
        read.error = more.error().message;
        return read;
      }
      if (!*more) break;
      read.lines.push_back(std::move(line));
    }
  }
  return read;
}

Mapping mapping(std::initializer_list<const char*> rules) {
  Mapping mapping;
  for (const char* rule : rules) EXPECT_TRUE(mapping.add(rule)) << rule;
  return mapping;
}

TEST(SendCsv, IsTheSameInPiecesOfAnySize) {
  const std::string text =
      "\xEF\xBB\xBF"
      "What,\"Who, \"\"name\"\"\"\r\na.b,\"x\r\n\"\"y\"\", z\"\n\r\nc.d,\n"
      "e.f,last";
  for (std::size_t size = 1; size <= text.size(); ++size) {
    CsvEvents events(mapping({"action=What", "actor.id=Who, \"name\""}), ',');
    const Read read = read_all(events, text, size);
    ASSERT_EQ(read.error, "");
    ASSERT_EQ(read.lines.size(), 3u) << size;
    EXPECT_EQ(read.lines[0].text, R"({"action":"a.b","actor":{"id":"x\r\n\"y\", z"}})");
    EXPECT_EQ(read.lines[1].text, R"({"action":"c.d"})");
    EXPECT_EQ(read.lines[2].text, R"({"action":"e.f","actor":{"id":"last"}})");
    EXPECT_EQ(read.lines[0].number, 2u);
    EXPECT_EQ(read.lines[1].number, 5u);
    EXPECT_EQ(read.lines[2].end, text.size());
  }
}

TEST(SendCsv, BadRecordsAreNamedAndTheRestGoesOn) {
  CsvEvents events(mapping({"action=A"}), ';');
  const Read read = read_all(events, "A;B\na;b;c\nx\"y;z\ngood;1\n", 3);
  ASSERT_EQ(read.lines.size(), 3u);
  EXPECT_EQ(read.lines[0].problem, "The record has 3 fields and the header 2.");
  EXPECT_FALSE(read.lines[1].problem.empty());
  EXPECT_EQ(read.lines[2].problem, "");
}

TEST(SendCsv, WhatMakesTheWholeFileUnreadableIsAnError) {
  CsvEvents open_quote(mapping({"action=A"}), ',');
  EXPECT_NE(read_all(open_quote, "A\n\"never closed\n", 4).error, "");
  CsvEvents no_column(mapping({"action=B"}), ',');
  EXPECT_NE(read_all(no_column, "A\nx\n", 4).error.find("no column 'B'"), std::string::npos);
}

TEST(SendCsv, TheHeaderNamesTheFieldsWhenNoRuleDoes) {
  CsvEvents events(Mapping{}, ',');
  const Read read = read_all(events, "action,actor.id,http_status,metadata.n\na,u,404,7\n", 100);
  ASSERT_EQ(read.lines.size(), 1u);
  EXPECT_EQ(read.lines[0].text,
            R"({"action":"a","actor":{"id":"u"},"http_status":404,"metadata":{"n":"7"}})");
}

TEST(SendMapping, RefusesWhatIsNoFieldOrGivenTwice) {
  for (const char* rule : {"action", "=A", "nonsense=A", "actor..id=A", "actor.=A"}) {
    Mapping mapping;
    EXPECT_FALSE(mapping.add(rule)) << rule;
  }
  Mapping twice = mapping({"actor.id=A"});
  EXPECT_FALSE(twice.add("actor.id=B"));
  EXPECT_FALSE(twice.add("actor=B"));
}

TEST(SendMapping, TextsAndListsComeAsTold) {
  CsvEvents events(mapping({"action:=report.viewed", "targets.0.id=Id", "targets.0.type:=report"}),
                   ',');
  const Read read = read_all(events, "Id\n7\n", 100);
  ASSERT_EQ(read.lines.size(), 1u);
  EXPECT_EQ(read.lines[0].text,
            R"({"action":"report.viewed","targets":[{"id":"7","type":"report"}]})");
}

TEST(SendJsonl, LinesKeepTheirPlaceAndEmptyOnesDoNotCount) {
  const std::string text = "\xEF\xBB\xBF{\"a\":1}\r\n\n  \n{\"b\":2}";
  for (std::size_t size = 1; size <= text.size(); ++size) {
    JsonLines lines;
    const Read read = read_all(lines, text, size);
    ASSERT_EQ(read.lines.size(), 2u);
    EXPECT_EQ(read.lines[0].text, "{\"a\":1}");
    EXPECT_EQ(read.lines[0].number, 1u);
    EXPECT_EQ(read.lines[1].number, 4u);
    EXPECT_EQ(read.lines[1].end, text.size());
  }
}

TEST(SendJsonl, ALineThatIsTooLongIsNamed) {
  JsonLines lines;
  const Read read = read_all(lines, std::string((1u << 20) + 1, 'x') + "\n{}\n", 1u << 16);
  ASSERT_EQ(read.lines.size(), 2u);
  EXPECT_NE(read.lines[0].problem, "");
  EXPECT_EQ(read.lines[1].problem, "");
}

}  // namespace
}  // namespace trailkeeper::cli
