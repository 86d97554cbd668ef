#pragma once

#include <memory>

#include "httpc/client.h"
#include "packs/source.h"

namespace trailkeeper::packs {

// A host that begins with a slash is the path of a Unix socket.
std::unique_ptr<Source> make_clickhouse_source(httpc::Client& http, const SourceSettings& settings);

}  // namespace trailkeeper::packs
