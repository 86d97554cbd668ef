#include "insert.h"

namespace trailkeeper::events {

Result<> insert_rows(ClickHouse& server, const StoreSettings& settings, const BatchBuilder& rows,
                     const std::string& token) {
  if (rows.rows() == 0) return boost::system::in_place_value;
  Statement statement("INSERT INTO " + settings.database + ".entries (" + inserted_columns() +
                      ") FORMAT Native");
  statement.setting("insert_deduplication_token", token)
      .setting("async_insert", "0")
      .setting("wait_end_of_query", "1")
      // One block, so one part and one token.
      .setting("max_insert_block_size", std::uint64_t{1} << 20)
      .setting("min_insert_block_size_rows", std::uint64_t{1} << 20)
      .setting("min_insert_block_size_bytes", std::uint64_t{1} << 30);
  std::string head;
  return server.insert(statement, rows.pieces(head), settings.insert_time_max);
}

}  // namespace trailkeeper::events
