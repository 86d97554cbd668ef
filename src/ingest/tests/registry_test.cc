#include "ingest/registry.h"

#include <gtest/gtest.h>

#include "event/event.h"
#include "event/view.h"
#include "lenient_rules.h"
#include "testing/temp_store.h"

namespace trailkeeper::ingest {
namespace {

using settings::Enforce;

class RegistryTest : public testing::Test {
 protected:
  void SetUp() override { reopen(); }
  void reopen() {
    registry_.reset();
    store_.reopen();
    auto opened = Registry::open(*store_, clock_, metrics_, {.fields = {"password"}});
    ASSERT_TRUE(opened) << opened.error().message;
    registry_ = *std::move(opened);
  }

  void put(const std::string& action, Enforce enforce = Enforce::reject) {
    const auto done = registry_->put(
        by_, {.action = action, .label = "Sent invoice", .area = "Billing", .enforce = enforce});
    ASSERT_TRUE(done) << done.error().message;
  }
  std::int64_t add(const std::string& action, std::string_view schema) {
    const auto done = registry_->add_schema(by_, action, schema);
    EXPECT_TRUE(done) << done.error().message;
    return done ? done->version : 0;
  }
  Result<event::Event> applied(event::Event event) {
    const auto rules = registry_->rules();
    const event::Event sent = event;
    const bool left = dynamic_cast<const LenientRules&>(*rules).leaves(event::view_of(sent));
    auto done = rules->apply(event, "/0");
    EXPECT_TRUE(!left || (done && event == sent))
        << "what is left alone is neither changed nor refused";
    if (!done) return done.error();
    return event;
  }
  static event::Event an_event(std::string action) {
    event::Event event;
    event.action = std::move(action);
    return event;
  }

  const RegistryAuthor by_{.actor = {.type = "application", .id = "k", .name = "crm"}};
  ManualClock clock_{settings::at("2026-11-22T14:30:00Z")};
  metrics::Registry metrics_;
  settings::TempStore store_;
  std::unique_ptr<Registry> registry_;
};

TEST_F(RegistryTest, FillsInWhatTheSenderLeavesOpen) {
  put("invoice.sent");
  const auto filled = applied(an_event("invoice.sent"));
  ASSERT_TRUE(filled);
  EXPECT_EQ(filled->action_label, "Sent invoice");
  EXPECT_EQ(filled->area, "Billing");
  EXPECT_EQ(filled->category, std::nullopt);
  event::Event own = an_event("invoice.sent");
  own.action_label = "";
  own.area = "Sales";
  EXPECT_EQ(applied(own)->area, "Sales");
  EXPECT_EQ(applied(own)->action_label, "");
  EXPECT_EQ(applied(an_event("invoice.paid"))->action_label, std::nullopt);
}

TEST_F(RegistryTest, ChecksTheVersionThatTheEventNames) {
  EXPECT_EQ(add("a", R"({"metadata":{"type":"object","required":["one"]}})"), 1);
  EXPECT_EQ(add("a", R"({"metadata":{"type":"object","required":["two"]}})"), 2);
  event::Event event = an_event("a");
  event.metadata = R"({"two":2})";
  const auto refused = applied(event);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, "schema_violation");
  EXPECT_EQ(refused.error().fields.front().pointer, "/0/metadata/one");
  event.version = 2;
  EXPECT_TRUE(applied(event));
  for (const std::int64_t none : {0, 3}) {
    event.version = none;
    EXPECT_EQ(applied(event).error().fields.front().code, "unknown_version");
  }
  EXPECT_EQ(registry_->violations("a").rejected, 3u);
}

TEST_F(RegistryTest, TheSameSchemaAgainIsTheSameVersion) {
  EXPECT_EQ(add("a", R"({"targets":[{"type":"x"}],"metadata":{"type":"object"}})"), 1);
  EXPECT_EQ(add("a", R"({"metadata": {"type": "object"}, "targets": [{"type": "x"}]})"), 1);
  EXPECT_EQ(add("a", R"({"metadata":{"type":"array"}})"), 2);
  EXPECT_EQ(registry_->find("a")->schemas.size(), 2u);
}

TEST_F(RegistryTest, WarnsOrLooksAwayWhenAskedTo) {
  add("a", R"({"metadata":{"required":["x"]}})");
  put("a", Enforce::warn);
  EXPECT_TRUE(applied(an_event("a")));
  EXPECT_EQ(registry_->violations("a").warned, 1u);
  EXPECT_EQ(registry_->violations("a").last.front().pointer, "/0/metadata/x");
  put("a", Enforce::off);
  EXPECT_TRUE(applied(an_event("a")));
  EXPECT_EQ(registry_->violations("a").warned, 1u);
}

TEST_F(RegistryTest, MasksAfterTheCheck) {
  add("a", R"({"metadata":{"properties":{"password":{"type":"number"}}}})");
  event::Event event = an_event("a");
  event.metadata = R"({"password":5})";
  EXPECT_EQ(applied(event)->metadata, R"({"password":"[masked]"})");
}

TEST_F(RegistryTest, LastsOverARestart) {
  put("a", Enforce::warn);
  add("a", R"({"metadata":{"required":["x"]}})");
  ASSERT_TRUE(registry_->set_masking(by_, {.fields = {"x"}, .drop_fields = {"y"}}));
  put("gone");
  ASSERT_TRUE(registry_->remove(by_, "gone"));
  reopen();
  EXPECT_EQ(registry_->list().size(), 1u);
  EXPECT_EQ(registry_->find("a")->action.enforce, Enforce::warn);
  EXPECT_EQ(registry_->find("a")->schemas.size(), 1u);
  EXPECT_EQ(registry_->masking().rules.drop_fields, std::vector<std::string>{"y"});
  EXPECT_FALSE(registry_->masking().from_configuration);
}

TEST_F(RegistryTest, AVersionNeverMeansTwoThings) {
  add("a", R"({"metadata":{"required":["x"]}})");
  ASSERT_TRUE(registry_->remove(by_, "a"));
  EXPECT_EQ(registry_->find("a"), nullptr);
  EXPECT_TRUE(applied(an_event("a")));
  EXPECT_EQ(registry_->remove(by_, "a").error().kind, ErrorKind::not_found);
  reopen();
  EXPECT_EQ(add("a", R"({"metadata":{"required":["y"]}})"), 2);
}

TEST_F(RegistryTest, RulesTakenBeforeAChangeStayAsTheyWere) {
  const auto before = registry_->rules();
  put("a");
  event::Event event = an_event("a");
  ASSERT_TRUE(before->apply(event, ""));
  EXPECT_EQ(event.action_label, std::nullopt);
}

TEST_F(RegistryTest, EveryChangeIsAnEntryAndTheSameAgainIsNone) {
  put("a");
  put("a");
  put("a", Enforce::off);
  add("b", R"({"metadata":{}})");
  add("b", R"({"metadata":{}})");
  ASSERT_TRUE(registry_->remove(by_, "a"));
  ASSERT_TRUE(registry_->set_masking(by_, {.fields = {"x"}}));
  ASSERT_TRUE(registry_->set_masking(by_, {.fields = {"x"}}));
  EXPECT_EQ(store_.outbox("trailkeeper.action.registered").size(), 2u);
  EXPECT_EQ(store_.outbox("trailkeeper.action.changed").size(), 1u);
  EXPECT_EQ(store_.outbox("trailkeeper.action.schema_added").size(), 1u);
  EXPECT_EQ(store_.outbox("trailkeeper.action.removed").size(), 1u);
  EXPECT_EQ(store_.outbox("trailkeeper.masking.changed").size(), 1u);
}

TEST_F(RegistryTest, RefusesWhatCannotBe) {
  EXPECT_EQ(registry_->put(by_, {.action = "trailkeeper.x"}).error().code, "reserved");
  EXPECT_EQ(registry_->add_schema(by_, "trailkeeper.x", "{}").error().code, "reserved");
  EXPECT_EQ(registry_->put(by_, {.action = "a", .category = "none"}).error().fields[0].pointer,
            "/category");
  EXPECT_EQ(registry_->put(by_, {.action = std::string(257, 'a')}).error().kind,
            ErrorKind::invalid);
  EXPECT_EQ(registry_->add_schema(by_, "a", R"({"metadata":{"$ref":"x"}})").error().code,
            "invalid_schema");
  const std::string large = R"({"metadata":{"title":")" + std::string(40'000, 'x') + "\"}}";
  EXPECT_EQ(registry_->add_schema(by_, "a", large).error().kind, ErrorKind::too_large);
  EXPECT_EQ(registry_->set_masking(by_, {.fields = {"__"}}).error().fields[0].pointer, "/fields/0");
  EXPECT_EQ(registry_->list().size(), 0u);
}

}  // namespace
}  // namespace trailkeeper::ingest
