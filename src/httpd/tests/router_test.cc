#include "httpd/router.h"

#include <gtest/gtest.h>

namespace trailkeeper::httpd {
namespace {

class RouterTest : public testing::Test {
 protected:
  void add(const std::string& method, const std::string& pattern) {
    router_.add(method, pattern, [](Request, Responder) {});
  }
  // "pattern a=1 b=2", "405 GET,HEAD", "400" or "404".
  std::string ask(const std::string& method, const std::string& path) {
    auto match = router_.match(method, path);
    std::string out;
    if (match.bad_path) return "400";
    if (!match.route) {
      if (match.allowed.empty()) return "404";
      for (const auto& one : match.allowed) out += (out.empty() ? "405 " : ",") + one;
      return out;
    }
    out = match.route->pattern;
    for (const auto& [name, value] : match.parameters) out += " " + name + "=" + value;
    return out;
  }
  Router router_;
};

TEST_F(RouterTest, FixedPartsWinOverParameters) {
  add("GET", "/v1/orgs/{org}");
  add("GET", "/v1/orgs/special");
  add("GET", "/v1/orgs/{org}/events/{id}");
  add("GET", "/v1/orgs/special/events");
  EXPECT_EQ(ask("GET", "/v1/orgs/special"), "/v1/orgs/special");
  EXPECT_EQ(ask("GET", "/v1/orgs/acme"), "/v1/orgs/{org} org=acme");
  EXPECT_EQ(ask("GET", "/v1/orgs/special/events/7"), "/v1/orgs/{org}/events/{id} org=special id=7");
}

TEST_F(RouterTest, MethodsOfThePath) {
  add("GET", "/a/{x}");
  add("POST", "/a/{y}");
  add("DELETE", "/a/fixed");
  EXPECT_EQ(ask("POST", "/a/1"), "/a/{y} y=1");
  EXPECT_EQ(ask("HEAD", "/a/1"), "/a/{x} x=1");
  EXPECT_EQ(ask("PUT", "/a/1"), "405 GET,HEAD,POST");
  EXPECT_EQ(ask("GET", "/a/fixed"), "/a/{x} x=fixed");
  EXPECT_EQ(ask("PUT", "/a/fixed"), "405 DELETE,GET,HEAD,POST");
  EXPECT_EQ(ask("get", "/a/1"), "405 GET,HEAD,POST");
}

TEST_F(RouterTest, TheRestTakesOnlyWhatNobodyElseKnows) {
  add("GET", "/{path...}");
  add("POST", "/v1/sessions");
  add("GET", "/assets/{file...}");
  EXPECT_EQ(ask("GET", "/"), "/{path...} path=");
  EXPECT_EQ(ask("GET", "/x/y/z"), "/{path...} path=x/y/z");
  EXPECT_EQ(ask("GET", "/v1/sessions"), "405 POST");
  EXPECT_EQ(ask("GET", "/v1/sessions/"), "/{path...} path=v1/sessions/");
  EXPECT_EQ(ask("GET", "/assets/a/b.js"), "/assets/{file...} file=a/b.js");
  EXPECT_EQ(ask("POST", "/x"), "405 GET,HEAD");
}

TEST_F(RouterTest, ParametersAreDecodedStrictly) {
  add("GET", "/p/{v}");
  EXPECT_EQ(ask("GET", "/p/a%20b%2Fc"), "/p/{v} v=a b/c");
  EXPECT_EQ(ask("GET", "/p/a+b"), "/p/{v} v=a+b");
  EXPECT_EQ(ask("GET", "/p/%C3%A9"), "/p/{v} v=é");
  for (auto* bad : {"/p/%", "/p/%2", "/p/%zz", "/p/%00", "/p/%C3", "/p/%FF", "/p/%C0%AF",
                    "/p/%ED%A0%80", "/p/%F4%90%80%80"}) {
    EXPECT_EQ(ask("GET", bad), "400") << bad;
  }
  EXPECT_EQ(ask("GET", "/p/"), "404");
  EXPECT_EQ(ask("GET", "/p"), "404");
  EXPECT_EQ(ask("GET", "/p/a/"), "404");
  EXPECT_EQ(ask("GET", "//p/a"), "404");
  EXPECT_EQ(ask("GET", "/%70/a"), "404");
}

TEST_F(RouterTest, MistakesEndTheProgram) {
  add("GET", "/a/{x}");
  EXPECT_DEATH(add("GET", "/a/{y}"), "repeated");
  EXPECT_DEATH(add("GET", "a"), "bad");
  EXPECT_DEATH(add("GET", "/{rest...}/more"), "bad");
  EXPECT_DEATH(add("GET", "/{}"), "bad");
}

}  // namespace
}  // namespace trailkeeper::httpd
