#include "schema.h"

#include <gtest/gtest.h>

namespace trailkeeper::ingest {
namespace {

std::vector<FieldProblem> problems_of(std::string_view schema, std::string_view value) {
  json::Document rules;
  json::Document document;
  auto rule = compile_schema(*rules.parse(schema), "");
  EXPECT_TRUE(rule) << schema << ": " << (rule ? "" : rule.error().message);
  std::vector<FieldProblem> problems;
  if (rule) check_schema(**rule, *document.parse(value), "/metadata", problems, 20);
  return problems;
}

// The pointers and codes of what is wrong: "/metadata/a required".
std::string found(std::string_view schema, std::string_view value) {
  std::string out;
  for (const FieldProblem& problem : problems_of(schema, value)) {
    out += (out.empty() ? "" : ", ") + problem.pointer + " " + problem.code;
  }
  return out;
}

std::string refused(std::string_view schema) {
  json::Document rules;
  auto rule = compile_schema(*rules.parse(schema), "/metadata");
  if (rule) return "";
  EXPECT_EQ(rule.error().code, "invalid_schema");
  return rule.error().fields.front().pointer + " " + rule.error().fields.front().code;
}

TEST(Schema, ChecksTypes) {
  EXPECT_EQ(found(R"({"type":"string"})", R"("x")"), "");
  EXPECT_EQ(found(R"({"type":"string"})", "1"), "/metadata wrong_type");
  EXPECT_EQ(found(R"({"type":["string","null"]})", "null"), "");
  EXPECT_EQ(found(R"({"type":"integer"})", "1.0"), "");
  EXPECT_EQ(found(R"({"type":"integer"})", "1.5"), "/metadata wrong_type");
  EXPECT_EQ(found(R"({"type":"number"})", "7"), "");
  EXPECT_EQ(found(R"({"type":"boolean"})", R"("true")"), "/metadata wrong_type");
  EXPECT_EQ(found("true", "{}"), "");
  EXPECT_EQ(found("false", "{}"), "/metadata not_allowed");
}

TEST(Schema, ChecksMembers) {
  constexpr std::string_view kSchema =
      R"({"type":"object","properties":{"a":{"type":"string"},"b":{"properties":{"c":{"type":"number"}}}},
          "required":["a","z"],"additionalProperties":false,"patternProperties":{"^x_":{"type":"string"}}})";
  EXPECT_EQ(found(kSchema, R"({"a":"1","z":1})"), "/metadata/z unknown_field");
  EXPECT_EQ(found(kSchema, R"({"a":1,"b":{"c":"x"},"x_y":2})"),
            "/metadata/z required, /metadata/a wrong_type, /metadata/b/c wrong_type, "
            "/metadata/x_y wrong_type");
  EXPECT_EQ(found(R"({"minProperties":1,"maxProperties":2})", "{}"), "/metadata too_short");
  EXPECT_EQ(found(R"({"additionalProperties":{"type":"string"}})", R"({"a/b":1})"),
            "/metadata/a~1b wrong_type");
}

TEST(Schema, ChecksValuesByWhatTheyMean) {
  EXPECT_EQ(found(R"({"enum":[1,"a",{"x":1,"y":[2]}]})", "1.0"), "");
  EXPECT_EQ(found(R"({"enum":[1,"a",{"x":1,"y":[2]}]})", R"({"y":[2],"x":1e0})"), "");
  EXPECT_EQ(found(R"({"const":"a"})", R"("b")"), "/metadata unknown_value");
  EXPECT_EQ(found(R"({"minLength":2,"maxLength":3})", R"("é")"), "/metadata too_short");
  EXPECT_EQ(found(R"({"minLength":2,"maxLength":3})", R"("éäö")"), "");
  EXPECT_EQ(found(R"({"pattern":"^[a-z]+$"})", R"("abc1")"), "/metadata pattern");
  EXPECT_EQ(found(R"({"minimum":1,"exclusiveMaximum":3})", "3"), "/metadata out_of_range");
  EXPECT_EQ(
      found(R"({"items":{"type":"string"},"maxItems":2,"uniqueItems":true})", R"(["a",1,"a"])"),
      "/metadata too_long, /metadata/1 wrong_type, /metadata/2 not_unique");
  EXPECT_EQ(found(R"({"anyOf":[{"type":"string"},{"minimum":5}]})", "4"), "/metadata no_match");
  EXPECT_EQ(found(R"({"oneOf":[{"minimum":1},{"minimum":5}]})", "6"), "/metadata no_match");
  EXPECT_EQ(found(R"({"not":{"type":"string"}})", R"("x")"), "/metadata no_match");
  EXPECT_EQ(found(R"({"allOf":[{"minimum":1},{"maximum":2}]})", "3"), "/metadata out_of_range");
}

// A pattern that makes backtracking engines run for ages.
TEST(Schema, NoPatternIsSlow) {
  const std::string value = "\"" + std::string(30'000, 'a') + "!\"";
  EXPECT_EQ(found(R"({"pattern":"^(a+)+$"})", value), "/metadata pattern");
}

TEST(Schema, SaysNothingOfTheValue) {
  for (const FieldProblem& problem : problems_of(
           R"({"properties":{"a":{"type":"number"},"b":{"enum":["x"]},"c":{"pattern":"^x"}}})",
           R"({"a":"hunter2","b":"hunter2","c":"hunter2"})")) {
    EXPECT_EQ(problem.detail.find("hunter2"), std::string::npos);
  }
}

TEST(Schema, RefusesWhatItCannotKeep) {
  EXPECT_EQ(refused(R"({"$ref":"https://example.com/schema.json"})"),
            "/metadata/$ref unsupported_keyword");
  EXPECT_EQ(refused(R"({"properties":{"a":{"$ref":"#/x"}}})"),
            "/metadata/properties/a/$ref unsupported_keyword");
  EXPECT_EQ(refused(R"({"type":"strnig"})"), "/metadata/type unknown_value");
  EXPECT_EQ(refused(R"({"pattern":"("})"), "/metadata/pattern invalid_pattern");
  EXPECT_EQ(refused(R"({"pattern":"(?=a)b"})"), "/metadata/pattern invalid_pattern");
  EXPECT_EQ(refused(R"({"minLength":-1})"), "/metadata/minLength wrong_type");
  EXPECT_EQ(refused(R"({"exclusiveMinimum":true})"), "/metadata/exclusiveMinimum wrong_type");
  EXPECT_EQ(refused(R"([])"), "/metadata wrong_type");
  EXPECT_EQ(refused(R"({"title":"t","$schema":"s","format":"email","default":1})"), "");
  std::string deep = "{}";
  for (int i = 0; i < 20; ++i) deep = R"({"items":)" + deep + "}";
  EXPECT_NE(refused(deep).find("too_large"), std::string::npos);
  std::string wide = R"({"properties":{)";
  for (int i = 0; i < 1'100; ++i) wide += (i > 0 ? ",\"" : "\"") + std::to_string(i) + "\":{}";
  EXPECT_NE(refused(wide + "}}").find("too_large"), std::string::npos);
}

event::Event event_with(std::string target_type, event::Json metadata) {
  event::Event event;
  event.targets.emplace().emplace_back().type = std::move(target_type);
  event.targets->back().metadata = std::move(metadata);
  return event;
}

TEST(Schema, OfAnEventAsksForItsTargets) {
  const auto schema = EventSchema::compile(
      R"({"targets":[{"type":"team","metadata":{"type":"object","required":["plan"]}}],
          "actor":{"metadata":{"required":["role"]}}})");
  ASSERT_TRUE(schema) << schema.error().message;
  std::vector<FieldProblem> problems;
  (*schema)->check(event_with("user", {}), "/event", problems);
  ASSERT_EQ(problems.size(), 2u);
  EXPECT_EQ(problems[0].pointer, "/event/actor/metadata/role");
  EXPECT_EQ(problems[1].pointer, "/event/targets");
  EXPECT_EQ(problems[1].code, "missing_target");
  problems.clear();
  event::Event event = event_with("team", R"({"x":1})");
  event.actor.metadata = R"({"role":"admin"})";
  (*schema)->check(event, "/event", problems);
  ASSERT_EQ(problems.size(), 1u);
  EXPECT_EQ(problems[0].pointer, "/event/targets/0/metadata/plan");
}

TEST(Schema, OfAnEventHasOnlyItsOwnMembers) {
  for (const char* wrong :
       {R"({"other":1})", R"({"targets":{}})", R"({"targets":[{"metadata":{}}]})",
        R"({"actor":{"name":{}}})", R"([])", R"({"metadata":1})"}) {
    EXPECT_FALSE(EventSchema::compile(std::string_view(wrong))) << wrong;
  }
  EXPECT_TRUE(EventSchema::compile(R"({"actor":null,"metadata":null})"));
}

}  // namespace
}  // namespace trailkeeper::ingest
