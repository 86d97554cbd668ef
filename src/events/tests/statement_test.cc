#include "statement.h"

#include <gtest/gtest.h>

namespace trailkeeper::events {
namespace {

TEST(Statement, ValuesTravelEscapedAndEncoded) {
  Statement statement("SELECT {a:String}");
  statement.text("a", "x\\y\t'&=%\n").integer("b", -3).unsigned_integer("c", 18446744073709551615u);
  EXPECT_EQ(statement.query_string(),
            "param_a=x%5C%5Cy%5Ct%27%26%3D%25%5Cn&param_b=-3&param_c=18446744073709551615");
  EXPECT_EQ(statement.sql(), "SELECT {a:String}");
}

TEST(Statement, ListsAreQuoted) {
  Statement statement("");
  statement.texts("l", {"a'b", "\\"}).texts("e", {}).integers("n", {1, -2});
  EXPECT_EQ(statement.query_string(),
            "param_l=%5B%27a%5C%27b%27%2C%27%5C%5C%27%5D&param_e=%5B%5D&param_n=%5B1%2C-2%5D");
}

TEST(Statement, SettingsStandBesideParameters) {
  Statement statement("");
  statement.setting("max_threads", 1).text("a", "");
  EXPECT_EQ(statement.query_string(), "max_threads=1&param_a=");
}

}  // namespace
}  // namespace trailkeeper::events
