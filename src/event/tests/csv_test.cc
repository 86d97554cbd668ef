#include "event/csv.h"

#include <gtest/gtest.h>

#include "samples.h"

namespace trailkeeper::event {
namespace {

std::string cell(std::string_view text) {
  std::string out;
  append_csv_cell(out, text);
  return out;
}

TEST(Csv, ColumnsOfTheRequirement) {
  EXPECT_EQ(csv_header(), "Date,Username,Name,Application,Action,IP Address,Area\r\n");
  std::string row;
  append_csv_row(row, full_stored_event());
  EXPECT_EQ(
      row,
      "2026-11-22T14:02:58.001000Z,zoe,Zoë Müller,crm,created segment,2001:db8::1,Segments\r\n");
}

TEST(Csv, FallsBackToWhatThereIs) {
  StoredEvent stored = full_stored_event();
  stored.event.actor.username.reset();
  stored.event.action_label.reset();
  stored.event.context.reset();
  std::string row;
  append_csv_row(row, stored);
  EXPECT_EQ(
      row,
      "2026-11-22T14:02:58.001000Z,zoe@acme.example,Zoë Müller,crm,segment.created,,Segments\r\n");
}

TEST(Csv, QuotesAsRfc4180) {
  EXPECT_EQ(cell("plain"), "plain");
  EXPECT_EQ(cell("a,b"), "\"a,b\"");
  EXPECT_EQ(cell("a\"b"), "\"a\"\"b\"");
  EXPECT_EQ(cell("a\nb"), "\"a\nb\"");
}

TEST(Csv, NoCellIsAFormula) {
  EXPECT_EQ(cell("=1+1"), "'=1+1");
  EXPECT_EQ(cell("+1"), "'+1");
  EXPECT_EQ(cell("-1"), "'-1");
  EXPECT_EQ(cell("@x"), "'@x");
  EXPECT_EQ(cell("\tx"), "'\tx");
  EXPECT_EQ(cell("\rx"), "\"'\rx\"");
  EXPECT_EQ(cell("＝1"), "'＝1");
  EXPECT_EQ(cell("=HYPERLINK(\"a\",\"b\")"), "\"'=HYPERLINK(\"\"a\"\",\"\"b\"\")\"");
}

}  // namespace
}  // namespace trailkeeper::event
