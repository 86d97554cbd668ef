#include "changed.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <map>
#include <random>

#include "base/file.h"
#include "testing/temp_folder.h"

// Rows that changed: against the slow way of keeping both sides in maps, with little memory.
namespace trailkeeper::packs {
namespace {

// key (a text and a number) -> value, which may be null.
using Rows = std::map<std::pair<std::string, std::int64_t>, std::optional<std::string>>;
using Key = Rows::key_type;

class TableExtract final : public Extract {
 public:
  explicit TableExtract(std::vector<std::pair<Key, std::optional<std::string>>> rows,
                        bool turned = false)
      : rows_(std::move(rows)), turned_(turned) {
    columns_ = {{.name = "region", .type = ColumnType::text},
                {.name = "id", .type = ColumnType::integer},
                {.name = "value", .type = ColumnType::text}};
    if (turned_) std::swap(columns_[0], columns_[2]);
  }
  const std::vector<Column>& columns() const override { return columns_; }
  Timestamp snapshot_at() const override { return from_micros(5); }
  Result<bool> next(Batch& batch) override {
    batch.clear();
    for (; at_ < rows_.size() && batch.rows < 7; ++at_, ++batch.rows) {
      const auto& [key, value] = rows_[at_];
      Cell region{.null = key.first.empty(), .text = key.first};
      Cell text{.null = !value, .text = value ? *value : std::string_view()};
      if (turned_) std::swap(region, text);
      batch.cells.push_back(region);
      batch.cells.push_back({.null = false, .integer = key.second});
      batch.cells.push_back(text);
    }
    return batch.rows > 0;
  }
  void cancel() override {}
  Result<std::string> high_water() override { return std::string(); }

 private:
  std::vector<std::pair<Key, std::optional<std::string>>> rows_;
  std::vector<Column> columns_;
  bool turned_;
  std::size_t at_ = 0;
};

class ChangedTest : public ::testing::Test {
 protected:
  ChangedSettings settings(const std::string& before, const std::string& after) {
    const std::string folder = folder_.path() + "/sort";
    EXPECT_TRUE(make_folders(folder));
    return {.key = {"region", "id"},
            .before = before.empty() ? "" : folder_.path() + "/" + before,
            .after = folder_.path() + "/" + after,
            .folder = folder,
            .memory_max = 600};
  }
  std::unique_ptr<TableExtract> table(const Rows& rows, bool turned = false) {
    std::vector<std::pair<Key, std::optional<std::string>>> shuffled(rows.begin(), rows.end());
    std::shuffle(shuffled.begin(), shuffled.end(), random_);
    return std::make_unique<TableExtract>(std::move(shuffled), turned);
  }
  // What came out, by key: the change and the value.
  using Found = std::map<Key, std::pair<std::string, std::optional<std::string>>>;
  Result<Found> run(std::unique_ptr<Extract> rows, const std::string& before,
                    const std::string& after) {
    const auto extract = TRY(ChangedExtract::make(std::move(rows), settings(before, after)));
    EXPECT_EQ(extract->columns()[0].name, "_change");
    Found found;
    Batch batch;
    const std::size_t width = extract->columns().size();
    const bool turned = extract->columns()[1].name == "value";
    while (TRY(extract->next(batch))) {
      for (std::size_t row = 0; row < batch.rows; ++row) {
        const Cell* cells = batch.cells.data() + row * width;
        const Cell& region = cells[turned ? 3 : 1];
        const Cell& value = cells[turned ? 1 : 3];
        const Key key{std::string(region.text), cells[2].integer};
        const bool fresh =
            found
                .emplace(key, std::pair(std::string(cells[0].text),
                                        value.null ? std::nullopt
                                                   : std::optional<std::string>(value.text)))
                .second;
        EXPECT_TRUE(fresh) << "a key twice";
      }
    }
    counts_ = extract->counts();
    return found;
  }
  static Found expected(const Rows& before, const Rows& now) {
    Found found;
    for (const auto& [key, value] : now) {
      const auto there = before.find(key);
      if (there == before.end()) {
        found[key] = {"added", value};
      } else if (there->second != value) {
        found[key] = {"changed", value};
      }
    }
    for (const auto& [key, value] : before) {
      if (!now.contains(key)) found[key] = {"removed", std::nullopt};
    }
    return found;
  }

  settings::TempFolder folder_;
  std::mt19937 random_{7};
  ChangeCounts counts_;
};

TEST_F(ChangedTest, GivesWhatTheSlowWayGives) {
  Rows before;
  std::string state;
  for (int round = 0; round < 12; ++round) {
    Rows now = before;
    for (int i = 0; i < 120; ++i) {
      // Keys of which one begins with another, and values that look like a null.
      const Key key{std::string(1 + random_() % 3, static_cast<char>('a' + random_() % 2)),
                    static_cast<std::int64_t>(random_() % 60) - 30};
      switch (random_() % 4) {
        case 0:
          now.erase(key);
          break;
        case 1:
          now[key] = std::nullopt;
          break;
        case 2:
          now[key] = "";
          break;
        default:
          now[key] = std::string(random_() % 40, 'x');
      }
    }
    if (round == 8) now.clear();
    const std::string after = "state-" + std::to_string(round);
    const auto found = run(table(now, round % 3 == 2), state, after);
    ASSERT_TRUE(found) << found.error().message;
    const Found wanted = expected(before, now);
    EXPECT_EQ(*found, wanted) << "round " << round;
    EXPECT_EQ(counts_.added + counts_.changed + counts_.removed, wanted.size());
    EXPECT_TRUE(std::filesystem::is_empty(folder_.path() + "/sort")) << "files are left";
    state = after;
    before = now;
  }
}

TEST_F(ChangedTest, MoreRunsThanAreMergedAtOnce) {
  Rows now;
  for (std::int64_t i = 0; i < 3000; ++i) now[{"r", i}] = std::to_string(i * i);
  const auto first = run(table(now), "", "first");
  ASSERT_TRUE(first) << first.error().message;
  EXPECT_EQ(first->size(), 3000u);
  EXPECT_EQ(counts_.added, 3000u);
  const auto none = run(table(now), "first", "second");
  ASSERT_TRUE(none);
  EXPECT_TRUE(none->empty());
}

TEST_F(ChangedTest, RefusesRowsThatCannotBeToldApart) {
  const auto twice =
      run(std::make_unique<TableExtract>(std::vector<std::pair<Key, std::optional<std::string>>>{
              {{"a", 1}, "x"}, {{"a", 2}, "y"}, {{"a", 1}, "x"}}),
          "", "one");
  ASSERT_FALSE(twice);
  EXPECT_EQ(twice.error().code, "duplicate_key");
  const auto null =
      run(std::make_unique<TableExtract>(
              std::vector<std::pair<Key, std::optional<std::string>>>{{{"", 1}, "x"}}),
          "", "two");
  ASSERT_FALSE(null);
  EXPECT_EQ(null.error().code, "null_key");
}

TEST_F(ChangedTest, SeesWhenWhatIsRememberedIsDamaged) {
  Rows rows;
  for (std::int64_t i = 0; i < 20; ++i) rows[{"r", i}] = "v";
  ASSERT_TRUE(run(table(rows), "", "good"));
  const std::string good = *read_file(folder_.path() + "/good");
  std::size_t refused = 0;
  for (std::size_t at = 0; at < good.size(); at += 3, ++refused) {
    std::string bad = good;
    bad[at] = static_cast<char>(bad[at] ^ 1);
    ASSERT_TRUE(write_file_durably(folder_.path() + "/bad", bad));
    std::filesystem::remove(folder_.path() + "/next");
    const auto found = run(table(rows), "bad", "next");
    ASSERT_FALSE(found) << "byte " << at;
    EXPECT_EQ(found.error().code, "state_damaged");
  }
  EXPECT_GT(refused, 100u);
  ASSERT_TRUE(write_file_durably(folder_.path() + "/bad", good.substr(0, good.size() - 1)));
  std::filesystem::remove(folder_.path() + "/next");
  EXPECT_FALSE(run(table(rows), "bad", "next"));
}

}  // namespace
}  // namespace trailkeeper::packs
