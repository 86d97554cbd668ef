#pragma once

#include <memory>

#include "base/result.h"
#include "event/event.h"
#include "event/view.h"
#include "json/document.h"

namespace trailkeeper::event {

// What the request, not the event, says.
struct ParseContext {
  Timestamp now;  // of the business clock; default of occurred_at, bound of it
  std::optional<OrgId>
      default_organization{};         // the key's org; an event that names another one is refused
  std::string default_application{};  // the key's application
  std::string pointer{};  // JSON pointer of the event in the document, before each field's
};

// Maps one event in its own form to the model, strictly: unknown members, wrong types, values
// outside their range or above their size are refused with the JSON pointer, the reason and the
// value's size; nothing is cut or guessed. All problems of the event are reported at once (at most
// 20). Error kind `invalid`, code `invalid_event`.
Result<Event> parse_event(json::Node node, const ParseContext& context);

// The same without copies. An object of one thread; its memory is used again.
class EventParser {
 public:
  EventParser();
  ~EventParser();
  // Valid until the next call, and as long as the node's document and the context.
  Result<const EventView*> parse(json::Node node, const ParseContext& context);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace trailkeeper::event
