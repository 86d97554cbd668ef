#include "events/language.h"

#include <gtest/gtest.h>

#include <random>

namespace trailkeeper::events {
namespace {

std::vector<Term> terms_of(std::string_view text) {
  auto terms = parse_terms(text);
  if (terms) return *std::move(terms);
  ADD_FAILURE() << text << ": " << terms.error().message;
  return {};
}

struct Refusal {
  std::string code;
  std::string detail;
};

Refusal refusal_of(std::string_view text) {
  const auto terms = parse_terms(text, "/filter/query");
  if (terms) return {"accepted", std::string(text)};
  EXPECT_EQ(terms.error().code, "invalid_query");
  EXPECT_EQ(terms.error().kind, ErrorKind::invalid);
  EXPECT_EQ(terms.error().fields.size(), 1u);
  EXPECT_EQ(terms.error().fields.front().pointer, "/filter/query");
  return {terms.error().fields.front().code, terms.error().fields.front().detail};
}

TEST(Language, NothingIsNoCondition) {
  EXPECT_TRUE(terms_of("").empty());
  EXPECT_TRUE(terms_of("  \t ").empty());
}

TEST(Language, WordsAndQuotedTextsAreFreeText) {
  EXPECT_EQ(terms_of("invite  \"signed in\" 10:30"),
            (std::vector<Term>{{Field::text, {{"invite"}}},
                               {Field::text, {{"signed in"}}},
                               {Field::text, {{"10:30"}}}}));
}

TEST(Language, FieldsHaveOneOrSeveralValues) {
  EXPECT_EQ(terms_of("Area:billing,\"Data, all\",=Users category:data"),
            (std::vector<Term>{{Field::area, {{"billing"}, {"Data, all"}, {"Users", true}}},
                               {Field::category, {{"data", true}}}}));
}

TEST(Language, AMinusMeansNone) {
  EXPECT_EQ(terms_of("-word -\"two words\" -actor:ann,bob"),
            (std::vector<Term>{{Field::text, {{"word"}}, true},
                               {Field::text, {{"two words"}}, true},
                               {Field::actor, {{"ann"}, {"bob"}}, true}}));
}

TEST(Language, QuotesKeepWhatTheyHold) {
  EXPECT_EQ(terms_of(R"("a \"b\" \\ c")"), (std::vector<Term>{{Field::text, {{R"(a "b" \ c)"}}}}));
  EXPECT_EQ(terms_of("\"area:x\" \"-y\""),
            (std::vector<Term>{{Field::text, {{"area:x"}}}, {Field::text, {{"-y"}}}}));
}

TEST(Language, AddressesStatusesAndIds) {
  EXPECT_EQ(
      terms_of("ip:2001:DB8::1,10.1.* status:4xx,503 id:01890A5D-AC96-774B-BCCE-B302099A8057"),
      (std::vector<Term>{{Field::ip, {{"2001:db8::1", true}, {"10.1.", false}}},
                         {Field::status, {{"4", false}, {"503", true}}},
                         {Field::id, {{"01890a5d-ac96-774b-bcce-b302099a8057", true}}}}));
}

TEST(Language, SignsHaveOneSpellingInside) {
  EXPECT_EQ(terms_of("is:unauthorized,critical_change -is:UNUSUAL_SOURCE"),
            (std::vector<Term>{{Field::is, {{"unauthorised", true}, {"critical_change", true}}},
                               {Field::is, {{"unusual_source", true}}, true}}));
}

// The position counts characters, as people do.
TEST(Language, AMistakeIsNamedWithItsPlace) {
  EXPECT_EQ(refusal_of("é foo:bar").code, "unknown_field");
  EXPECT_TRUE(refusal_of("é foo:bar").detail.starts_with("At character 3: "))
      << refusal_of("é foo:bar").detail;
  EXPECT_EQ(refusal_of("category:dat").code, "not_a_choice");
  EXPECT_EQ(refusal_of("status:600").code, "out_of_range");
  EXPECT_EQ(refusal_of("status:40").code, "out_of_range");
  EXPECT_EQ(refusal_of("status:=4xx").code, "out_of_range");
  EXPECT_EQ(refusal_of("area:").code, "missing_value");
  EXPECT_EQ(refusal_of("area:a,").code, "missing_value");
  EXPECT_EQ(refusal_of("area:=").code, "missing_value");
  EXPECT_EQ(refusal_of("area:\"\"").code, "missing_value");
  EXPECT_EQ(refusal_of("ip:*").code, "missing_value");
  EXPECT_EQ(refusal_of("a -").code, "missing_value");
  EXPECT_EQ(refusal_of("\"open").code, "open_quote");
  EXPECT_EQ(refusal_of("\"open\\").code, "open_quote");
  EXPECT_EQ(refusal_of("\"a\"b").code, "invalid_text");
  EXPECT_EQ(refusal_of("a OR b").code, "no_operator");
  EXPECT_EQ(refusal_of("id:7").code, "invalid_id");
  EXPECT_EQ(refusal_of("\xff").code, "invalid_text");
  EXPECT_EQ(refusal_of(std::string_view("a\0b", 3)).code, "invalid_text");
  EXPECT_EQ(refusal_of("\xed\xa0\x80").code, "invalid_text");  // a surrogate
}

// Promise 8: everything that comes in has a limit.
TEST(Language, ThereIsALimitOfEverything) {
  std::string terms, values = "area:a";
  for (std::size_t i = 0; i <= kTermsMax; ++i) terms += "a ";
  for (std::size_t i = 0; i < kValuesMax; ++i) values += ",a";
  EXPECT_EQ(refusal_of(terms).code, "too_many");
  EXPECT_EQ(refusal_of(values).code, "too_many");
  EXPECT_EQ(refusal_of(std::string(kValueBytesMax + 1, 'a')).code, "too_long");
  EXPECT_EQ(refusal_of(std::string(kQueryBytesMax + 1, ' ')).code, "too_long");
}

// What was understood can be written down and read again, whatever was typed.
TEST(Language, WrittenTermsReadBackTheSame) {
  const std::vector<std::string> pieces{"-",
                                        "\"",
                                        "\\",
                                        ",",
                                        ":",
                                        "=",
                                        "*",
                                        " ",
                                        "a",
                                        "É",
                                        "area:",
                                        "actor:",
                                        "ip:",
                                        "10.1",
                                        "status",
                                        "4xx",
                                        "status:",
                                        "is:",
                                        "unusual_source",
                                        "404",
                                        "target:",
                                        "id:",
                                        "01890a5d-ac96-774b-bcce-b302099a8057",
                                        "category:",
                                        "data"};
  std::mt19937_64 random(7);
  int accepted = 0;
  for (int round = 0; round < 20000; ++round) {
    std::string text;
    for (std::size_t i = 0; i <= random() % 12; ++i) text += pieces[random() % pieces.size()];
    const auto terms = parse_terms(text);
    if (!terms) continue;
    ++accepted;
    const std::string written = write_terms(*terms);
    const auto again = parse_terms(written);
    ASSERT_TRUE(again) << text << " -> " << written << ": " << again.error().message;
    ASSERT_EQ(*again, *terms) << text << " -> " << written;
  }
  EXPECT_GT(accepted, 2000);
}

}  // namespace
}  // namespace trailkeeper::events
