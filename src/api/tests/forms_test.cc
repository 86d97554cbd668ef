#include "desk.h"
#include "problem.h"

// The foreign forms as their clients send them, and errors as those read them.
namespace trailkeeper::api {
namespace {

class FormsTest : public Desk {
 protected:
  const std::string key_ = make_key("acme", R"("ingest")");

  Got send(const std::string& path, std::string body, std::vector<httpd::Header> headers) {
    headers.push_back({"Authorization", "Bearer " + key_});
    return call("POST", path, {std::move(body), std::move(headers)});
  }
  std::uint64_t committed() { return journal_->last_seq(*OrgId::parse("acme")).value; }
  std::string last_record() {
    const auto entries = journal_->read(committed(), committed() + 1);
    return entries && !entries->empty() ? entries->front().record : "none";
  }
};

const std::string kRecord =
    R"({"eventName":"a.b","attributes":[{"key":"user.id","value":{"stringValue":"u"}}]})";

std::string logs(const std::string& records) {
  return R"({"resourceLogs":[{"scopeLogs":[{"logRecords":[)" + records + "]}]}]}";
}

TEST_F(FormsTest, OtlpAnswersInTheRequestsEncoding) {
  const Got all = send("/v1/logs", logs(kRecord), {{"Content-Type", "application/json"}});
  EXPECT_EQ(all.status, 200) << all.body;
  EXPECT_EQ(all.body, "{}");
  const Got some = send("/v1/logs", logs(kRecord + ",{}"),
                        {{"Content-Type", "application/json; charset=utf-8"}});
  EXPECT_EQ(some.status, 200);
  EXPECT_NE(some.body.find(R"("rejectedLogRecords":"1")"), std::string::npos) << some.body;
  EXPECT_NE(some.body.find("1 of 2 log records"), std::string::npos) << some.body;
  const Got none = send("/v1/logs", logs("{}"), {{"Content-Type", "application/json"}});
  EXPECT_EQ(none.status, 400);
  const Got empty = send("/v1/logs", "", {{"Content-Type", "application/x-protobuf"}});
  EXPECT_EQ(empty.status, 200);
  EXPECT_EQ(empty.header("Content-Type"), "application/x-protobuf");
  const Got garbage = send("/v1/logs", "\xff\xff", {{"Content-Type", "application/x-protobuf"}});
  EXPECT_EQ(garbage.status, 400);
  EXPECT_EQ(garbage.header("Content-Type"), "application/x-protobuf");
  EXPECT_EQ(committed(), 2u);
}

TEST_F(FormsTest, HeadersOfABinaryCloudEventAreDecoded) {
  const std::pair<const char*, const char*> table[] = {
      {"plain", "plain"},
      {"a%20b%E2%98%83", "a b☃"},
      {"50%", "50%"},
      {"%zz%2", "%zz%2"},
      {"\"a \\\"b\\\" c\"", R"(a \"b\" c)"},
      {"%25%32%30", "%20"},
  };
  int number = 0;
  for (const auto& [sent, kept] : table) {
    const Got got = send("/v1/cloudevents", R"({"actor":{"id":"u"}})",
                         {{"CE-SpecVersion", "1.0"},
                          {"ce-id", std::to_string(++number)},
                          {"ce-source", "/s"},
                          {"ce-type", "a.b"},
                          {"ce-subject", sent},
                          {"Content-Type", "application/json"}});
    ASSERT_EQ(got.status, 200) << sent << got.body;
    const std::string target = std::string(R"("targets":[{"id":")") + kept + R"("}])";
    EXPECT_NE(last_record().find(target), std::string::npos) << last_record();
  }
  EXPECT_EQ(send("/v1/cloudevents", "{}", {{"ce-id", "a"}, {"ce-id", "b"}}).status, 422);
  EXPECT_EQ(send("/v1/cloudevents", "{}", {}).status, 415);
  const Got text = send("/v1/cloudevents", "{}", {{"ce-id", "%FF"}});
  EXPECT_EQ(text.status, 400) << text.body;
}

TEST_F(FormsTest, RetracedTokensInEveryFormThatItsClientsUse) {
  const std::string event = R"({"action":"a","crud":"r","actor":{"id":"u"}})";
  const std::string path = "/publisher/v1/project/p/event";
  for (const std::string& header :
       {"token=" + key_, "Token token=" + key_, "Token token=\"" + key_ + "\"", "Bearer " + key_}) {
    const Got got = call("POST", path, json(event, {{"authorization", header}}));
    EXPECT_EQ(got.status, 201) << header << got.body;
    EXPECT_EQ(got.text("hash").size(), 64u);
  }
  const Got wrong = call("POST", path, json(event, {{"Authorization", "token=tk_no"}}));
  EXPECT_EQ(wrong.status, 401);
  EXPECT_EQ(wrong.text("type"), "Error");
  const Got bulk =
      call("POST", path + "/bulk", json(R"({"events":[)" + event + R"(,{}]})", bearer(key_)));
  EXPECT_EQ(bulk.status, 400);
  EXPECT_EQ(committed(), 4u);  // all or none
  const Got viewer = call("GET", "/publisher/v1/project/p/viewertoken", {"", bearer(key_)});
  EXPECT_EQ(viewer.status, 404);
  EXPECT_EQ(viewer.text("code"), "viewer_not_available");
}

struct Row {
  ErrorKind kind;
  int own;      // and CloudEvents
  int foreign;  // OTLP and Retraced
  int rpc;
};

// The table in the description of api/openapi.yaml.
TEST(SurfacesTest, EveryStatusInEveryShape) {
  const Row table[] = {
      {ErrorKind::invalid, 422, 400, 3},   {ErrorKind::unauthenticated, 401, 401, 16},
      {ErrorKind::forbidden, 403, 403, 7}, {ErrorKind::not_found, 404, 404, 5},
      {ErrorKind::conflict, 409, 409, 10}, {ErrorKind::too_large, 413, 413, 3},
      {ErrorKind::limited, 429, 429, 8},   {ErrorKind::unavailable, 503, 503, 14},
      {ErrorKind::failed, 502, 502, 14},   {ErrorKind::fatal, 500, 500, 13},
  };
  const std::pair<const char*, Surface> surfaces[] = {
      {"/v1/events", Surface::own},
      {"/v1/cloudevents", Surface::own},
      {"/v1/logs", Surface::otlp},
      {"/publisher/v1/project/p/event", Surface::retraced},
      {"/audit_logs/events", Surface::workos}};
  for (const Row& row : table) {
    for (const auto& [path, surface] : surfaces) {
      httpd::Request request;
      request.path = path;
      request.headers = {{"Content-Type", "application/json"}};
      EXPECT_EQ(surface_of(path), surface);
      const auto response = render_error({row.kind, "some_code", "A sentence."}, request, surface);
      const bool foreign = surface == Surface::otlp || surface == Surface::retraced;
      EXPECT_EQ(response.status, foreign ? row.foreign : row.own) << path;
      std::string retry_after;
      for (const auto& header : response.headers) {
        if (header.name == "Retry-After") retry_after = header.value;
      }
      EXPECT_EQ(retry_after.empty(), row.own != 429 && row.own != 503) << path;
      json::Document document;
      const auto body = document.parse(std::get<std::string>(response.body));
      ASSERT_TRUE(body) << path;
      if (surface == Surface::otlp) EXPECT_EQ(body->find("code")->integer(), row.rpc);
      if (surface == Surface::retraced) EXPECT_EQ(body->find("status")->integer(), row.foreign);
    }
  }
}

// What the HTTP server answers by itself, before any route is reached.
TEST(SurfacesTest, TheServersOwnAnswersHaveTheSurfacesShape) {
  httpd::Request request;
  request.path = "/v1/logs";
  request.headers = {{"Content-Type", "application/x-protobuf"}};
  const auto otlp = Api::problem(413, "too_large", "Too much.", request);
  EXPECT_EQ(otlp.status, 413);
  EXPECT_EQ(std::get<std::string>(otlp.body).substr(0, 2), "\x08\x03");
  request.path = "/publisher/v1/project/p/event";
  const auto retraced = Api::problem(408, "timeout", "Too slow.", request);
  EXPECT_NE(std::get<std::string>(retraced.body).find(R"("error":"Too slow.")"), std::string::npos);
}

}  // namespace
}  // namespace trailkeeper::api
