#include <gtest/gtest.h>
#include <sqlite3.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <string>

#include "base/ids.h"
#include "db/database.h"

// Faults of the disk, made by a layer between SQLite and the system: every call goes through until
// one is told to fail.
namespace trailkeeper::db {
namespace {

enum class Fault { none, sync_fails, write_fails, disk_full };
Fault fault = Fault::none;
int fired = 0;

// A file of this layer: SQLite's own one lies behind it.
struct File {
  sqlite3_file base;
  sqlite3_file* inner() { return reinterpret_cast<sqlite3_file*>(this + 1); }
};

sqlite3_vfs* system_vfs() { return static_cast<sqlite3_vfs*>(sqlite3_vfs_find("unix")); }

template <auto Method, typename... Arguments>
int forward(sqlite3_file* file, Arguments... arguments) {
  sqlite3_file* inner = reinterpret_cast<File*>(file)->inner();
  return (inner->pMethods->*Method)(inner, arguments...);
}

int faulty_write(sqlite3_file* file, const void* data, int size, sqlite3_int64 offset) {
  if (fault == Fault::write_fails) {
    ++fired;
    return SQLITE_IOERR_WRITE;
  }
  if (fault == Fault::disk_full) {
    ++fired;
    return SQLITE_FULL;
  }
  return forward<&sqlite3_io_methods::xWrite>(file, data, size, offset);
}

int faulty_sync(sqlite3_file* file, int flags) {
  if (fault == Fault::sync_fails) {
    ++fired;
    return SQLITE_IOERR_FSYNC;
  }
  return forward<&sqlite3_io_methods::xSync>(file, flags);
}

int forward_close(sqlite3_file* file) {
  const int code = forward<&sqlite3_io_methods::xClose>(file);
  file->pMethods = nullptr;
  return code;
}

using M = sqlite3_io_methods;
const sqlite3_io_methods kMethods = {
    .iVersion = 2,
    .xClose = forward_close,
    .xRead = forward<&M::xRead>,
    .xWrite = faulty_write,
    .xTruncate = forward<&M::xTruncate>,
    .xSync = faulty_sync,
    .xFileSize = forward<&M::xFileSize>,
    .xLock = forward<&M::xLock>,
    .xUnlock = forward<&M::xUnlock>,
    .xCheckReservedLock = forward<&M::xCheckReservedLock>,
    .xFileControl = forward<&M::xFileControl>,
    .xSectorSize = forward<&M::xSectorSize>,
    .xDeviceCharacteristics = forward<&M::xDeviceCharacteristics>,
    .xShmMap = forward<&M::xShmMap>,
    .xShmLock = forward<&M::xShmLock>,
    .xShmBarrier =
        [](sqlite3_file* file) {
          sqlite3_file* inner = reinterpret_cast<File*>(file)->inner();
          inner->pMethods->xShmBarrier(inner);
        },
    .xShmUnmap = forward<&M::xShmUnmap>,
    .xFetch = nullptr,
    .xUnfetch = nullptr,
};

int open_file(sqlite3_vfs*, const char* name, sqlite3_file* file, int flags, int* out_flags) {
  auto* ours = reinterpret_cast<File*>(file);
  ours->base.pMethods = nullptr;
  std::memset(static_cast<void*>(ours->inner()), 0,
              static_cast<std::size_t>(system_vfs()->szOsFile));
  const int code = system_vfs()->xOpen(system_vfs(), name, ours->inner(), flags, out_flags);
  if (ours->inner()->pMethods != nullptr) ours->base.pMethods = &kMethods;
  return code;
}

sqlite3_vfs* faulty_vfs() {
  static sqlite3_vfs vfs = [] {
    sqlite3_vfs made = *system_vfs();
    made.zName = "faulty";
    made.pNext = nullptr;
    made.szOsFile += static_cast<int>(sizeof(File));
    made.xOpen = open_file;
    return made;
  }();
  return &vfs;
}

class FaultTest : public testing::Test {
 protected:
  FaultTest() : folder_(testing::TempDir() + "db_fault_test-" + random_base32(12)) {
    std::filesystem::create_directory(folder_);
    sqlite3_vfs_register(faulty_vfs(), 1);
    fault = Fault::none;
    fired = 0;
  }
  ~FaultTest() override {
    fault = Fault::none;
    sqlite3_vfs_register(system_vfs(), 1);
    std::filesystem::remove_all(folder_);
  }

  Database open() const {
    return Database::open(folder_ + "/test.db", Database::Mode::read_write).value();
  }

  static Result<> insert(Database& database, int value) {
    Transaction transaction = TRY(Transaction::begin(database));
    TRY(database.execute("INSERT INTO t VALUES (" + std::to_string(value) + ")"));
    return transaction.commit();
  }

  static std::string rows(Database& database) {
    Statement statement = database.prepare("SELECT group_concat(a) FROM t").value();
    EXPECT_TRUE(statement.step().value());
    return statement.text(0);
  }

  const std::string folder_;
};

// DESIGN 6.1: after a failed sync nothing may be acknowledged any more, though SQLite would go on.
TEST_F(FaultTest, AfterAFailedSyncNothingIsCommitted) {
  Database database = open();
  ASSERT_TRUE(database.execute("CREATE TABLE t (a)"));
  ASSERT_TRUE(insert(database, 1));
  fault = Fault::sync_fails;
  EXPECT_EQ(insert(database, 2).error().kind, ErrorKind::fatal);
  EXPECT_GE(fired, 1);
  fault = Fault::none;
  EXPECT_EQ(insert(database, 3).error().kind, ErrorKind::fatal);
  EXPECT_EQ(database.execute("INSERT INTO t VALUES (4)").error().kind, ErrorKind::fatal);
  Database fresh = open();
  EXPECT_EQ(rows(fresh).substr(0, 1), "1");
  EXPECT_EQ(rows(fresh).find_first_of("34"), std::string::npos);
}

TEST_F(FaultTest, AFailedWriteIsFatal) {
  Database database = open();
  ASSERT_TRUE(database.execute("CREATE TABLE t (a)"));
  fault = Fault::write_fails;
  EXPECT_EQ(insert(database, 1).error().kind, ErrorKind::fatal);
  EXPECT_GE(fired, 1);
}

TEST_F(FaultTest, AFullDiskIsNotAndWorkGoesOn) {
  Database database = open();
  ASSERT_TRUE(database.execute("CREATE TABLE t (a)"));
  ASSERT_TRUE(insert(database, 1));
  fault = Fault::disk_full;
  const Error error = insert(database, 2).error();
  EXPECT_EQ(error.kind, ErrorKind::unavailable);
  EXPECT_EQ(error.code, "disk_full");
  EXPECT_GE(fired, 1);
  fault = Fault::none;
  ASSERT_TRUE(insert(database, 3));
  EXPECT_EQ(rows(database), "1,3");
}

TEST_F(FaultTest, AFailedCheckpointIsFatal) {
  Database database = open();
  ASSERT_TRUE(database.execute("CREATE TABLE t (a)"));
  ASSERT_TRUE(insert(database, 1));
  fault = Fault::sync_fails;
  EXPECT_EQ(database.checkpoint().error().kind, ErrorKind::fatal);
  EXPECT_GE(fired, 1);
  fault = Fault::none;
  EXPECT_EQ(insert(database, 2).error().kind, ErrorKind::fatal);
}

}  // namespace
}  // namespace trailkeeper::db
