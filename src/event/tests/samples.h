#pragma once

#include "event/event.h"

namespace trailkeeper::event {

// An event with every field there is.
inline Event full_event() {
  Event event;
  event.organization_id = "acme";
  event.action = "segment.created";
  event.action_label = "created segment";
  event.area = "Segments";
  event.application = "crm";
  event.category = "data";
  event.crud = "create";
  event.occurred_at = *parse_rfc3339("2026-11-22T14:02:58.001Z");
  event.actor = {
      "user", "u1", "Zoë Müller", "zoe", "zoe@acme.example", "admin", R"({"team":"EMEA"})"};
  event.targets = {{"segment", "s9", "Enterprise \"EMEA\"", R"({"n":1.50})"}, {}};
  event.context = {"2001:db8::1", "Berlin", "curl/8", "https://acme.example/x?y=1", "r1", "sess1"};
  event.outcome = "success";
  event.http_status = 201;
  event.error = {"none", "line\nbreak"};
  event.changes = {{"name", "null", R"("x")"}, {"size", "1e3", R"([1,{"a":2}])"}};
  event.metadata = R"({"b":1,"a":-0.0})";
  event.external_id = "x-1";
  event.version = 2;
  return event;
}

inline StoredEvent full_stored_event() {
  StoredEvent stored;
  stored.seq = Seq{18204};
  stored.received_at = *parse_rfc3339("2026-11-22T14:02:58.420017Z");
  stored.id = *Uuid::parse("0193548f-3d52-7abc-8def-0123456789ab");
  for (std::size_t i = 0; i < stored.nonce.size(); ++i)
    stored.nonce[i] = static_cast<std::uint8_t>(i * 17);
  stored.event = full_event();
  return stored;
}

}  // namespace trailkeeper::event
