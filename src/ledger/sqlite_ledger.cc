#include "sqlite_ledger.h"

#include <algorithm>
#include <cstdlib>

#include "base/file.h"
#include "base/log.h"
#include "grower.h"
#include "log_reader.h"
#include "merkle/checkpoint.h"
#include "schema.h"

namespace trailkeeper::ledger {
namespace {

constexpr int kStorageFailureStatus = 74;  // EX_IOERR
constexpr std::uint64_t kLogBytesMax = 16u << 20;
constexpr std::string_view kSeedKey = "master_seed";

void end_process(const Error& error) {
  log::error("the ledger failed, ending", {{"code", error.code}, {"reason", error.message}});
  std::_Exit(kStorageFailureStatus);
}

Result<MasterSeed> read_or_make_seed(db::Database& writer, const crypto::Sealer& sealer) {
  Tables tables(writer);
  if (const auto sealed = TRY(tables.meta(kSeedKey))) return MasterSeed::open(sealer, *sealed);
  MasterSeed seed = MasterSeed::make();
  db::Transaction transaction = TRY(db::Transaction::begin(writer));
  TRY(tables.put_meta(kSeedKey, seed.seal(sealer)));
  TRY(transaction.commit());
  return seed;
}

}  // namespace

Result<std::unique_ptr<Ledger>> Ledger::open(Settings settings, const crypto::Sealer& sealer,
                                             const Clock& clock) {
  return SqliteLedger::open(std::move(settings), sealer, clock);
}

SqliteLedger::SqliteLedger(Settings settings, const Clock& clock, db::Database writer,
                           db::Database reader, MasterSeed seed)
    : settings_(std::move(settings)),
      clock_(clock),
      seed_(std::move(seed)),
      writer_(std::move(writer)),
      reader_(std::move(reader)) {}

SqliteLedger::~SqliteLedger() {
  MutexLock lock(write_mutex_);
  (void)writer_.checkpoint();
}

Result<std::unique_ptr<Ledger>> SqliteLedger::open(Settings settings, const crypto::Sealer& sealer,
                                                   const Clock& clock) {
  if (!settings.on_fatal) settings.on_fatal = end_process;
  TRY(make_folders(settings.folder));
  const std::string path = settings.folder + "/ledger.db";
  db::Database writer = TRY(db::Database::open(path, db::Database::Mode::read_write));
  TRY(db::migrate(writer, kMigrations));
  MasterSeed seed = TRY(read_or_make_seed(writer, sealer));
  db::Database reader = TRY(db::Database::open(path, db::Database::Mode::read_only));
  std::unique_ptr<SqliteLedger> ledger(new SqliteLedger(
      std::move(settings), clock, std::move(writer), std::move(reader), std::move(seed)));
  TRY(ledger->load());
  return std::unique_ptr<Ledger>(std::move(ledger));
}

// How far it had come; logs that grew before a crash and have no checkpoint of it.
Result<> SqliteLedger::load() {
  MutexLock lock(write_mutex_);
  Tables tables(writer_);
  position_ = TRY(tables.position());
  return tables.for_each_unpublished([this](const OrgId& org, std::uint64_t size)
                                         REQUIRES(write_mutex_) { unpublished_[org] = size; });
}

Result<SqliteLedger::State> SqliteLedger::state_of(const OrgId& org) {
  if (const auto known = states_.find(org); known != states_.end()) return known->second;
  Tables tables(writer_);
  if (auto row = TRY(tables.find_log(org))) {
    LogTree tree = TRY(LogTree::restore(row->size, row->tree));
    const auto published = TRY(tables.published(row->number));
    return State{*std::move(row), std::move(tree), published ? published->size : 0};
  }
  LogRow row{.org = org};
  give_name(row, settings_.log_origin);
  return State{TRY(tables.add_log(std::move(row), clock_.now())), LogTree(), 0};
}

Result<> SqliteLedger::append(std::span<const Addition> additions, std::uint64_t position) {
  std::map<OrgId, Entries> by_org;
  Entries* last = nullptr;
  const OrgId* last_org = nullptr;
  for (const Addition& addition : additions) {
    if (last_org == nullptr || *last_org != addition.org) {
      last = &by_org[addition.org];
      last_org = &addition.org;
    }
    last->push_back(addition.entry);
  }
  MutexLock lock(write_mutex_);
  return checked(append_all(by_org, position));
}

Result<> SqliteLedger::append_all(const std::map<OrgId, Entries>& by_org, std::uint64_t position) {
  std::vector<State> states;
  db::Transaction transaction = TRY(db::Transaction::begin(writer_));
  for (const auto& [org, entries] : by_org) states.push_back(TRY(grown(org, entries)));
  TRY(Tables(writer_).put_position(position));
  TRY(transaction.commit());
  position_ = position;
  for (State& state : states) {
    if (state.row.size > state.published) unpublished_[state.row.org] = state.row.size;
    states_.insert_or_assign(state.row.org, std::move(state));
  }
  tidy();
  return {};
}

Result<SqliteLedger::State> SqliteLedger::grown(const OrgId& org, const Entries& entries) {
  State state = TRY(state_of(org));
  const std::span<const merkle::LogEntry> all(entries);
  const Seq size{state.row.size};
  const auto is_new = [&](const merkle::LogEntry& entry) { return entry.seq > size; };
  const auto known =
      static_cast<std::size_t>(std::find_if(all.begin(), all.end(), is_new) - all.begin());
  TRY(compare(state, all.first(known)));
  Seq expected{size.value + 1};
  for (const merkle::LogEntry& entry : all.subspan(known)) {
    if (entry.seq != expected) {
      return Error{ErrorKind::fatal, "ledger_gap",
                   "entry " + std::to_string(entry.seq.value) + " of " + org.str() +
                       " does not follow entry " + std::to_string(expected.value - 1)};
    }
    ++expected.value;
  }
  Tables tables(writer_);
  Grower grower(tables, state.row, state.tree);
  TRY(grower.add(all.subspan(known)));
  TRY(grower.finish());
  return state;
}

Result<> SqliteLedger::compare(const State& state, std::span<const merkle::LogEntry> entries) {
  Tables tables(writer_);
  Entries bundle;
  std::uint64_t number = ~std::uint64_t{0};
  for (const merkle::LogEntry& entry : entries) {
    const std::uint64_t index = entry.seq.value - 1;
    if (index / merkle::kTileWidth != number) {
      number = index / merkle::kTileWidth;
      bundle = TRY(LogReader(tables, state.row.number, state.row.size).bundle(number));
    }
    if (bundle[index % merkle::kTileWidth] == entry) continue;
    return Error{ErrorKind::fatal, "ledger_differs",
                 "entry " + std::to_string(entry.seq.value) + " of " + state.row.org.str() +
                     " is not the one that the ledger has"};
  }
  return {};
}

// What is committed is durable without it; one that fails is tried after the next commit.
void SqliteLedger::tidy() {
  if (writer_.log_bytes() > kLogBytesMax) (void)checked(writer_.checkpoint());
}

Result<std::string> SqliteLedger::sign(const LogRow& log, std::uint64_t size,
                                       const merkle::Hash& root) const {
  const crypto::SigningKey key = seed_.key(MasterSeed::Use::checkpoints, log.name, log.epoch);
  merkle::Note note;
  note.text = merkle::render_checkpoint({log.origin, size, root});
  note.signatures.push_back(TRY(merkle::sign_note(note.text, log.origin, key)));
  return merkle::render_note(note);
}

Result<std::size_t> SqliteLedger::publish() {
  MutexLock lock(write_mutex_);
  if (unpublished_.empty()) return std::size_t{0};
  return checked(publish_all());
}

// Everything that is signed was committed before, so no checkpoint can speak of entries that a
// crash takes back.
Result<std::size_t> SqliteLedger::publish_all() {
  std::vector<State> states;
  Tables tables(writer_);
  const bool all_held = std::all_of(
      unpublished_.begin(), unpublished_.end(),
      [this](const auto& each) REQUIRES(write_mutex_) { return held_.contains(each.first); });
  if (all_held) return std::size_t{0};
  db::Transaction transaction = TRY(db::Transaction::begin(writer_));
  for (const auto& [org, size] : unpublished_) {
    if (held_.contains(org)) continue;
    State state = TRY(state_of(org));
    const PublishedRow row{state.row.size, TRY(sign(state.row, state.row.size, state.tree.root()))};
    TRY(tables.publish(state.row.number, state.published, row, clock_.now()));
    state.published = row.size;
    states.push_back(std::move(state));
  }
  TRY(transaction.commit());
  for (State& state : states) {
    unpublished_.erase(state.row.org);
    states_.insert_or_assign(state.row.org, std::move(state));
  }
  tidy();
  return states.size();
}

Log SqliteLedger::describe(const LogRow& row, std::uint64_t published) const {
  const auto key = [&](MasterSeed::Use use) {
    return vkey(row.origin, seed_.key(use, row.name, row.epoch));
  };
  return Log{row.name,
             row.origin,
             row.epoch,
             row.size,
             published,
             key(MasterSeed::Use::checkpoints),
             key(MasterSeed::Use::manifests)};
}

Result<Log> SqliteLedger::log(const OrgId& org) {
  MutexLock lock(write_mutex_);
  const auto open = [&]() REQUIRES(write_mutex_) -> Result<Log> {
    if (const auto known = states_.find(org); known != states_.end())
      return describe(known->second);
    db::Transaction transaction = TRY(db::Transaction::begin(writer_));
    State state = TRY(state_of(org));
    TRY(transaction.commit());
    return describe(states_.insert_or_assign(org, std::move(state)).first->second);
  };
  return checked(open());
}

}  // namespace trailkeeper::ledger
