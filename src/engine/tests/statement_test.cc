#include "statement.h"

#include <gtest/gtest.h>

namespace trailkeeper::engine {
namespace {

TEST(Statement, SelectsAreStreamed) {
  for (const char* sql : {"SELECT 1", "  select 1", "-- INSERT\nSELECT 1",
                          "/* x */ WITH 1 AS a SELECT a", "(SELECT 1)"}) {
    EXPECT_EQ(classify(sql).kind, StatementKind::rows) << sql;
  }
}

TEST(Statement, InsertWithFormatIsSplit) {
  const auto statement = classify("INSERT INTO t (a, b) FORMAT RowBinary");
  EXPECT_EQ(statement.kind, StatementKind::insert);
  EXPECT_EQ(statement.text, "INSERT INTO t (a, b) ");
  EXPECT_EQ(statement.format, "RowBinary");
  EXPECT_EQ(statement.data, "");
}

TEST(Statement, InsertWithDataInTheTextKeepsEveryByte) {
  const auto statement =
      classify("insert into t settings a = 1 format JSONEachRow \r\n{\"a\":\"FORMAT\"}\n");
  EXPECT_EQ(statement.kind, StatementKind::insert);
  EXPECT_EQ(statement.text, "insert into t settings a = 1 ");
  EXPECT_EQ(statement.format, "JSONEachRow");
  EXPECT_EQ(statement.data, "{\"a\":\"FORMAT\"}\n");
}

TEST(Statement, WordsInQuotesCommentsAndBracketsDoNotCount) {
  const auto statement =
      classify("INSERT INTO `FORMAT x` (`SELECT`, \"VALUES\") /* FORMAT CSV */ FORMAT TSV");
  EXPECT_EQ(statement.kind, StatementKind::insert);
  EXPECT_EQ(statement.format, "TSV");
  EXPECT_EQ(classify("INSERT INTO t SELECT 'FORMAT x'").kind, StatementKind::other);
  EXPECT_EQ(classify("INSERT INTO t VALUES ('a\\' FORMAT CSV')").kind, StatementKind::other);
}

TEST(Statement, TheRestIsRunWhole) {
  for (const char* sql :
       {"CREATE TABLE t (a Int8) ENGINE = Memory", "ALTER TABLE t DELETE WHERE a IN (SELECT 1)",
        "SHOW TABLES", "SET a = 1"}) {
    EXPECT_EQ(classify(sql).kind, StatementKind::other) << sql;
  }
}

TEST(Statement, OpenQuotesAndBracketsEndSomewhere) {
  for (const char* sql :
       {"SELECT 'abc", "INSERT INTO t (a", "SELECT /* x", "'", "\\", "", "INSERT INTO t FORMAT"}) {
    classify(sql);
  }
  EXPECT_EQ(classify("INSERT INTO t FORMAT").kind, StatementKind::other);
}

}  // namespace
}  // namespace trailkeeper::engine
