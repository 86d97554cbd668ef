#include <fcntl.h>
#include <signal.h>
#include <sys/file.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <chrono>
#include <filesystem>
#include <memory>
#include <string_view>
#include <thread>

#include "base/file.h"
#include "base/log.h"
#include "confine.h"
#include "disk_guard.h"
#include "folders.h"
#include "httpd/server.h"
#include "library.h"
#include "location.h"
#include "pool.h"
#include "service.h"
#include "socket.h"

namespace trailkeeper::engine {
namespace {

namespace fs = std::filesystem;

struct Options {
  std::string library;
  std::string data;
  std::string listen;
  int listen_fd = -1;
  int parent_pid = 0;
  std::uint64_t memory_max = 700u << 20;
  std::uint64_t query_memory_max = 400u << 20;
  std::size_t connections = 6;
  int query_seconds = 30;
};

std::vector<std::string> engine_arguments(const Options& options) {
  return {
      "clickhouse",
      "--path=" + options.data,
      "--max_server_memory_usage=" + std::to_string(options.memory_max),
      "--mark_cache_size=" + std::to_string(options.memory_max / 10),
      // Unpacking columns is most of what a page or a search costs.
      "--uncompressed_cache_size=" + std::to_string(options.memory_max / 8),
      "--index_mark_cache_size=8388608",
      "--mmap_cache_size=100",
      "--background_pool_size=2",
      "--background_schedule_pool_size=4",
      "--background_common_pool_size=2",
      "--background_move_pool_size=1",
      "--background_fetches_pool_size=1",
      "--max_threads=2",
      "--send_logs_level=none",
  };
}

// The engine refuses a folder that another process has open. One that was killed a moment ago may
// still be ending, so this waits a little on a lock of our own.
Result<FileDescriptor> lock_folder(const std::string& folder) {
  const std::string path = folder + "/trailkeeper-store.lock";
  FileDescriptor lock(open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600));
  if (!lock) return system_error("open " + path, errno);
  for (int attempt = 0; attempt < 100; ++attempt) {
    if (flock(lock.get(), LOCK_EX | LOCK_NB) == 0) return lock;
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
  }
  return Error{ErrorKind::unavailable, "folder_in_use", folder + " is in use by another process"};
}

httpd::ServerSettings server_settings(const Options& options, int listener) {
  httpd::ServerSettings settings;
  settings.inherited_fd = listener;
  settings.pool_threads = static_cast<int>(options.connections) + 4;
  settings.pool_queue_max = 256;
  settings.connections_max = 512;
  // Parameters travel in the request line; lists of keys make it long.
  settings.header_bytes_max = 256u << 10;
  settings.target_bytes_max = 192u << 10;
  settings.write_timeout =
      std::chrono::seconds(600);  // a slow export's reader holds the answer back
  settings.idle_timeout = std::chrono::seconds(3600);
  return settings;
}

// Everything confirmed is on disk, so a close that takes too long is cut short.
void exit_within(std::chrono::milliseconds limit) {
  std::thread([limit] {
    std::this_thread::sleep_for(limit);
    _exit(0);
  }).detach();
}

// Opens the engine and answers until a signal ends it. REQUIRES: not the process's first thread:
// the engine asks for its thread's stack, and for the first thread that means reading /proc, which
// the confinement has taken away.
Result<> serve_confined(const Options& options, const ChdbApi& api, const ServiceSettings& settings,
                        int listener, const sigset_t& ends) {
  const auto arguments = engine_arguments(options);
  auto pool =
      TRY(Pool::open(options.connections, [&] { return Connection::open(api, arguments); }));
  Service service(*pool, settings);
  httpd::Router router;
  service.add_routes(router);
  auto server = TRY(httpd::Server::create(server_settings(options, listener), router));
  server->start();
  log::info("engine ready", {{"version", settings.version}});

  int signal_number = 0;
  sigwait(&ends, &signal_number);
  exit_within(std::chrono::milliseconds(1800));
  server->stop(std::chrono::milliseconds(1000));
  pool.reset();
  _exit(0);  // the library's own teardown has nothing left to save
}

Result<> serve(const Options& options) {
  sigset_t ends;
  sigemptyset(&ends);
  sigaddset(&ends, SIGTERM);
  sigaddset(&ends, SIGINT);
  pthread_sigmask(SIG_BLOCK, &ends, nullptr);
  signal(SIGPIPE, SIG_IGN);

  TRY(make_folders(options.data));
  const FileDescriptor lock = TRY(lock_folder(options.data));
  guard_disk(options.data);
  remove_broken_mutations(options.data);
  const ChdbApi api = TRY(ChdbApi::load(options.library));
  ServiceSettings service_settings;
  service_settings.version = api.version();
  service_settings.query_memory_max = options.query_memory_max;
  service_settings.query_time_default = std::chrono::seconds(options.query_seconds);
  service_settings.data_folder = options.data;

  // Bound before the confinement, which forbids new sockets.
  FileDescriptor listener(options.listen_fd);
  if (!listener) listener = TRY(bind_socket(options.listen));
  service_settings.confinement =
      TRY(confine({options.data, "/dev/null"},
                  {fs::path(options.library).parent_path().string(), "/usr/share/zoneinfo",
                   "/dev/urandom", "/proc/meminfo", "/proc/cpuinfo", "/proc/stat",
                   "/sys/devices/system/cpu", "/sys/fs/cgroup"}));
  if (!service_settings.confinement.files) {
    log::warn("this kernel has no Landlock: the engine can read every file its user can");
  }
  if (!service_settings.confinement.sockets)
    log::warn("this kernel has no seccomp filter: the engine can open sockets");

  Result<> served = boost::system::in_place_value;
  std::thread worker(
      [&] { served = serve_confined(options, api, service_settings, listener.get(), ends); });
  worker.join();
  return served;
}

int run(int argc, char** argv) {
  CLI::App app("The embedded ClickHouse engine behind its HTTP interface, for trailkeeper serve");
  Options options;
  app.add_option("--library", options.library, "path of libchdb.so");
  app.add_option("--data", options.data, "data folder")->required();
  app.add_option("--listen", options.listen, "path of the Unix socket to make");
  app.add_option("--listen-fd", options.listen_fd, "inherited listening socket");
  app.add_option("--parent-pid", options.parent_pid, "end together with this process, the parent");
  app.add_option("--memory-max", options.memory_max, "bytes of memory for everything");
  app.add_option("--query-memory-max", options.query_memory_max, "bytes of memory for one query");
  app.add_option("--query-seconds", options.query_seconds,
                 "time for one query unless it names its own");
  app.add_option("--connections", options.connections, "queries at once")->check(CLI::Range(1, 64));
  CLI11_PARSE(app, argc, argv);

  if (!harden_process(options.parent_pid)) return 0;
  options.data = fs::absolute(options.data).lexically_normal().string();
  if (options.library.empty()) options.library = find_library();
  const auto result = serve(options);
  if (result) return 0;
  log::error("the engine cannot start", {{"error", result.error().message}});
  return 1;
}

}  // namespace
}  // namespace trailkeeper::engine

int main(int argc, char** argv) {
  if (argc > 1 && std::string_view(argv[1]) == "location")
    return trailkeeper::engine::run_location(argc - 1, argv + 1);
  return trailkeeper::engine::run(argc, argv);
}
