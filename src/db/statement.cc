#include <sqlite3.h>

#include <utility>

#include "db/database.h"
#include "sqlite_error.h"

namespace trailkeeper::db {

Statement::Statement(Statement&& other) noexcept
    : handle_(std::exchange(other.handle_, nullptr)), bind_error_(other.bind_error_) {}

Statement& Statement::operator=(Statement&& other) noexcept {
  if (this != &other) {
    sqlite3_finalize(handle_);
    handle_ = std::exchange(other.handle_, nullptr);
    bind_error_ = other.bind_error_;
  }
  return *this;
}

Statement::~Statement() { sqlite3_finalize(handle_); }

void Statement::reset() {
  sqlite3_reset(handle_);
  sqlite3_clear_bindings(handle_);
  bind_error_ = SQLITE_OK;
}

// A value that could not be bound would count as NULL: remembered, and the next step fails.
void Statement::note(int code) {
  if (code != SQLITE_OK) bind_error_ = code;
}

void Statement::bind(int index, std::int64_t value) {
  note(sqlite3_bind_int64(handle_, index, value));
}

void Statement::bind(int index, double value) { note(sqlite3_bind_double(handle_, index, value)); }

void Statement::bind(int index, std::string_view text) {
  // A null pointer would mean NULL.
  const char* data = text.data() == nullptr ? "" : text.data();
  note(sqlite3_bind_text64(handle_, index, data, text.size(), SQLITE_TRANSIENT, SQLITE_UTF8));
}

void Statement::bind_blob(int index, std::string_view bytes) {
  const char* data = bytes.data() == nullptr ? "" : bytes.data();
  note(sqlite3_bind_blob64(handle_, index, data, bytes.size(), SQLITE_TRANSIENT));
}

void Statement::bind(int index, std::nullptr_t) { note(sqlite3_bind_null(handle_, index)); }

Result<bool> Statement::step() {
  sqlite3* database = sqlite3_db_handle(handle_);
  if (bind_error_ != SQLITE_OK) {
    return Error{ErrorKind::failed, "bind",
                 std::string("A value cannot be bound: ") + sqlite3_errstr(bind_error_)};
  }
  const int code = sqlite3_step(handle_);
  if (code == SQLITE_ROW) return true;
  if (code == SQLITE_DONE) {
    sqlite3_reset(handle_);
    return false;
  }
  Error error = fail(database, code);
  sqlite3_reset(handle_);
  return error;
}

Result<> Statement::run() {
  while (TRY(step())) {
  }
  return {};
}

bool Statement::is_null(int column) const {
  return sqlite3_column_type(handle_, column) == SQLITE_NULL;
}

std::int64_t Statement::integer(int column) const { return sqlite3_column_int64(handle_, column); }

double Statement::real(int column) const { return sqlite3_column_double(handle_, column); }

std::string_view Statement::view(int column) const {
  // As stored: a text's and a blob's bytes alike.
  const auto* data = static_cast<const char*>(sqlite3_column_blob(handle_, column));
  return {data, static_cast<std::size_t>(sqlite3_column_bytes(handle_, column))};
}

std::string Statement::text(int column) const { return std::string(view(column)); }

std::optional<Timestamp> Statement::optional_time(int column) const {
  if (is_null(column)) return std::nullopt;
  return time(column);
}

std::optional<std::string> Statement::optional_text(int column) const {
  if (is_null(column)) return std::nullopt;
  return text(column);
}

}  // namespace trailkeeper::db
