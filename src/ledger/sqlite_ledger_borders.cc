#include <bit>

#include "base/bytes.h"
#include "log_reader.h"
#include "merkle/checkpoint.h"
#include "sqlite_ledger.h"

// Manifests, epochs and witnesses.
namespace trailkeeper::ledger {
namespace {

Error no_log() { return Error{ErrorKind::not_found, "no_such_log", "There is no such log."}; }
Error no_checkpoint() {
  return Error{ErrorKind::not_found, "not_in_checkpoint", "The log has no checkpoint yet."};
}

// The roots of the perfect subtrees of the binary digits of `size`, the largest first.
Result<std::vector<merkle::Hash>> compact_range(std::uint64_t size,
                                                const merkle::SubtreeSource& subtrees) {
  std::vector<merkle::Hash> hashes;
  std::uint64_t start = 0;
  for (unsigned level = 64; level-- > 0;) {
    if ((size >> level & 1) == 0) continue;
    hashes.push_back(TRY(subtrees(level, start >> level)));
    start += std::uint64_t{1} << level;
  }
  return hashes;
}

}  // namespace

Result<Border> SqliteLedger::border(const OrgId& org, std::uint64_t begin, std::uint64_t end) {
  TRY(log(org));
  return reading([&](Tables& tables) -> Result<Border> {
    const auto found = TRY(tables.find_log(org));
    if (!found) return no_log();
    if (begin > end || end > found->size)
      return Error{ErrorKind::unavailable, "not_in_log", "The log has not come so far yet."};
    LogReader reader(tables, found->number, end);
    const merkle::SubtreeSource subtrees = reader.subtrees();
    const merkle::Hash root = TRY(merkle::range_root(0, end, subtrees));
    return Border{found->epoch, TRY(sign(*found, end, root)), TRY(compact_range(begin, subtrees)),
                  TRY(merkle::prove_consistency(begin, end, subtrees))};
  });
}

Result<std::string> SqliteLedger::sign_document(const OrgId& org, std::string_view type,
                                                std::string_view object) {
  const Log found = TRY(log(org));
  const crypto::SigningKey key = seed_.key(MasterSeed::Use::manifests, found.name, found.epoch);
  constexpr std::size_t kIdDigits = 8;
  const std::string id = found.manifest_vkey.substr(0, found.origin.size() + 1 + kIdDigits);
  std::string line(object.substr(0, object.size() - 1));
  const auto signature = key.sign(std::string(type) + "\n" + line);
  line += ",\"signature\":{\"key\":\"" + id + "\",\"alg\":\"ed25519\",\"value\":\"" +
          to_base64(as_text(signature)) + "\"}}\n";
  return line;
}

void SqliteLedger::hold(const OrgId& org, HeldFor reason, bool held) {
  const auto bit = static_cast<unsigned>(reason);
  MutexLock lock(write_mutex_);
  if (held) {
    held_[org] |= bit;
    return;
  }
  const auto found = held_.find(org);
  if (found == held_.end()) return;
  found->second &= ~bit;
  if (found->second == 0) held_.erase(found);
}

Result<Log> SqliteLedger::open_epoch(const OrgId& org, std::uint32_t epoch) {
  TRY(log(org));
  MutexLock lock(write_mutex_);
  return checked(change_epoch(org, epoch));
}

// Only what was published of the old log is passed on: what came after the backup may differ from
// what that log has elsewhere, so nothing more is signed with its key.
Result<Log> SqliteLedger::change_epoch(const OrgId& org, std::uint32_t epoch) {
  State state = TRY(state_of(org));
  if (state.row.epoch != epoch) return describe(state);
  Tables tables(writer_);
  db::Transaction transaction = TRY(db::Transaction::begin(writer_));
  const auto last = TRY(tables.published(state.row.number));
  const LogRow old = state.row;
  give_name(state.row, settings_.log_origin);
  ++state.row.epoch;
  TRY(tables.change_epoch(old, last ? last->cosigned() : std::string(), state.row, clock_.now()));
  TRY(transaction.commit());
  state.published = 0;
  {
    MutexLock names(names_mutex_);
    names_[org] = state.row.name;
    ++names_changed_;
  }
  if (state.row.size > 0) unpublished_[org] = state.row.size;
  return describe(states_.insert_or_assign(org, std::move(state)).first->second);
}

Result<std::optional<OldLog>> SqliteLedger::old_log(const OrgId& org) {
  return reading([&](Tables& tables) -> Result<std::optional<OldLog>> {
    auto row = TRY(tables.old_log(org));
    if (!row) return std::optional<OldLog>();
    return std::optional(OldLog{row->epoch, std::move(row->note)});
  });
}

Result<std::vector<OrgId>> SqliteLedger::unwitnessed(std::size_t count) {
  return reading([&](Tables& tables) -> Result<std::vector<OrgId>> {
    std::vector<OrgId> orgs;
    TRY(tables.for_each_unwitnessed(count,
                                    [&](const OrgId& org, std::uint64_t) { orgs.push_back(org); }));
    return orgs;
  });
}

Result<std::uint64_t> SqliteLedger::witnessed_size(const OrgId& org) {
  return reading([&](Tables& tables) -> Result<std::uint64_t> {
    const auto found = TRY(tables.find_log(org));
    if (!found) return no_log();
    return tables.witnessed_size(found->number);
  });
}

Result<Submission> SqliteLedger::submission(const OrgId& org, std::uint64_t old_size) {
  return reading([&](Tables& tables) -> Result<Submission> {
    const auto found = TRY(tables.find_log(org));
    if (!found) return no_log();
    const auto published = TRY(tables.published(found->number));
    if (!published) return no_checkpoint();
    LogReader reader(tables, found->number, published->size);
    return Submission{found->origin, published->size,
                      TRY(merkle::prove_consistency(old_size, published->size, reader.subtrees())),
                      published->note};
  });
}

Result<> SqliteLedger::add_cosignature(const OrgId& org, std::uint64_t size,
                                       const std::string& lines) {
  MutexLock lock(write_mutex_);
  const auto write = [&]() REQUIRES(write_mutex_) -> Result<> {
    const State state = TRY(state_of(org));
    Tables tables(writer_);
    db::Transaction transaction = TRY(db::Transaction::begin(writer_));
    TRY(tables.put_witnessed(state.row.number, size));
    TRY(tables.put_cosignatures(state.row.number, size, lines));
    return transaction.commit();
  };
  return checked(write());
}

}  // namespace trailkeeper::ledger
