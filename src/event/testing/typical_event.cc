#include <array>

#include "testing/random_event.h"

namespace trailkeeper::event::testing {
namespace {

using Random = std::mt19937_64;

std::uint64_t below(Random& random, std::uint64_t bound) { return random() % bound; }

}  // namespace

StoredEvent typical_event(Random& random, const std::string& org, std::uint64_t seq, Timestamp at) {
  static const std::array<std::array<const char*, 3>, 6> actions = {
      {{"user.signed_in", "signed in", "Sign-in"},
       {"invite.sent", "invite sent", "People"},
       {"segment.created", "created segment", "Segments"},
       {"report.exported", "exported report", "Reports"},
       {"role.changed", "changed role", "People"},
       {"setting.updated", "updated setting", "Settings"}}};
  const auto& action = actions[below(random, actions.size())];
  const std::string person = std::to_string(below(random, 500));
  StoredEvent stored;
  stored.seq = Seq{seq};
  stored.received_at = at + std::chrono::milliseconds(40);
  stored.id = Uuid::v7(at);
  for (auto& byte : stored.nonce) byte = static_cast<std::uint8_t>(random());
  Event& event = stored.event;
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
  event.context = Context{.ip = "203.0.113." + std::to_string(below(random, 250)),
                          .user_agent = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36",
                          .url = "https://app.acme.example/segments/" + person,
                          .request_id = "req_" + std::to_string(random())};
  event.outcome = below(random, 20) == 0 ? "failure" : "success";
  event.http_status = 200;
  event.metadata = "{\"plan\":\"enterprise\",\"attempt\":" + std::to_string(below(random, 9)) + "}";
  return stored;
}

}  // namespace trailkeeper::event::testing
