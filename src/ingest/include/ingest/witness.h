#pragma once

#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>

#include "base/background.h"
#include "base/metrics.h"
#include "base/result.h"
#include "ledger/ledger.h"
#include "merkle/note.h"

namespace trailkeeper::httpc {
class Client;
}

namespace trailkeeper::ingest {

// Asks a witness (c2sp.org/tlog-witness) to sign each published checkpoint, and keeps its signature
// with it. A witness remembers what it has seen of each log: when that is more than the log has, or
// another history, the log must not be signed any more. One thread.
class Witness {
 public:
  struct Settings {
    std::string url;                                // without `/add-checkpoint`
    std::string vkey;                               // of the type cosignature (0x04)
    std::chrono::milliseconds answer_time{10'000};  // that it may take
  };
  // Told why the organization's log has to stop.
  using Stop = std::function<void(const OrgId& org, const std::string& reason)>;

  // Logs that the witness knows are held until it was asked. `invalid` for a vkey that is none.
  // What is given lives longer.
  static Result<std::unique_ptr<Witness>> make(Settings settings, ledger::Ledger& ledger,
                                               httpc::Client& http, Stop stop,
                                               metrics::Registry& metrics);
  ~Witness() { stop(); }

  void start() { asker_.start(); }
  void stop() { asker_.stop(); }
  // For tests; true when there may be more to do at once.
  bool step();

 private:
  using Clock = std::chrono::steady_clock;

  Witness(Settings settings, merkle::VerifierKey key, ledger::Ledger& ledger, httpc::Client& http,
          Stop stop, metrics::Registry& metrics);
  Result<> hold_known();
  Result<> ask(const OrgId& org);
  // The witness's own size when it asks for a proof from there.
  Result<std::optional<std::uint64_t>> submit(const OrgId& org, std::uint64_t old_size);
  Result<> keep(const OrgId& org, const ledger::Submission& submission, const std::string& lines);
  void refuse(const OrgId& org, const std::string& reason);
  bool is_refused(const OrgId& org);

  const Settings settings_;
  const merkle::VerifierKey key_;
  ledger::Ledger& ledger_;
  httpc::Client& http_;
  const Stop stop_;
  metrics::Counter& signed_;
  metrics::Counter& failed_;
  std::set<OrgId> waiting_;                   // held until asked
  std::map<OrgId, Clock::time_point> later_;  // those that failed
  std::map<OrgId, std::uint32_t> refused_;    // with the epoch of the log that must stop
  Background asker_;
};

}  // namespace trailkeeper::ingest
