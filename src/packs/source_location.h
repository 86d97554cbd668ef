#pragma once

#include <memory>

#include "httpc/client.h"
#include "packs/locations.h"
#include "packs/source.h"

namespace trailkeeper::packs {

// Of type s3 (`host`, `port`, `database` = bucket and prefix, `user` and `password` = access key
// and secret key, none: without credentials), http (`database` = the path before all others, `user`
// and `password`, or `password` alone as a bearer token) or files (`database` = a folder).
// `invalid` with fields when they cannot be used.
Result<std::unique_ptr<Source>> make_location_source(httpc::Client& http,
                                                     const SourceSettings& settings,
                                                     std::shared_ptr<const LocationRules> rules);

}  // namespace trailkeeper::packs
