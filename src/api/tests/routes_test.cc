#include "compress/gzip.h"
#include "desk.h"

namespace trailkeeper::api {
namespace {

const std::string kGood = R"({"action":"report.viewed","actor":{"id":"u_1"}})";

class RoutesTest : public Desk {
 protected:
  const std::string sender_ = make_key("acme", R"("ingest")");
  const std::string reader_ = make_key("acme", R"("read")");
  Got send(std::string body, std::vector<httpd::Header> more = {}) {
    for (auto& header : bearer(sender_)) more.push_back(header);
    return call("POST", "/v1/events", json(std::move(body), std::move(more)));
  }
};

TEST_F(RoutesTest, AnEventIsAnsweredWithWhatMakesItsLeaf) {
  const Got got = send(kGood);
  ASSERT_EQ(got.status, 200) << got.body;
  json::Document document;
  const auto root = *document.parse(got.body);
  EXPECT_EQ(root.find("log")->text(), ledger_->log(*OrgId::parse("acme"))->name);
  const json::Node item = *root.find("data")->begin();
  EXPECT_EQ(item.find("status")->text(), "created");
  EXPECT_EQ(item.find("seq")->integer(), 1);
  EXPECT_EQ(item.find("sha256")->text().size(), 64u);
  EXPECT_TRUE(Uuid::parse(item.find("id")->text()));
  EXPECT_TRUE(parse_rfc3339(item.find("received_at")->text()));
}

TEST_F(RoutesTest, ABatchIsAnsweredItemByItem) {
  const Got got = send("[" + kGood + R"(,{"action":"x"},)" + kGood + "]");
  ASSERT_EQ(got.status, 200) << got.body;
  json::Document document;
  const auto root = *document.parse(got.body);
  std::vector<std::string> statuses;
  const json::Node data = *root.find("data");
  for (const json::Node item : data) statuses.emplace_back(item.find("status")->text());
  EXPECT_EQ(statuses, (std::vector<std::string>{"created", "rejected", "created"}));
}

// A receipt says which log it is of: the answer as a whole, or each item where they differ.
TEST_F(RoutesTest, ReceiptsNameTheirLog) {
  const std::string acme = *ledger_->name(*OrgId::parse("acme"));
  const std::string globex = *ledger_->name(*OrgId::parse("globex"));
  const Got made = admin("POST", "/v1/keys",
                         json(R"({"all_orgs":true,"application":"Shop","scopes":["ingest"]})"));
  ASSERT_EQ(made.status, 201) << made.body;
  const auto event = [](const std::string& org, const std::string& more = {}) {
    return R"({"action":"report.viewed","actor":{"id":"u_1"},"organization_id":")" + org + R"(")" +
           more + "}";
  };
  const auto logs = [&](const std::string& body) {
    const Got got = call("POST", "/v1/events", json(body, bearer(made.text("key"))));
    std::vector<std::string> out{got.text("log")};
    json::Document document;
    const auto root = document.parse(got.body);
    const auto data = root ? root->find("data") : std::nullopt;
    if (!data) return out;
    for (const json::Node item : *data) {
      const auto log = item.find("log");
      out.emplace_back(log ? std::string(log->text()) : "absent");
    }
    return out;
  };
  using Names = std::vector<std::string>;
  EXPECT_EQ(logs(event("globex")), (Names{globex, "absent"}));
  EXPECT_EQ(logs("[" + event("acme") + "," + event("acme") + "]"),
            (Names{acme, "absent", "absent"}));
  EXPECT_EQ(logs("[" + event("acme") + R"(,{"action":"x"},)" + event("globex") + "]"),
            (Names{"", acme, "absent", globex}));
  // A repeated event is in the log that it was in.
  EXPECT_EQ(logs(event("acme", R"(,"external_id":"e1")")), (Names{acme, "absent"}));
  EXPECT_EQ(logs(event("acme", R"(,"external_id":"e1")")), (Names{acme, "absent"}));
  EXPECT_EQ(logs(event("unknown"))[0], "absent");
  EXPECT_EQ(ledger_->size(*OrgId::parse("unknown")).value(), 0u);
}

TEST_F(RoutesTest, BadIntakeHasAClearAnswer) {
  EXPECT_EQ(send("{").status, 400);
  EXPECT_EQ(send(R"({"action":"x"})").status, 422);
  EXPECT_EQ(send(kGood, {{"Content-Encoding", "br"}}).status, 415);
  EXPECT_EQ(send(kGood, {{"Content-Encoding", "gzip"}}).status, 400);
  EXPECT_EQ(send(kGood, {{"Idempotency-Key", std::string(256, 'k')}}).status, 400);
  auto form = Sent{kGood, bearer(sender_)};
  form.headers.push_back({"Content-Type", "application/x-www-form-urlencoded"});
  EXPECT_EQ(call("POST", "/v1/events", form).status, 415);
  EXPECT_EQ(call("POST", "/v1/events", json(kGood)).status, 401);
  EXPECT_EQ(call("POST", "/v1/events", json(kGood, bearer(reader_))).status, 403);
  EXPECT_EQ(journal_->last_seq(*OrgId::parse("acme")).value, 0u);
}

TEST_F(RoutesTest, GzipIsUnpackedWithinTheLimit) {
  EXPECT_EQ(send(compress::gzip(kGood), {{"Content-Encoding", "gzip"}}).status, 200);
  const std::string bomb = compress::gzip(std::string(ingest::kBodyBytesMax + 1, ' '));
  EXPECT_EQ(send(bomb, {{"Content-Encoding", "gzip"}}).status, 413);
}

TEST_F(RoutesTest, ARepeatedIdempotencyKeyGetsTheFirstAnswer) {
  const Got first = send(kGood, {{"Idempotency-Key", "k1"}});
  EXPECT_EQ(send(kGood, {{"Idempotency-Key", "k1"}}).body, first.body);
  const Got other = send(R"({"action":"y","actor":{"id":"u"}})", {{"Idempotency-Key", "k1"}});
  EXPECT_EQ(other.status, 422);
  EXPECT_EQ(other.text("code"), "idempotency_key_reused");
}

TEST_F(RoutesTest, WorkosClientsAreAnsweredAsTheyParse) {
  const std::string event =
      R"({"organization_id":"acme","event":{"action":"user.signed_in",)"
      R"("occurred_at":"2026-11-22T10:00:00.000Z","actor":{"id":"u","type":"user"},)"
      R"("targets":[{"id":"t","type":"team"}],"context":{"location":"1.2.3.4"}}})";
  const Got good = call("POST", "/audit_logs/events", json(event, bearer(sender_)));
  EXPECT_EQ(good.status, 201) << good.body;
  EXPECT_EQ(good.body, R"({"success":true})");
  const Got denied = call("POST", "/audit_logs/events", json(event));
  EXPECT_EQ(denied.status, 401);
  EXPECT_EQ(denied.header("Content-Type"), "application/json");
  EXPECT_NE(denied.text("message"), "absent");
}

TEST_F(RoutesTest, NothingOfOneOrgOpensAnothers) {
  const std::string theirs = make_key("globex", R"("ingest","read","manage")");
  for (const std::string path :
       {"/v1/orgs/acme/events", "/v1/orgs/acme/exports", "/v1/orgs/acme/deliveries",
        "/v1/orgs/acme/people", "/v1/orgs/acme/integrations/s3", "/v1/orgs/acme",
        "/v1/orgs/nobody/events", "/v1/orgs/not%20an%20id/events"}) {
    EXPECT_EQ(call("GET", path, {"", bearer(theirs)}).status, 404) << path;
  }
}

TEST_F(RoutesTest, WhileTheStoreIsDownPagesSayWhenToComeBackAndIntakeGoesOn) {
  const Got page = call("GET", "/v1/orgs/acme/events", {"", bearer(reader_)});
  EXPECT_EQ(page.status, 503) << page.body;
  EXPECT_NE(page.header("Retry-After"), "");
  EXPECT_EQ(send(kGood).status, 200);
}

TEST_F(RoutesTest, QueriesAreReadStrictly) {
  for (const auto& query :
       std::vector<std::pair<std::string, std::string>>{{"limit", "0"},
                                                        {"limit", "201"},
                                                        {"from", "yesterday"},
                                                        {"order", "sideways"},
                                                        {"category", "gossip"},
                                                        {"q", std::string(300, 'x')},
                                                        {"colour", "red"}}) {
    const Got got = call("GET", "/v1/orgs/acme/events", {"", bearer(reader_), {query}});
    EXPECT_EQ(got.status, 400) << query.first;
    EXPECT_NE(got.body.find("\"pointer\":\"" + query.first + "\""), std::string::npos) << got.body;
  }
}

TEST_F(RoutesTest, AnExportsLinkLeadsBrowsersToTheSignIn) {
  const std::string path = "/v1/orgs/acme/exports/0190a0a0-0000-7000-8000-000000000000/file";
  const Got browser = call("GET", path, {"", {{"Accept", "text/html,*/*"}}});
  EXPECT_EQ(browser.status, 303);
  EXPECT_EQ(
      browser.header("Location"),
      "/sign-in?next=%2Fv1%2Forgs%2Facme%2Fexports%2F0190a0a0-0000-7000-8000-000000000000%2Ffile");
  EXPECT_EQ(call("GET", path).status, 401);
  EXPECT_EQ(call("GET", path, {"", bearer(reader_)}).status, 404);
}

TEST_F(RoutesTest, AnExportIsMadeListedAndFetched) {
  const Got asked =
      call("POST", "/v1/orgs/acme/exports", json(R"({"format":"csv"})", bearer(reader_)));
  ASSERT_EQ(asked.status, 202) << asked.body;
  ASSERT_TRUE(exports_->make_one());
  const std::string path = "/v1/orgs/acme/exports/" + asked.text("id");
  const Got done = call("GET", path, {"", bearer(reader_)});
  EXPECT_EQ(done.text("state"), "ready") << done.body;
  const Got file = call("GET", path + "/file", {"", bearer(reader_)});
  EXPECT_EQ(file.status, 200);
  EXPECT_NE(file.body.find("a,b\r\n"), std::string::npos);
  EXPECT_NE(file.header("Content-Disposition").find("attachment"), std::string::npos);
  EXPECT_EQ(file.header("Cache-Control"), "no-store");
}

TEST_F(RoutesTest, ChangesOfAnIntegrationNameTheirActor) {
  const auto headers = bearer(make_key("acme", R"("manage")"));
  const Got put = call("PUT", "/v1/orgs/acme/integrations/s3/main",
                       json(R"({"bucket":"trail-of-acme","frequency":"daily"})", headers));
  EXPECT_EQ(put.status, 201) << put.body;
  EXPECT_EQ(put.text("frequency"), "daily");
  EXPECT_EQ(deliveries_.actors, std::vector<std::string>{"application"});
  const Got odd =
      call("PUT", "/v1/orgs/acme/integrations/s3/main", json(R"({"buckit":"x"})", headers));
  EXPECT_EQ(odd.status, 422);
  EXPECT_NE(odd.body.find("/buckit"), std::string::npos);
}

TEST_F(RoutesTest, ReadinessSaysWhatIsMissing) {
  EXPECT_EQ(call("GET", "/readyz").status, 200);
  readiness_.ready = false;
  readiness_.parts["store"] = "the engine is starting";
  const Got got = call("GET", "/readyz");
  EXPECT_EQ(got.status, 503);
  EXPECT_NE(got.body.find("the engine is starting"), std::string::npos);
  EXPECT_EQ(call("GET", "/livez").body, "ok\n");
}

TEST_F(RoutesTest, TheClockMovesForwardOnly) {
  const auto set = [&](const std::string& time) {
    return admin("POST", "/v1/admin/clock", json(R"({"time":")" + time + R"("})"));
  };
  EXPECT_EQ(set("2099-01-01T00:00:00Z").status, 200);
  EXPECT_EQ(set("2098-01-01T00:00:00Z").status, 422);
  EXPECT_EQ(
      call("POST", "/v1/admin/clock", json(R"({"time":"2099-02-01T00:00:00Z"})", bearer(sender_)))
          .status,
      403);
}

}  // namespace
}  // namespace trailkeeper::api
