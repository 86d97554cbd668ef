#pragma once

#include <optional>

#include "httpd/message.h"
#include "ingest/limits.h"
#include "json/writer.h"
#include "object_reader.h"
#include "settings/limits.h"

// Limits of intake as orgs and keys show and take them.
namespace trailkeeper::api {

// The member `limits`: an object whose absent and null members mean the configured default. Empty
// when the member is absent; `null` is an object without members.
std::optional<settings::Limits> read_limits(ObjectReader& reader);

// The member `limits`, null where the default holds.
void write_limits(json::Writer& out, const settings::Limits& limits);

// `RateLimit-Policy` and `RateLimit` (draft-ietf-httpapi-ratelimit-headers-10): one policy each for
// events, content bytes and requests. Nothing when the report is empty.
void add_limit_headers(httpd::Response& response, const ingest::LimitReport& report);

}  // namespace trailkeeper::api
