#include "store_home.h"

#include <filesystem>
#include <thread>

#include "base/log.h"
#include "places.h"

namespace trailkeeper::server {
namespace {

constexpr std::chrono::milliseconds kRetryPause{1000};
constexpr std::chrono::milliseconds kFirstPause{50};

engine::SupervisorSettings supervisor_settings(const StoreConfig& config, const DataFolder& folder,
                                               const std::atomic<bool>& stopping) {
  engine::SupervisorSettings settings;
  settings.program =
      config.program.empty() ? program_folder() + "/trailkeeper-store" : config.program;
  settings.library = config.library;
  settings.data_folder = folder.file("store");
  settings.socket_path = folder.file("store.sock");
  settings.memory_max = config.memory_bytes;
  settings.connections = config.connections;
  settings.on_state = [&stopping](bool up) {
    if (up) {
      log::info("the engine is up");
    } else if (!stopping) {
      log::warn("the engine is down; intake goes on");
    }
  };
  return settings;
}

events::StoreSettings store_settings(const StoreConfig& config, const DataFolder& folder) {
  events::StoreSettings settings;
  settings.database = config.database;
  if (config.url.empty()) {
    settings.unix_socket = folder.file("store.sock");
    return settings;
  }
  settings.url = config.url;
  settings.user = config.user;
  settings.password = config.password;
  return settings;
}

}  // namespace

StoreHome::StoreHome(const StoreConfig& config, const DataFolder& folder, httpc::Client& client)
    : opener_("store-open", kRetryPause, [this] { return retry(); }) {
  events::StoreSettings settings = store_settings(config, folder);
  if (config.url.empty()) {
    supervisor_ =
        std::make_unique<engine::Supervisor>(supervisor_settings(config, folder, stopping_));
    settings.up = [supervisor = supervisor_.get()] { return supervisor->up(); };
  }
  tallies_ = std::make_unique<events::Tallies>(settings, client);
  store_ = std::make_unique<events::EventStore>(std::move(settings), client);
}

StoreHome::~StoreHome() { stop(); }

Result<> StoreHome::start() {
  if (supervisor_) return supervisor_->start();
  return {};
}

void StoreHome::stop() {
  stopping_ = true;
  opener_.stop();
  if (supervisor_) supervisor_->stop();
}

Result<> StoreHome::prepare() {
  TRY(store_->migrate());
  TRY(begin_());
  opened_ = true;
  log::info("the event store is open");
  return {};
}

Result<> StoreHome::open(std::function<Result<>()> begin, std::chrono::milliseconds patience,
                         std::function<void(const Error&)> on_fatal) {
  begin_ = std::move(begin);
  on_fatal_ = std::move(on_fatal);
  const auto deadline = std::chrono::steady_clock::now() + patience;
  if (supervisor_) supervisor_->wait_until_up(patience);
  for (;;) {
    const Result<> done = prepare();
    if (done) return {};
    if (done.error().kind != ErrorKind::unavailable) return done.error();
    if (std::chrono::steady_clock::now() >= deadline) {
      log::warn("the event store does not answer yet; intake goes on",
                {{"error", done.error().message}});
      opener_.start();
      return {};
    }
    std::this_thread::sleep_for(kFirstPause);
  }
}

bool StoreHome::retry() {
  if (opened_) return false;
  const Result<> done = prepare();
  if (!done && done.error().kind != ErrorKind::unavailable) on_fatal_(done.error());
  return false;
}

Result<> StoreHome::available() const {
  if (opened_ && (!supervisor_ || supervisor_->up())) return {};
  return Error{ErrorKind::unavailable,
               "store_down",
               "The entries cannot be read at this moment. What is sent meanwhile is kept.",
               {},
               std::chrono::seconds(1)};
}

std::string StoreHome::state() const {
  if (supervisor_ && !supervisor_->up()) return "the engine is starting";
  if (!opened_) return "not open yet";
  if (!supervisor_) {
    if (auto answer = store_->ping(); !answer) return "does not answer";
  }
  return "ok";
}

}  // namespace trailkeeper::server
