#include "kept_columns.h"

#include <gtest/gtest.h>

#include "testing/fake_places.h"

// A version that was given notice keeps its columns.
namespace trailkeeper::packs {
namespace {

const Column kNumber{.name = "n", .type = ColumnType::integer};
const Column kOrg{.name = "org", .type = ColumnType::text};

TEST(KeptColumnsTest, WhatTheSourceNoLongerHasIsEmptyAndOtherTypesAreTexts) {
  testing::FakeDatabase database{.rows = 4};
  auto extract =
      std::make_unique<testing::FakeExtract>(database, Pull{.org = *OrgId::parse("acme")});
  Column retyped = kOrg;
  retyped.type = ColumnType::integer;
  Column as_text = kNumber;
  as_text.type = ColumnType::text;
  const auto kept = keep_columns(std::move(extract), {{.name = "gone"}, as_text, retyped});
  Batch batch;
  int row = 0;
  while (*kept->next(batch)) {
    ASSERT_EQ(batch.cells.size(), batch.rows * 3);
    for (std::size_t i = 0; i < batch.rows; ++i) {
      EXPECT_TRUE(batch.cells[i * 3].null);
      EXPECT_EQ(batch.cells[i * 3 + 1].text, std::to_string(++row));
      EXPECT_TRUE(batch.cells[i * 3 + 2].null);
    }
  }
  EXPECT_EQ(row, 4);
}

TEST(KeptColumnsTest, OnlyWhatWasAcceptedIsKept) {
  const std::vector<ColumnChange> accepted{{"a", "removed", "text", ""},
                                           {"b", "retyped", "text", "integer"}};
  EXPECT_EQ(kept_changes({accepted[0]}, accepted).size(), 1u);
  EXPECT_EQ(kept_changes({accepted[1], {"c", "added", "", "text"}}, accepted).size(), 1u);
  EXPECT_TRUE(kept_changes({{"c", "added", "", "text"}}, accepted).empty());
  EXPECT_TRUE(kept_changes({accepted[0], {"d", "removed", "text", ""}}, accepted).empty());
  EXPECT_TRUE(kept_changes({{"b", "retyped", "text", "real"}}, accepted).empty());
}

}  // namespace
}  // namespace trailkeeper::packs
