#include <algorithm>

#include "log_reader.h"
#include "sqlite_ledger.h"

namespace trailkeeper::ledger {
namespace {

Error no_log() { return Error{ErrorKind::not_found, "no_such_log", "There is no such log."}; }
Error no_entry() {
  return Error{ErrorKind::not_found, "no_such_entry", "The log has no such entry."};
}
Error no_checkpoint() {
  return Error{ErrorKind::not_found, "not_in_checkpoint",
               "No signed checkpoint contains this yet; one is made within a second."};
}

// As many names as a server has organizations, and more; beyond them it begins anew.
constexpr std::size_t kNamesMax = 200'000;

struct Published {
  LogRow log;
  PublishedRow checkpoint;
};

Result<Published> with_checkpoint(Tables& tables, std::optional<LogRow> log) {
  if (!log) return no_log();
  auto checkpoint = TRY(tables.published(log->number));
  if (!checkpoint) return no_checkpoint();
  return Published{*std::move(log), *std::move(checkpoint)};
}

// Of the log that has or had that name.
Result<Published> published_as(Tables& tables, std::string_view name) {
  if (auto log = TRY(tables.find_log_named(name))) return with_checkpoint(tables, std::move(log));
  auto closed = TRY(tables.find_closed_log(name));
  if (!closed) return no_log();
  if (!closed->checkpoint) return no_checkpoint();
  return Published{std::move(closed->log), *std::move(closed->checkpoint)};
}

}  // namespace

Result<> SqliteLedger::for_each(
    const std::function<void(const OrgId& org, std::uint64_t size)>& visit) {
  return reading([&](Tables& tables) { return tables.for_each_log(visit); });
}

Result<std::uint64_t> SqliteLedger::size(const OrgId& org) {
  return reading([&](Tables& tables) -> Result<std::uint64_t> {
    const auto log = TRY(tables.find_log(org));
    return log ? log->size : 0;
  });
}

Result<OrgId> SqliteLedger::organization(std::string_view name) {
  return reading([&](Tables& tables) -> Result<OrgId> {
    if (auto log = TRY(tables.find_log_named(name))) return std::move(log->org);
    auto closed = TRY(tables.find_closed_log(name));
    if (!closed) return no_log();
    return std::move(closed->log.org);
  });
}

Result<std::string> SqliteLedger::name(const OrgId& org) {
  std::uint64_t changed = 0;
  {
    MutexLock lock(names_mutex_);
    if (const auto known = names_.find(org); known != names_.end()) return known->second;
    changed = names_changed_;
  }
  // Reading does not wait for what is just being written.
  std::string found = TRY(reading([&](Tables& tables) -> Result<std::string> {
    auto log = TRY(tables.find_log(org));
    return log ? std::move(log->name) : std::string();
  }));
  if (found.empty()) found = TRY(log(org)).name;
  MutexLock lock(names_mutex_);
  if (names_.size() >= kNamesMax) names_.clear();
  // What was read may be over by now.
  if (changed == names_changed_) names_.insert_or_assign(org, found);
  return found;
}

Result<std::vector<Log>> SqliteLedger::closed_logs(const OrgId& org) {
  return reading([&](Tables& tables) -> Result<std::vector<Log>> {
    std::vector<Log> logs;
    for (const ClosedLogRow& row : TRY(tables.closed_logs(org)))
      logs.push_back(describe(row.log, row.log.size));
    return logs;
  });
}

Result<std::string> SqliteLedger::checkpoint(std::string_view name) {
  return reading([&](Tables& tables) -> Result<std::string> {
    return TRY(published_as(tables, name)).checkpoint.cosigned();
  });
}

Result<std::string> SqliteLedger::tile(std::string_view name, const merkle::TileId& tile) {
  return reading([&](Tables& tables) -> Result<std::string> {
    const Published found = TRY(published_as(tables, name));
    return LogReader(tables, found.log.number, found.checkpoint.size).tile(tile);
  });
}

Result<EntryProof> SqliteLedger::prove(const OrgId& org, Seq seq, std::string_view name) {
  return reading([&](Tables& tables) -> Result<EntryProof> {
    auto log = TRY(tables.find_log(org));
    if (!log || seq.value == 0 || seq.value > log->size) return no_entry();
    const Published found = name.empty() ? TRY(with_checkpoint(tables, std::move(log)))
                                         : TRY(published_as(tables, name));
    if (found.log.org != org) return no_log();
    if (seq.value > found.checkpoint.size) return no_checkpoint();
    LogReader reader(tables, found.log.number, found.checkpoint.size);
    EntryProof proof;
    proof.index = seq.value - 1;
    proof.size = found.checkpoint.size;
    proof.checkpoint = found.checkpoint.cosigned();
    const Entries bundle = TRY(reader.bundle(proof.index / merkle::kTileWidth));
    proof.entry = bundle[proof.index % merkle::kTileWidth];
    proof.hashes = TRY(merkle::prove_inclusion(proof.index, proof.size, reader.subtrees()));
    return proof;
  });
}

Result<GrowthProof> SqliteLedger::prove_consistency(const OrgId& org, std::uint64_t old_size) {
  return reading([&](Tables& tables) -> Result<GrowthProof> {
    const Published found = TRY(with_checkpoint(tables, TRY(tables.find_log(org))));
    const PublishedRow& now = found.checkpoint;
    LogReader reader(tables, found.log.number, now.size);
    return GrowthProof{now.size,
                       TRY(merkle::prove_consistency(old_size, now.size, reader.subtrees())),
                       now.cosigned()};
  });
}

Result<std::vector<merkle::LogEntry>> SqliteLedger::entries(const OrgId& org, Seq first_seq,
                                                            std::size_t count) {
  return reading([&](Tables& tables) -> Result<Entries> {
    const auto log = TRY(tables.find_log(org));
    Entries entries;
    if (!log || first_seq.value == 0) return entries;
    LogReader reader(tables, log->number, log->size);
    std::uint64_t index = first_seq.value - 1;
    while (entries.size() < count && index < log->size) {
      const Entries bundle = TRY(reader.bundle(index / merkle::kTileWidth));
      const std::size_t skip = index % merkle::kTileWidth;
      const std::size_t taken = std::min(bundle.size() - skip, count - entries.size());
      entries.insert(entries.end(), bundle.begin() + static_cast<std::ptrdiff_t>(skip),
                     bundle.begin() + static_cast<std::ptrdiff_t>(skip + taken));
      index += taken;
    }
    return entries;
  });
}

}  // namespace trailkeeper::ledger
