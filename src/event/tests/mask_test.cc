#include "event/mask.h"

#include <gtest/gtest.h>

#include <random>

#include "json/document.h"
#include "json/writer.h"

namespace trailkeeper::event {
namespace {

std::string masked(std::string json, const MaskRules& rules = default_mask_rules()) {
  const bool changed = Masker(rules).mask_json(json);
  EXPECT_TRUE(json::Document().parse(json)) << json;
  return changed ? json : "(same)";
}

std::string masked_url(std::string url, const MaskRules& rules = default_mask_rules()) {
  const bool changed = Masker(rules).mask_url(url);
  return changed ? url : "(same)";
}

TEST(Mask, MasksValuesOfEveryKindByTheNameOfTheirMember) {
  EXPECT_EQ(masked(R"({"user":"ann","password":"hunter2","n":1})"),
            R"({"user":"ann","password":"[masked]","n":1})");
  EXPECT_EQ(masked(R"({"token":{"a":[1,"]}"]},"b":2})"), R"({"token":"[masked]","b":2})");
  EXPECT_EQ(masked(R"({"deep":[{"secret":12345},{"x":{"cvv":true}}]})"),
            R"({"deep":[{"secret":"[masked]"},{"x":{"cvv":"[masked]"}}]})");
  EXPECT_EQ(masked(R"({"secret":"with \" and \\"})"), R"({"secret":"[masked]"})");
}

TEST(Mask, NamesAreOneInAnyCaseAndSpelling) {
  for (const char* name : {"apiKey", "API-KEY", "api key", "_api_key", "user.api_key",
                           "user[api_key]", "headers/Api-Key"}) {
    EXPECT_EQ(masked("{\"" + std::string(name) + "\":\"x\"}"),
              "{\"" + std::string(name) + "\":\"[masked]\"}");
  }
}

TEST(Mask, LeavesWhatOnlyLooksAlike) {
  EXPECT_EQ(masked(R"({"passwords_changed":3,"tokens":5,"secretary":"Bob","x":"password"})"),
            "(same)");
  EXPECT_EQ(masked(R"({"password":null})"), "(same)");
  EXPECT_EQ(masked("{}"), "(same)");
  EXPECT_EQ(masked(R"(["password","x"])"), "(same)");
}

TEST(Mask, DropsMembersAndLeavesValidJson) {
  const MaskRules rules{.fields = {}, .drop_fields = {"ssn"}, .card_numbers = false};
  EXPECT_EQ(masked(R"({"ssn":1})", rules), "{}");
  EXPECT_EQ(masked(R"({"ssn":1,"a":2})", rules), R"({"a":2})");
  EXPECT_EQ(masked(R"({"a":2,"SSN":{"x":[1]}})", rules), R"({"a":2})");
  EXPECT_EQ(masked(R"({"a":2,"ssn":null,"b":3})", rules), R"({"a":2,"b":3})");
  EXPECT_EQ(masked(R"({"ssn":1,"s_s_n":2})", rules), "{}");
  EXPECT_EQ(masked(R"({"l":[{"ssn":1},{"ssn":2}]})", rules), R"({"l":[{},{}]})");
}

TEST(Mask, MasksCardNumbersWhereverTheyStand) {
  EXPECT_EQ(masked(R"({"note":"paid with 4111 1111 1111 1111, thanks"})"),
            R"({"note":"paid with [masked], thanks"})");
  EXPECT_EQ(masked(R"({"n":4111111111111111,"m":378282246310005})"),
            R"({"n":"[masked]","m":"[masked]"})");
  EXPECT_EQ(masked(R"({"n":"a\n5555-5555-5555-4444"})"), R"({"n":"a\n[masked]"})");
  EXPECT_EQ(masked(R"({"n":"3782 822463 10005 and 6011111111111117"})"),
            R"({"n":"[masked] and [masked]"})");
}

// Wherever a number begins in a long text, and whatever stands before it.
TEST(Mask, FindsACardNumberAtEveryPlace) {
  for (const std::string filler : {"x", " ", "1 ", "-", "é"}) {
    for (std::size_t i = 0; i < 60; ++i) {
      std::string before;
      for (std::size_t k = 0; k < i; ++k) before += filler;
      const std::string text = "{\"n\":\"" + before + ", 4111111111111111.\"}";
      EXPECT_EQ(masked(text), "{\"n\":\"" + before + ", [masked].\"}") << text;
    }
  }
}

TEST(Mask, NamesOfAnyEndingAreFound) {
  const MaskRules rules{.fields = {"x", "é", "a1", "Straße", "ab"}};
  for (const char* name : {"x", "a.x", "é", "A_1", "a-1", "straße", "a_b", "ab_", "q[ab]", "AB "}) {
    EXPECT_NE(Masker(rules).verdict(name), Masker::Verdict::keep) << name;
  }
  for (const char* name : {"ax", "b", "", "_", "ab1", "cab"}) {
    EXPECT_EQ(Masker(rules).verdict(name), Masker::Verdict::keep) << name;
  }
}

TEST(Mask, LeavesNumbersThatAreNoCards) {
  EXPECT_EQ(masked(R"({"n":4111111111111112})"), "(same)");         // check digit
  EXPECT_EQ(masked(R"({"micros":1763821978123456})"), "(same)");    // no issuer
  EXPECT_EQ(masked(R"({"id":"a4111111111111111"})"), "(same)");     // inside a word
  EXPECT_EQ(masked(R"({"n":41111111111111110000000})"), "(same)");  // longer
  EXPECT_EQ(masked(R"({"n":4111111111111111.5,"m":-4111111111111111})"), "(same)");
  EXPECT_EQ(masked(R"({"n":"4111111111111111"})", {.card_numbers = false}), "(same)");
}

TEST(Mask, MasksQueryAndFragmentOfAnAddress) {
  EXPECT_EQ(masked_url("https://x.example/a?id=1&token=abc&b=2"),
            "https://x.example/a?id=1&token=[masked]&b=2");
  EXPECT_EQ(masked_url("/cb#access_token=abc&state=1"), "/cb#access_token=[masked]&state=1");
  EXPECT_EQ(masked_url("/a?x=1&user%5Bpassword%5D=p#f"), "/a?x=1&user%5Bpassword%5D=[masked]#f");
  EXPECT_EQ(masked_url("/a?x=1", {.drop_fields = {"x"}}), "/a?");
  EXPECT_EQ(masked_url("/token?id=1&"), "(same)");
  EXPECT_EQ(masked_url("/token"), "(same)");
}

TEST(Mask, LooksIntoEveryPartOfAnEvent) {
  Event event;
  event.metadata = R"({"password":"1"})";
  event.actor.metadata = R"({"password":"2"})";
  event.targets.emplace().emplace_back().metadata = R"({"password":"3"})";
  event.changes.emplace().push_back({.field = "user.password", .before = "null", .after = "\"x\""});
  event.changes->push_back({.field = "profile", .before = {}, .after = R"({"password":"4"})"});
  event.context.emplace().url = "/?password=5";
  ASSERT_TRUE(Masker(default_mask_rules()).apply(event));
  EXPECT_EQ(event.metadata, R"({"password":"[masked]"})");
  EXPECT_EQ(event.actor.metadata, R"({"password":"[masked]"})");
  EXPECT_EQ(event.targets->front().metadata, R"({"password":"[masked]"})");
  EXPECT_EQ(event.changes->at(0).before, "null");
  EXPECT_EQ(event.changes->at(0).after, R"("[masked]")");
  EXPECT_EQ(event.changes->at(1).after, R"({"password":"[masked]"})");
  EXPECT_EQ(event.context->url, "/?password=[masked]");
  Event again = event;
  EXPECT_FALSE(Masker(default_mask_rules()).mask_json(*again.metadata) && again != event);
}

// The obvious version: through the parsed value.
void mask_slowly(std::string& out, json::Node node, const Masker& masker) {
  if (node.is(json::Type::object)) {
    out += '{';
    bool first = true;
    for (json::Node member : node) {
      const Masker::Verdict verdict = masker.verdict(member.key());
      if (verdict == Masker::Verdict::drop) continue;
      if (!first) out += ',';
      first = false;
      json::append_string(out, member.key());
      out += ':';
      if (verdict == Masker::Verdict::mask && !member.is(json::Type::null)) {
        out += "\"[masked]\"";
      } else {
        mask_slowly(out, member, masker);
      }
    }
    out += '}';
  } else if (node.is(json::Type::array)) {
    out += '[';
    bool first = true;
    for (json::Node item : node) {
      if (!first) out += ',';
      first = false;
      mask_slowly(out, item, masker);
    }
    out += ']';
  } else {
    json::append(out, node);
  }
}

std::string random_value(std::mt19937& random, int depth) {
  const auto pick = [&](std::size_t n) { return random() % n; };
  static const char* const names[] = {"password", "ssn", "a", "Token", "x\\\"y", "n\\\\", "", "é"};
  static const char* const scalars[] = {"1",    "null",   "\"t\\\"]}\"", "\"\\\\\"",
                                        "true", "-1.5e3", "\"\""};
  if (depth == 0 || pick(3) == 0) return scalars[pick(7)];
  const bool object = pick(2) == 0;
  std::string out(1, object ? '{' : '[');
  std::vector<std::size_t> order{0, 1, 2, 3, 4, 5, 6, 7};
  std::shuffle(order.begin(), order.end(), random);
  const std::size_t count = pick(5);
  for (std::size_t i = 0; i < count; ++i) {
    if (i > 0) out += ',';
    if (object) out += "\"" + std::string(names[order[i]]) + "\":";
    out += random_value(random, depth - 1);
  }
  return out + (object ? '}' : ']');
}

TEST(Mask, AgreesWithTheObviousVersionOnRandomValues) {
  std::mt19937 random(7);
  const Masker masker(
      {.fields = {"password", "token"}, .drop_fields = {"ssn"}, .card_numbers = false});
  std::size_t changed = 0;
  for (int i = 0; i < 20'000; ++i) {
    const std::string text = random_value(random, 4);
    json::Document document;
    auto node = document.parse(text);
    ASSERT_TRUE(node) << text;
    std::string compact;
    json::append(compact, *node);
    std::string expected;
    mask_slowly(expected, *node, masker);
    std::string fast = compact;
    EXPECT_EQ(masker.mask_json(fast), expected != compact) << compact;
    ASSERT_EQ(fast, expected) << compact;
    changed += expected != compact ? 1 : 0;
  }
  EXPECT_GT(changed, 1000u);
}

}  // namespace
}  // namespace trailkeeper::event
