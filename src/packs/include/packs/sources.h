#pragma once

#include "httpc/client.h"
#include "packs/source.h"

namespace trailkeeper::packs {

// Makes sources of every type: postgresql, mariadb, clickhouse. `http` outlives the function and
// what it made; connections of the other two are their own. The hosts are the operator's, so they
// may lie anywhere.
MakeSource source_maker(httpc::Client& http);

}  // namespace trailkeeper::packs
