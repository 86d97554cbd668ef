#include "packs/parameters.h"

#include <gtest/gtest.h>

namespace trailkeeper::packs {
namespace {

std::string marked(std::string_view query, Dialect dialect = Dialect::postgresql) {
  const auto parsed = parse_query(query, dialect);
  if (!parsed) return "refused: " + parsed.error().fields.at(0).code;
  std::string out;
  for (std::size_t i = 0; i < parsed->texts.size(); ++i) {
    out += parsed->texts[i];
    if (i < parsed->parameters.size())
      out += "<" + std::to_string(static_cast<int>(parsed->parameters[i])) + ">";
  }
  return out;
}

TEST(Parameters, AreFoundWhereverTheyStand) {
  EXPECT_EQ(marked("SELECT 1 WHERE o=:org AND t>=:interval_start AND t<:interval_end"),
            "SELECT 1 WHERE o=<0> AND t>=<1> AND t<<2>");
  EXPECT_EQ(marked(":org"), "<0>");
  EXPECT_EQ(marked("a=:org OR b=:org;\n "), "a=<0> OR b=<0>");
  EXPECT_EQ(marked("SELECT x::text, a[1:2] WHERE o = :org::text"),
            "SELECT x::text, a[1:2] WHERE o = <0>::text");
}

TEST(Parameters, AreNotFoundInQuotesAndComments) {
  for (const char* quiet : {"':org'", "'it''s :org'", "E'\\':org'", "\":org\"", "$$ :org $$",
                            "$t$ $$ :org $t$", "-- :org\n", "/* :org /* :org */ :org */"}) {
    EXPECT_EQ(marked(std::string("SELECT ") + quiet + " , :org"),
              std::string("SELECT ") + quiet + " , <0>");
  }
  for (const char* quiet : {"'\\':org'", "\"\\\":org\"", "`:org`", "# :org\n", "/* /* :org */"}) {
    EXPECT_EQ(marked(std::string("SELECT ") + quiet + " , :org", Dialect::mysql),
              std::string("SELECT ") + quiet + " , <0>");
  }
  // A backslash is nothing special in a plain string of PostgreSQL.
  EXPECT_EQ(marked("SELECT 'a\\' , :org"), "SELECT 'a\\' , <0>");
}

TEST(Parameters, WhatCannotBeIsRefused) {
  EXPECT_EQ(marked("SELECT 1"), "refused: no_org");
  EXPECT_EQ(marked("SELECT ':org'"), "refused: no_org");
  EXPECT_EQ(marked("SELECT :orgs"), "refused: parameter");
  EXPECT_EQ(marked("SELECT $1, :org"), "refused: parameter");
  EXPECT_EQ(marked("SELECT :org; DROP TABLE x"), "refused: several");
  EXPECT_EQ(marked("SELECT :org, 'open"), "refused: open_quote");
  EXPECT_EQ(marked("SELECT :org /* open"), "refused: open_comment");
  EXPECT_EQ(marked("SELECT $a$ :org $b$"), "refused: open_quote");
  EXPECT_EQ(marked(std::string_view("SELECT :org \0", 13)), "refused: nul");
}

}  // namespace
}  // namespace trailkeeper::packs
