#include "location_query.h"

#include <gtest/gtest.h>

#include "location_access.h"

namespace trailkeeper::packs {
namespace {

std::string code_of(const std::string& query) {
  const auto parsed = parse_location_query(query);
  return parsed ? "" : parsed.error().fields.at(0).code;
}

TEST(LocationQuery, TakesPlacesApart) {
  const auto parsed = parse_location_query(
      "SELECT a.id, ':org objects(1)' -- objects('x')\n"
      "FROM objects('deals/' || :org || '/*.parquet', Parquet) AS a\n"
      "JOIN Objects ( concat('more(', ')', ''','), 'csvwithnames', 'id Int64, t String' ) b ON 1");
  ASSERT_TRUE(parsed) << parsed.error().message;
  ASSERT_EQ(parsed->places.size(), 2u);
  EXPECT_EQ(parsed->places[0].path, "'deals/' || :org || '/*.parquet'");
  EXPECT_EQ(parsed->places[0].format, "Parquet");
  EXPECT_EQ(parsed->places[0].structure, "");
  EXPECT_TRUE(parsed->places[0].of_org);
  EXPECT_EQ(parsed->places[1].path, "concat('more(', ')', ''',')");
  EXPECT_EQ(parsed->places[1].format, "CSVWithNames");
  EXPECT_EQ(parsed->places[1].structure, "'id Int64, t String'");
  EXPECT_FALSE(parsed->places[1].of_org);
  EXPECT_EQ(parsed->texts[0], "SELECT a.id, ':org objects(1)' -- objects('x')\nFROM ");
  EXPECT_EQ(parsed->texts[1], " AS a\nJOIN ");
  EXPECT_EQ(parsed->texts[2], " b ON 1");
}

TEST(LocationQuery, SaysWhatIsWrong) {
  EXPECT_EQ(code_of("SELECT * FROM objects('a.csv')"), "no_org");
  EXPECT_EQ(code_of("SELECT * FROM deals WHERE org = :org"), "no_objects");
  EXPECT_EQ(code_of("SELECT 'objects(1)' FROM deals WHERE org = :org"), "no_objects");
  EXPECT_EQ(code_of("SELECT * FROM t.objects('a') WHERE org = :org"), "no_objects");
  EXPECT_EQ(code_of("SELECT * FROM objects('a', Secret) WHERE org = :org"), "format");
  EXPECT_EQ(code_of("SELECT * FROM objects('a', CSV, 'a' || 'b') WHERE org = :org"), "structure");
  EXPECT_EQ(code_of("SELECT * FROM objects('a', CSV, 'a', 'b') WHERE org = :org"), "objects");
  EXPECT_EQ(code_of("SELECT * FROM objects() WHERE org = :org"), "objects");
  EXPECT_EQ(code_of("SELECT * FROM objects('a', CSV WHERE org = :org"), "objects");
  EXPECT_EQ(code_of("SELECT * FROM objects('a', CSV), File ('b') WHERE org = :org"), "reader");
  EXPECT_EQ(code_of("SELECT * FROM objects('a', CSV), s3('b') WHERE org = :org"), "reader");
  EXPECT_EQ(code_of("SELECT * FROM objects('a', CSV), `url` ('b') WHERE org = :org"), "reader");
}

TEST(LocationSettings, LeadWhereTheyMay) {
  const LocationRules rules{.addresses = {.allowed_hosts = {"files.internal"}},
                            .folders = {"/srv/exports"},
                            .data_folder = "/srv/exports/trailkeeper"};
  const auto fields = [&](const SourceSettings& settings) {
    const auto checked = check_location_settings(settings, rules);
    return checked ? "" : checked.error().fields.at(0).pointer;
  };
  SourceSettings s3{.type = "s3", .host = "s3.example.com", .database = "bucket/prefix"};
  EXPECT_EQ(fields(s3), "");
  s3.database = "";
  EXPECT_EQ(fields(s3), "/database");
  SourceSettings http{.type = "http", .host = "files.example.com"};
  EXPECT_EQ(fields(http), "");
  http.tls = Tls::off;
  EXPECT_EQ(fields(http), "/tls");
  http.host = "files.internal";
  EXPECT_EQ(fields(http), "");
  for (const char* path : {"/a", "a//b", "a/../b", "a'b", "a b", "a\\b", "a*"}) {
    http.database = path;
    EXPECT_EQ(fields(http), "/database") << path;
  }
  http = {.type = "http", .host = "files.example.com/x"};
  EXPECT_EQ(fields(http), "/host");
  SourceSettings files{.type = "files", .database = "/srv/exports/deals"};
  EXPECT_EQ(fields(files), "");
  for (const char* folder : {"", "deals", "/etc", "/srv", "/srv/exports",
                             "/srv/exports/trailkeeper", "/srv/exports/trailkeeper/store",
                             "/srv/exports/../../etc", "/srv/exports2", "/srv/exports/*"}) {
    files.database = folder;
    EXPECT_EQ(fields(files), "/database") << folder;
  }
}

TEST(LocationSettings, PrivateAddressesAreRefused) {
  for (const char* host : {"127.0.0.1", "10.0.0.7", "169.254.169.254", "[::1]", "localhost"}) {
    const auto access = access_of({.type = "s3", .host = host, .database = "bucket"}, {});
    ASSERT_FALSE(access) << host;
    EXPECT_EQ(access.error().code, "address_not_allowed") << host;
  }
}

TEST(LocationTable, NamesOnlyWhatIsThere) {
  const LocationPlace place{.path = "'a' || :org", .format = "CSV", .structure = "'id Int64'"};
  const SourceSettings s3{
      .type = "s3", .host = "s3.example.com", .database = "bucket", .user = "key", .password = "s"};
  EXPECT_EQ(location_table(s3, place, false),
            "s3(concat('https://s3.example.com/bucket/', ('a' || :org)), 'CSV', 'id Int64')");
  EXPECT_EQ(location_table(s3, place, true),
            "s3(concat('https://s3.example.com/bucket/', ('a' || :org)), 'One')");
  const SourceSettings http{
      .type = "http", .host = "10.0.0.1", .port = 81, .password = "token", .tls = Tls::off};
  EXPECT_EQ(location_table(http, place, false),
            "url(location, url = concat('http://10.0.0.1:81/', ('a' || :org)), format = 'CSV', "
            "structure = 'id Int64')");
}

}  // namespace
}  // namespace trailkeeper::packs
