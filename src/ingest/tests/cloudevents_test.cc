#include "forms_support.h"

namespace trailkeeper::ingest {
namespace {

std::string event_of(const std::string& more, const std::string& type = R"("report.viewed")") {
  return R"({"specversion":"1.0","id":"e1","source":"/shop","type":)" + type +
         (more.empty() ? "" : ",") + more + "}";
}
const std::string kActor = R"("data":{"actor":{"id":"u1"}})";

event::Event parsed(const std::string& body) {
  auto event = parse_one(request_of(Form::cloudevent, body));
  EXPECT_TRUE(event) << event.error().message;
  return event ? *event : event::Event{};
}

TEST(CloudEventsTest, AttributesAndOurOwnMembersInData) {
  const auto event = parsed(event_of(
      R"("time":"2026-11-22T14:00:00.5Z","subject":"r7","datacontenttype":"application/json",
         "traceparent":"00-ab","tries":3,
         "data":{"organization_id":"acme","actor":{"id":"u1","email":"a@x.org"},"area":"Reports",
                 "context":{"ip":"192.0.2.7"},"outcome":"failure","changes":[{"field":"f","after":1}],
                 "metadata":{"order":9007199254740993},"colour":"red"})"));
  EXPECT_EQ(event.action, "report.viewed");
  EXPECT_EQ(event.external_id, "/shop e1");
  EXPECT_EQ(format_rfc3339(event.occurred_at), "2026-11-22T14:00:00.500000Z");
  EXPECT_EQ(event.targets->at(0).id, "r7");
  EXPECT_EQ(event.actor.email, "a@x.org");
  EXPECT_EQ(event.area, "Reports");
  EXPECT_EQ(event.context->ip, "192.0.2.7");
  EXPECT_EQ(event.outcome, "failure");
  EXPECT_EQ(event.changes->at(0).after, "1");
  EXPECT_EQ(event.application, "crm");
  EXPECT_EQ(event.metadata,
            R"({"order":9007199254740993,"data":{"colour":"red"},)"
            R"("cloudevent":{"traceparent":"00-ab","tries":3,"source":"/shop","id":"e1",)"
            R"("datacontenttype":"application/json"}})");
}

TEST(CloudEventsTest, OtherDataGoesToTheMetadataAsItIs) {
  const auto event = parsed(
      event_of(R"("authid":"svc-1","authtype":"service_account","data":[1,{"version":"x"},null])"));
  EXPECT_EQ(event.actor.id, "svc-1");
  EXPECT_EQ(event.actor.type, "service_account");
  EXPECT_EQ(event.metadata,
            R"({"data":[1,{"version":"x"},null],"cloudevent":{"source":"/shop","id":"e1"}})");
}

TEST(CloudEventsTest, Base64IsOpenedWhenItIsJson) {
  const auto event = parsed(event_of(R"("datacontenttype":"application/vnd.x+json",
      "data_base64":"eyJhY3RvciI6eyJpZCI6InU5In19")"));
  EXPECT_EQ(event.actor.id, "u9");
  const auto opaque = parsed(event_of(
      R"("authid":"u","datacontenttype":"application/octet-stream","data_base64":"AP8=")"));
  EXPECT_NE(opaque.metadata->find(R"("data_base64":"AP8=")"), std::string::npos);
}

TEST(CloudEventsTest, BinaryModeIsTheSameEvent) {
  Request binary = request_of(Form::cloudevent_binary, R"({"actor":{"id":"u1"},"area":"R"})");
  binary.media_type = "application/json; charset=utf-8";
  binary.attributes = {{"specversion", "1.0"}, {"id", "e1"},      {"source", "/shop"},
                       {"type", "a.b"},        {"subject", "r7"}, {"organizationid", "acme"}};
  const auto parsed_binary = parse(binary);
  const auto structured = parse(
      request_of(Form::cloudevent,
                 R"({"specversion":"1.0","id":"e1","source":"/shop","type":"a.b","subject":"r7",
          "organizationid":"acme","datacontenttype":"application/json; charset=utf-8",
          "data":{"actor":{"id":"u1"},"area":"R"}})"));
  ASSERT_TRUE(parsed_binary) << parsed_binary.error().message;
  ASSERT_TRUE(parsed_binary->items[0].event) << parsed_binary->items[0].event.error().message;
  EXPECT_EQ(*parsed_binary->items[0].event, *structured->items[0].event);
  // So a retry in the other mode is a retry.
  EXPECT_EQ(parsed_binary->items[0].canonical, structured->items[0].canonical);
}

TEST(CloudEventsTest, BinaryBodiesThatAreNoJson) {
  Request binary = request_of(Form::cloudevent_binary, "");
  binary.attributes = {
      {"specversion", "1.0"}, {"id", "e"}, {"source", "s"}, {"type", "a"}, {"authid", "u"}};
  EXPECT_TRUE(parse_one(binary));
  binary.media_type = "text/plain";
  binary.body = "hällo";
  EXPECT_NE(parse_one(binary)->metadata->find(R"("data":"hällo")"), std::string::npos);
  binary.media_type = "application/octet-stream";
  binary.body = std::string("\0\xff", 2);
  EXPECT_NE(parse_one(binary)->metadata->find(R"("data_base64":"AP8=")"), std::string::npos);
  binary.media_type = "application/json";
  binary.body = R"(1},"id":"other")";  // would be more attributes if it were pasted in
  EXPECT_EQ(parse_one(binary).error().code, "malformed_json");
  binary.body = "1";
  binary.attributes.push_back({"data", "2"});
  EXPECT_EQ(parse_one(binary).error().code, "invalid_attribute");
}

TEST(CloudEventsTest, SourceAndIdAreOneKey) {
  const auto key = [](const std::string& source, const std::string& id) {
    return *parsed(R"({"specversion":"1.0","type":"a","authid":"u","source":")" + source +
                   R"(","id":")" + id + R"("})")
                .external_id;
  };
  EXPECT_EQ(key("a b", "c"), "a%20b c");
  EXPECT_EQ(key("a", "b c"), "a b c");
  EXPECT_EQ(key("a%20b", "c"), "a%2520b c");
  EXPECT_EQ(key("s", std::string(254, 'i')).size(), 256u);
  const std::string hashed = key("s", std::string(255, 'i'));
  EXPECT_TRUE(hashed.starts_with("sha256:"));
  EXPECT_EQ(hashed.size(), 71u);
  EXPECT_NE(hashed, key("s", std::string(256, 'i')));
}

TEST(CloudEventsTest, BadEventsPointIntoWhatWasSent) {
  const Refusal table[] = {
      {"7", "wrong_type", ""},
      {R"({"specversion":"1.0","id":"e","source":"s"})", "required", "/type"},
      {R"({"specversion":"1.0","id":"","source":"s","type":"a"})", "empty", "/id"},
      {R"({"specversion":"0.3","id":"e","source":"s","type":"a"})", "unknown_value",
       "/specversion"},
      {event_of(kActor, "7"), "wrong_type", "/type"},
      {event_of(R"("data":{})"), "required", "/data/actor"},
      {event_of(R"("data":{"actor":{}})"), "required", "/data/actor/id"},
      {event_of(R"("data":{"actor":{"id":"u"},"category":"gossip"})"), "unknown_value",
       "/data/category"},
      {event_of(R"("data":{"actor":{"id":"u"},"context":{"ip":"x"}})"), "invalid_address",
       "/data/context/ip"},
      {event_of(kActor + R"(,"time":"yesterday")"), "invalid_time", "/time"},
      {event_of(R"("data":{"actor":{"id":"u"},"occurred_at":"1999-01-01T00:00:00Z"})"),
       "time_out_of_range", "/data/occurred_at"},
      {event_of(kActor + R"(,"data_base64":"AA==")"), "one_value", "/data_base64"},
      {event_of(R"("authid":"u","data_base64":"?")"), "invalid_base64", "/data_base64"},
      {event_of(kActor + R"(,"dataschema":7)"), "wrong_type", "/dataschema"},
      {event_of(kActor + R"(,"extra":{"a":1})"), "wrong_type", "/extra"},
      {event_of(kActor + R"(,"organizationid":"globex")"), "unknown_organization",
       "/organizationid"},
      {event_of(R"("organizationid":"acme","data":{"organization_id":"b","actor":{"id":"u"}})"),
       "contradiction", "/data/organization_id"},
      {event_of(R"("data":{"actor":{"id":"u"},"metadata":{"cloudevent":1}})"), "duplicate_key",
       "/data/metadata/cloudevent"},
  };
  for (const Refusal& refusal : table) {
    expect_refused(request_of(Form::cloudevent, refusal.body), refusal);
  }
}

TEST(CloudEventsTest, ABatchIsTakenItemByItem) {
  const auto parsed = parse(request_of(
      Form::cloudevent_batch, "[" + event_of(kActor) + ",{\"id\":1}," + event_of(kActor) + "]"));
  ASSERT_TRUE(parsed) << parsed.error().message;
  ASSERT_EQ(parsed->items.size(), 3u);
  EXPECT_TRUE(parsed->items[0].event);
  EXPECT_TRUE(parsed->items[2].event);
  EXPECT_EQ(parsed->items[1].event.error().fields[0].pointer, "/1/specversion");
  const auto spoiled =
      parse(request_of(Form::cloudevent_batch,
                       "[" + event_of(kActor) + R"(,{"id":"\u0000"},)" + event_of(kActor) + "]"));
  ASSERT_TRUE(spoiled) << spoiled.error().message;
  EXPECT_TRUE(spoiled->items.at(2).event);
  EXPECT_EQ(spoiled->items.at(1).event.error().fields.at(0).pointer, "/1/id");
  EXPECT_EQ(parse(request_of(Form::cloudevent_batch, "{}")).error().code, "wrong_type");
  EXPECT_EQ(parse(request_of(Form::cloudevent_batch, "[]")).error().code, "no_events");
}

}  // namespace
}  // namespace trailkeeper::ingest
