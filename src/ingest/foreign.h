#pragma once

#include "forms.h"

// The forms of others. Each file takes one apart and writes its events in our own form.
namespace trailkeeper::ingest {

Result<ParsedRequest> parse_otlp(const Request& request, Timestamp now, bool with_fingerprint,
                                 const ItemSink& sink);
Result<ParsedRequest> parse_cloudevents(const Request& request, Timestamp now,
                                        bool with_fingerprint, const ItemSink& sink);
Result<ParsedRequest> parse_retraced(const Request& request, Timestamp now, bool with_fingerprint,
                                     const ItemSink& sink);

}  // namespace trailkeeper::ingest
