#pragma once

#include <chrono>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "events/store.h"
#include "httpc/client.h"
#include "statement.h"

namespace trailkeeper::events {

// Speaks ClickHouse's HTTP interface and turns its failures into ours. Thread-safe.
class ClickHouse {
 public:
  ClickHouse(const StoreSettings& settings, httpc::Client& client)
      : settings_(settings), client_(client) {}

  Result<> ping();
  // The whole answer, for small ones.
  Result<std::string> run(const Statement& statement, std::chrono::milliseconds time_max);
  // INSERT ... FORMAT with its data, in pieces.
  Result<> insert(const Statement& statement, const std::vector<std::string_view>& data,
                  std::chrono::milliseconds time_max);
  // Pieces of the answer as they come; when `sink` answers false the query is broken off without an
  // error.
  Result<> stream(const Statement& statement, std::chrono::milliseconds time_max,
                  const std::function<Result<bool>(std::string_view)>& sink);

 private:
  std::optional<Error> known_down() const;
  httpc::Request request(const Statement& statement, std::chrono::milliseconds time_max) const;

  const StoreSettings& settings_;
  httpc::Client& client_;
};

// What to do about ClickHouse's error `code`; `text` is its message.
Error store_error(int code, std::string_view text);

}  // namespace trailkeeper::events
