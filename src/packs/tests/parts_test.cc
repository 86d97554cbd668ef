#include "parts.h"

#include <gtest/gtest.h>

#include <limits>

#include "base/file.h"
#include "compress/gzip.h"
#include "compress/zstd.h"
#include "testing/temp_folder.h"
#include "usual.h"

namespace trailkeeper::packs {
namespace {

std::vector<Column> columns() {
  return {{.name = "id", .type = ColumnType::integer},
          {.name = "title", .type = ColumnType::text},
          {.name = "price", .type = ColumnType::decimal, .precision = 12, .scale = 2},
          {.name = "ratio", .type = ColumnType::real},
          {.name = "on", .type = ColumnType::boolean},
          {.name = "day", .type = ColumnType::date},
          {.name = "at", .type = ColumnType::timestamp},
          {.name = "wall", .type = ColumnType::local_timestamp},
          {.name = "raw", .type = ColumnType::bytes},
          {.name = "more", .type = ColumnType::json}};
}

std::vector<Cell> row() {
  return {{.null = false, .integer = -7},
          {.null = false, .text = "a \"b\", =c\nd"},
          {.null = false, .text = "-12.50"},
          {.null = false, .real = 0.1},
          {.null = false, .integer = 1},
          {.null = false, .integer = 20780},
          {.null = false, .integer = 1'795'392'000'000'001},
          {.null = false, .integer = 1'795'392'000'000'000},
          {.null = false, .text = std::string_view("\0\xFF", 2)},
          {.null = false, .text = "{\"a\":[1]}"}};
}

std::vector<Cell> nothing() { return std::vector<Cell>(columns().size()); }

class PartsTest : public ::testing::Test {
 protected:
  std::string written(Format format, Packing packing, const std::vector<std::vector<Cell>>& rows) {
    const std::string path = folder_.path() + "/part";
    const auto all = columns();
    auto part = make_part(path, all, format, packing);
    EXPECT_TRUE(part);
    for (const auto& cells : rows) EXPECT_TRUE((*part)->add(cells.data()));
    const auto digest = (*part)->finish();
    EXPECT_TRUE(digest);
    const std::string content = *read_file(path);
    EXPECT_EQ(digest->bytes, content.size());
    EXPECT_EQ(digest->sha256, crypto::sha256(content));
    EXPECT_EQ((*part)->rows(), rows.size());
    return content;
  }
  settings::TempFolder folder_;
};

TEST_F(PartsTest, CsvKeepsEveryValueAsItIs) {
  EXPECT_EQ(written(Format::csv, Packing::none, {row(), nothing()}),
            "id,title,price,ratio,on,day,at,wall,raw,more\r\n"
            "-7,\"a \"\"b\"\", =c\nd\",-12.50,0.1,true,2026-11-23,2026-11-23T00:00:00.000001Z,"
            "2026-11-23T00:00:00.000000,AP8=,\"{\"\"a\"\":[1]}\"\r\n"
            ",,,,,,,,,\r\n");
}

TEST_F(PartsTest, AnEmptyTextIsNotNull) {
  auto cells = nothing();
  cells[1] = {.null = false, .text = ""};
  EXPECT_NE(written(Format::csv, Packing::none, {cells}).find("\r\n,\"\",,"), std::string::npos);
}

TEST_F(PartsTest, LinesOfJson) {
  EXPECT_EQ(written(Format::jsonl, Packing::none, {row()}),
            "{\"id\":-7,\"title\":\"a \\\"b\\\", =c\\nd\",\"price\":\"-12.50\",\"ratio\":0.1,"
            "\"on\":true,\"day\":\"2026-11-23\",\"at\":\"2026-11-23T00:00:00.000001Z\","
            "\"wall\":\"2026-11-23T00:00:00.000000\",\"raw\":\"AP8=\",\"more\":{\"a\":[1]}}\n");
  auto cells = nothing();
  cells[3] = {.null = false, .real = std::numeric_limits<double>::infinity()};
  EXPECT_NE(written(Format::jsonl, Packing::none, {cells}).find("\"ratio\":\"inf\""),
            std::string::npos);
}

TEST_F(PartsTest, PackedOrNotItIsTheSame) {
  const std::string plain = written(Format::csv, Packing::none, {row()});
  EXPECT_EQ(*compress::gunzip(written(Format::csv, Packing::gzip, {row()}), 1 << 20), plain);
  EXPECT_EQ(*compress::unzstd(written(Format::csv, Packing::zstd, {row()}), 1 << 20), plain);
  EXPECT_TRUE(written(Format::parquet, Packing::zstd, {row()}).starts_with("PAR1"));
}

TEST_F(PartsTest, ADecimalThatDoesNotFitIsRefusedAndNotCut) {
  for (const char* text : {"1.234", "NaN", "12345678901234567890.00", "--1", "1e5"}) {
    const auto all = columns();
    auto part = make_part(folder_.path() + "/part", all, Format::parquet, Packing::none);
    auto cells = row();
    cells[2].text = text;
    EXPECT_FALSE((*part)->add(cells.data())) << text;
  }
}

TEST(Columns, ChangesAreThoseThatReadersNotice) {
  const std::vector<Column> before{{.name = "a", .type = ColumnType::integer},
                                   {.name = "b", .type = ColumnType::text}};
  EXPECT_TRUE(changes_between(before, before).empty());
  std::vector<Column> after = before;
  after.push_back({.name = "c", .type = ColumnType::date});
  const auto added = changes_between(before, after);
  ASSERT_EQ(added.size(), 1u);
  EXPECT_FALSE(breaks_readers(added));
  after[1].type = ColumnType::json;
  EXPECT_TRUE(breaks_readers(changes_between(before, after)));
  EXPECT_TRUE(breaks_readers(changes_between(after, before)));
  EXPECT_EQ(*columns_from_json(to_json(after)), after);
}

settings::PackRun run_of(std::uint64_t rows, const std::string& nulls) {
  settings::PackRun run{.org = *OrgId::parse("acme")};
  run.rows = rows;
  run.bytes = rows * 10'000;
  run.nulls = nulls;
  return run;
}

TEST(Usual, ComparesWithTheMedianOfAtLeastThree) {
  const std::vector<Column> all{{.name = "a", .type = ColumnType::text}};
  const auto odd = [&](std::size_t runs, std::uint64_t rows, std::uint64_t nulls) {
    std::vector<settings::PackRun> before(runs, run_of(1000, R"({"a":10})"));
    Staged staged{.nulls = {nulls}, .rows = rows, .bytes = rows * 10'000};
    return oddities(before, all, staged, 50).size();
  };
  EXPECT_EQ(odd(2, 0, 0), 0u);
  EXPECT_EQ(odd(3, 1000, 10), 0u);
  EXPECT_EQ(odd(3, 1500, 15), 0u);
  EXPECT_EQ(odd(3, 1501, 15), 2u);  // rows and bytes
  EXPECT_EQ(odd(3, 0, 0), 1u);
  EXPECT_EQ(odd(3, 1000, 300), 1u);  // nulls
}

}  // namespace
}  // namespace trailkeeper::packs
