#include "settings/actions.h"

#include <gtest/gtest.h>

#include "testing/temp_store.h"

namespace trailkeeper::settings {
namespace {

TEST(Actions, AreKeptWithWhatIsAbsent) {
  TempStore store;
  const Action action{.action = "invoice.sent",
                      .label = "Sent invoice",
                      .category = "data",
                      .description = "",
                      .enforce = Enforce::warn,
                      .created_at = at("2026-11-22T10:00:00Z"),
                      .updated_at = at("2026-11-22T11:00:00Z")};
  ASSERT_TRUE(store->write([&](WriteTx& tx) { return put_action(tx, action); }));
  store.reopen();
  const auto found = store->read([](ReadTx& tx) { return list_actions(tx); });
  ASSERT_TRUE(found);
  EXPECT_EQ(*found, std::vector<Action>{action});
}

TEST(Actions, AVersionOfASchemaIsThereOnce) {
  TempStore store;
  const ActionSchema schema{"a", 1, R"({"targets":[]})", at("2026-11-22T10:00:00Z")};
  ASSERT_TRUE(store->write([&](WriteTx& tx) { return add_action_schema(tx, schema); }));
  const auto again = store->write([&](WriteTx& tx) { return add_action_schema(tx, schema); });
  ASSERT_FALSE(again);
  EXPECT_EQ(again.error().kind, ErrorKind::conflict);
}

TEST(Masking, IsEmptyUntilItIsSet) {
  TempStore store;
  EXPECT_EQ(*store->read([](ReadTx& tx) { return masking(tx); }), "");
  ASSERT_TRUE(store->write([](WriteTx& tx) { return set_masking(tx, R"({"fields":[]})"); }));
  ASSERT_TRUE(store->write([](WriteTx& tx) { return set_masking(tx, R"({"fields":["a"]})"); }));
  EXPECT_EQ(*store->read([](ReadTx& tx) { return masking(tx); }), R"({"fields":["a"]})");
}

TEST(ExportLinks, AreForgottenAfterTheirTime) {
  TempStore store;
  const Timestamp now = at("2026-11-22T10:00:00Z");
  ExportLink one{
      .token_hash = {1}, .org = org_id("acme"), .expires_at = now + std::chrono::minutes(10)};
  ExportLink two{
      .token_hash = {2}, .org = org_id("acme"), .expires_at = now + std::chrono::minutes(20)};
  ASSERT_TRUE(store->write([&](WriteTx& tx) { return add_export_link(tx, one, now); }));
  ASSERT_TRUE(
      store->read([&](ReadTx& tx) { return find_export_link(tx, one.token_hash); })->has_value());
  ASSERT_TRUE(store->write(
      [&](WriteTx& tx) { return add_export_link(tx, two, now + std::chrono::minutes(11)); }));
  EXPECT_FALSE(
      store->read([&](ReadTx& tx) { return find_export_link(tx, one.token_hash); })->has_value());
  EXPECT_TRUE(
      store->read([&](ReadTx& tx) { return find_export_link(tx, two.token_hash); })->has_value());
}

}  // namespace
}  // namespace trailkeeper::settings
