#include "source_mariadb.h"

#include <charconv>
#include <chrono>
#include <deque>

#include "db/mariadb.h"
#include "source_sql.h"

// MariaDB and MySQL in their own SQL: rows one by one out of a read-only consistent snapshot.
namespace trailkeeper::packs {

namespace {

using db::Mariadb;
using db::MariadbField;
using db::MariadbKind;
using db::MariadbValue;

constexpr std::size_t kBatchRows = 2'000;
constexpr std::size_t kBatchBytes = 1u << 20;
// A query may think that long before its first row.
constexpr std::chrono::seconds kSilence{3600};

const SqlStyle& style() {
  static const SqlStyle style{.dialect = Dialect::mysql,
                              .mark = [](std::size_t, Bind) { return std::string("?"); },
                              .quote = '`',
                              .text_type = "CHAR"};
  return style;
}

Column column_of(const MariadbField& field) {
  Column column{.name = field.name, .native = field.native};
  switch (field.kind) {
    case MariadbKind::integer:
      column.type = ColumnType::integer;
      break;
    case MariadbKind::real:
      column.type = ColumnType::real;
      break;
    case MariadbKind::text:
      column.type = field.json ? ColumnType::json : ColumnType::text;
      break;
    case MariadbKind::bytes:
      column.type = ColumnType::bytes;
      break;
    case MariadbKind::decimal:
      column.type = ColumnType::decimal;
      column.precision = field.precision;
      column.scale = field.scale;
      break;
    case MariadbKind::date:
      column.type = ColumnType::date;
      break;
    case MariadbKind::datetime:
      column.type = field.timestamp ? ColumnType::timestamp : ColumnType::local_timestamp;
      break;
  }
  return column;
}

std::vector<std::string> bind(const BoundSql& sql, const Pull& pull) {
  std::vector<std::string> values;
  for (Bind what : sql.binds) {
    switch (what) {
      case Bind::org:
        values.push_back(pull.org.str());
        break;
      case Bind::interval_start:
        values.push_back(sql_time(pull.interval_start));
        break;
      case Bind::interval_end:
        values.push_back(sql_time(pull.interval_end));
        break;
      case Bind::after:
        values.push_back(pull.after->value);
        break;
    }
  }
  return values;
}

class MariadbExtract final : public Extract {
 public:
  MariadbExtract(std::unique_ptr<Mariadb> mariadb, Pull pull)
      : mariadb_(std::move(mariadb)), pull_(std::move(pull)) {}

  Result<> begin() {
    if (pull_.time_max.count() > 0) {
      mariadb_->set_deadline(std::chrono::steady_clock::now() + pull_.time_max);
      // MySQL has no such setting, and stops at the deadline all the same.
      (void)mariadb_->run("SET SESSION max_statement_time = " +
                          std::to_string(pull_.time_max.count()));
    }
    TRY(mariadb_->run("SET SESSION TRANSACTION ISOLATION LEVEL REPEATABLE READ"));
    TRY(mariadb_->run("START TRANSACTION WITH CONSISTENT SNAPSHOT, READ ONLY"));
    auto now = TRY(mariadb_->run("SELECT UTC_TIMESTAMP(6)"));
    if (!now.empty() && now[0][0]) {
      snapshot_at_ = from_micros(parse_time(*now[0][0]).value_or(0));
    }
    return {};
  }

  Result<> start() {
    BoundSql sql = TRY(compose(pull_, Ask::rows, style()));
    for (const MariadbField& field : TRY(mariadb_->start(sql.sql, bind(sql, pull_)))) {
      columns_.push_back(column_of(field));
    }
    return {};
  }

  const std::vector<Column>& columns() const override { return columns_; }
  Timestamp snapshot_at() const override { return snapshot_at_; }
  void cancel() override { mariadb_->cancel(); }

  Result<bool> next(Batch& batch) override {
    batch.clear();
    texts_.clear();
    if (ended_) return false;
    for (std::size_t bytes = 0; batch.rows < kBatchRows && bytes < kBatchBytes; ++batch.rows) {
      ended_ = !TRY(mariadb_->next(row_));
      if (ended_) break;
      for (std::size_t i = 0; i < columns_.size(); ++i) bytes += add(batch, row_[i]);
    }
    return batch.rows > 0;
  }

  Result<std::string> high_water() override { return one(Ask::high_water); }

  Result<std::uint64_t> count() {
    std::string text = TRY(one(Ask::count));
    std::uint64_t count = 0;
    std::from_chars(text.data(), text.data() + text.size(), count);
    return count;
  }

 private:
  std::size_t add(Batch& batch, const MariadbValue& value) {
    Cell& cell = batch.cells.emplace_back();
    cell.null = value.null;
    if (value.null) return 0;
    cell.integer = value.integer;
    cell.real = value.real;
    if (value.text.empty()) return sizeof(value.integer);
    cell.text = texts_.emplace_back(value.text);
    return value.text.size();
  }

  // The only value of the only row; empty without one.
  Result<std::string> one(Ask ask) {
    BoundSql sql = TRY(compose(pull_, ask, style()));
    auto fields = TRY(mariadb_->start(sql.sql, bind(sql, pull_)));
    std::string answer;
    while (TRY(mariadb_->next(row_))) {
      const MariadbValue& value = row_.front();
      if (value.null) continue;
      answer = fields.front().kind == MariadbKind::integer ? std::to_string(value.integer)
                                                           : std::string(value.text);
    }
    return answer;
  }

  std::unique_ptr<Mariadb> mariadb_;
  const Pull pull_;
  std::vector<Column> columns_;
  Timestamp snapshot_at_{};
  std::vector<MariadbValue> row_;
  std::deque<std::string> texts_;  // of the batch; a deque, so that none of them moves
  bool ended_ = false;
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

// Whether a line of SHOW GRANTS gives anything but reading.
bool lets_write(std::string_view grant) {
  auto on = grant.find(" ON ");
  std::string_view rights = grant.substr(0, on);
  for (std::string_view right : {"ALL PRIVILEGES", "INSERT", "UPDATE", "DELETE", "CREATE", "DROP",
                                 "ALTER", "FILE", "SUPER", "EXECUTE", "REPLACE"}) {
    if (rights.find(right) != std::string_view::npos) return true;
  }
  return false;
}

class MariadbSource final : public Source {
 public:
  explicit MariadbSource(const SourceSettings& settings)
      : server_{.host = settings.host,
                .port = settings.port,
                .database = settings.database,
                .user = settings.user,
                .password = settings.password,
                .tls = tls_of(settings.tls),
                .ca = settings.ca} {}

  Result<SourceCheck> check() override {
    auto began = std::chrono::steady_clock::now();
    auto mariadb = TRY(Mariadb::open(server_, std::chrono::seconds(15)));
    auto version = TRY(mariadb->run("SELECT CONCAT(@@version, ' ', @@version_comment)"));
    auto grants = TRY(mariadb->run("SHOW GRANTS"));
    SourceCheck check{.version = version.at(0).at(0).value_or(""), .read_only = true};
    for (const auto& row : grants) {
      if (lets_write(row.front().value_or(""))) check.read_only = false;
    }
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

  Result<std::unique_ptr<Extract>> open(const Pull& pull) override {
    auto extract = TRY(opened(pull));
    TRY(extract->start());
    return std::unique_ptr<Extract>(std::move(extract));
  }

  Result<std::uint64_t> count(const Pull& pull) override { return TRY(opened(pull))->count(); }

 private:
  Result<std::unique_ptr<MariadbExtract>> opened(const Pull& pull) const {
    TRY(compose(pull, Ask::rows, style()));  // before anybody is asked
    auto silence = pull.time_max.count() > 0 ? pull.time_max + std::chrono::seconds(5) : kSilence;
    auto extract = std::make_unique<MariadbExtract>(TRY(Mariadb::open(server_, silence)), pull);
    TRY(extract->begin());
    return extract;
  }

  const db::RemoteServer server_;
};

}  // namespace

std::unique_ptr<Source> make_mariadb_source(const SourceSettings& settings) {
  return std::make_unique<MariadbSource>(settings);
}

}  // namespace trailkeeper::packs
