#include "conditions.h"

#include <gtest/gtest.h>

namespace trailkeeper::events {
namespace {

// Promise 7 and the rule that nothing a person typed is ever SQL.
TEST(Conditions, NoValueEverStandsInTheSql) {
  const std::string bad = "x') OR 1=1 --";
  Filter filter;
  filter.q = filter.name = filter.email = filter.action = filter.area = filter.ip = bad;
  filter.categories = filter.outcomes = filter.cruds = {bad};
  Conditions conditions(*OrgId::parse("org_1"), "events");
  conditions.add(filter);
  EXPECT_EQ(conditions.sql().find("OR 1=1"), std::string::npos);
  EXPECT_EQ(conditions.sql().find("org_1"), std::string::npos);
  Statement statement(conditions.sql());
  conditions.bind(statement);
  EXPECT_NE(statement.query_string().find("param_org=org_1"), std::string::npos);
}

TEST(Conditions, TheOrganizationAlwaysStandsFirst) {
  EXPECT_EQ(Conditions(*OrgId::parse("o"), "events").sql(), "org = {org:String}");
}

TEST(Conditions, TheCursorGoesOnInItsOrder) {
  Conditions down(*OrgId::parse("o"), "events");
  down.add_after({from_micros(5), Seq{7}}, Order::newest_first);
  EXPECT_NE(down.sql().find("occurred_at <= {after_time:Int64}"), std::string::npos);
  EXPECT_NE(down.sql().find("seq < {after_seq:UInt64}"), std::string::npos);
  Conditions up(*OrgId::parse("o"), "events");
  up.add_after({from_micros(5), Seq{7}}, Order::oldest_first);
  EXPECT_NE(up.sql().find("seq > {after_seq:UInt64}"), std::string::npos);
}

TEST(Conditions, NeedlesAreFolded) {
  Filter filter;
  filter.name = "ÉCOLE";
  Conditions conditions(*OrgId::parse("o"), "events");
  conditions.add(filter);
  Statement statement(conditions.sql());
  conditions.bind(statement);
  EXPECT_NE(statement.query_string().find("param_name=" + percent_encode("école")),
            std::string::npos);
}

}  // namespace
}  // namespace trailkeeper::events
