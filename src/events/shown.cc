#include "shown.h"

#include "binary.h"

namespace trailkeeper::events {

const std::string& shown_columns() {
  static const std::string columns =
      "occurred_at, action, action_label, area, application, actor_id, actor_name, "
      "actor_username, actor_email, ip";
  return columns;
}

// Reads whole rows off the front and answers how many bytes they took.
Result<std::size_t> ShownReader::rows(std::string_view bytes) {
  BinaryCursor cursor(bytes);
  std::size_t taken = 0;
  while (wanted_ && taken < bytes.size()) {
    event_.occurred_at = from_micros(cursor.number<std::int64_t>());
    event_.action = cursor.text();
    for (event::TextView* text : {&event_.action_label, &event_.area, &event_.application}) {
      *text = cursor.text();
    }
    event_.actor.id = cursor.text();
    for (event::TextView* text :
         {&event_.actor.name, &event_.actor.username, &event_.actor.email}) {
      *text = cursor.text();
    }
    if (!event_.context) event_.context.emplace();
    event_.context->ip = cursor.text();
    if (cursor.short_of_bytes()) break;
    if (cursor.broken()) {
      return Error{ErrorKind::failed, "bad_row", "the event store gave bytes that are no row"};
    }
    taken = cursor.position();
    wanted_ = sink_(event_);
  }
  return taken;
}

Result<bool> ShownReader::read(std::string_view chunk) {
  if (waiting_.empty()) {
    waiting_ = chunk.substr(TRY(rows(chunk)));
  } else {
    waiting_ += chunk;
    waiting_.erase(0, TRY(rows(waiting_)));
  }
  return wanted_;
}

}  // namespace trailkeeper::events
