#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/result.h"

namespace trailkeeper::engine {

// What one process may reach, and what it is told. Nothing of it stands on a command line.
struct LocationJob {
  std::vector<std::string> names{};  // host names that lead to `address`; no other name does
  std::string address{};             // numeric, checked; empty: no network at all
  int port = 0;
  std::string folder{};  // that it may read, with everything below; empty: none
  std::string ca{};      // authorities to trust instead of the system's, PEM
  std::vector<std::pair<std::string, std::string>> environment{};  // S3 credentials
  std::vector<std::pair<std::string, std::string>> headers{};      // of the collection `location`
};

struct LocationSettings {
  std::string program;    // path of trailkeeper-store
  std::string library{};  // path of libchdb.so; empty: where the program looks by itself
  // An empty folder of this server's for the sockets and the folders that the processes cover.
  std::string folder;
  // A socket on which the system starts a prepared process for each connection (see
  // docs/operating/data_packs_locations.md), where the server may not make namespaces; empty: the
  // server starts them.
  std::string unit_socket{};
  std::uint64_t memory_max = 700u << 20;  // of a process; above it by half, it is killed
};

// One process with the embedded engine in it, for one location: it has namespaces of its own, whose
// network holds nothing but the address of the job, behind which this server brings each connection
// to the real one and nowhere else. It sees no file but the engine's library, the job's folder and
// an empty folder in memory. It ends with this object, and with this server.
class LocationProcess {
 public:
  // Waits until it answers. Errors: `forbidden`, code `namespaces_forbidden`, and whatever else
  // keeps it from being confined: it does not run then.
  static Result<std::unique_ptr<LocationProcess>> start(const LocationSettings& settings,
                                                        const LocationJob& job);
  ~LocationProcess();
  LocationProcess(const LocationProcess&) = delete;
  LocationProcess& operator=(const LocationProcess&) = delete;

  // On which it answers as ClickHouse does.
  const std::string& socket() const;
  // Why it was ended before its time; empty while it was not. Thread-safe.
  std::optional<Error> ended() const;
  // How many connections were made to the address, and why the last could not be.
  std::uint64_t connections() const;
  std::string connect_error() const;
  // Kills it. Thread-safe.
  void end();
  int pid() const;  // 0 when the system started it

 private:
  struct Impl;
  explicit LocationProcess(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace trailkeeper::engine
