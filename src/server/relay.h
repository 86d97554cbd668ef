#pragma once

#include <chrono>

#include "base/background.h"
#include "base/metrics.h"
#include "ingest/ingest.h"
#include "settings/outbox.h"

namespace trailkeeper::server {

// Sends the entries about our own actions through the same intake as every other event. Each
// carries its own external_id, so that one sent again after a crash stays one entry.
class OutboxRelay {
 public:
  OutboxRelay(settings::Store& store, ingest::Ingest& ingest, metrics::Registry& metrics);

  void start() { background_.start(); }
  void stop() { background_.stop(); }
  // Sends what waits, at most a batch, and waits for the answer; true when there was something.
  bool step();

 private:
  Result<ingest::Answer> send(const std::vector<settings::OutboxEntry>& entries);
  Result<bool> relay();

  settings::Store& store_;
  ingest::Ingest& ingest_;
  metrics::Gauge& waiting_;
  Background background_;
};

}  // namespace trailkeeper::server
