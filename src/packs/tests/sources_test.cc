#include "packs/sources.h"

#include <gtest/gtest.h>
#include <signal.h>

#include <map>

#include "testing/real_databases.h"

// Rows out of real PostgreSQL and MariaDB servers.
namespace trailkeeper::packs {
namespace {

using Kind = RealDatabase::Kind;

std::string shown(const Column& column, const Cell& cell) {
  if (cell.null) return "null";
  switch (column.type) {
    case ColumnType::boolean:
    case ColumnType::integer:
    case ColumnType::date:
    case ColumnType::timestamp:
    case ColumnType::local_timestamp:
      return std::to_string(cell.integer);
    case ColumnType::real:
      return std::to_string(cell.real);
    default:
      return std::string(cell.text);
  }
}

class SourcesTest : public ::testing::TestWithParam<Kind> {
 protected:
  static void SetUpTestSuite() {
    ::signal(SIGPIPE, SIG_IGN);
    for (Kind kind : {Kind::postgresql, Kind::mariadb}) {
      servers()[kind] = std::make_unique<RealDatabase>(kind);
      fill(*servers()[kind], kind);
    }
  }
  static void TearDownTestSuite() { servers().clear(); }
  static std::map<Kind, std::unique_ptr<RealDatabase>>& servers() {
    static std::map<Kind, std::unique_ptr<RealDatabase>> servers;
    return servers;
  }
  static void fill(RealDatabase& server, Kind kind) {
    bool postgresql = kind == Kind::postgresql;
    std::string at = postgresql ? "" : "vendor.";
    server.run("CREATE TABLE " + at +
               "deals (id bigint PRIMARY KEY, org varchar(64) NOT NULL,"
               " title text, changed " +
               (postgresql ? "timestamptz" : "timestamp(6)") + " NOT NULL)");
    std::string series = postgresql ? "FROM generate_series(1, 30000) AS n"
                                    : "FROM (SELECT seq AS n FROM seq_1_to_30000) AS s";
    std::string moment = postgresql
                             ? "timestamptz '2026-01-01 00:00:00+00' + n * interval '1 second'"
                             : "timestamp('2026-01-01') + interval n second";
    server.run("INSERT INTO " + at +
               "deals SELECT n, CASE WHEN n % 3 = 0 THEN 'acme' ELSE 'umbrella'"
               " END, concat('deal ', n), " +
               moment + " " + series);
  }

  RealDatabase& server() { return *servers()[GetParam()]; }
  std::unique_ptr<Source> source() {
    auto made = source_maker(http_)(server().reader());
    return made ? *std::move(made) : nullptr;
  }
  Pull pull(std::string query) const {
    return {.org = *OrgId::parse("acme"), .query = std::move(query)};
  }
  // All rows, each as its cells in text; stops at the first error.
  std::vector<std::vector<std::string>> rows_of(Extract& extract) {
    std::vector<std::vector<std::string>> rows;
    Batch batch;
    while (true) {
      auto more = extract.next(batch);
      EXPECT_TRUE(more) << more.error().message;
      if (!more || !*more) return rows;
      std::size_t width = extract.columns().size();
      for (std::size_t row = 0; row < batch.rows; ++row) {
        auto& cells = rows.emplace_back();
        for (std::size_t i = 0; i < width; ++i) {
          cells.push_back(shown(extract.columns()[i], batch.cells[row * width + i]));
        }
      }
    }
  }

  httpc::Client http_;
};

TEST_P(SourcesTest, RowsOfTheOrganizationAndNoOthers) {
  auto extract = source()->open(pull("SELECT id, org FROM deals WHERE org = :org -- :org\n"));
  ASSERT_TRUE(extract) << extract.error().message;
  auto rows = rows_of(**extract);
  EXPECT_EQ(rows.size(), 10'000u);
  for (const auto& row : rows) ASSERT_EQ(row[1], "acme");
  EXPECT_GT((*extract)->snapshot_at(), from_micros(1'700'000'000'000'000));
  EXPECT_EQ(*source()->count(pull("SELECT id FROM deals WHERE org = :org")), 10'000u);
}

TEST_P(SourcesTest, AnOrganizationsIdIsNeverText) {
  Pull nasty = pull("SELECT id FROM deals WHERE org = :org AND title <> ':org' LIMIT 5");
  auto extract = source()->open(nasty);
  ASSERT_TRUE(extract) << extract.error().message;
  EXPECT_EQ(rows_of(**extract).size(), 5u);
}

TEST_P(SourcesTest, IntervalIsInclusiveAndExclusive) {
  Pull bounded = pull(
      "SELECT id FROM deals WHERE org = :org AND changed >= :interval_start AND "
      "changed < :interval_end ORDER BY id");
  bounded.interval_start = *parse_rfc3339("2026-01-01T00:00:03Z");
  bounded.interval_end = *parse_rfc3339("2026-01-01T00:00:09Z");
  auto rows = rows_of(**source()->open(bounded));
  EXPECT_EQ(rows, (std::vector<std::vector<std::string>>{{"3"}, {"6"}}));
}

TEST_P(SourcesTest, HighWaterGoesOnWhereItStopped) {
  Pull first = pull("SELECT id, changed FROM deals WHERE org = :org AND id <= 300");
  first.after = HighWater{.column = "changed"};
  auto extract = source()->open(first);
  ASSERT_TRUE(extract) << extract.error().message;
  EXPECT_EQ(rows_of(**extract).size(), 100u);
  auto high = (*extract)->high_water();
  ASSERT_TRUE(high) << high.error().message;
  Pull second = pull("SELECT id, changed FROM deals WHERE org = :org AND id <= 600");
  second.after = HighWater{.column = "changed", .value = *high};
  auto more = source()->open(second);
  ASSERT_TRUE(more) << more.error().message;
  auto rows = rows_of(**more);
  ASSERT_EQ(rows.size(), 100u);
  EXPECT_EQ(rows.front()[0], "303");
  EXPECT_EQ(*source()->count(second), 100u);
  Pull third = second;
  third.after->value = *(*more)->high_water();
  auto none = source()->open(third);
  EXPECT_TRUE(rows_of(**none).empty());
  EXPECT_EQ(*(*none)->high_water(), "");
}

TEST_P(SourcesTest, RowsThatComeMeanwhileAreNotInTheSnapshot) {
  auto extract = source()->open(pull("SELECT id FROM deals WHERE org = :org"));
  ASSERT_TRUE(extract) << extract.error().message;
  bool postgresql = GetParam() == Kind::postgresql;
  std::string table = postgresql ? "deals" : "vendor.deals";
  server().run("INSERT INTO " + table + " VALUES (1000000, 'acme', 'new', " +
               (postgresql ? "now()" : "now(6)") + ")");
  EXPECT_EQ(rows_of(**extract).size(), 10'000u);
  server().run("DELETE FROM " + table + " WHERE id = 1000000");
}

TEST_P(SourcesTest, NothingCanBeWritten) {
  for (const char* query :
       {"DELETE FROM deals WHERE org = :org", "SELECT :org; DROP TABLE deals"}) {
    auto extract = source()->open(pull(query));
    ASSERT_FALSE(extract) << query;
    EXPECT_NE(extract.error().kind, ErrorKind::unavailable) << query;
  }
}

TEST_P(SourcesTest, ErrorsNameNoValue) {
  Pull bad = pull("SELECT CAST(:org AS int) AS x FROM deals WHERE nothing = 1");
  auto extract = source()->open(bad);
  ASSERT_FALSE(extract);
  EXPECT_EQ(extract.error().code, "source_query");
  EXPECT_EQ(extract.error().message.find("acme"), std::string::npos);
}

TEST_P(SourcesTest, WrongPasswordAndNobodyThere) {
  SourceSettings settings = server().reader();
  settings.password = "wrong";
  auto refused = (*source_maker(http_)(settings))->check();
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, "source_refused");
  settings.host = "127.0.0.9";
  auto away = (*source_maker(http_)(settings))->check();
  ASSERT_FALSE(away);
  EXPECT_EQ(away.error().kind, ErrorKind::unavailable);
  settings.host = "127.0.0.1";
  settings.tls = Tls::verify;
  EXPECT_FALSE((*source_maker(http_)(settings))->check()) << "the server has no certificate";
}

TEST_P(SourcesTest, CheckNamesTheServerAndSeesAReader) {
  auto check = source()->check();
  ASSERT_TRUE(check) << check.error().message;
  EXPECT_NE(check->version.find(GetParam() == Kind::postgresql ? "PostgreSQL 15" : "MariaDB"),
            std::string::npos);
  EXPECT_TRUE(check->read_only);
  EXPECT_EQ(check->warning, "");
}

TEST_P(SourcesTest, SlowQueryEndsAtItsLimit) {
  Pull slow = pull(GetParam() == Kind::postgresql
                       ? "SELECT pg_sleep(30)::text AS x FROM deals WHERE org = :org"
                       : "SELECT sleep(30) AS x FROM deals WHERE org = :org");
  slow.time_max = std::chrono::seconds(1);
  auto extract = source()->open(slow);
  Batch batch;
  auto ended = extract ? (*extract)->next(batch) : Result<bool>(extract.error());
  ASSERT_FALSE(ended);
  EXPECT_EQ(ended.error().code, "source_slow") << ended.error().message;
}

TEST_P(SourcesTest, CancelEndsAnExtract) {
  auto extract = source()->open(pull("SELECT id, title FROM deals WHERE org = :org"));
  ASSERT_TRUE(extract);
  Batch batch;
  ASSERT_TRUE((*extract)->next(batch));
  (*extract)->cancel();
  Result<bool> more = true;
  while (more && *more) more = (*extract)->next(batch);
  ASSERT_FALSE(more);
  EXPECT_EQ(more.error().kind, ErrorKind::unavailable);
}

struct Expected {
  std::string sql;
  ColumnType type;
  std::string native;
  std::string value;
};

void expect_values(Source& source, Pull pull, const std::vector<Expected>& wanted,
                   const std::function<std::vector<std::vector<std::string>>(Extract&)>& rows_of) {
  pull.query = "SELECT :org AS org";
  for (std::size_t i = 0; i < wanted.size(); ++i) {
    pull.query += ", " + wanted[i].sql + " AS c" + std::to_string(i);
  }
  auto extract = source.open(pull);
  ASSERT_TRUE(extract) << extract.error().message;
  auto rows = rows_of(**extract);
  ASSERT_EQ(rows.size(), 1u);
  for (std::size_t i = 0; i < wanted.size(); ++i) {
    const Column& column = (*extract)->columns()[i + 1];
    EXPECT_EQ(type_name(column.type), type_name(wanted[i].type)) << wanted[i].sql;
    EXPECT_EQ(column.native, wanted[i].native) << wanted[i].sql;
    EXPECT_EQ(rows[0][i + 1], wanted[i].value) << wanted[i].sql;
  }
}

TEST_P(SourcesTest, EveryTypeHasItsPlace) {
  auto rows = [this](Extract& extract) { return rows_of(extract); };
  if (GetParam() == Kind::mariadb) {
    server().run(
        "CREATE TABLE vendor.kinds (a tinyint, b int unsigned, c bigint unsigned, d decimal(12,3),"
        " e double, f float, g varchar(9), h blob, i date, j datetime(3), k timestamp(6) NULL,"
        " l json, m time, n year, o enum('x','y'), p uuid, q date)");
    server().run(
        "INSERT INTO vendor.kinds VALUES (-5, 4294967295, 18446744073709551615, -12.5, 2.5, 1.1,"
        " 'grün', x'00ff', '2026-11-23', '2026-11-23 10:00:00.5', '2026-11-23 10:00:00.000001',"
        " '{\"a\":1}', '10:00:01', 2026, 'y', '123e4567-e89b-12d3-a456-426655440000', "
        "'0001-01-01')");
    auto extract = source()->open(pull("SELECT * FROM kinds WHERE :org = 'acme'"));
    ASSERT_TRUE(extract) << extract.error().message;
    EXPECT_EQ(
        rows(**extract).at(0),
        (std::vector<std::string>{"-5", "4294967295", "18446744073709551615", "-12.500", "2.500000",
                                  "1.100000", "grün", std::string("\0\xff", 2), "20780",
                                  "1795428000500000", "1795428000000001", "{\"a\":1}", "10:00:01",
                                  "2026", "y", "123e4567-e89b-12d3-a456-426655440000", "-719162"}));
    std::string types;
    for (const Column& column : (*extract)->columns()) {
      types += std::string(type_name(column.type)) + " " + column.native + "; ";
    }
    EXPECT_EQ(types,
              "integer tinyint; integer int unsigned; decimal bigint unsigned; decimal "
              "decimal(12,3); real double; real float; text varchar; bytes blob; date date; "
              "local_timestamp datetime; timestamp timestamp; json json; text time; "
              "integer year; text enum; text uuid; date date; ");
    return;
  }
  expect_values(*source(), pull(""),
                {{"true", ColumnType::boolean, "boolean", "1"},
                 {"(-5)::int2", ColumnType::integer, "smallint", "-5"},
                 {"9223372036854775807", ColumnType::integer, "bigint", "9223372036854775807"},
                 {"2.5::float8", ColumnType::real, "double precision", "2.500000"},
                 {"1.1::float4", ColumnType::real, "real", "1.100000"},
                 {"(-12.5)::numeric(10,2)", ColumnType::decimal, "numeric(10,2)", "-12.50"},
                 {"123456789012345678901234567890.5", ColumnType::decimal, "numeric",
                  "123456789012345678901234567890.5"},
                 {"'grün'::text", ColumnType::text, "text", "grün"},
                 {"'\\x00ff'::bytea", ColumnType::bytes, "bytea", std::string("\0\xff", 2)},
                 {"date '2026-11-23'", ColumnType::date, "date", "20780"},
                 {"date '1600-02-29'", ColumnType::date, "date", "-135081"},
                 {"timestamp '2026-11-23 10:00:00.5'", ColumnType::local_timestamp,
                  "timestamp without time zone", "1795428000500000"},
                 {"timestamptz '2026-11-23 11:00:00.000001+01'", ColumnType::timestamp,
                  "timestamp with time zone", "1795428000000001"},
                 {"'{\"a\": 1}'::jsonb", ColumnType::json, "jsonb", "{\"a\": 1}"},
                 {"'123e4567-e89b-12d3-a456-426655440000'::uuid", ColumnType::text, "uuid",
                  "123e4567-e89b-12d3-a456-426655440000"},
                 {"null::int", ColumnType::integer, "integer", "null"},
                 {"array[1,2]", ColumnType::text, "integer[]", "{1,2}"}},
                rows);
  auto infinite = source()->open(pull("SELECT 'infinity'::timestamptz AS x WHERE :org = 'acme'"));
  Batch batch;
  EXPECT_EQ((*infinite)->next(batch).error().code, "source_value");
}

INSTANTIATE_TEST_SUITE_P(Real, SourcesTest, ::testing::Values(Kind::postgresql, Kind::mariadb),
                         [](const auto& info) {
                           return info.param == Kind::postgresql ? "postgresql" : "mariadb";
                         });

}  // namespace
}  // namespace trailkeeper::packs
