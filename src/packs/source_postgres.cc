#include "source_postgres.h"

#include <charconv>
#include <chrono>
#include <deque>
#include <limits>

#include "db/postgres.h"
#include "source_sql.h"

// PostgreSQL in its own SQL: rows one by one out of a read-only repeatable-read transaction.
namespace trailkeeper::packs {

namespace {

using db::Postgres;
using db::PostgresField;
using db::PostgresParameter;
using db::PostgresRows;

constexpr std::size_t kBatchRows = 2'000;
constexpr std::size_t kBatchBytes = 1u << 20;

// Object ids of the built-in types, which never change (pg_type.dat).
namespace oid {
constexpr std::uint32_t kBool = 16, kBytea = 17, kInt8 = 20, kInt2 = 21, kInt4 = 23, kOid = 26,
                        kJson = 114, kFloat4 = 700, kFloat8 = 701, kDate = 1082, kTimestamp = 1114,
                        kTimestamptz = 1184, kNumeric = 1700, kJsonb = 3802;
}  // namespace oid

const SqlStyle& style() {
  static const SqlStyle style{
      .dialect = Dialect::postgresql,
      .mark = [](std::size_t number, Bind) { return "$" + std::to_string(number); },
      .quote = '"',
      .text_type = "text"};
  return style;
}

ColumnType type_of(std::uint32_t type) {
  switch (type) {
    case oid::kBool:
      return ColumnType::boolean;
    case oid::kInt2:
    case oid::kInt4:
    case oid::kInt8:
    case oid::kOid:
      return ColumnType::integer;
    case oid::kFloat4:
    case oid::kFloat8:
      return ColumnType::real;
    case oid::kNumeric:
      return ColumnType::decimal;
    case oid::kBytea:
      return ColumnType::bytes;
    case oid::kDate:
      return ColumnType::date;
    case oid::kTimestamptz:
      return ColumnType::timestamp;
    case oid::kTimestamp:
      return ColumnType::local_timestamp;
    case oid::kJson:
    case oid::kJsonb:
      return ColumnType::json;
    default:
      return ColumnType::text;
  }
}

Column column_of(const PostgresField& field, std::string native) {
  Column column{.name = field.name, .type = type_of(field.type), .native = std::move(native)};
  if (column.type == ColumnType::decimal && field.modifier >= 4) {
    int bounds = field.modifier - 4;
    int scale = ((bounds & 0x7ff) ^ 1024) - 1024;  // eleven bits with a sign
    column.precision = (bounds >> 16) & 0xffff;
    column.scale = scale;
    // More places before the point than digits, or none after it: no bound that formats share.
    if (scale < 0 || scale > column.precision) column.precision = column.scale = 0;
  }
  return column;
}

template <typename T>
bool parse_number(std::string_view text, T& value) {
  auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  return error == std::errc() && end == text.data() + text.size();
}

bool parse_real(std::string_view text, double& value) {
  if (text == "NaN") value = std::numeric_limits<double>::quiet_NaN();
  if (text == "Infinity") value = std::numeric_limits<double>::infinity();
  if (text == "-Infinity") value = -std::numeric_limits<double>::infinity();
  return text == "NaN" || text.ends_with("Infinity") || parse_number(text, value);
}

int hex_digit(char c) {
  return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

// "\x00ff": two digits a byte.
bool parse_bytes(std::string_view text, std::string& bytes) {
  if (!text.starts_with("\\x") || text.size() % 2 != 0) return false;
  bytes.resize(text.size() / 2 - 1);
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    int high = hex_digit(text[2 + 2 * i]), low = hex_digit(text[3 + 2 * i]);
    if (high < 0 || low < 0) return false;
    bytes[i] = static_cast<char>(high << 4 | low);
  }
  return true;
}

bool is_decimal(std::string_view text) {
  return !text.empty() && text.find_first_not_of("0123456789.-") == std::string_view::npos;
}

std::vector<PostgresParameter> bind(const BoundSql& sql, const Pull& pull) {
  std::vector<PostgresParameter> parameters;
  for (Bind what : sql.binds) {
    switch (what) {
      case Bind::org:
        parameters.push_back({pull.org.str()});
        break;
      case Bind::interval_start:
        parameters.push_back({sql_time(pull.interval_start) + "+00", oid::kTimestamptz});
        break;
      case Bind::interval_end:
        parameters.push_back({sql_time(pull.interval_end) + "+00", oid::kTimestamptz});
        break;
      case Bind::after:
        parameters.push_back({pull.after->value});
        break;
    }
  }
  return parameters;
}

class PostgresExtract final : public Extract {
 public:
  PostgresExtract(std::unique_ptr<Postgres> postgres, Pull pull)
      : postgres_(std::move(postgres)), pull_(std::move(pull)) {}

  // Opens the snapshot, the first thing that is read in it being its time.
  Result<> begin() {
    if (pull_.time_max.count() > 0) {
      postgres_->set_deadline(std::chrono::steady_clock::now() + pull_.time_max);
    }
    TRY(postgres_->run("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"));
    if (pull_.time_max.count() > 0) {
      TRY(postgres_->run("SET LOCAL statement_timeout = '" +
                         std::to_string(pull_.time_max.count()) + "s'"));
    }
    PostgresRows now =
        TRY(postgres_->run("SELECT (extract(epoch FROM clock_timestamp()) * 1000000)::int8"));
    std::int64_t micros = 0;
    parse_number(now.value(0, 0).value_or(""), micros);
    snapshot_at_ = from_micros(micros);
    return {};
  }

  Result<> start() {
    BoundSql sql = TRY(compose(pull_, Ask::rows, style()));
    auto parameters = bind(sql, pull_);
    for (const PostgresField& field : TRY(postgres_->prepare(sql.sql, parameters))) {
      PostgresRows name =
          TRY(postgres_->run("SELECT format_type($1::oid, $2::int)",
                             {{std::to_string(field.type)}, {std::to_string(field.modifier)}}));
      columns_.push_back(column_of(field, std::string(name.value(0, 0).value_or(""))));
    }
    if (columns_.empty()) {
      return Error{ErrorKind::failed, "source_query", "PostgreSQL: the statement has no columns."};
    }
    return postgres_->start(parameters);
  }

  const std::vector<Column>& columns() const override { return columns_; }
  Timestamp snapshot_at() const override { return snapshot_at_; }
  void cancel() override { postgres_->cancel(); }

  Result<bool> next(Batch& batch) override {
    batch.clear();
    bytes_.clear();
    TRY(postgres_->next(rows_, kBatchRows, kBatchBytes));
    batch.rows = rows_.size();
    batch.cells.reserve(batch.rows * columns_.size());
    for (std::size_t row = 0; row < batch.rows; ++row) {
      for (std::size_t i = 0; i < columns_.size(); ++i) {
        batch.cells.emplace_back();
        auto value = rows_.value(row, static_cast<int>(i));
        if (value && !fill(batch.cells.back(), columns_[i].type, *value)) {
          return bad_value(columns_[i]);
        }
      }
    }
    return batch.rows > 0;
  }

  Result<std::string> high_water() override {
    BoundSql sql = TRY(compose(pull_, Ask::high_water, style()));
    PostgresRows rows = TRY(postgres_->run(sql.sql, bind(sql, pull_)));
    return std::string(rows.size() == 0 ? "" : rows.value(0, 0).value_or(""));
  }

  Result<std::uint64_t> count() {
    BoundSql sql = TRY(compose(pull_, Ask::count, style()));
    PostgresRows rows = TRY(postgres_->run(sql.sql, bind(sql, pull_)));
    std::uint64_t count = 0;
    parse_number(rows.value(0, 0).value_or(""), count);
    return count;
  }

 private:
  bool fill(Cell& cell, ColumnType type, std::string_view text) {
    cell.null = false;
    switch (type) {
      case ColumnType::boolean:
        cell.integer = text == "t";
        return true;
      case ColumnType::integer:
        return parse_number(text, cell.integer);
      case ColumnType::real:
        return parse_real(text, cell.real);
      case ColumnType::date:
        return given(cell, parse_date(text));
      case ColumnType::timestamp:
      case ColumnType::local_timestamp:
        return given(cell, parse_time(text));
      case ColumnType::bytes:
        if (!parse_bytes(text, bytes_.emplace_back())) return false;
        cell.text = bytes_.back();
        return true;
      case ColumnType::decimal:
        cell.text = text;
        return is_decimal(text);
      case ColumnType::text:
      case ColumnType::json:
        cell.text = text;
        return true;
    }
    return false;
  }
  static bool given(Cell& cell, std::optional<std::int64_t> value) {
    cell.integer = value.value_or(0);
    return value.has_value();
  }

  std::unique_ptr<Postgres> postgres_;
  const Pull pull_;
  std::vector<Column> columns_;
  Timestamp snapshot_at_{};
  PostgresRows rows_;
  std::deque<std::string> bytes_;  // of the batch; a deque, so that none of them moves
};

db::RemoteTls tls_of(Tls tls) {
  switch (tls) {
    case Tls::off:
      return db::RemoteTls::off;
    case Tls::require:
      return db::RemoteTls::require;
    case Tls::verify:
      return db::RemoteTls::verify;
  }
  return db::RemoteTls::verify;
}

class PostgresSource final : public Source {
 public:
  explicit PostgresSource(const SourceSettings& settings)
      : server_{.host = settings.host,
                .port = settings.port,
                .database = settings.database,
                .user = settings.user,
                .password = settings.password,
                .tls = tls_of(settings.tls),
                .ca = settings.ca} {}

  Result<SourceCheck> check() override;

  Result<std::unique_ptr<Extract>> open(const Pull& pull) override {
    auto extract = TRY(opened(pull));
    TRY(extract->start());
    return std::unique_ptr<Extract>(std::move(extract));
  }

  Result<std::uint64_t> count(const Pull& pull) override { return TRY(opened(pull))->count(); }

 private:
  Result<std::unique_ptr<PostgresExtract>> opened(const Pull& pull) const {
    TRY(compose(pull, Ask::rows, style()));  // before anybody is asked
    auto extract = std::make_unique<PostgresExtract>(TRY(Postgres::open(server_)), pull);
    TRY(extract->begin());
    return extract;
  }

  const db::RemoteServer server_;
};

// What would let this user write: being the superuser, or a right on any table.
constexpr char kWriter[] =
    "SELECT (SELECT rolsuper FROM pg_roles WHERE rolname = current_user)"
    " OR EXISTS (SELECT 1 FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace"
    " WHERE c.relkind IN ('r', 'p', 'v', 'f') AND n.nspname NOT IN ('pg_catalog', "
    "'information_schema')"
    " AND has_schema_privilege(n.oid, 'USAGE')"
    " AND has_table_privilege(c.oid, 'INSERT, UPDATE, DELETE, TRUNCATE'))";

Result<SourceCheck> PostgresSource::check() {
  auto began = std::chrono::steady_clock::now();
  auto postgres = TRY(Postgres::open(server_));
  postgres->set_deadline(began + std::chrono::seconds(15));
  PostgresRows version = TRY(postgres->run("SELECT version()"));
  PostgresRows writer = TRY(postgres->run(kWriter));
  SourceCheck check{.version = std::string(version.value(0, 0).value_or(""))};
  check.read_only = writer.value(0, 0) == "f";
  if (!check.read_only) {
    check.warning =
        "This user may write. Packs are read in read-only transactions all the same; a user with "
        "nothing but SELECT is safer.";
  }
  check.duration_ms = std::chrono::duration_cast<std::chrono::milliseconds>(
                          std::chrono::steady_clock::now() - began)
                          .count();
  return check;
}

}  // namespace

std::unique_ptr<Source> make_postgres_source(const SourceSettings& settings) {
  return std::make_unique<PostgresSource>(settings);
}

}  // namespace trailkeeper::packs
