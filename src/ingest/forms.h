#pragma once

#include <functional>
#include <string>
#include <vector>

#include "base/result.h"
#include "event/view.h"
#include "ingest/ingest.h"
#include "origins.h"

namespace trailkeeper::ingest {

// One event of a request as it was found there: the event, or what is wrong with it.
struct ParsedItem {
  // Valid while the sink has the item: it lies in the document.
  Result<const event::EventView*> event;
  std::string pointer;      // of the event in the request
  std::string canonical{};  // JSON for the fingerprint, as it was sent; only with an external_id
  bool translated = false;  // from a foreign form: `origins` tells where its parts come from
  Origins origins{};
};

struct ParsedRequest {
  std::string canonical{};  // of the whole request; only when `with_fingerprint`
  // What the answer needs besides the receipt, an item each; empty where a form needs nothing.
  std::vector<std::string> echoes{};
};

// Problems of a translated item point into our own form below the item's pointer; this makes them
// point into the sender's document. Does nothing to an item that came in our own form.
void point_to_origin(const ParsedItem& item, Error& error);

// The sentence of an invalid event, from its first problem.
void tell_first_problem(Error& error);

// Given each item in order. Thousands of events that all wait for the last one would push each
// other out of the processor's cache.
using ItemSink = std::function<void(ParsedItem&&)>;

// Takes a request's body apart by its form. An error concerns the request as a whole; nothing of it
// is used then, even if `sink` was given items.
Result<ParsedRequest> parse_request(const Request& request, Timestamp now, bool with_fingerprint,
                                    const ItemSink& sink);

}  // namespace trailkeeper::ingest
