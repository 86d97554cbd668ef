#pragma once

#include "httpc/client.h"
#include "packs/locations.h"
#include "packs/source.h"

namespace trailkeeper::packs {

// Makes sources of every type: postgresql, mariadb, clickhouse, and with rules that can start a
// process s3, http and files. `http` outlives the function and what it made; connections of the
// other two are their own. The databases are the operator's, so they may lie anywhere.
MakeSource source_maker(httpc::Client& http, LocationRules locations = {});

}  // namespace trailkeeper::packs
