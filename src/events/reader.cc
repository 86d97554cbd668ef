#include "reader.h"

#include "binary.h"
#include "conditions.h"

namespace trailkeeper::events {
namespace {

Error bad_row(const char* message) { return Error{ErrorKind::failed, "bad_row", message}; }

}  // namespace

std::string Reader::table() const { return settings.database + "." + kTable; }

Statement Reader::select_rows(const std::string& rest) const {
  Statement statement("SELECT " + selected_columns() + " FROM " + table() + rest +
                      " FORMAT RowBinary");
  statement.setting("max_memory_usage", settings.query_memory_max);
  return statement;
}

Result<> Reader::stream_rows(const Statement& statement, std::chrono::milliseconds time_max,
                             const RowSink& sink) {
  return stream(statement, time_max, [&](RowReader& reader) -> Result<Step> {
    std::optional<StoredRow> row = TRY(reader.next());
    if (!row) return Step::need_more;
    return sink(*std::move(row)) ? Step::again : Step::end;
  });
}

Result<> Reader::stream(const Statement& statement, std::chrono::milliseconds time_max,
                        const std::function<Result<Step>(RowReader&)>& read) {
  RowReader reader;
  Step step = Step::again;
  auto done = server.stream(statement, time_max, [&](std::string_view chunk) -> Result<bool> {
    reader.feed(chunk);
    do {
      step = TRY(read(reader));
    } while (step == Step::again);
    return step != Step::end;
  });
  if (!done) return std::move(done).error();
  if (step != Step::end && reader.waiting() != 0)
    return bad_row("the event store's answer ends within a row");
  return boost::system::in_place_value;
}

Result<std::uint64_t> Reader::run_number(Statement statement) {
  statement.setting("max_memory_usage", settings.query_memory_max);
  const std::string bytes = TRY(server.run(statement, settings.query_time_max));
  BinaryCursor cursor(bytes);
  const auto number = cursor.number<std::uint64_t>();
  if (cursor.short_of_bytes()) return bad_row("the event store gave no number");
  return number;
}

}  // namespace trailkeeper::events
