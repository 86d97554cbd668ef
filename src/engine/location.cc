#include "location.h"

#include <signal.h>
#include <sys/socket.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <cstdlib>
#include <filesystem>
#include <memory>
#include <thread>

#include "base/file.h"
#include "base/log.h"
#include "confine.h"
#include "httpd/server.h"
#include "json/document.h"
#include "json/writer.h"
#include "library.h"
#include "messages.h"
#include "name_guard.h"
#include "own_network.h"
#include "pool.h"
#include "service.h"

namespace trailkeeper::engine {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kJobBytesMax = 1u << 20;
constexpr std::uint64_t kScratchBytesMax = 64u << 20;
constexpr std::size_t kSessions = 3;

struct Options {
  std::string library;
  std::string scratch;
  int job_fd = 0;
  bool prepared = false;
};

struct Job {
  std::vector<std::string> names;
  std::string address;
  int port = 0;
  std::string folder;
  std::string ca;
  std::vector<std::pair<std::string, std::string>> environment;
  std::vector<std::pair<std::string, std::string>> headers;
  std::uint64_t memory_max = 0;
};

Result<Job> read_job(const std::string& text) {
  json::Document document;
  const auto root = TRY(document.parse(text));
  Job job;
  const auto text_of = [&](const char* name) {
    const auto node = root.find(name);
    return node ? std::string(node->text()) : std::string();
  };
  job.address = text_of("address");
  job.folder = text_of("folder");
  job.ca = text_of("ca");
  if (const auto port = root.find("port")) job.port = static_cast<int>(port->integer().value_or(0));
  if (const auto memory = root.find("memory_max"))
    job.memory_max = static_cast<std::uint64_t>(memory->integer().value_or(0));
  if (const auto names = root.find("names"))
    for (const json::Node name : *names) job.names.emplace_back(name.text());
  const auto pairs_of = [&](const char* name) {
    std::vector<std::pair<std::string, std::string>> pairs;
    const auto node = root.find(name);
    if (!node) return pairs;
    for (const json::Node one : *node) pairs.emplace_back(one.key(), one.text());
    return pairs;
  };
  job.environment = pairs_of("environment");
  job.headers = pairs_of("headers");
  return job;
}

std::string config_path(const Options& options) { return options.scratch + "/config.xml"; }

std::string xml_text(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c == '&')
      out += "&amp;";
    else if (c == '<')
      out += "&lt;";
    else
      out += c;
  }
  return out;
}

// The collection `location`, which carries headers into url() without their being in a query.
std::string engine_config(const Job& job) {
  std::string out = "<clickhouse><named_collections><location><headers>";
  for (const auto& [name, value] : job.headers) {
    out += "<header><name>" + xml_text(name) + "</name><value>" + xml_text(value) +
           "</value></header>";
  }
  return out + "</headers></location></named_collections></clickhouse>\n";
}

std::vector<std::string> engine_arguments(const Options& options, const Job& job) {
  std::vector<std::string> arguments = {
      "clickhouse",
      "--path=" + options.scratch + "/engine",
      "--max_server_memory_usage=" + std::to_string(job.memory_max),
      "--mark_cache_size=8388608",
      "--uncompressed_cache_size=0",
      "--background_pool_size=1",
      "--background_schedule_pool_size=2",
      "--background_common_pool_size=1",
      "--background_move_pool_size=1",
      "--background_fetches_pool_size=1",
      "--max_threads=2",
      "--send_logs_level=none",
      // Without both of these the engine takes any host's certificate for the one it meant.
      "--openSSL.client.verificationMode=strict",
      "--openSSL.client.extendedVerification=true",
  };
  if (!job.ca.empty()) {
    arguments.push_back("--openSSL.client.caConfig=" + options.scratch + "/ca.pem");
    arguments.push_back("--openSSL.client.loadDefaultCAFile=false");
  }
  if (!job.headers.empty()) arguments.push_back("--config-file=" + config_path(options));
  return arguments;
}

ServiceSettings service_settings(const ChdbApi& api, const Job& job) {
  ServiceSettings settings;
  settings.version = api.version();
  settings.query_memory_max = job.memory_max;
  settings.query_time_default = std::chrono::seconds(120);
  settings.readonly_ignored = true;
  settings.query_defaults = {{"http_max_tries", "2"},
                             {"s3_retry_attempts", "3"},
                             {"http_connection_timeout", "10"},
                             {"http_receive_timeout", "30"},
                             {"s3_connect_timeout_ms", "10000"},
                             {"s3_request_timeout_ms", "30000"},
                             {"max_download_threads", "2"},
                             {"max_parsing_threads", "2"},
                             {"use_hive_partitioning", "0"},
                             {"date_time_input_format", "best_effort"}};
  return settings;
}

void set_environment(const Options& options, const Job& job) {
  setenv("HOME", options.scratch.c_str(), 1);
  setenv("AWS_EC2_METADATA_DISABLED", "true", 1);
  setenv("AWS_CONFIG_FILE", "/dev/null", 1);
  setenv("AWS_SHARED_CREDENTIALS_FILE", "/dev/null", 1);
  for (const auto& [name, value] : job.environment) setenv(name.c_str(), value.c_str(), 1);
}

// The end of the way out, which the server gets; nothing without an address.
Result<FileDescriptor> enter(const Options& options, const Job& job) {
  if (!options.prepared) {
    TRY(enter_own_namespaces());
    TRY(cover_folder(options.scratch, kScratchBytesMax));
  }
  if (!network_is_empty()) {
    return Error{ErrorKind::forbidden, "not_confined",
                 "the process has a network that is not its own"};
  }
  FileDescriptor way_out;
  if (!job.address.empty()) way_out = TRY(listen_as(job.address, job.port));
  TRY(drop_capabilities());
  set_environment(options, job);
  guard_names(job.names, job.address);
  TRY(make_folders(options.scratch + "/engine"));
  if (!job.ca.empty()) TRY(write_file_durably(options.scratch + "/ca.pem", job.ca));
  if (!job.headers.empty()) TRY(write_file_durably(config_path(options), engine_config(job)));
  return way_out;
}

Result<Confinement> confine_to(const Options& options, const Job& job) {
  std::vector<std::string> readable = {fs::path(options.library).parent_path().string(),
                                       "/usr/share/zoneinfo",
                                       "/etc/ssl/certs",
                                       "/usr/share/ca-certificates",
                                       "/usr/local/share/ca-certificates",
                                       "/dev/urandom",
                                       "/proc/meminfo",
                                       "/proc/cpuinfo",
                                       "/proc/stat",
                                       "/sys/devices/system/cpu",
                                       "/sys/fs/cgroup"};
  if (!job.folder.empty()) readable.push_back(job.folder);
  const Confinement held =
      TRY(confine({options.scratch, "/dev/null"}, readable, Sockets::internet));
  if (held.files && held.sockets) return held;
  return Error{ErrorKind::forbidden, "not_confined",
               held.files ? "this kernel has no seccomp filter" : "this kernel has no Landlock"};
}

// REQUIRES: not the process's first thread (see main.cc). Answers only when something fails.
Result<> answer(const Options& options, const Job& job, const ChdbApi& api,
                ServiceSettings settings, int listener, const FileDescriptor& way_out) {
  const auto arguments = engine_arguments(options, job);
  auto pool = TRY(Pool::open(kSessions, [&] { return Connection::open(api, arguments); }));
  // What queries may read does not hold the credentials.
  unlink(config_path(options).c_str());
  Service service(*pool, settings);
  httpd::Router router;
  service.add_routes(router);
  httpd::ServerSettings server_settings;
  server_settings.inherited_fd = listener;
  server_settings.pool_threads = static_cast<int>(kSessions) + 2;
  server_settings.connections_max = 32;
  server_settings.header_bytes_max = 64u << 10;
  server_settings.target_bytes_max = 48u << 10;
  server_settings.write_timeout = std::chrono::hours(6);
  server_settings.idle_timeout = std::chrono::hours(6);
  auto server = TRY(httpd::Server::create(server_settings, router));
  server->start();
  TRY(send_message(options.job_fd, "{\"ready\":true}", way_out.get()));
  // The other side never says another word: this ends with it.
  char byte = 0;
  while (recv(options.job_fd, &byte, 1, 0) > 0) {
  }
  _exit(0);
}

Result<> serve(const Options& options) {
  signal(SIGPIPE, SIG_IGN);
  Message message = TRY(receive_message(options.job_fd, kJobBytesMax));
  const Job job = TRY(read_job(message.text));
  message.text.assign(message.text.size(), '\0');
  const FileDescriptor way_out = TRY(enter(options, job));
  const ChdbApi api = TRY(ChdbApi::load(options.library));
  ServiceSettings settings = service_settings(api, job);
  settings.confinement = TRY(confine_to(options, job));
  Result<> served = boost::system::in_place_value;
  std::thread worker(
      [&] { served = answer(options, job, api, settings, message.file.get(), way_out); });
  worker.join();
  return served;
}

}  // namespace

int run_location(int argc, char** argv) {
  CLI::App app("The embedded ClickHouse engine, confined to one location that it reads");
  Options options;
  app.add_option("--library", options.library, "path of libchdb.so");
  app.add_option("--job-fd", options.job_fd, "connected socket on which the job comes");
  app.add_option("--scratch", options.scratch, "empty folder of this process")->required();
  app.add_flag("--prepared", options.prepared,
               "whoever started this gave it a network of its own and the folder");
  CLI11_PARSE(app, argc, argv);
  harden_process(0);
  if (options.library.empty()) options.library = find_library();
  const auto result = serve(options);
  if (result) return 0;
  json::Writer told;
  told.begin_object()
      .member("code", result.error().code)
      .member("error", result.error().message)
      .end_object();
  (void)send_message(options.job_fd, told.take());
  return 1;
}

}  // namespace trailkeeper::engine
