#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/result.h"
#include "clickhouse.h"

namespace trailkeeper::events {

struct Migration {
  std::uint32_t version;
  // Servers before this one (major * 1000 + minor) go without; it is tried again at each start.
  std::uint32_t server_min;
  std::vector<std::string> statements;  // each safe to repeat
};

// In order; never changed once released, only added to. `database` is a checked identifier.
std::vector<Migration> migrations(const std::string& database);

Result<> migrate(ClickHouse& server, const StoreSettings& settings);

}  // namespace trailkeeper::events
