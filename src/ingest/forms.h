#pragma once

#include <string>
#include <vector>

#include "base/result.h"
#include "event/event.h"
#include "ingest/ingest.h"

namespace trailkeeper::ingest {

// One event of a request as it was found there: the event, or what is wrong with it.
struct ParsedItem {
  Result<event::Event> event;
  std::string pointer;  // of the event in the request
  std::string
      canonical;  // compact JSON as it was sent, for the fingerprint; only with an external_id
};

struct ParsedRequest {
  std::vector<ParsedItem> items;
  std::string canonical;  // of the whole request; only when `with_fingerprint`
};

// Takes a request's body apart by its form. An error concerns the request as a whole; nothing of it
// is used then.
Result<ParsedRequest> parse_request(const Request& request, Timestamp now, bool with_fingerprint);

}  // namespace trailkeeper::ingest
