#pragma once

#include <string>

#include "clickhouse.h"
#include "conditions.h"
#include "events/counts.h"
#include "events/store.h"

namespace trailkeeper::events {

// What the statements of Counts share.
struct Counts::Impl {
  Impl(const StoreSettings& given, httpc::Client& client)
      : settings(given), server(settings, client) {}

  std::string table() const { return settings.database + "." + kTable; }

  Result<std::string> run(Statement statement) {
    // Most of what is read counts, so reading the condition's columns first only costs.
    statement.setting("max_memory_usage", settings.query_memory_max)
        .setting("use_uncompressed_cache", "1")
        .setting("optimize_move_to_prewhere", "0");
    return server.run(statement, settings.query_time_max);
  }

  const StoreSettings settings;
  ClickHouse server;
};

inline constexpr std::uint64_t kGroupsMax = 100'000;

// What somebody is called: the name, else the username, else the address.
inline constexpr const char* kActorLabel =
    "multiIf(actor_name != '', actor_name, actor_username != '', actor_username, actor_email)";

inline Error bad_counts() {
  return Error{ErrorKind::failed, "bad_row", "the event store gave no list of counts"};
}

}  // namespace trailkeeper::events
