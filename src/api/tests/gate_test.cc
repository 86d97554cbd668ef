#include "gate.h"

#include "desk.h"

// Who may come in, and that a cookie alone changes nothing (promise 7).
namespace trailkeeper::api {
namespace {

class GateTest : public Desk {
 protected:
  GateTest() { make_person("acme", "ann@acme.example", "primary_admin"); }
  // A request that changes something, with those headers.
  Got change(std::vector<httpd::Header> headers) {
    return call("POST", "/v1/orgs/acme/exports", json(R"({"format":"csv"})", std::move(headers)));
  }
};

TEST(OriginTest, IsSchemeAndHostAsBrowsersSendIt) {
  EXPECT_EQ(origin_of("https://Trail.Example/console"), "https://trail.example");
  EXPECT_EQ(origin_of("https://trail.example:443"), "https://trail.example");
  EXPECT_EQ(origin_of("http://127.0.0.1:8400"), "http://127.0.0.1:8400");
  EXPECT_EQ(origin_of("nonsense"), "");
}

TEST_F(GateTest, WithoutACredentialThereIsNothing) {
  for (const auto& headers : std::vector<std::vector<httpd::Header>>{
           {},
           {{"Authorization", "Bearer nonsense"}},
           {{"Authorization", "Basic dXNlcjpwYXNz"}},
           {{"Authorization", ""}},
           {{"Cookie", "sid=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"}}}) {
    const Got got = call("GET", "/v1/orgs/acme/events", {"", headers});
    EXPECT_EQ(got.status, 401);
    EXPECT_EQ(got.header("WWW-Authenticate"), "Bearer");
    EXPECT_EQ(got.header("Content-Type"), "application/problem+json");
  }
}

TEST_F(GateTest, ACookieReadsButNeedsTheTokenToChange) {
  const auto session = sign_in("ann@acme.example");
  EXPECT_EQ(call("GET", "/v1/sessions/current", {"", {session[0]}}).status, 200);
  EXPECT_EQ(change({session[0]}).text("code"), "csrf");
  EXPECT_EQ(change({session[0], {"X-CSRF-Token", "guess"}}).text("code"), "csrf");
  EXPECT_EQ(change(session).status, 202);
}

TEST_F(GateTest, AnotherSitesRequestIsRefusedEvenWithTheToken) {
  const auto session = sign_in("ann@acme.example");
  const auto with = [&](std::string name, std::string value) {
    auto headers = session;
    headers.push_back({std::move(name), std::move(value)});
    return change(headers).status;
  };
  EXPECT_EQ(with("Sec-Fetch-Site", "cross-site"), 403);
  EXPECT_EQ(with("Sec-Fetch-Site", "same-site"), 403);
  EXPECT_EQ(with("Sec-Fetch-Site", "same-origin"), 202);
  EXPECT_EQ(with("Origin", "http://evil.example"), 403);
  EXPECT_EQ(with("Origin", "null"), 403);
  EXPECT_EQ(with("Origin", "http://trail.example"), 202);
}

TEST_F(GateTest, SigningInFromAnotherSiteIsRefused) {
  auto sent =
      json(R"({"email":"ann@acme.example","password":"x"})", {{"Origin", "http://evil.example"}});
  EXPECT_EQ(call("POST", "/v1/sessions", sent).text("code"), "csrf");
}

TEST_F(GateTest, ASessionEndsWithSigningOut) {
  const auto session = sign_in("ann@acme.example");
  const Got out = call("DELETE", "/v1/sessions/current", {"", session});
  EXPECT_EQ(out.status, 204);
  EXPECT_EQ(out.header("Set-Cookie"), "sid=; Path=/; HttpOnly; SameSite=Lax; Max-Age=0");
  EXPECT_EQ(call("GET", "/v1/sessions/current", {"", {session[0]}}).status, 401);
}

TEST_F(GateTest, AKeyNeedsNoToken) {
  const std::string key = make_key("acme", R"("read")");
  EXPECT_EQ(change(bearer(key)).status, 202);
}

TEST_F(GateTest, OnHttpsTheCookieIsBoundToTheHost) {
  const Gate gate(*keys_, *sessions_, {"https://trail.example"});
  EXPECT_EQ(gate.cookie("t", 60),
            "__Host-sid=t; Path=/; HttpOnly; SameSite=Lax; Max-Age=60; Secure");
  httpd::Request request;
  request.headers = {{"Cookie", "sid=forged; __Host-sid=real"}};
  EXPECT_EQ(gate.session_token(request), "real");
}

TEST_F(GateTest, TheAdminSocketIsTheOperatorAndTheNetworkIsNot) {
  EXPECT_EQ(admin("GET", "/v1/orgs").status, 200);
  EXPECT_EQ(call("GET", "/v1/orgs").status, 401);
  EXPECT_EQ(admin("GET", "/").status, 404);
}

}  // namespace
}  // namespace trailkeeper::api
