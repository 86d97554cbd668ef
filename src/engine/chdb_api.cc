#include "chdb_api.h"

#include <dlfcn.h>

namespace trailkeeper::engine {
namespace {

class Loader {
 public:
  explicit Loader(void* library) : library_(library) {}

  template <typename Function>
  void resolve(Function*& target, const char* name) {
    target = reinterpret_cast<Function*>(dlsym(library_, name));
    if (target == nullptr && missing_.empty()) missing_ = name;
  }
  const std::string& missing() const { return missing_; }

 private:
  void* library_;
  std::string missing_;
};

}  // namespace

Result<ChdbApi> ChdbApi::load(const std::string& path) {
  void* library = dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL);
  if (library == nullptr) {
    const char* reason = dlerror();
    return Error{
        ErrorKind::failed, "engine_library",
        "the engine's library cannot be loaded: " + std::string(reason != nullptr ? reason : path)};
  }
  ChdbApi api{};
  Loader loader(library);
  loader.resolve(api.version, "chdb_version");
  loader.resolve(api.set_signal_handlers_enabled, "chdb_set_signal_handlers_enabled");
  loader.resolve(api.connect, "chdb_connect");
  loader.resolve(api.close_conn, "chdb_close_conn");
  loader.resolve(api.query_with_params_n, "chdb_query_with_params_n");
  loader.resolve(api.stream_query_with_params_n, "chdb_stream_query_with_params_n");
  loader.resolve(api.stream_fetch_result, "chdb_stream_fetch_result");
  loader.resolve(api.stream_cancel_query, "chdb_stream_cancel_query");
  loader.resolve(api.stream_insert_with_params_n, "chdb_stream_insert_with_params_n");
  loader.resolve(api.stream_append, "chdb_stream_append");
  loader.resolve(api.stream_done, "chdb_stream_done");
  loader.resolve(api.stream_cancel_insert, "chdb_stream_cancel_insert");
  loader.resolve(api.stream_insert_error, "chdb_stream_insert_error");
  loader.resolve(api.destroy_insert_stream, "chdb_destroy_insert_stream");
  loader.resolve(api.result_buffer, "chdb_result_buffer");
  loader.resolve(api.result_length, "chdb_result_length");
  loader.resolve(api.result_rows_read, "chdb_result_rows_read");
  loader.resolve(api.result_rows_written, "chdb_result_rows_written");
  loader.resolve(api.result_error, "chdb_result_error");
  loader.resolve(api.destroy_query_result, "chdb_destroy_query_result");
  if (!loader.missing().empty()) {
    return Error{ErrorKind::failed, "engine_library",
                 path + " is not the engine that is meant: it lacks " + loader.missing()};
  }
  api.set_signal_handlers_enabled(0);
  return api;
}

}  // namespace trailkeeper::engine
