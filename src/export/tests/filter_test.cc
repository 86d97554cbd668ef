#include "export/filter.h"

#include <gtest/gtest.h>

namespace trailkeeper::exports {
namespace {

std::string problems_of(std::string_view json) {
  const auto parsed = parse_filter(json);
  if (parsed) return "none";
  const Error error = parsed.error();
  std::string out;
  for (const auto& field : error.fields) out += field.pointer + ":" + field.code + " ";
  return out;
}

TEST(Filter, ReadsWhatItWrites) {
  const events::Filter filter{.q = "q\"\n",
                              .name = "Zo\u00EB",
                              .email = "e",
                              .action = "a",
                              .area = "r",
                              .categories = {"data", "export"},
                              .outcomes = {"failure"},
                              .cruds = {"read"},
                              .http_statuses = {401, 403},
                              .ip = "::1"};
  const auto read = parse_filter(filter_json(filter));
  ASSERT_TRUE(read) << read.error().message;
  EXPECT_EQ(*read, filter);
  EXPECT_TRUE(filters_anything(filter));
}

TEST(Filter, AQueryIsKeptAsItWasTypedAndUnderstood) {
  const auto read = parse_filter(R"({"query":"Area:x  -y"})");
  ASSERT_TRUE(read);
  EXPECT_EQ(read->terms.size(), 2u);
  EXPECT_EQ(filter_json(*read), R"({"query":"Area:x  -y"})");
  EXPECT_EQ(*parse_filter(filter_json(*read)), *read);
  EXPECT_EQ(problems_of(R"({"query":"area:"})"), "/query:missing_value ");
  EXPECT_EQ(problems_of(R"({"query":1})"), "/query:type ");
}

TEST(Filter, NothingIsAnEmptyObject) {
  EXPECT_EQ(filter_json({}), "{}");
  EXPECT_EQ(*parse_filter("{}"), events::Filter{});
  EXPECT_FALSE(filters_anything({.from = from_micros(1), .last_seq = Seq{5}}));
}

TEST(Filter, ASingleValueStandsForAListOfOne) {
  const auto read = parse_filter(R"({"category":"data","http_status":401})");
  ASSERT_TRUE(read);
  EXPECT_EQ(read->categories, std::vector<std::string>{"data"});
  EXPECT_EQ(read->http_statuses, std::vector<std::int64_t>{401});
}

TEST(Filter, WhatItDoesNotKnowIsRefusedByPlace) {
  EXPECT_EQ(problems_of(R"({"e-mail":"x","q":1,"category":[true],"http_status":[99,"x"]})"),
            "/e-mail:unknown /q:type /category/0:type /http_status/0:out_of_range "
            "/http_status/1:out_of_range ");
  EXPECT_EQ(problems_of("[]"), ":type ");
  EXPECT_EQ(problems_of("{\"q\":\"" + std::string(257, 'x') + "\"}"), "/q:too_long ");
  std::string many = "{\"category\":[\"x\"";
  for (int i = 0; i < 20; ++i) many += ",\"x\"";
  EXPECT_EQ(problems_of(many + "]}"), "/category:too_many ");
}

}  // namespace
}  // namespace trailkeeper::exports
