#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <string>

#include "base/background.h"
#include "data_folder.h"
#include "engine/supervisor.h"
#include "events/store.h"
#include "events/tallies.h"
#include "httpc/client.h"
#include "server/config.h"

namespace trailkeeper::server {

// Where the events live: the embedded engine, which this starts and watches, or a ClickHouse server
// elsewhere. Intake does not wait for it; pages and the flush do.
class StoreHome {
 public:
  StoreHome(const StoreConfig& config, const DataFolder& folder, httpc::Client& client);
  ~StoreHome();

  events::EventStore& store() { return *store_; }
  const events::Tallies& tallies() const { return *tallies_; }

  // Starts the engine; errors when it cannot be started at all.
  Result<> start();
  void stop();

  // Brings the schema up to date once the store answers and calls `begin`; tries both again while
  // the answer is `unavailable`. Waits for that at most `patience`, then goes on in the background.
  // `fatal` when the store must not be used; later it is reported to `on_fatal`, from another
  // thread.
  Result<> open(std::function<Result<>()> begin, std::chrono::milliseconds patience,
                std::function<void(const Error&)> on_fatal);

  // Quick; `unavailable` while the engine is known to be down.
  Result<> available() const;
  // "ok", or why pages cannot be answered.
  std::string state() const;
  bool embedded() const { return supervisor_ != nullptr; }
  bool confined() const { return supervisor_ == nullptr || supervisor_->confined(); }
  std::uint64_t restarts() const { return supervisor_ ? supervisor_->restarts() : 0; }

 private:
  Result<> prepare();
  bool retry();

  std::atomic<bool> stopping_{false};
  std::unique_ptr<engine::Supervisor> supervisor_;
  std::unique_ptr<events::EventStore> store_;
  std::unique_ptr<events::Tallies> tallies_;
  std::function<Result<>()> begin_;
  std::function<void(const Error&)> on_fatal_;
  std::atomic<bool> opened_{false};
  Background opener_;
};

}  // namespace trailkeeper::server
