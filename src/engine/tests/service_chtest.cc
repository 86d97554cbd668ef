// The engine behind its HTTP interface: parameters, settings, streams, errors, inserts.
#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <memory>
#include <thread>

#include "httpc/client.h"
#include "testing/store_process.h"

namespace trailkeeper::engine {
namespace {

using events::testing::StoreProcess;

class Service : public ::testing::Test {
 protected:
  static void SetUpTestSuite() { process_ = std::make_unique<StoreProcess>(); }
  static void TearDownTestSuite() { process_.reset(); }

  httpc::Request request(const std::string& query_string, std::string body) {
    httpc::Request request;
    request.method = "POST";
    request.url = "http://localhost/?" + query_string;
    request.unix_socket = process_->socket();
    request.body = std::move(body);
    return request;
  }
  httpc::Response post(const std::string& query_string, const std::string& body) {
    auto response = client_.send(request(query_string, body));
    EXPECT_TRUE(response) << (response ? "" : response.error().message);
    return response ? *std::move(response) : httpc::Response{};
  }
  std::string run(const std::string& sql) {
    const auto response = post("", sql);
    EXPECT_EQ(response.status, 200) << response.body;
    return response.body;
  }
  static std::string code(const httpc::Response& response) {
    return std::string(response.header("x-clickhouse-exception-code").value_or(""));
  }

  inline static std::unique_ptr<StoreProcess> process_;
  httpc::Client client_;
};

// One session run by two threads has given a query another's parameter: this must stay impossible.
TEST_F(Service, NoThreadEverGetsAnothersParameter) {
  constexpr int kThreads = 12, kQueries = 150;
  std::atomic<int> wrong{0}, right{0};
  std::vector<std::thread> threads;
  for (int thread = 0; thread < kThreads; ++thread) {
    threads.emplace_back([&, thread] {
      for (int i = 0; i < kQueries; ++i) {
        const std::string mine = std::to_string(thread) + "-" + std::to_string(i);
        auto response = client_.send(
            request("param_mine=" + mine + "&max_threads=" + std::to_string(1 + thread % 2),
                    "SELECT {mine:String}, getSetting('max_threads')"));
        const std::string expected = mine + "\t" + std::to_string(1 + thread % 2) + "\n";
        if (response && response->status == 200 && response->body == expected) {
          ++right;
        } else {
          ++wrong;
        }
      }
    });
  }
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(wrong, 0);
  EXPECT_EQ(right, kThreads * kQueries);
}

TEST_F(Service, ParametersAreValuesNeverSql) {
  EXPECT_EQ(post("param_a=x%27)%20OR%201=1%20--%20%5Ct%5C%5C",
                 "SELECT {a:String} AS a FORMAT JSONEachRow")
                .body,
            "{\"a\":\"x') OR 1=1 -- \\t\\\\\"}\n");
  const auto unset = post("", "SELECT {a:String}");
  EXPECT_EQ(unset.status, 400);
  EXPECT_EQ(code(unset), "456");
  EXPECT_EQ(code(post("param_a=x", "SELECT {a:UInt64}")), "457");
}

TEST_F(Service, ErrorsCarryClickHousesNumberAndStatus) {
  const auto missing = post("", "SELECT * FROM nosuch");
  EXPECT_EQ(missing.status, 404);
  EXPECT_EQ(code(missing), "60");
  EXPECT_NE(missing.body.find("UNKNOWN_TABLE"), std::string::npos);
  EXPECT_EQ(post("", "SELEC 1").status, 400);
  EXPECT_EQ(code(post("nosuchsetting=1", "SELECT 1")), "115");
  EXPECT_EQ(post("bad%20name=1", "SELECT 1").status, 404);
}

TEST_F(Service, EveryQueryHasLimitsAndSettingsEndWithTheirRequest) {
  EXPECT_EQ(code(post("max_execution_time=1", "SELECT count() FROM system.numbers")), "159");
  EXPECT_EQ(code(post("max_memory_usage=10000000",
                      "SELECT arraySort(groupArray(number)) FROM numbers(5000000)")),
            "241");
  for (int i = 0; i < 20; ++i) {
    EXPECT_EQ(run("SELECT getSetting('max_execution_time') > 1, getSetting('max_memory_usage') > "
                  "10000000"),
              "1\t1\n");
  }
}

TEST_F(Service, AStreamIsWholeOrBroken) {
  std::uint64_t bytes = 0;
  auto whole = client_.stream(request("", "SELECT number FROM numbers(3000000) FORMAT RowBinary"),
                              [&](std::string_view chunk) { return bytes += chunk.size(), true; });
  ASSERT_TRUE(whole);
  EXPECT_EQ(bytes, 24000000u);
  bytes = 0;
  auto broken = client_.stream(request("",
                                       "SELECT number, throwIf(number = 2500000) FROM "
                                       "numbers(3000000) FORMAT RowBinary SETTINGS max_threads=1"),
                               [&](std::string_view chunk) { return bytes += chunk.size(), true; });
  ASSERT_FALSE(broken);
  EXPECT_EQ(broken.error().code, "cut");
  EXPECT_GT(bytes, 0u);
}

TEST_F(Service, AReaderWhoLeavesGivesTheSessionBack) {
  for (int i = 0; i < 30; ++i) {
    auto left = client_.stream(request("", "SELECT number FROM system.numbers FORMAT RowBinary"),
                               [](std::string_view) { return false; });
    EXPECT_FALSE(left);
  }
  EXPECT_EQ(run("SELECT 1"), "1\n");
}

TEST_F(Service, InsertsTakeDataInTheBodyAndInTheText) {
  run("CREATE TABLE t (a UInt64, b String) ENGINE = MergeTree ORDER BY a");
  std::string rows;
  for (std::uint64_t i = 0; i < 100000; ++i) {
    rows.append(reinterpret_cast<const char*>(&i), 8);
    rows += '\x01';
    rows += '\n';
  }
  const auto inserted = post("query=INSERT%20INTO%20t%20(a,%20b)%20FORMAT%20RowBinary", rows);
  EXPECT_EQ(inserted.status, 200) << inserted.body;
  EXPECT_EQ(inserted.header("x-clickhouse-summary"), "{\"written_rows\":\"100000\"}");
  EXPECT_EQ(run("SELECT count(), sum(a), uniqExact(b) FROM t"), "100000\t4999950000\t1\n");
  run("INSERT INTO t FORMAT JSONEachRow\n{\"a\":1,\"b\":\"x\"}\n{\"a\":2,\"b\":\"y\"}\n");
  run("INSERT INTO t FORMAT RowBinary\n" + rows.substr(0, 100));
  run("INSERT INTO t VALUES (3, 'z')");
  EXPECT_EQ(run("SELECT count() FROM t"), "100013\n");
}

TEST_F(Service, ABrokenInsertStoresNothing) {
  run("CREATE TABLE u (a UInt64) ENGINE = MergeTree ORDER BY a");
  const auto torn =
      post("query=INSERT%20INTO%20u%20(a)%20FORMAT%20RowBinary", std::string(8 * 1000 + 3, 'x'));
  EXPECT_EQ(torn.status, 400);
  EXPECT_EQ(code(torn), "33");
  EXPECT_EQ(run("SELECT count() FROM u"), "0\n");
  EXPECT_EQ(code(post("query=INSERT%20INTO%20nosuch%20FORMAT%20RowBinary", "12345678")), "60");
  EXPECT_EQ(code(post("query=INSERT%20INTO%20nosuch%20FORMAT%20RowBinary", "")), "60");
}

TEST_F(Service, AStreamHasOneHead) {
  const auto response = client_.send(request("default_format=TabSeparatedWithNamesAndTypes",
                                             "SELECT number FROM numbers(300000)"));
  ASSERT_TRUE(response);
  EXPECT_TRUE(response->body.starts_with("number\nUInt64\n0\n1\n"));
  EXPECT_TRUE(response->body.ends_with("\n299999\n"));
  EXPECT_EQ(std::count(response->body.begin(), response->body.end(), '\n'), 300002);
  EXPECT_EQ(response->body.find("UInt64", 10), std::string::npos);
}

}  // namespace
}  // namespace trailkeeper::engine
