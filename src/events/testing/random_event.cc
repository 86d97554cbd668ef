#include "testing/random_event.h"

#include <array>
#include <string>

namespace trailkeeper::events::testing {
namespace {

using event::Json;
using event::Text;
using Random = std::mt19937_64;

std::uint64_t below(Random& random, std::uint64_t bound) { return random() % bound; }

std::string any_text(Random& random) {
  static const std::array<std::string, 16> pieces = {"a",       "Z",    " ",    "\"", "\\", "\n",
                                                     "\t",      "'",    "ß",    "İ",  "ς",  "é",
                                                     "e\u0301", "日本", "\x7f", "😀"};
  std::string text;
  const std::uint64_t length = below(random, 20) == 0 ? 300 : below(random, 8);
  for (std::uint64_t i = 0; i < length; ++i) text += pieces[below(random, pieces.size())];
  return text;
}

Text maybe_text(Random& random) { return below(random, 3) == 0 ? Text{} : Text{any_text(random)}; }

Json maybe_json(Random& random) {
  static const std::array<std::string, 8> values = {
      "{}",   "null", "1e400", "[1,2.50,\"x\"]", "{\"b\":1,\"a\":{\"ä\":\"\\u0001\"}}",
      "\"\"", "-0.0", "true"};
  return below(random, 3) == 0 ? Json{} : Json{values[below(random, values.size())]};
}

Json maybe_object(Random& random) {
  return below(random, 2) == 0 ? Json{}
                               : Json{below(random, 2) == 0 ? "{}" : "{\"k\":[1,2],\"ü\":\"x\"}"};
}

std::optional<std::int64_t> maybe_number(Random& random) {
  if (below(random, 2) == 0) return std::nullopt;
  return static_cast<std::int64_t>(below(random, 1000));
}

template <std::size_t Size>
void fill(Random& random, std::array<std::uint8_t, Size>& bytes) {
  for (auto& byte : bytes) byte = static_cast<std::uint8_t>(random());
}

void fill_lists(Random& random, event::Event& event) {
  if (below(random, 2) == 0) {
    auto& targets = event.targets.emplace(below(random, 4));
    for (auto& target : targets) {
      target = {maybe_text(random), maybe_text(random), maybe_text(random), maybe_object(random)};
    }
  }
  if (below(random, 2) == 0) {
    auto& changes = event.changes.emplace(below(random, 4));
    for (auto& change : changes)
      change = {any_text(random), maybe_json(random), maybe_json(random)};
  }
}

}  // namespace

event::StoredEvent random_event(Random& random, const std::string& org, std::uint64_t seq) {
  event::StoredEvent stored;
  stored.seq = Seq{seq};
  stored.received_at =
      from_micros(1790000000000000 + static_cast<std::int64_t>(below(random, 1000000000)));
  fill(random, stored.id.bytes);
  fill(random, stored.nonce);
  event::Event& event = stored.event;
  event.organization_id = org;
  event.action = any_text(random);
  event.action_label = maybe_text(random);
  event.area = maybe_text(random);
  event.application = maybe_text(random);
  event.category = maybe_text(random);
  event.crud = maybe_text(random);
  event.occurred_at =
      from_micros(946684800000000 + static_cast<std::int64_t>(below(random, 900000000000000)));
  event.actor = {maybe_text(random), any_text(random),   maybe_text(random),  maybe_text(random),
                 maybe_text(random), maybe_text(random), maybe_object(random)};
  fill_lists(random, event);
  if (below(random, 2) == 0) {
    event.context = {maybe_text(random), maybe_text(random), maybe_text(random),
                     maybe_text(random), maybe_text(random), maybe_text(random)};
  }
  event.outcome = maybe_text(random);
  event.http_status = maybe_number(random);
  if (below(random, 2) == 0) event.error = {maybe_text(random), maybe_text(random)};
  event.metadata = maybe_object(random);
  event.external_id = maybe_text(random);
  event.version = maybe_number(random);
  return stored;
}

event::StoredEvent typical_event(Random& random, const std::string& org, std::uint64_t seq,
                                 Timestamp at) {
  static const std::array<std::array<const char*, 3>, 6> actions = {
      {{"user.signed_in", "signed in", "Sign-in"},
       {"invite.sent", "invite sent", "People"},
       {"segment.created", "created segment", "Segments"},
       {"report.exported", "exported report", "Reports"},
       {"role.changed", "changed role", "People"},
       {"setting.updated", "updated setting", "Settings"}}};
  const auto& action = actions[below(random, actions.size())];
  const std::string person = std::to_string(below(random, 500));
  event::StoredEvent stored;
  stored.seq = Seq{seq};
  stored.received_at = at + std::chrono::milliseconds(40);
  stored.id = Uuid::v7(at);
  fill(random, stored.nonce);
  event::Event& event = stored.event;
  event.organization_id = org;
  event.action = action[0];
  event.action_label = action[1];
  event.area = action[2];
  event.application = "web";
  event.category = "data";
  event.crud = "update";
  event.occurred_at = at;
  event.actor = {"user",
                 "user_01HZY" + person,
                 "Person Number " + person,
                 "person" + person,
                 "person" + person + "@acme.example",
                 "member",
                 {}};
  event.targets = {
      {"segment", "seg_" + std::to_string(below(random, 100000)), "Quarterly review", {}}};
  event.context = event::Context{.ip = "203.0.113." + std::to_string(below(random, 250)),
                                 .user_agent = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36",
                                 .url = "https://app.acme.example/segments/" + person,
                                 .request_id = "req_" + std::to_string(random())};
  event.outcome = below(random, 20) == 0 ? "failure" : "success";
  event.http_status = 200;
  event.metadata = "{\"plan\":\"enterprise\",\"attempt\":" + std::to_string(below(random, 9)) + "}";
  return stored;
}

}  // namespace trailkeeper::events::testing
