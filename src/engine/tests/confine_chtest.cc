// What the engine's process cannot do any more, asked of the running program.
#include <gtest/gtest.h>

#include <memory>

#include "httpc/client.h"
#include "json/document.h"
#include "testing/store_process.h"

namespace trailkeeper::engine {
namespace {

using events::testing::StoreProcess;

class Confined : public ::testing::Test {
 protected:
  static void SetUpTestSuite() { process_ = std::make_unique<StoreProcess>(); }
  static void TearDownTestSuite() { process_.reset(); }

  httpc::Response ask(const std::string& method, const std::string& path, const std::string& sql) {
    httpc::Request request;
    request.method = method;
    request.url = "http://localhost" + path;
    request.unix_socket = process_->socket();
    request.body = sql;
    auto response = client_.send(request);
    EXPECT_TRUE(response);
    return response ? *std::move(response) : httpc::Response{};
  }

  inline static std::unique_ptr<StoreProcess> process_;
  httpc::Client client_;
};

TEST_F(Confined, StatusSaysSo) {
  const auto status = ask("GET", "/status", "");
  json::Document document;
  const auto root = document.parse(status.body);
  ASSERT_TRUE(root);
  EXPECT_TRUE(root->find("files_confined")->boolean());
  EXPECT_TRUE(root->find("sockets_confined")->boolean());
  EXPECT_EQ(root->find("connections")->integer(), root->find("connections_idle")->integer());
}

TEST_F(Confined, FilesOutsideTheDataFolderAreRefused) {
  for (const char* path : {"/etc/passwd", "/proc/self/status", "/proc/self/environ",
                           "/proc/self/maps", "/dev/shm/x"}) {
    const auto refused =
        ask("POST", "/", std::string("SELECT * FROM file('") + path + "', LineAsString)");
    EXPECT_NE(refused.status, 200) << path;
  }
  const auto written = ask(
      "POST", "/", "INSERT INTO FUNCTION file('/tmp/tk_confined', TSV, 'a String') VALUES ('x')");
  EXPECT_NE(written.status, 200);
  EXPECT_NE(written.body.find("Permission denied"), std::string::npos) << written.body;
}

TEST_F(Confined, NothingIsReachedOverTheNetwork) {
  for (const char* source :
       {"url('http://127.0.0.1:9/', LineAsString)", "url('http://[::1]:9/', LineAsString)",
        "postgresql('127.0.0.1:9', 'd', 't', 'u', 'p')", "remote('127.0.0.1:9', system.one)"}) {
    const auto refused = ask(
        "POST", "/?http_max_tries=1&connections_with_failover_max_tries=1&max_execution_time=20",
        std::string("SELECT * FROM ") + source);
    EXPECT_NE(refused.status, 200) << source;
    // Port 9 of this machine would refuse too; it is not even asked.
    EXPECT_EQ(refused.body.find("refused"), std::string::npos) << refused.body;
  }
}

TEST_F(Confined, ItEndsWithinTwoSecondsOfBeingAsked) {
  StoreProcess another;
  EXPECT_EQ(another.stop(), 0);
}

}  // namespace
}  // namespace trailkeeper::engine
