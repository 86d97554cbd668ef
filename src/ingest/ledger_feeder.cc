#include "ingest/ledger_feeder.h"

#include <algorithm>
#include <utility>

#include "base/log.h"
#include "crypto/hash.h"

namespace trailkeeper::ingest {
namespace {

constexpr std::uint64_t kTogether = 50'000;  // entries, of some 100 bytes each in memory
constexpr std::chrono::milliseconds kFeedPause{100};
// C2SP logs are asked for a checkpoint every few seconds at most.
constexpr std::chrono::milliseconds kPublishPause{1000};

Error went_back(const char* code, std::string what) {
  return Error{ErrorKind::fatal, code,
               std::move(what) +
                   " Put back the folders 'journal', 'store' and 'ledger' that belong together, or "
                   "restore all of them from one backup."};
}

bool report(const char* what, const Result<>& result) {
  if (result) return true;
  log::warn(what, {{"code", result.error().code}, {"error", result.error().message}});
  return false;
}

}  // namespace

LedgerFeeder::LedgerFeeder(journal::Journal& journal, ledger::Ledger& ledger,
                           events::EventStore& store, metrics::Registry& metrics)
    : journal_(journal),
      ledger_(ledger),
      store_(store),
      entries_(metrics.counter("trailkeeper_ledger_entries_total",
                               "Entries added to the logs of organizations.")),
      checkpoints_(metrics.counter("trailkeeper_ledger_checkpoints_total",
                                   "Checkpoints of logs that were signed.")),
      feeder_("ledger", kFeedPause, [this] { return feed_step(); }),
      publisher_("checkpoints", kPublishPause, [this] { return publish_step(); }) {}

bool LedgerFeeder::lacks_stored() const {
  return std::max<std::uint64_t>(ledger_.position(), 1) < journal_.depth().verified;
}

Result<> LedgerFeeder::check(bool had_ledger) const {
  TRY(compare_sizes());
  if (ledger_.position() > journal_.depth().committed)
    return went_back("journal_went_back", "The ledger knows events that the journal does not.");
  if (!lacks_stored() || (ledger_.position() == 0 && !had_ledger)) return {};
  return went_back("ledger_went_back",
                   "The ledger lacks events that the journal has let go of since.");
}

Result<> LedgerFeeder::compare_sizes() const {
  std::string ahead;
  TRY(ledger_.for_each([&](const OrgId& org, std::uint64_t size) {
    if (size > journal_.last_seq(org).value) ahead = org.str();
  }));
  if (ahead.empty()) return {};
  return went_back("journal_went_back", "The ledger of organization " + ahead +
                                            " has more entries than the journal ever gave it.");
}

// Events that were stored before there was a ledger: their hashes can only come from the store.
Result<> LedgerFeeder::adopt_stored() {
  if (!lacks_stored()) return {};
  const std::uint64_t until = journal_.depth().verified;
  const events::HighWater there = TRY(store_.high_water());
  log::info("filling the ledger with what is stored", {{"organizations", there.orgs.size()}});
  for (const events::OrgMark& mark : there.orgs) TRY(adopt(mark.org, mark.last_seq));
  return ledger_.append({}, until);
}

Result<> LedgerFeeder::adopt(const OrgId& org, Seq last) {
  // The position says nothing before all organizations are in, so a repeated start begins anew and
  // compares.
  for (std::uint64_t next = 1; next <= last.value; next += kTogether) {
    std::vector<ledger::Addition> additions;
    const Seq end{std::min(last.value, next + kTogether - 1)};
    TRY(store_.stream_range(org, Seq{next}, end, [&](events::StoredRow&& row) {
      additions.push_back({org, {row.seq, row.received_at, crypto::sha256(row.record())}});
      return true;
    }));
    TRY(ledger_.append(additions, 0));
  }
  return {};
}

bool LedgerFeeder::feed_step() {
  const std::uint64_t first = std::max<std::uint64_t>(ledger_.position(), 1);
  const std::uint64_t stored = journal_.depth().stored;
  if (first >= stored) return false;
  const std::uint64_t end = std::min(stored, first + kTogether);
  return report("ledger", feed(first, end)) && end < stored;
}

Result<> LedgerFeeder::feed(std::uint64_t first, std::uint64_t end) {
  std::vector<ledger::Addition> additions;
  additions.reserve(end - first);
  TRY(journal_.visit(first, end, [&](const journal::EntryView& entry) -> Result<> {
    additions.push_back({entry.org, {entry.seq, entry.received_at, entry.sha256}});
    return {};
  }));
  TRY(ledger_.append(additions, end));
  entries_.add(static_cast<double>(additions.size()));
  return {};
}

bool LedgerFeeder::publish_step() {
  const auto signed_now = ledger_.publish();
  if (signed_now) {
    checkpoints_.add(static_cast<double>(*signed_now));
  } else {
    report("checkpoints", signed_now.error());
  }
  return false;
}

void LedgerFeeder::start() {
  started_ = true;
  feeder_.start();
  publisher_.start();
}

void LedgerFeeder::stop() {
  if (!std::exchange(started_, false)) return;
  feeder_.stop();
  publisher_.stop();
  publish_step();
}

}  // namespace trailkeeper::ingest
