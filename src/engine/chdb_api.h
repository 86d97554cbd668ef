#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

#include "base/result.h"

// The part of libchdb's C interface (version 26.7.3) that we call. The library ships no header and
// is loaded at run time, so the signatures stand here once, as a table of functions.
namespace trailkeeper::engine {

struct chdb_result;  // opaque
struct chdb_connection_body {
  void* internal_data;
};
using chdb_connection = chdb_connection_body*;
struct chdb_insert_stream_body {
  void* internal_data;
};
using chdb_insert_stream = chdb_insert_stream_body*;
enum chdb_state : int { kChdbSuccess = 0, kChdbError = 1 };

struct ChdbApi {
  const char* (*version)();
  void (*set_signal_handlers_enabled)(int enabled);
  chdb_connection* (*connect)(int argc, char** argv);
  void (*close_conn)(chdb_connection* connection);

  // Parameters are matched by name; values are in ClickHouse's escaped text form (TSV).
  chdb_result* (*query_with_params_n)(chdb_connection connection, const char* query,
                                      std::size_t query_size, const char* format,
                                      std::size_t format_size, const char* const* names,
                                      const std::size_t* name_sizes, const char* const* values,
                                      const std::size_t* value_sizes, std::size_t count);
  chdb_result* (*stream_query_with_params_n)(chdb_connection connection, const char* query,
                                             std::size_t query_size, const char* format,
                                             std::size_t format_size, const char* const* names,
                                             const std::size_t* name_sizes,
                                             const char* const* values,
                                             const std::size_t* value_sizes, std::size_t count);
  // An empty result ends the stream.
  chdb_result* (*stream_fetch_result)(chdb_connection connection, chdb_result* stream);
  void (*stream_cancel_query)(chdb_connection connection, chdb_result* stream);

  // The statement comes without its FORMAT clause; never answers null.
  chdb_insert_stream (*stream_insert_with_params_n)(
      chdb_connection connection, const char* query, std::size_t query_size, const char* format,
      std::size_t format_size, const char* const* names, const std::size_t* name_sizes,
      const char* const* values, const std::size_t* value_sizes, std::size_t count);
  chdb_state (*stream_append)(chdb_insert_stream stream, const void* data, std::size_t size);
  chdb_result* (*stream_done)(chdb_insert_stream stream);
  void (*stream_cancel_insert)(chdb_insert_stream stream);
  const char* (*stream_insert_error)(chdb_insert_stream stream);
  void (*destroy_insert_stream)(chdb_insert_stream stream);

  char* (*result_buffer)(chdb_result* result);
  std::size_t (*result_length)(chdb_result* result);
  std::uint64_t (*result_rows_read)(chdb_result* result);
  std::uint64_t (*result_rows_written)(chdb_result* result);
  const char* (*result_error)(chdb_result* result);
  void (*destroy_query_result)(chdb_result* result);

  // Loads the library for the rest of the process's life, without its signal handlers. `failed`
  // names what is missing.
  static Result<ChdbApi> load(const std::string& path);
};

// A result that destroys itself.
struct ResultDeleter {
  const ChdbApi* api;
  void operator()(chdb_result* result) const { api->destroy_query_result(result); }
};
using ResultHandle = std::unique_ptr<chdb_result, ResultDeleter>;

}  // namespace trailkeeper::engine
