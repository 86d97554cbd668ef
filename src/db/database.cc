#include "db/database.h"

#include <fcntl.h>
#include <sqlite3.h>
#include <unistd.h>

#include <cerrno>
#include <string>
#include <utility>

#include "base/file.h"
#include "sqlite_error.h"

namespace trailkeeper::db {
namespace {

constexpr int kBusyTimeoutMs = 5000;

// A folder's worth of secrets lies in these files: they are made for the owner only, and the log
// beside them follows.
Result<> create_file(const std::string& path) {
  const FileDescriptor file(::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600));
  if (!file) return system_error("open " + path, errno);
  return {};
}

constexpr char kBothPragmas[] =
    "PRAGMA trusted_schema=OFF; PRAGMA temp_store=MEMORY; PRAGMA cell_size_check=ON;"
    "PRAGMA foreign_keys=ON;";
// The page size counts only before the first table; the order matters. What is deleted is
// overwritten where its page is written anyway; Debian's default would write each page that gets
// free once more, as zeros (docs/decisions/0073).
constexpr char kWriterPragmas[] =
    "PRAGMA page_size=16384; PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;"
    "PRAGMA journal_size_limit=16777216; PRAGMA cache_size=-16000; PRAGMA secure_delete=FAST;";
constexpr char kReaderPragmas[] = "PRAGMA query_only=ON;";

// How many pages lie in the log. SQLite tells after each commit, and keeps the number for us: it
// hands out what a hook was given when another takes its place. Being there, the hook also takes
// the place of SQLite's own, which would copy the log whenever it likes.
int note_log_pages(void* noted, sqlite3*, const char*, int pages) {
  *static_cast<int*>(noted) = pages;
  return SQLITE_OK;
}

int* log_pages(sqlite3* handle) {
  void* const noted = sqlite3_wal_hook(handle, nullptr, nullptr);
  if (noted != nullptr) sqlite3_wal_hook(handle, note_log_pages, noted);
  return static_cast<int*>(noted);
}

// As long as statements outlive the connection, SQLite does; they commit nothing.
void close(sqlite3* handle) {
  if (handle == nullptr) return;
  delete static_cast<int*>(sqlite3_wal_hook(handle, nullptr, nullptr));
  sqlite3_close_v2(handle);
}

}  // namespace

Result<Database> Database::open(const std::string& path, Mode mode) {
  const bool writer = mode == Mode::read_write;
  if (writer) TRY(create_file(path));
  sqlite3* handle = nullptr;
  const int flags = (writer ? SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE : SQLITE_OPEN_READONLY) |
                    SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE;
  const int opened = sqlite3_open_v2(path.c_str(), &handle, flags, nullptr);
  Database database(handle, path);
  if (opened != SQLITE_OK) {
    if (handle == nullptr) return Error{ErrorKind::unavailable, "resources", "out of memory"};
    Error error = error_of(handle, opened);
    if ((opened & 0xff) == SQLITE_CANTOPEN) {
      error.kind = ErrorKind::failed;
      error.code = "open";
    }
    error.message = "open " + path + ": " + error.message;
    return error;
  }
  sqlite3_busy_timeout(handle, kBusyTimeoutMs);
  sqlite3_db_config(handle, SQLITE_DBCONFIG_DEFENSIVE, 1, nullptr);
  TRY(database.execute(kBothPragmas));
  TRY(database.execute(writer ? kWriterPragmas : kReaderPragmas));
  return database;
}

Database::Database(sqlite3* handle, std::string path) : handle_(handle), path_(std::move(path)) {
  if (handle_ != nullptr) sqlite3_wal_hook(handle_, note_log_pages, new int(0));
}

Database::Database(Database&& other) noexcept
    : handle_(std::exchange(other.handle_, nullptr)), path_(std::move(other.path_)) {}

Database& Database::operator=(Database&& other) noexcept {
  if (this != &other) {
    close(handle_);
    handle_ = std::exchange(other.handle_, nullptr);
    path_ = std::move(other.path_);
  }
  return *this;
}

// Statements that outlive it keep the connection open; SQLite closes it with the last of them.
Database::~Database() { close(handle_); }

Result<> Database::execute(std::string_view sql) {
  const std::string text(sql);
  const int code = sqlite3_exec(handle_, text.c_str(), nullptr, nullptr, nullptr);
  if (code != SQLITE_OK) return fail(handle_, code);
  return {};
}

Result<Statement> Database::prepare(std::string_view sql) {
  sqlite3_stmt* statement = nullptr;
  const int code = sqlite3_prepare_v3(handle_, sql.data(), static_cast<int>(sql.size()),
                                      SQLITE_PREPARE_PERSISTENT, &statement, nullptr);
  if (code != SQLITE_OK) return fail(handle_, code);
  if (statement == nullptr) return Error{ErrorKind::failed, "sql", "The statement is empty."};
  return Statement(statement);
}

std::int64_t Database::last_insert_id() const { return sqlite3_last_insert_rowid(handle_); }

std::int64_t Database::changes() const { return sqlite3_changes64(handle_); }

bool Database::in_transaction() const { return sqlite3_get_autocommit(handle_) == 0; }

Result<> Database::checkpoint() {
  // The log keeps its place on the disk and is written over: a sync of bytes that have their place
  // is cheaper than one of a file that grows. Beginning anew waits for readers of the old log. They
  // are not worth a wait: what they still need stays until next time.
  sqlite3_busy_timeout(handle_, 0);
  const int code =
      sqlite3_wal_checkpoint_v2(handle_, nullptr, SQLITE_CHECKPOINT_RESTART, nullptr, nullptr);
  sqlite3_busy_timeout(handle_, kBusyTimeoutMs);
  if (code == SQLITE_OK) *log_pages(handle_) = 0;
  if (code != SQLITE_OK && (code & 0xff) != SQLITE_BUSY) return fail(handle_, code);
  return {};
}

std::uint64_t Database::log_bytes() const {
  constexpr std::uint64_t kPageBytes = 16384;  // as kWriterPragmas has it
  return static_cast<std::uint64_t>(*log_pages(handle_)) * kPageBytes;
}

Result<Transaction> Transaction::begin(Database& database) {
  TRY(database.execute("BEGIN IMMEDIATE"));
  return Transaction(database);
}

Transaction::Transaction(Transaction&& other) noexcept
    : database_(std::exchange(other.database_, nullptr)) {}

Transaction::~Transaction() {
  // After some failures SQLite has rolled back by itself.
  if (database_ != nullptr && database_->in_transaction()) (void)database_->execute("ROLLBACK");
}

Result<> Transaction::commit() {
  TRY(database_->execute("COMMIT"));
  database_ = nullptr;
  return {};
}

}  // namespace trailkeeper::db
