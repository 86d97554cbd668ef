#include "db/mariadb.h"

#include <mysql.h>
#include <sys/socket.h>

#include <algorithm>
#include <atomic>
#include <charconv>
#include <mutex>

#include "remote_wait.h"

namespace trailkeeper::db {

namespace {

struct Close {
  void operator()(MYSQL* connection) const { mysql_close(connection); }
};
struct StatementClose {
  void operator()(MYSQL_STMT* statement) const { mysql_stmt_close(statement); }
};
struct ResultFree {
  void operator()(MYSQL_RES* result) const { mysql_free_result(result); }
};

constexpr unsigned kBinary = 63;  // the character set of bytes

bool one_of(unsigned code, std::initializer_list<unsigned> codes) {
  return std::find(codes.begin(), codes.end(), code) != codes.end();
}

Error error_of(unsigned code, const std::string& words) {
  std::string message = "MariaDB: " + words + ".";
  if (one_of(code, {2002, 2003, 2005})) {
    return remote_error(ErrorKind::unavailable, "source_connect", std::move(message));
  }
  if (one_of(code, {2006, 2013, 2055})) {
    return remote_error(ErrorKind::unavailable, "source_cut", std::move(message));
  }
  if (one_of(code, {1040, 1053, 1203, 1205, 1213, 1226})) {
    return remote_error(ErrorKind::unavailable, "source_busy", std::move(message));
  }
  if (one_of(code, {1044, 1045, 1049, 1142, 1143, 1251, 1698, 2026, 2059, 2061})) {
    return remote_error(ErrorKind::failed, "source_refused", std::move(message));
  }
  if (one_of(code, {1969, 3024})) {
    return remote_error(ErrorKind::failed, "source_slow", "MariaDB stopped a slow query.");
  }
  // These name the value that does not fit, or are a procedure's own words.
  if (one_of(code, {1292, 1366, 1264, 1265, 1411, 1525, 1644, 1690})) {
    message =
        "MariaDB: the query met a value that it cannot use (error " + std::to_string(code) + ").";
  }
  return remote_error(ErrorKind::failed, "source_query", std::move(message));
}

std::int64_t days_of(const MYSQL_TIME& time) {
  return std::chrono::sys_days(std::chrono::year(static_cast<int>(time.year)) /
                               std::chrono::month(time.month) / std::chrono::day(time.day))
      .time_since_epoch()
      .count();
}

// The number that a person sees: 1.1 and not the 1.100000023841858 that a float is as a double.
double shortest(float number) {
  char text[32];
  auto end = std::to_chars(text, text + sizeof(text), number).ptr;
  double value = number;
  std::from_chars(text, end, value);
  return value;
}

MariadbKind kind_of(const MYSQL_FIELD& field) {
  switch (field.type) {
    case MYSQL_TYPE_LONGLONG:
      // More than 64 bits with a sign can hold.
      return field.flags & UNSIGNED_FLAG ? MariadbKind::decimal : MariadbKind::integer;
    case MYSQL_TYPE_TINY:
    case MYSQL_TYPE_SHORT:
    case MYSQL_TYPE_INT24:
    case MYSQL_TYPE_LONG:
    case MYSQL_TYPE_YEAR:
      return MariadbKind::integer;
    case MYSQL_TYPE_FLOAT:
    case MYSQL_TYPE_DOUBLE:
      return MariadbKind::real;
    case MYSQL_TYPE_DECIMAL:
    case MYSQL_TYPE_NEWDECIMAL:
      return MariadbKind::decimal;
    case MYSQL_TYPE_DATE:
    case MYSQL_TYPE_NEWDATE:
      return MariadbKind::date;
    case MYSQL_TYPE_DATETIME:
    case MYSQL_TYPE_TIMESTAMP:
      return MariadbKind::datetime;
    case MYSQL_TYPE_BIT:
    case MYSQL_TYPE_GEOMETRY:
      return MariadbKind::bytes;
    case MYSQL_TYPE_TIME:
      return MariadbKind::text;
    default:
      return field.charsetnr == kBinary ? MariadbKind::bytes : MariadbKind::text;
  }
}

std::string type_word(const MYSQL_FIELD& field) {
  MARIADB_CONST_STRING named{};
  for (auto attribute : {MARIADB_FIELD_ATTR_DATA_TYPE_NAME, MARIADB_FIELD_ATTR_FORMAT_NAME}) {
    if (mariadb_field_attr(&named, &field, attribute) == 0 && named.length > 0) {
      return std::string(named.str, named.length);
    }
  }
  bool bytes = field.charsetnr == kBinary;
  switch (field.type) {
    case MYSQL_TYPE_TINY:
      return "tinyint";
    case MYSQL_TYPE_SHORT:
      return "smallint";
    case MYSQL_TYPE_INT24:
      return "mediumint";
    case MYSQL_TYPE_LONG:
      return "int";
    case MYSQL_TYPE_LONGLONG:
      return "bigint";
    case MYSQL_TYPE_YEAR:
      return "year";
    case MYSQL_TYPE_FLOAT:
      return "float";
    case MYSQL_TYPE_DOUBLE:
      return "double";
    case MYSQL_TYPE_DATE:
    case MYSQL_TYPE_NEWDATE:
      return "date";
    case MYSQL_TYPE_TIME:
      return "time";
    case MYSQL_TYPE_DATETIME:
      return "datetime";
    case MYSQL_TYPE_TIMESTAMP:
      return "timestamp";
    case MYSQL_TYPE_BIT:
      return "bit";
    case MYSQL_TYPE_JSON:
      return "json";
    case MYSQL_TYPE_VAR_STRING:
    case MYSQL_TYPE_VARCHAR:
      return bytes ? "varbinary" : "varchar";
    case MYSQL_TYPE_STRING:
      return field.flags & ENUM_FLAG  ? "enum"
             : field.flags & SET_FLAG ? "set"
             : bytes                  ? "binary"
                                      : "char";
    default:
      return bytes ? "blob" : "text";
  }
}

MariadbField describe(const MYSQL_FIELD& field) {
  MariadbField out{.name = std::string(field.name, field.name_length), .kind = kind_of(field)};
  out.timestamp = field.type == MYSQL_TYPE_TIMESTAMP;
  bool exact = field.type == MYSQL_TYPE_NEWDECIMAL || field.type == MYSQL_TYPE_DECIMAL;
  bool sign = (field.flags & UNSIGNED_FLAG) == 0;
  if (exact) {
    out.scale = static_cast<int>(field.decimals);
    out.precision = static_cast<int>(field.length) - (out.scale > 0 ? 1 : 0) - (sign ? 1 : 0);
    out.native = "decimal(" + std::to_string(out.precision) + "," + std::to_string(out.scale) + ")";
    return out;
  }
  bool number = out.kind == MariadbKind::integer || out.kind == MariadbKind::decimal ||
                out.kind == MariadbKind::real;
  bool marked = number && !sign && field.type != MYSQL_TYPE_YEAR;
  out.native = type_word(field) + (marked ? " unsigned" : "");
  if (out.kind == MariadbKind::decimal) out.precision = 20;
  out.json = out.native == "json";
  return out;
}

// Where the client library puts one column's value.
struct Slot {
  MariadbKind kind = MariadbKind::text;
  bool single = false;  // of real: as precise as a float
  std::int64_t integer = 0;
  double real = 0;
  MYSQL_TIME time{};
  std::string text;
  unsigned long length = 0;
  my_bool null = 0;
  my_bool error = 0;

  void bind(MYSQL_BIND& bind) {
    bind = {};
    bind.is_null = &null;
    bind.length = &length;
    bind.error = &error;
    switch (kind) {
      case MariadbKind::integer:
        bind.buffer_type = MYSQL_TYPE_LONGLONG;
        bind.buffer = &integer;
        bind.buffer_length = sizeof(integer);
        break;
      case MariadbKind::real:
        bind.buffer_type = MYSQL_TYPE_DOUBLE;
        bind.buffer = &real;
        bind.buffer_length = sizeof(real);
        break;
      case MariadbKind::date:
      case MariadbKind::datetime:
        bind.buffer_type = MYSQL_TYPE_DATETIME;
        bind.buffer = &time;
        bind.buffer_length = sizeof(time);
        break;
      default:
        // The length first, then the value into memory that is long enough.
        bind.buffer_type = kind == MariadbKind::bytes ? MYSQL_TYPE_BLOB : MYSQL_TYPE_STRING;
    }
  }
  bool has_text() const {
    return kind == MariadbKind::text || kind == MariadbKind::bytes || kind == MariadbKind::decimal;
  }
};

}  // namespace

struct Mariadb::Impl {
  std::unique_ptr<MYSQL, Close> connection;
  std::unique_ptr<MYSQL_STMT, StatementClose> statement;
  std::vector<Slot> slots;
  std::vector<MYSQL_BIND> binds;
  RemoteWait::Deadline deadline;
  std::atomic<bool> cancelled{false};
  int socket = -1;

  Error failed() { return stopped(mysql_errno(connection.get()), mysql_error(connection.get())); }
  Error statement_failed() {
    return stopped(mysql_stmt_errno(statement.get()), mysql_stmt_error(statement.get()));
  }
  Error stopped(unsigned code, const char* words) {
    if (cancelled) return remote_error(ErrorKind::unavailable, "cancelled", "Stopped.");
    return error_of(code, words);
  }
  Result<> connect(const RemoteServer& server, std::chrono::seconds wait_max);
  Result<> read_texts();
};

Result<> Mariadb::Impl::connect(const RemoteServer& server, std::chrono::seconds wait_max) {
  static std::once_flag begun;
  std::call_once(begun, [] { mysql_library_init(0, nullptr, nullptr); });
  connection.reset(mysql_init(nullptr));
  MYSQL* my = connection.get();
  CaFile ca(server.ca);
  unsigned seconds = std::max<unsigned>(1, server.connect_timeout.count() / 1000);
  unsigned silence = static_cast<unsigned>(wait_max.count());
  unsigned no = 0, yes = 1;
  my_bool on = 1, off = 0;
  mysql_options(my, MYSQL_OPT_CONNECT_TIMEOUT, &seconds);
  mysql_options(my, MYSQL_OPT_READ_TIMEOUT, &silence);
  mysql_options(my, MYSQL_OPT_WRITE_TIMEOUT, &seconds);
  mysql_options(my, MYSQL_SET_CHARSET_NAME, "utf8mb4");
  // A server could else ask for any file of this machine, or for the password as it is.
  mysql_options(my, MYSQL_OPT_LOCAL_INFILE, &no);
  mysql_optionsv(my, MARIADB_OPT_RESTRICTED_AUTH,
                 "mysql_native_password,client_ed25519,caching_sha2_password,sha256_password");
  mysql_options(my, MYSQL_REPORT_DATA_TRUNCATION, &yes);
  bool socket_file = server.host.starts_with('/');
  // Without it the name localhost would mean a socket file of this machine.
  unsigned protocol = socket_file ? MYSQL_PROTOCOL_SOCKET : MYSQL_PROTOCOL_TCP;
  mysql_options(my, MYSQL_OPT_PROTOCOL, &protocol);
  bool tls = server.tls != RemoteTls::off && !socket_file;
  my_bool verify = tls && server.tls == RemoteTls::verify;
  std::string authorities = ca.path();
  mysql_optionsv(my, MYSQL_OPT_SSL_ENFORCE, tls ? &on : &off);
  mysql_optionsv(my, MYSQL_OPT_SSL_VERIFY_SERVER_CERT, &verify);
  if (verify) mysql_optionsv(my, MYSQL_OPT_SSL_CA, authorities.c_str());
  if (tls) mysql_optionsv(my, MARIADB_OPT_TLS_VERSION, "TLSv1.2,TLSv1.3");
  unsigned port = server.port == 0 ? 3306 : static_cast<unsigned>(server.port);
  if (mysql_real_connect(my, socket_file ? nullptr : server.host.c_str(), server.user.c_str(),
                         server.password.c_str(), server.database.c_str(), port,
                         socket_file ? server.host.c_str() : nullptr, 0) == nullptr) {
    return failed();
  }
  // The library goes on in the clear with a server that has no TLS, unless it is to verify.
  if (tls && mysql_get_ssl_cipher(my) == nullptr) {
    return remote_error(ErrorKind::failed, "source_refused",
                        "MariaDB: the server does not support TLS, which was asked for.");
  }
  socket = static_cast<int>(mysql_get_socket(my));
  return {};
}

Mariadb::Mariadb(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}

// Closing politely would first read all the rows that are left.
Mariadb::~Mariadb() {
  if (impl_->statement) ::shutdown(impl_->socket, SHUT_RDWR);
}

void Mariadb::set_deadline(std::optional<std::chrono::steady_clock::time_point> deadline) {
  impl_->deadline = deadline;
}

void Mariadb::cancel() {
  impl_->cancelled = true;
  ::shutdown(impl_->socket, SHUT_RDWR);
}

Result<std::unique_ptr<Mariadb>> Mariadb::open(const RemoteServer& server,
                                               std::chrono::seconds wait_max) {
  auto impl = std::make_unique<Impl>();
  TRY(impl->connect(server, wait_max));
  std::unique_ptr<Mariadb> mariadb(new Mariadb(std::move(impl)));
  TRY(
      mariadb->run("SET SESSION time_zone = '+00:00', sql_mode = REPLACE(REPLACE(@@sql_mode, "
                   "'NO_BACKSLASH_ESCAPES', ''), 'ANSI_QUOTES', ''), sql_auto_is_null = 0"));
  return mariadb;
}

Result<std::vector<std::vector<std::optional<std::string>>>> Mariadb::run(const std::string& sql) {
  MYSQL* my = impl_->connection.get();
  if (mysql_real_query(my, sql.data(), sql.size()) != 0) return impl_->failed();
  std::unique_ptr<MYSQL_RES, ResultFree> result(mysql_store_result(my));
  std::vector<std::vector<std::optional<std::string>>> rows;
  if (!result) {
    if (mysql_errno(my) != 0) return impl_->failed();
    return rows;
  }
  while (MYSQL_ROW row = mysql_fetch_row(result.get())) {
    unsigned long* lengths = mysql_fetch_lengths(result.get());
    auto& values = rows.emplace_back();
    for (unsigned i = 0; i < mysql_num_fields(result.get()); ++i) {
      values.push_back(row[i] == nullptr ? std::nullopt
                                         : std::optional(std::string(row[i], lengths[i])));
    }
  }
  if (mysql_errno(my) != 0) return impl_->failed();
  return rows;
}

Result<std::vector<MariadbField>> Mariadb::start(const std::string& sql,
                                                 const std::vector<std::string>& parameters) {
  Impl& in = *impl_;
  in.statement.reset(mysql_stmt_init(in.connection.get()));
  MYSQL_STMT* statement = in.statement.get();
  if (mysql_stmt_prepare(statement, sql.data(), sql.size()) != 0) return in.statement_failed();
  std::vector<MYSQL_BIND> values(parameters.size());
  for (std::size_t i = 0; i < parameters.size(); ++i) {
    values[i].buffer_type = MYSQL_TYPE_STRING;
    values[i].buffer = const_cast<char*>(parameters[i].data());
    values[i].buffer_length = parameters[i].size();
  }
  if (mysql_stmt_param_count(statement) != parameters.size()) {
    return remote_error(ErrorKind::failed, "source_query",
                        "MariaDB: the query has marks of its own.");
  }
  if (!values.empty() && mysql_stmt_bind_param(statement, values.data()) != 0) {
    return in.statement_failed();
  }
  std::vector<MariadbField> fields;
  std::unique_ptr<MYSQL_RES, ResultFree> described(mysql_stmt_result_metadata(statement));
  if (!described) {
    return remote_error(ErrorKind::failed, "source_query",
                        "MariaDB: the statement has no columns.");
  }
  for (unsigned i = 0; i < mysql_num_fields(described.get()); ++i) {
    fields.push_back(describe(*mysql_fetch_field_direct(described.get(), i)));
  }
  // Rows are not stored by the client: each is read from the connection when it is fetched.
  if (mysql_stmt_execute(statement) != 0) return in.statement_failed();
  in.slots.assign(fields.size(), {});
  in.binds.resize(fields.size());
  for (std::size_t i = 0; i < fields.size(); ++i) {
    in.slots[i].kind = fields[i].kind;
    in.slots[i].single = fields[i].native.starts_with("float");
    in.slots[i].bind(in.binds[i]);
  }
  if (mysql_stmt_bind_result(statement, in.binds.data()) != 0) return in.statement_failed();
  return fields;
}

Result<> Mariadb::Impl::read_texts() {
  for (std::size_t i = 0; i < slots.size(); ++i) {
    Slot& slot = slots[i];
    if (slot.null || !slot.has_text()) continue;
    slot.text.resize(slot.length);
    if (slot.length == 0) continue;
    MYSQL_BIND bind = binds[i];
    bind.buffer = slot.text.data();
    bind.buffer_length = slot.length;
    if (mysql_stmt_fetch_column(statement.get(), &bind, static_cast<unsigned>(i), 0) != 0) {
      return statement_failed();
    }
  }
  return {};
}

Result<bool> Mariadb::next(std::vector<MariadbValue>& row) {
  Impl& in = *impl_;
  row.clear();
  if (in.deadline && std::chrono::steady_clock::now() > *in.deadline) {
    return remote_error(ErrorKind::failed, "source_slow", "The database took too long.");
  }
  int fetched = mysql_stmt_fetch(in.statement.get());
  if (fetched == MYSQL_NO_DATA) {
    in.statement.reset();
    return false;
  }
  if (in.cancelled || (fetched != 0 && fetched != MYSQL_DATA_TRUNCATED)) {
    return in.statement_failed();
  }
  TRY(in.read_texts());
  for (const Slot& slot : in.slots) {
    bool date = slot.kind == MariadbKind::date || slot.kind == MariadbKind::datetime;
    MariadbValue& value = row.emplace_back();
    value.null = slot.null || (date && (slot.time.month == 0 || slot.time.day == 0));
    if (value.null) continue;
    value.integer = slot.integer;
    value.real = slot.single ? shortest(static_cast<float>(slot.real)) : slot.real;
    value.text = slot.text;
    if (slot.kind == MariadbKind::date) value.integer = days_of(slot.time);
    if (slot.kind == MariadbKind::datetime) {
      const MYSQL_TIME& time = slot.time;
      value.integer = (days_of(time) * 86'400 + time.hour * 3600 + time.minute * 60 + time.second) *
                          std::int64_t{1'000'000} +
                      static_cast<std::int64_t>(time.second_part);
    }
  }
  return true;
}

}  // namespace trailkeeper::db
