#include "ingest/otlp.h"

#include <protozero/pbf_writer.hpp>

#include "forms_support.h"

namespace trailkeeper::ingest {
namespace {

// A request with one record, given by its members; the resource names service and org.
std::string with_record(const std::string& members, const std::string& resource = "") {
  return R"({"resourceLogs":[{"resource":{"attributes":[)" + resource +
         R"(]},"scopeLogs":[{"scope":{"name":"lib","version":"1"},"logRecords":[{)" + members +
         R"(}]}]}]})";
}
std::string text(const std::string& key, const std::string& value) {
  return R"({"key":")" + key + R"(","value":{"stringValue":")" + value + R"("}})";
}
std::string record_of(const std::string& attributes, const std::string& more = "") {
  return with_record(R"("eventName":"report.viewed",)" + more + R"("attributes":[)" +
                     text("user.id", "u1") + (attributes.empty() ? "" : ",") + attributes + "]");
}
event::Event parsed(const std::string& body) {
  auto event = parse_one(request_of(Form::otlp_json, body));
  EXPECT_TRUE(event) << event.error().message;
  return event ? *event : event::Event{};
}
constexpr const char* kRecord = "/resourceLogs/0/scopeLogs/0/logRecords/0";

TEST(OtlpTest, TheConventionsAttributesBecomeFields) {
  const auto event = parsed(with_record(
      R"("timeUnixNano":"1763820000123456789","observedTimeUnixNano":1,"eventName":"report.viewed",
         "severityNumber":9,"severityText":"INFO","body":{"stringValue":"seen"},
         "traceId":"5B8EFFF798038103D269B633813FC60C","spanId":"eee19b7ec3c1b174","flags":1,
         "attributes":[)" +
          text("user.id", "u1") + "," + text("user.name", "Ann") + "," +
          text("user.email", "a@x.org") + "," + text("client.address", "192.0.2.7") + "," +
          text("user_agent.original", "UA") + "," + text("url.full", "https://x.org/r") + "," +
          text("session.id", "s1") + "," + text("log.record.uid", "01J") +
          R"(,{"key":"http.response.status_code","value":{"intValue":"403"}},
             {"key":"order","value":{"intValue":"9007199254740993"}}])",
      text("service.name", "billing") + "," + text("organization.id", "acme") + "," +
          text("host.name", "h1")));
  EXPECT_EQ(event.action, "report.viewed");
  EXPECT_EQ(event.organization_id, "acme");
  EXPECT_EQ(event.application, "billing");
  EXPECT_EQ(format_rfc3339(event.occurred_at), "2025-11-22T14:00:00.123456Z");
  EXPECT_EQ(event.actor, (event::Actor{{}, "u1", "Ann", {}, "a@x.org", {}, {}}));
  EXPECT_EQ(event.context->ip, "192.0.2.7");
  EXPECT_EQ(event.context->user_agent, "UA");
  EXPECT_EQ(event.context->url, "https://x.org/r");
  EXPECT_EQ(event.context->session_id, "s1");
  EXPECT_EQ(event.context->request_id, "5b8efff798038103d269b633813fc60c");
  EXPECT_EQ(event.http_status, 403);
  EXPECT_EQ(event.external_id, "01J");
  EXPECT_EQ(event.metadata,
            R"({"body":"seen","otlp":{"severity_number":9,"severity_text":"INFO",)"
            R"("span_id":"eee19b7ec3c1b174","flags":1,"scope":{"name":"lib","version":"1"},)"
            R"("resource":{"host.name":"h1"}},"order":9007199254740993})");
}

TEST(OtlpTest, NumbersAreGoodIdsAndNamesFallBack) {
  const auto event = parsed(
      record_of(text("user.full_name", "Ann Lee") + "," + text("user.name", "ann") + "," +
                    text("client.address", "db.example.org") + "," + text("event.name", "other"),
                R"("observedTimeUnixNano":"1763820000000000000",)"));
  EXPECT_EQ(event.actor.name, "Ann Lee");
  EXPECT_EQ(event.actor.username, "ann");
  EXPECT_EQ(event.context->location, "db.example.org");
  EXPECT_EQ(event.action, "report.viewed");
  EXPECT_EQ(format_rfc3339(event.occurred_at), "2025-11-22T14:00:00.000000Z");
  EXPECT_NE(event.metadata->find(R"("event.name":"other")"), std::string::npos);
  const auto numbered = parsed(with_record(
      R"("attributes":[{"key":"event.name","value":{"stringValue":"a.b"}},
         {"key":"user.id","value":{"intValue":42}}])",
      text("service.name", "unknown_service:python")));
  EXPECT_EQ(numbered.actor.id, "42");
  EXPECT_EQ(numbered.application, "crm");
}

TEST(OtlpTest, ValuesAreKeptAsTheyWereSent) {
  const auto event = parsed(record_of(
      R"({"key":"v","value":{"kvlistValue":{"values":[
           {"key":"list","value":{"arrayValue":{"values":[{"boolValue":true},{"doubleValue":0.10},
             {"doubleValue":"NaN"},{},{"bytesValue":"AP8="}]}}},{"key":"none"}]}}})"));
  EXPECT_NE(event.metadata->find(R"("v":{"list":[true,0.10,"NaN",null,"AP8="],"none":null})"),
            std::string::npos)
      << *event.metadata;
}

TEST(OtlpTest, OwnAttributesFillWhatTheConventionsHaveNoNameFor) {
  const auto event = parsed(record_of(
      text("trailkeeper.area", "Reports") + "," + text("trailkeeper.target.id", "r7") + "," +
      text("trailkeeper.category", "data") + "," + text("trailkeeper.outcome", "failure")));
  EXPECT_EQ(event.area, "Reports");
  EXPECT_EQ(event.targets->at(0).id, "r7");
  EXPECT_EQ(event.category, "data");
  EXPECT_EQ(event.outcome, "failure");
}

TEST(OtlpTest, AKeysMappingTakesThePlaceOfOurs) {
  Request request =
      request_of(Form::otlp_json, record_of(text("app.user", "u9") + "," + text("app.verb", "x.y") +
                                            "," + text("url.full", "https://x.org")));
  request.otlp_mapping = R"({"actor.id":"app.user","action":"app.verb","context.url":""})";
  const auto event = parse_one(request);
  ASSERT_TRUE(event) << event.error().message;
  EXPECT_EQ(event->actor.id, "u9");
  EXPECT_EQ(event->action, "x.y");
  EXPECT_FALSE(event->context);
  EXPECT_NE(event->metadata->find(R"("url.full":"https://x.org")"), std::string::npos);
}

TEST(OtlpTest, AMappingIsChecked) {
  EXPECT_TRUE(check_otlp_mapping(R"({"actor.id":"enduser.id","area":"app.module"})"));
  for (const char* bad : {"[]", "{", R"({"actor":"x"})", R"({"actor.id":7})", R"({"a":"b"})"}) {
    EXPECT_EQ(check_otlp_mapping(bad).error().code, "invalid_otlp_mapping") << bad;
  }
}

// Promise 8: one bad record does not keep the good ones back.
TEST(OtlpTest, ARecordWithoutActionIsRefusedAlone) {
  const std::string good = R"({"eventName":"a.b","attributes":[)" + text("user.id", "u") + "]}";
  const std::string bad = R"({"attributes":[)" + text("user.id", "u") + "]}";
  const auto parsed = parse(request_of(Form::otlp_json, R"({"resourceLogs":[{"scopeLogs":[
      {"logRecords":[)" + good + "," + bad + R"(]},{"logRecords":[)" +
                                                            good + "]}]}]}"));
  ASSERT_TRUE(parsed) << parsed.error().message;
  ASSERT_EQ(parsed->items.size(), 3u);
  EXPECT_TRUE(parsed->items[0].event);
  EXPECT_TRUE(parsed->items[2].event);
  EXPECT_EQ(parsed->items[1].event.error().fields[0].pointer,
            "/resourceLogs/0/scopeLogs/0/logRecords/1/eventName");
}

// Whoever can put a NUL into a user agent must not keep a whole batch out.
TEST(OtlpTest, ARecordThatIsNoValidJsonIsRefusedAlone) {
  const std::string good = R"({"eventName":"a.b","attributes":[)" + text("user.id", "u") + "]}";
  const auto parsed =
      parse(request_of(Form::otlp_json, R"({"resourceLogs":[{"scopeLogs":[{"logRecords":[)" + good +
                                            R"(,{"eventName":"x\u0000","a":[1,{"b":"}"}]},)" +
                                            good + R"(,{"eventName":"a","eventName":"b"}]}]}]})"));
  ASSERT_TRUE(parsed) << parsed.error().message;
  ASSERT_EQ(parsed->items.size(), 4u);
  EXPECT_TRUE(parsed->items[0].event);
  EXPECT_TRUE(parsed->items[2].event);
  const Error nul = parsed->items[1].event.error();
  EXPECT_EQ(nul.fields.at(0).code, "nul_character");
  EXPECT_EQ(nul.fields.at(0).pointer, "/resourceLogs/0/scopeLogs/0/logRecords/1/eventName");
  EXPECT_EQ(parsed->items[3].event.error().fields.at(0).code, "duplicate_key");
}

TEST(OtlpTest, BadRecordsPointIntoWhatWasSent) {
  const std::string at = kRecord;
  const Refusal table[] = {
      {with_record(R"("eventName":"a")"), "required", at + "/attributes"},
      {record_of("", R"("timeUnixNano":"9",)"), "time_out_of_range", at + "/timeUnixNano"},
      {record_of("", R"("timeUnixNano":"soon",)"), "wrong_type", at + "/timeUnixNano"},
      {record_of("", R"("traceId":"xyz",)"), "invalid_id", at + "/traceId"},
      {record_of(text("http.response.status_code", "no")), "out_of_range",
       at + "/attributes/1/value"},
      {record_of(text("organization.id", "globex")), "unknown_organization",
       at + "/attributes/1/value"},
      {record_of(text("k", "1") + "," + text("k", "2")), "duplicate_key",
       at + "/attributes/2/value"},
      {record_of(R"({"key":"k"},{"value":{}})"), "wrong_type", at + "/attributes/2/key"},
      {record_of(R"({"key":"k","value":{"intValue":"1.5"}})"), "wrong_type",
       at + "/attributes/1/value/intValue"},
      {record_of(R"({"key":"k","value":{"arrayValue":{"values":[{"boolValue":1}]}}})"),
       "wrong_type", at + "/attributes/1/value/arrayValue/values/0/boolValue"},
      {record_of("", R"("body":7,)"), "wrong_type", at + "/body"},
      {R"({"resourceLogs":[{"scopeLogs":[{"logRecords":[7]}]}]})", "wrong_type", at},
  };
  for (const Refusal& refusal : table)
    expect_refused(request_of(Form::otlp_json, refusal.body), refusal);
}

TEST(OtlpTest, BadRequestsAreRefusedAsAWhole) {
  const Refusal table[] = {
      {"[]", "wrong_type", ""},
      {R"({"resource_logs":[]})", "required", "/resourceLogs"},
      {R"({"resourceLogs":7})", "wrong_type", "/resourceLogs"},
      {R"({"resourceLogs":[7]})", "wrong_type", "/resourceLogs/0"},
      {R"({"resourceLogs":[{"resource":{"attributes":7}}]})", "wrong_type",
       "/resourceLogs/0/resource/attributes"},
      {R"({"resourceLogs":[]})", "no_events", ""},
      {"{}", "no_events", ""},
      {R"({"resourceLogs":[{"a":"\u0000"}]})", "nul_character", "/resourceLogs/0/a"},
      {R"({"resourceLogs":[{"a":"\u0000","scopeLogs":[{"logRecords":[{"eventName":"\u0000"}]}]}]})",
       "nul_character", "/resourceLogs/0/a"},
  };
  for (const Refusal& refusal : table) {
    expect_refused(request_of(Form::otlp_json, refusal.body), refusal);
  }
  for (const std::string body : {"hello", "\x0a\x7f", "\x12\x01x", "\xff\xff\xff"}) {
    const auto parsed = parse(request_of(Form::otlp_protobuf, body));
    ASSERT_FALSE(parsed) << body;
    EXPECT_EQ(parsed.error().code, "malformed_protobuf");
  }
}

TEST(OtlpTest, AKeyForAllOrganizationsNeedsOneNamed) {
  Request request = request_of(Form::otlp_json, record_of(""));
  request.key_organization.reset();
  const auto event = parse_one(request);
  ASSERT_FALSE(event);
  EXPECT_NE(event.error().message.find("organization.id"), std::string::npos);
  request.body = record_of(text("organization.id", "globex"));
  EXPECT_EQ(parse_one(request)->organization_id, "globex");
}

std::string many(std::size_t count) {
  std::string out = R"({"resourceLogs":[{"scopeLogs":[{"logRecords":[)";
  for (std::size_t i = 0; i < count; ++i) {
    out += (i > 0 ? ",{" : "{") + std::string(R"("eventName":"a","attributes":[)") +
           text("user.id", "u") + "]}";
  }
  return out + "]}]}]}";
}

TEST(OtlpTest, AsManyRecordsAsARequestMayHold) {
  const auto parsed = parse(request_of(Form::otlp_json, many(kEventsPerRequestMax)));
  ASSERT_TRUE(parsed);
  EXPECT_EQ(parsed->items.size(), kEventsPerRequestMax);
  const auto more = parse(request_of(Form::otlp_json, many(kEventsPerRequestMax + 1)));
  EXPECT_EQ(more.error().code, "too_many_events");
}

// What nothing but protobuf can carry: bytes that are no text, and values beyond any depth.
TEST(OtlpTest, ProtobufThatNoJsonCouldHold) {
  const auto with_body = [](auto write_value) {
    std::string out;
    protozero::pbf_writer request(out);
    protozero::pbf_writer resource_logs(request, 1);
    protozero::pbf_writer scope_logs(resource_logs, 2);
    protozero::pbf_writer record(scope_logs, 2);
    record.add_string(12, "a.b");
    protozero::pbf_writer attribute(record, 6);
    attribute.add_string(1, "user.id");
    protozero::pbf_writer id(attribute, 2);
    id.add_string(1, "u");
    id.commit();
    attribute.commit();
    protozero::pbf_writer body(record, 5);
    write_value(body, 0);
    body.commit();
    record.commit();
    scope_logs.commit();
    resource_logs.commit();
    return request_of(Form::otlp_protobuf, out);
  };
  expect_refused(with_body([](protozero::pbf_writer& body, int) { body.add_string(1, "\xff"); }),
                 {"", "invalid_utf8", std::string(kRecord) + "/body"});
  const auto nested = [](auto self, protozero::pbf_writer& value, int depth) -> void {
    if (depth == 1000) return value.add_bool(2, true);
    protozero::pbf_writer list(value, 5);
    protozero::pbf_writer inner(list, 1);
    self(self, inner, depth + 1);
  };
  expect_refused(with_body([&](protozero::pbf_writer& body, int) { nested(nested, body, 0); }),
                 {"", "too_deep", kRecord});
}

}  // namespace
}  // namespace trailkeeper::ingest
