#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/result.h"
#include "httpc/resolve.h"

// Files that lie somewhere: objects in S3, files on a web server, files in a folder. They are read
// by the embedded engine in a process of its own, which can reach nothing else.
namespace trailkeeper::packs {

// What one such process may reach and is told.
struct LocationAccess {
  std::vector<std::string> names{};  // host names that lead to `address`
  std::string address{};             // numeric and checked; empty: no network
  int port = 0;
  std::string folder{};                                            // empty: none
  std::string ca{};                                                // PEM
  std::vector<std::pair<std::string, std::string>> environment{};  // S3 credentials
  std::vector<std::pair<std::string, std::string>> headers{};      // of HTTP requests
};

// Such a process; it ends with its object. Thread-safe.
class LocationReader {
 public:
  virtual ~LocationReader() = default;
  // The Unix socket on which it answers as ClickHouse does.
  virtual const std::string& socket() const = 0;
  // Why it was ended; empty while it runs.
  virtual std::optional<Error> ended() const = 0;
  // Why its last connection to the address could not be made; empty when it could.
  virtual std::string connect_error() const = 0;
  virtual void end() = 0;
};

// Errors are sentences for operators; `forbidden` when the system does not let it be confined.
using StartReader =
    std::function<Result<std::unique_ptr<LocationReader>>(const LocationAccess& access)>;

// What sources of these kinds may be.
struct LocationRules {
  StartReader start{};  // without: there are none
  httpc::AddressPolicy addresses{};
  std::vector<std::string> folders{};  // below which files may be read
  std::string data_folder{};           // the server's own, below which they may not
};

// Whether there is a location of such a type: s3, http, files.
bool is_location(const std::string& type);

}  // namespace trailkeeper::packs
