#include "db/database.h"

#include <gtest/gtest.h>
#include <sqlite3.h>
#include <sys/stat.h>

#include <filesystem>
#include <limits>
#include <string>
#include <vector>

#include "base/ids.h"

namespace trailkeeper::db {
namespace {

class DatabaseTest : public testing::Test {
 protected:
  DatabaseTest() : folder_(testing::TempDir() + "db_test-" + random_base32(12)) {
    std::filesystem::create_directory(folder_);
  }
  ~DatabaseTest() override { std::filesystem::remove_all(folder_); }

  std::string path() const { return folder_ + "/test.db"; }
  Database writer() const { return Database::open(path(), Database::Mode::read_write).value(); }
  Database reader() const { return Database::open(path(), Database::Mode::read_only).value(); }

  static std::string one(Database& database, std::string_view sql) {
    Statement statement = database.prepare(sql).value();
    EXPECT_TRUE(statement.step().value());
    return statement.text(0);
  }

  const std::string folder_;
};

TEST_F(DatabaseTest, OpensDurablyAndWarily) {
  Database database = writer();
  ASSERT_TRUE(database.execute("CREATE TABLE t (x)"));
  EXPECT_EQ(one(database, "PRAGMA journal_mode"), "wal");
  EXPECT_EQ(one(database, "PRAGMA synchronous"), "2");
  EXPECT_EQ(one(database, "PRAGMA page_size"), "16384");
  EXPECT_EQ(one(database, "PRAGMA wal_autocheckpoint"), "0");
  EXPECT_EQ(one(database, "PRAGMA foreign_keys"), "1");
  EXPECT_EQ(one(database, "PRAGMA trusted_schema"), "0");
  EXPECT_EQ(one(database, "PRAGMA cell_size_check"), "1");
  EXPECT_EQ(one(database, "PRAGMA temp_store"), "2");
  for (const char* suffix : {"", "-wal", "-shm"}) {
    struct stat file {};
    ASSERT_EQ(::stat((path() + suffix).c_str(), &file), 0);
    EXPECT_EQ(file.st_mode & 0777, 0600u) << suffix;
  }
}

TEST_F(DatabaseTest, BindsAndReadsEveryType) {
  Database database = writer();
  ASSERT_TRUE(database.execute("CREATE TABLE t (a, b, c, d, e, f, g, h, i, j)"));
  Statement insert = database.prepare("INSERT INTO t VALUES (?,?,?,?,?,?,?,?,?,?)").value();
  const std::string bytes("a\0b\xff", 4);
  const OrgId org = OrgId::parse("acme").value();
  ASSERT_TRUE(insert
                  .with(std::numeric_limits<std::int64_t>::min(), 2.5, "text\xc3\xa9",
                        Statement::Blob{bytes}, nullptr, from_micros(1'234'567), Seq{7}, org,
                        std::optional<std::string>("here"), std::optional<int>())
                  .run());
  EXPECT_EQ(database.changes(), 1);
  EXPECT_EQ(database.last_insert_id(), 1);
  Statement select = database.prepare("SELECT *, typeof(c), typeof(d) FROM t").value();
  ASSERT_TRUE(select.step().value());
  EXPECT_EQ(select.integer(0), std::numeric_limits<std::int64_t>::min());
  EXPECT_EQ(select.real(1), 2.5);
  EXPECT_EQ(select.text(2), "text\xc3\xa9");
  EXPECT_EQ(select.view(3), bytes);
  EXPECT_TRUE(select.is_null(4));
  EXPECT_EQ(select.optional_text(4), std::nullopt);
  EXPECT_EQ(select.optional_time(4), std::nullopt);
  EXPECT_EQ(select.time(5), from_micros(1'234'567));
  EXPECT_EQ(select.optional_time(5), from_micros(1'234'567));
  EXPECT_EQ(select.integer(6), 7);
  EXPECT_EQ(select.text(7), "acme");
  EXPECT_EQ(select.optional_text(8), "here");
  EXPECT_TRUE(select.is_null(9));
  EXPECT_EQ(select.text(10), "text");
  EXPECT_EQ(select.text(11), "blob");
  EXPECT_FALSE(select.step().value());
}

TEST_F(DatabaseTest, AnEmptyTextIsNotNull) {
  Database database = writer();
  ASSERT_TRUE(database.execute("CREATE TABLE t (a NOT NULL, b NOT NULL)"));
  Statement insert = database.prepare("INSERT INTO t VALUES (?, ?)").value();
  ASSERT_TRUE(insert.with(std::string_view(), Statement::Blob{}).run());
  EXPECT_EQ(one(database, "SELECT typeof(a) || length(a) || typeof(b) || length(b) FROM t"),
            "text0blob0");
}

TEST_F(DatabaseTest, StatementsAreUsedAgainAndForgetOldValues) {
  Database database = writer();
  ASSERT_TRUE(database.execute("CREATE TABLE t (a, b)"));
  Statement insert = database.prepare("INSERT INTO t VALUES (?, ?)").value();
  ASSERT_TRUE(insert.with(1, "x").run());
  ASSERT_TRUE(insert.with(2).run());
  EXPECT_EQ(one(database, "SELECT group_concat(a || ifnull(b, '-')) FROM t"), "1x,2-");
  Statement moved = std::move(insert);
  ASSERT_TRUE(moved.with(3, "z").run());
  insert = database.prepare("DELETE FROM t").value();
  ASSERT_TRUE(insert.run());
  EXPECT_EQ(database.changes(), 3);
}

// A value that could not be bound would silently be stored as NULL.
TEST_F(DatabaseTest, AValueThatCannotBeBoundFailsTheStep) {
  Database database = writer();
  ASSERT_TRUE(database.execute("CREATE TABLE t (a)"));
  Statement insert = database.prepare("INSERT INTO t VALUES (?)").value();
  EXPECT_EQ(insert.with(1, 2).run().error().code, "bind");
  EXPECT_TRUE(insert.with(1).run());
  EXPECT_EQ(one(database, "SELECT count(*) FROM t"), "1");
}

TEST_F(DatabaseTest, TransactionsAreWholeOrNothing) {
  Database database = writer();
  ASSERT_TRUE(database.execute("CREATE TABLE t (a UNIQUE)"));
  {
    Transaction transaction = Transaction::begin(database).value();
    EXPECT_TRUE(database.in_transaction());
    ASSERT_TRUE(database.execute("INSERT INTO t VALUES (1)"));
  }
  EXPECT_FALSE(database.in_transaction());
  EXPECT_EQ(one(database, "SELECT count(*) FROM t"), "0");
  {
    Transaction transaction = Transaction::begin(database).value();
    ASSERT_TRUE(database.execute("INSERT INTO t VALUES (1)"));
    const Error error = database.execute("INSERT INTO t VALUES (1)").error();
    EXPECT_EQ(error.kind, ErrorKind::conflict);
    EXPECT_EQ(error.code, "constraint");
    Transaction moved = std::move(transaction);
    ASSERT_TRUE(moved.commit());
  }
  EXPECT_EQ(one(database, "SELECT count(*) FROM t"), "1");
}

TEST_F(DatabaseTest, ReadersSeeWhatWasCommittedAndCannotWrite) {
  Database database = writer();
  ASSERT_TRUE(database.execute("CREATE TABLE t (a); INSERT INTO t VALUES (1)"));
  Database other = reader();
  EXPECT_EQ(one(other, "SELECT count(*) FROM t"), "1");
  EXPECT_EQ(other.execute("INSERT INTO t VALUES (2)").error().kind, ErrorKind::failed);
  Transaction transaction = Transaction::begin(database).value();
  ASSERT_TRUE(database.execute("INSERT INTO t VALUES (2)"));
  EXPECT_EQ(one(other, "SELECT count(*) FROM t"), "1");
  ASSERT_TRUE(transaction.commit());
  EXPECT_EQ(one(other, "SELECT count(*) FROM t"), "2");
}

TEST_F(DatabaseTest, TheLogGrowsUntilTheCheckpoint) {
  Database database = writer();
  ASSERT_TRUE(database.execute("CREATE TABLE t (a)"));
  for (int i = 0; i < 200; ++i)
    ASSERT_TRUE(database.execute("INSERT INTO t VALUES (randomblob(16000))"));
  EXPECT_GT(database.log_bytes(), 3'000'000u);
  // A reader that is still on the old log delays the copying and makes it no error.
  Database other = reader();
  Statement slow = other.prepare("SELECT a FROM t").value();
  ASSERT_TRUE(slow.step().value());
  ASSERT_TRUE(database.checkpoint());
  EXPECT_GT(database.log_bytes(), 0u);
  slow.reset();
  ASSERT_TRUE(database.checkpoint());
  EXPECT_EQ(database.log_bytes(), 0u);
  EXPECT_EQ(one(other, "SELECT count(*) FROM t"), "200");
}

TEST_F(DatabaseTest, ALogBegunAnewIsWrittenOver) {
  Database database = writer();
  ASSERT_TRUE(database.execute("CREATE TABLE t (a)"));
  const auto fill = [&database] {
    for (int i = 0; i < 50; ++i)
      ASSERT_TRUE(database.execute("INSERT INTO t VALUES (randomblob(16000))"));
  };
  const auto size = [this] { return std::filesystem::file_size(path() + "-wal"); };
  fill();
  const auto before = size();
  ASSERT_TRUE(database.checkpoint());
  EXPECT_EQ(database.log_bytes(), 0u);
  EXPECT_EQ(size(), before);
  fill();
  EXPECT_GT(database.log_bytes(), 0u);
  EXPECT_LE(size(), before);
  Database other = reader();
  EXPECT_EQ(one(other, "SELECT count(*) FROM t"), "100");
}

TEST_F(DatabaseTest, MistakesAndMissingFilesAreErrors) {
  EXPECT_EQ(Database::open(path(), Database::Mode::read_only).error().code, "open");
  EXPECT_EQ(Database::open(folder_ + "/none/x", Database::Mode::read_write).error().kind,
            ErrorKind::not_found);
  Database database = writer();
  EXPECT_EQ(database.execute("SELEC 1").error().code, "sql");
  EXPECT_EQ(database.prepare("SELECT * FROM missing").error().code, "sql");
  EXPECT_EQ(database.prepare("").error().code, "sql");
}

TEST_F(DatabaseTest, AFileThatIsNoDatabaseIsFatal) {
  {
    FILE* file = std::fopen(path().c_str(), "w");
    const std::string noise(20'000, 'x');
    std::fwrite(noise.data(), 1, noise.size(), file);
    std::fclose(file);
  }
  EXPECT_EQ(Database::open(path(), Database::Mode::read_write).error().kind, ErrorKind::fatal);
}

TEST_F(DatabaseTest, AFullDiskLosesOnlyTheTransaction) {
  Database database = writer();
  ASSERT_TRUE(
      database.execute("CREATE TABLE t (a); INSERT INTO t VALUES (1); PRAGMA max_page_count=10"));
  {
    Transaction transaction = Transaction::begin(database).value();
    ASSERT_TRUE(database.execute("INSERT INTO t VALUES (2)"));
    const Error error = database.execute("INSERT INTO t VALUES (zeroblob(1000000))").error();
    EXPECT_EQ(error.kind, ErrorKind::unavailable);
    EXPECT_EQ(error.code, "disk_full");
  }
  ASSERT_TRUE(database.execute("INSERT INTO t VALUES (3)"));
  EXPECT_EQ(one(database, "SELECT group_concat(a) FROM t"), "1,3");
}

// Debian's SQLite would write each page that gets free once more, as zeros, after keeping a copy of
// it in memory: as much again as was ever written to a journal whose tables come and go.
TEST_F(DatabaseTest, WhatIsDroppedIsNotWrittenAgain) {
  Database database = writer();
  EXPECT_EQ(one(database, "PRAGMA secure_delete"), "2");  // FAST
  ASSERT_TRUE(database.execute("CREATE TABLE t (a); INSERT INTO t VALUES (zeroblob(8000000))"));
  ASSERT_TRUE(database.checkpoint());
  ASSERT_TRUE(database.execute("CREATE TABLE other (a)"));  // the log begins anew
  const std::uint64_t before = database.log_bytes();
  ASSERT_TRUE(database.execute("DROP TABLE t"));
  EXPECT_LT(database.log_bytes() - before, 1'000'000U);
}

TEST_F(DatabaseTest, MigratesStepByStep) {
  const Migration steps[] = {{1, "CREATE TABLE a (x)"},
                             {2, "CREATE TABLE b (x); INSERT INTO a VALUES (5)"},
                             {3, "CREATE TABLE c (x); BROKEN"}};
  Database database = writer();
  ASSERT_TRUE(migrate(database, std::span(steps, 1)));
  ASSERT_TRUE(migrate(database, std::span(steps, 2)));
  ASSERT_TRUE(migrate(database, std::span(steps, 2)));
  EXPECT_EQ(one(database, "SELECT count(*) FROM a"), "1");
  // A step that fails leaves nothing of itself.
  EXPECT_EQ(migrate(database, steps).error().code, "sql");
  EXPECT_EQ(one(database, "PRAGMA user_version"), "2");
  EXPECT_EQ(one(database, "SELECT count(*) FROM sqlite_schema WHERE name='c'"), "0");
  EXPECT_EQ(migrate(database, std::span(steps, 1)).error().code, "newer_data");
  const Migration gap[] = {{1, ""}, {3, ""}};
  EXPECT_EQ(migrate(database, gap).error().kind, ErrorKind::fatal);
}

}  // namespace
}  // namespace trailkeeper::db
