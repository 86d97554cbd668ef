#include "event/parse.h"

#include <gtest/gtest.h>

#include "event/record.h"

namespace trailkeeper::event {
namespace {

const Timestamp kNow = *parse_rfc3339("2026-11-22T12:00:00Z");

Result<Event> parse(const std::string& text, std::optional<OrgId> org = OrgId::parse("acme")) {
  json::Document document;
  auto node = document.parse(text);
  if (!node) return node.error();
  return parse_event(
      *node,
      {.now = kNow, .default_organization = org, .default_application = "crm", .pointer = "/3"});
}

TEST(ParseEvent, TheLeastThereIs) {
  auto event = parse(R"({"action":"user.signed_in","actor":{"id":"u1"}})");
  ASSERT_TRUE(event) << event.error().message;
  EXPECT_EQ(event->organization_id, "acme");
  EXPECT_EQ(event->application, "crm");
  EXPECT_EQ(event->occurred_at, kNow);
  EXPECT_FALSE(event->targets);
}

TEST(ParseEvent, VendorObjectsKeepOrderAndNumberBytes) {
  auto event =
      parse(R"({"action":"a","actor":{"id":"u"},"metadata": { "b" : 1.50, "a" : [ 1e2, "é" ] }})");
  ASSERT_TRUE(event) << event.error().message;
  EXPECT_EQ(event->metadata, R"({"b":1.50,"a":[1e2,"é"]})");
}

TEST(ParseEvent, NullIsAbsentExceptAsAValueOfAChange) {
  auto event = parse(
      R"({"action":"a","actor":{"id":"u","name":null},"area":null,"targets":null,"context":null,"version":null,
          "changes":[{"field":"f","before":null}]})");
  ASSERT_TRUE(event) << event.error().message;
  EXPECT_FALSE(event->area);
  EXPECT_FALSE(event->actor.name);
  EXPECT_FALSE(event->targets);
  EXPECT_EQ(event->changes->front().before, "null");
  EXPECT_FALSE(event->changes->front().after);
}

TEST(ParseEvent, LocationThatIsAnAddressBecomesTheAddress) {
  auto event = parse(R"({"action":"a","actor":{"id":"u"},"context":{"location":"192.0.2.7"}})");
  ASSERT_TRUE(event) << event.error().message;
  EXPECT_EQ(event->context->ip, "192.0.2.7");
  EXPECT_FALSE(event->context->location);
  event = parse(R"({"action":"a","actor":{"id":"u"},"context":{"location":"Berlin"}})");
  EXPECT_EQ(event->context->location, "Berlin");
}

struct Bad {
  const char* json;
  const char* pointer;
  const char* code;
};

// Promise 8: bad input gets a precise answer.
class BadEvent : public testing::TestWithParam<Bad> {};

TEST_P(BadEvent, IsRefusedWithItsPointer) {
  auto event = parse(GetParam().json);
  ASSERT_FALSE(event) << GetParam().json;
  EXPECT_EQ(event.error().kind, ErrorKind::invalid);
  ASSERT_FALSE(event.error().fields.empty());
  EXPECT_EQ(event.error().fields[0].pointer, GetParam().pointer) << GetParam().json;
  EXPECT_EQ(event.error().fields[0].code, GetParam().code) << GetParam().json;
}

INSTANTIATE_TEST_SUITE_P(
    Table, BadEvent,
    testing::Values(
        Bad{R"([])", "/3", "wrong_type"}, Bad{R"({"actor":{"id":"u"}})", "/3/action", "required"},
        Bad{R"({"action":"a"})", "/3/actor", "required"},
        Bad{R"({"action":"a","actor":{}})", "/3/actor/id", "required"},
        Bad{R"({"action":"","actor":{"id":"u"}})", "/3/action", "empty"},
        Bad{R"({"action":5,"actor":{"id":"u"}})", "/3/action", "wrong_type"},
        Bad{R"({"action":"a","actor":{"id":"u"},"colour":"red"})", "/3/colour", "unknown_field"},
        Bad{R"({"action":"a","actor":{"id":"u","x/y~z":1}})", "/3/actor/x~1y~0z", "unknown_field"},
        Bad{R"({"action":"a","actor":{"id":"u"},"category":"fun"})", "/3/category",
            "unknown_value"},
        Bad{R"({"action":"a","actor":{"id":"u"},"outcome":"ok"})", "/3/outcome", "unknown_value"},
        Bad{R"({"action":"a","actor":{"id":"u"},"occurred_at":"yesterday"})", "/3/occurred_at",
            "invalid_time"},
        Bad{R"({"action":"a","actor":{"id":"u"},"occurred_at":"2026-02-30T00:00:00Z"})",
            "/3/occurred_at", "invalid_time"},
        Bad{R"({"action":"a","actor":{"id":"u"},"occurred_at":"1999-12-31T23:59:59Z"})",
            "/3/occurred_at", "time_out_of_range"},
        Bad{R"({"action":"a","actor":{"id":"u"},"occurred_at":"2026-11-23T12:00:01Z"})",
            "/3/occurred_at", "time_out_of_range"},
        Bad{R"({"action":"a","actor":{"id":"u"},"http_status":99})", "/3/http_status",
            "out_of_range"},
        Bad{R"({"action":"a","actor":{"id":"u"},"http_status":"404"})", "/3/http_status",
            "out_of_range"},
        Bad{R"({"action":"a","actor":{"id":"u"},"http_status":404.5})", "/3/http_status",
            "out_of_range"},
        Bad{R"({"action":"a","actor":{"id":"u"},"context":{"ip":"999.1.1.1"}})", "/3/context/ip",
            "invalid_address"},
        Bad{R"({"action":"a","actor":{"id":"u"},"targets":[{"id":"t"},7]})", "/3/targets/1",
            "wrong_type"},
        Bad{R"({"action":"a","actor":{"id":"u"},"targets":[{"id":"t","metadata":[]}]})",
            "/3/targets/0/metadata", "wrong_type"},
        Bad{R"({"action":"a","actor":{"id":"u"},"changes":[{"before":1}]})", "/3/changes/0/field",
            "required"},
        Bad{R"({"action":"a","actor":{"id":"u"},"organization_id":"globex"})", "/3/organization_id",
            "unknown_organization"},
        Bad{R"({"action":"a","actor":{"id":"u"},"organization_id":"a b"})", "/3/organization_id",
            "invalid_organization"},
        Bad{R"({"action":"a","actor":{"id":"u"},"external_id":""})", "/3/external_id", "empty"}));

TEST(ParseEvent, TellsTheSizeOfWhatIsTooLong) {
  auto event = parse(R"({"action":")" + std::string(300, 'a') + R"(","actor":{"id":"u"}})");
  ASSERT_FALSE(event);
  EXPECT_EQ(event.error().fields[0].code, "too_long");
  EXPECT_NE(event.error().fields[0].detail.find("300 bytes"), std::string::npos);
}

TEST(ParseEvent, ReportsAllProblemsAtOnce) {
  auto event = parse(R"({"action":"","actor":{},"http_status":1})");
  ASSERT_FALSE(event);
  EXPECT_EQ(event.error().fields.size(), 3u);
}

TEST(ParseEvent, AKeyForAllOrganizationsNeedsOneInTheEvent) {
  EXPECT_FALSE(parse(R"({"action":"a","actor":{"id":"u"}})", std::nullopt));
  EXPECT_TRUE(
      parse(R"({"action":"a","actor":{"id":"u"},"organization_id":"globex"})", std::nullopt));
}

}  // namespace
}  // namespace trailkeeper::event
