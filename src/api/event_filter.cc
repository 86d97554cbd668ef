#include "event_filter.h"

#include "events/language.h"

namespace trailkeeper::api {

void read_event_range(QueryReader& reader, events::Filter& filter) {
  filter.from = reader.time("from");
  filter.to = reader.time("to");
  if (filter.from && filter.to && *filter.from > *filter.to) {
    reader.refuse("to", "out_of_range", "It must not lie before 'from'.");
  }
}

events::Filter read_event_filter(QueryReader& reader, const ingest::Registry& registry) {
  events::Filter filter;
  read_event_range(reader, filter);
  const std::string query = reader.text("query", events::kQueryBytesMax);
  if (auto done = events::set_query(filter, query); !done) reader.refuse(done.error());
  filter.critical_actions = registry.critical_actions();
  filter.q = reader.text("q");
  filter.name = reader.text("name");
  filter.email = reader.text("email");
  filter.action = reader.text("action");
  filter.area = reader.text("area");
  filter.categories = reader.list("category", events::choices_of(events::Field::category));
  filter.outcomes = reader.list("outcome", events::choices_of(events::Field::outcome));
  filter.ip = reader.text("ip", 45);
  return filter;
}

}  // namespace trailkeeper::api
