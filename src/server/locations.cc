#include "locations.h"

#include <atomic>
#include <filesystem>
#include <memory>

#include "engine/location_process.h"
#include "places.h"

namespace trailkeeper::server {
namespace {

// What a system has to allow, in the words of the guide.
constexpr char kNamespaces[] =
    "This system does not let the server make namespaces, without which files are not read: allow "
    "them, or use the separate unit (data_packs.unit_socket).";

// Each may take as much memory as the configuration allows one.
constexpr int kAtOnce = 4;

// One of those that may run at once; counts itself out when it goes.
class Seat {
 public:
  explicit Seat(std::shared_ptr<std::atomic<int>> taken) : taken_(std::move(taken)) { ++*taken_; }
  ~Seat() { --*taken_; }
  Seat(const Seat&) = delete;
  Seat& operator=(const Seat&) = delete;
  bool free() const { return *taken_ <= kAtOnce; }

 private:
  const std::shared_ptr<std::atomic<int>> taken_;
};

class Reader final : public packs::LocationReader {
 public:
  Reader(std::unique_ptr<Seat> seat, std::unique_ptr<engine::LocationProcess> process)
      : seat_(std::move(seat)), process_(std::move(process)) {}
  const std::string& socket() const override { return process_->socket(); }
  std::optional<Error> ended() const override { return process_->ended(); }
  std::string connect_error() const override { return process_->connect_error(); }
  void end() override { process_->end(); }

 private:
  const std::unique_ptr<Seat> seat_;
  const std::unique_ptr<engine::LocationProcess> process_;
};

Result<std::unique_ptr<packs::LocationReader>> start(const engine::LocationSettings& settings,
                                                     const std::shared_ptr<std::atomic<int>>& taken,
                                                     const packs::LocationAccess& access) {
  auto seat = std::make_unique<Seat>(taken);
  if (!seat->free()) {
    return Error{ErrorKind::unavailable, "source_busy",
                 "Other files are being read; there is no room for more at once."};
  }
  auto process = engine::LocationProcess::start(settings, {.names = access.names,
                                                           .address = access.address,
                                                           .port = access.port,
                                                           .folder = access.folder,
                                                           .ca = access.ca,
                                                           .environment = access.environment,
                                                           .headers = access.headers});
  if (process)
    return std::unique_ptr<packs::LocationReader>(
        std::make_unique<Reader>(std::move(seat), *std::move(process)));
  Error error = process.error();
  error.message = error.code == "namespaces_forbidden"
                      ? kNamespaces
                      : "The process that reads files cannot be started: " + error.message;
  return error;
}

}  // namespace

packs::LocationRules location_rules(const Config& config, const DataFolder& folder) {
  engine::LocationSettings settings;
  settings.program =
      config.store.program.empty() ? program_folder() + "/trailkeeper-store" : config.store.program;
  settings.library = config.store.library;
  settings.folder = folder.file("locations");
  settings.unit_socket = config.data_packs.unit_socket;
  settings.memory_max = config.data_packs.memory_bytes;
  std::error_code ignored;
  std::filesystem::remove_all(settings.folder, ignored);
  packs::LocationRules rules;
  rules.start = [settings, taken = std::make_shared<std::atomic<int>>(0)](
                    const packs::LocationAccess& access) { return start(settings, taken, access); };
  rules.addresses = {.allowed_hosts = config.data_packs.private_hosts};
  rules.folders = config.data_packs.folders;
  rules.data_folder = folder.file("");
  return rules;
}

}  // namespace trailkeeper::server
