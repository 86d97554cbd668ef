#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "event/view.h"
#include "events/store.h"

namespace trailkeeper::events {

// What EventStore::stream_shown reads.
const std::string& shown_columns();

// Takes such rows apart as they arrive in chunks of any size.
class ShownReader {
 public:
  explicit ShownReader(const ShownSink& sink) : sink_(sink) {}
  // Gives the sink each whole row; answers whether it wants more.
  Result<bool> read(std::string_view chunk);
  // Whether the bytes so far end within a row, and nobody ended the reading.
  bool waiting() const { return wanted_ && !waiting_.empty(); }

 private:
  Result<std::size_t> rows(std::string_view bytes);

  const ShownSink& sink_;
  std::string waiting_;  // the beginning of a row
  event::EventView event_;
  bool wanted_ = true;
};

}  // namespace trailkeeper::events
