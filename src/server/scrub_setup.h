#pragma once

#include <memory>
#include <string>

#include "events/store.h"
#include "ingest/scrub.h"
#include "journal/journal.h"
#include "ledger/ledger.h"
#include "server/config.h"
#include "settings/store.h"

namespace trailkeeper::server {

// All of them outlive the scrub.
struct ScrubParts {
  const ScrubConfig& config;
  std::string file;
  const journal::Journal& journal;
  ledger::Ledger& ledger;
  events::EventStore& store;
  settings::Store& settings;
  const Clock& clock;
  metrics::Registry& metrics;
};

// The scrub of this server's event store. What it finds goes into the operators' own trail: whose
// store it is has to look.
std::unique_ptr<ingest::Scrub> make_scrub(const ScrubParts& parts);

// A sentence for operators; empty while nothing is wrong.
std::string scrub_warning(const ingest::Scrub& scrub);

}  // namespace trailkeeper::server
