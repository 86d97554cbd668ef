#pragma once

#include <functional>
#include <memory>
#include <string>

#include "base/result.h"
#include "server/config.h"

namespace trailkeeper::server {

// The whole server: the only place that names concrete classes together. One object a process.
class App {
 public:
  // Locks the data folder, opens what it holds and binds the listeners; nothing runs yet.
  static Result<std::unique_ptr<App>> open(Config config);
  virtual ~App() = default;

  // Starts everything, intake first. `on_fatal` may be called later, from another thread: the
  // process has to end.
  virtual Result<> start(std::function<void(const Error&)> on_fatal) = 0;
  // Ends in the order that finishes what was accepted: no new requests, running ones answered, what
  // waits in the journal committed, then the background work and the engine.
  virtual void stop() = 0;

  virtual std::string public_url() const = 0;
};

}  // namespace trailkeeper::server
