#pragma once

#include "access/keys.h"
#include "access/looks.h"
#include "access/portal.h"
#include "access/sessions.h"
#include "base/background.h"
#include "base/clock.h"
#include "base/metrics.h"
#include "journal/journal.h"
#include "settings/store.h"
#include "store_home.h"

namespace trailkeeper::server {

// Small things that have to happen every second or every minute: the clock follows the wall, the
// highest time is written down, ended sessions are forgotten, gauges are read.
class Housekeeping {
 public:
  struct Parts {
    BusinessClock& clock;
    settings::Store& settings;
    access::Sessions& sessions;
    access::Looks& looks;
    access::Portal& portal;
    access::Keys& keys;
    const journal::Journal& journal;
    const StoreHome& store;
    metrics::Registry& metrics;
  };
  explicit Housekeeping(const Parts& parts);

  void start() { background_.start(); }
  void stop();

  // Writes the highest time down, durably.
  Result<> note_time(Timestamp now);

 private:
  void every_second();
  void every_minute();

  const Parts parts_;
  metrics::Gauge& freshness_;
  metrics::Gauge& unstored_;
  metrics::Gauge& unverified_;
  metrics::Gauge& restarts_;
  metrics::Gauge& held_jump_;
  int seconds_ = 0;
  int jump_reported_ = 0;  // its direction
  Background background_;
};

}  // namespace trailkeeper::server
