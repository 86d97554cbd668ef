#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <string>

#include "clickhouse.h"
#include "events/store.h"
#include "statement.h"

namespace trailkeeper::events {

// Statements that give rows, and their reading. Thread-safe; calls block.
class Reader {
 public:
  Reader(const StoreSettings& given, httpc::Client& client)
      : settings(given), server(settings, client) {}

  std::string table() const;
  // SELECT of whole rows.
  Statement select_rows(const std::string& rest) const;

  Result<> stream_rows(const Statement& statement, std::chrono::milliseconds time_max,
                       const RowSink& sink);
  enum class Step { again, need_more, end };
  // Calls `read` until it needs more bytes, as often as bytes come.
  Result<> stream(const Statement& statement, std::chrono::milliseconds time_max,
                  const std::function<Result<Step>(RowReader&)>& read);
  // A statement whose answer is one row of numbers in RowBinary: the first of them.
  Result<std::uint64_t> run_number(Statement statement);

  const StoreSettings settings;
  ClickHouse server;
};

}  // namespace trailkeeper::events
