#include "ingest/flusher.h"

#include <algorithm>
#include <map>
#include <span>

#include "base/background.h"
#include "base/log.h"
#include "base/thread_annotations.h"
#include "event/record.h"

namespace trailkeeper::ingest {
namespace {

using journal::Batch;
using journal::Entry;
using journal::EntryView;

constexpr std::uint64_t kUnverifiedMax = 2'000'000;  // rows

bool store_order(const Entry& a, const Entry& b) {
  return std::tie(a.org, a.seq) < std::tie(b.org, b.seq);
}

}  // namespace

struct Flusher::Impl {
  Impl(journal::Journal& journal_in, events::EventStore& store_in, metrics::Registry& metrics,
       Settings settings_in)
      : journal(journal_in),
        store(store_in),
        settings(settings_in),
        alarms(metrics.counter("trailkeeper_store_alarms_total",
                               "Rows of the event store that were not what the journal holds.")),
        flushed(metrics.counter("trailkeeper_store_events_total",
                                "Events inserted into the event store.")),
        inserter("flush", settings_in.pause, [this] { return insert_step(); }),
        verifier("read-back", settings_in.pause, [this] { return verify_step(); }) {}

  bool insert_step();
  bool verify_step();
  bool is_behind() const;
  Result<> flush(const Batch& batch);
  Result<> settle(Batch batch);
  Result<> stored(const Batch& batch);
  Result<Batch> renew(const Batch& batch);
  Result<> insert(const Batch& batch, std::span<const Entry> entries, const std::string& token);
  Result<> halve(const Batch& batch, std::span<const Entry> entries, const std::string& token,
                 const Error& refused);
  Result<> insert_single(const Batch& batch, const Entry& entry, const std::string& token);
  void add(events::BatchBuilder& rows, const EntryView& entry);
  std::optional<events::RowsPrint> print_of(std::uint64_t batch);
  void forget_print(std::uint64_t batch);
  Result<bool> matches(const Batch& batch);
  bool report(const char* what, const Batch& batch, const Result<>& result);

  journal::Journal& journal;
  events::EventStore& store;
  const Settings settings;
  metrics::Counter& alarms;
  metrics::Counter& flushed;
  event::RecordParser parser;  // the inserter's
  Mutex mutex;
  // Of batches inserted by this process and not read back yet.
  std::map<std::uint64_t, events::RowsPrint> prints GUARDED_BY(mutex);
  Background inserter;
  Background verifier;
};

bool Flusher::Impl::report(const char* what, const Batch& batch, const Result<>& result) {
  if (result) return true;
  log::warn(
      what,
      {{"batch", batch.number}, {"code", result.error().code}, {"error", result.error().message}});
  return false;
}

bool Flusher::Impl::insert_step() {
  auto open = journal.open_batches();
  if (!open) return false;
  for (const Batch& batch : *open) {
    // Left over from a crash, a failure or a read-back: its outcome is not known.
    if (!batch.stored && !report("flush", batch, settle(batch))) return false;
  }
  auto batch = journal.freeze(settings.rows_max, settings.bytes_max);
  if (!batch || !*batch) return false;
  if (!report("flush", **batch, flush(**batch))) return false;
  verifier.wake();
  // Much more waits: go on at once. A little can wait for company, because each insert costs a
  // sync.
  return journal.depth().committed - (*batch)->end >= settings.rows_max / 4;
}

// A batch that may have been inserted: either all its rows are there, or none may stay before it is
// tried again.
Result<> Flusher::Impl::settle(Batch batch) {
  const std::uint64_t rows = TRY(store.count_batch(batch.number));
  if (rows == batch.end - batch.first) return stored(batch);
  return flush(TRY(renew(batch)));
}

Result<Batch> Flusher::Impl::renew(const Batch& batch) {
  // A deletion needs room on the disk and time, and mostly there is nothing to delete.
  if (TRY(store.count_batch(batch.number)) != 0) {
    TRY(store.delete_batch(batch.number));
    if (TRY(store.count_batch(batch.number)) != 0) {
      return Error{ErrorKind::unavailable, "batch_not_deleted",
                   "Rows of a batch are still there after deleting it."};
    }
  }
  return journal.next_attempt(batch.number);
}

Result<> Flusher::Impl::flush(const Batch& batch) {
  const std::size_t size = batch.end - batch.first;
  events::BatchBuilder rows(batch.number, size);
  TRY(journal.visit(batch.first, batch.end, [&](const EntryView& entry) -> Result<> {
    add(rows, entry);
    return {};
  }));
  Result<> inserted = store.insert_batch(rows, batch.token());
  if (inserted) {
    MutexLock lock(mutex);
    prints[batch.number] = rows.print();
  } else {
    if (inserted.error().kind != ErrorKind::failed) return inserted;
    std::vector<Entry> entries = TRY(journal.read(batch.first, batch.end));
    std::sort(entries.begin(), entries.end(), store_order);
    TRY(halve(batch, entries, batch.token(), inserted.error()));
  }
  flushed.add(static_cast<double>(size));
  return stored(batch);
}

Result<> Flusher::Impl::stored(const Batch& batch) {
  TRY(journal.mark_stored(batch.number));
  if (settings.on_stored) settings.on_stored();
  return {};
}

void Flusher::Impl::add(events::BatchBuilder& rows, const EntryView& entry) {
  auto stored = parser.parse(entry.record);
  if (stored && rows.add(**stored, entry.record)) return;
  alarms.add();
  log::error("a record's columns do not render it; its exact line is stored beside them",
             {{"org", entry.org.str()}, {"seq", entry.seq.value}});
  if (stored) return;
  event::StoredEvent bare;
  bare.seq = entry.seq;
  bare.received_at = bare.event.occurred_at = entry.received_at;
  bare.event.organization_id = entry.org.str();
  rows.add_raw_only(bare, entry.record);
}

// The store refused a range as it is: its halves, so that the row at fault stands alone.
Result<> Flusher::Impl::halve(const Batch& batch, std::span<const Entry> entries,
                              const std::string& token, const Error& refused) {
  log::warn("the event store refuses a batch; trying its halves",
            {{"batch", batch.number}, {"rows", entries.size()}, {"error", refused.message}});
  if (entries.size() == 1) return insert_single(batch, entries.front(), token + "-raw");
  const std::size_t half = entries.size() / 2;
  TRY(insert(batch, entries.subspan(0, half), token + "a"));
  return insert(batch, entries.subspan(half), token + "b");
}

Result<> Flusher::Impl::insert(const Batch& batch, std::span<const Entry> entries,
                               const std::string& token) {
  events::BatchBuilder rows(batch.number);
  for (const Entry& entry : entries) {
    add(rows,
        {entry.position, entry.org, entry.seq, entry.received_at, entry.sha256, entry.record});
  }
  Result<> result = store.insert_batch(rows, token);
  if (result || result.error().kind != ErrorKind::failed) return result;
  return halve(batch, entries, token, result.error());
}

Result<> Flusher::Impl::insert_single(const Batch& batch, const Entry& entry,
                                      const std::string& token) {
  auto stored = event::parse_record(entry.record);
  if (!stored) return stored.error();
  alarms.add();
  events::BatchBuilder rows(batch.number);
  rows.add_raw_only(*stored, entry.record);
  return store.insert_batch(rows, token);
}

std::optional<events::RowsPrint> Flusher::Impl::print_of(std::uint64_t batch) {
  MutexLock lock(mutex);
  const auto found = prints.find(batch);
  return found == prints.end() ? std::nullopt : std::optional(found->second);
}

void Flusher::Impl::forget_print(std::uint64_t batch) {
  MutexLock lock(mutex);
  prints.erase(batch);
}

// Events that nobody can see yet go before the reading back of those that can be seen, within
// bounds.
bool Flusher::Impl::is_behind() const {
  const journal::Depth depth = journal.depth();
  return depth.committed - depth.stored > settings.rows_max &&
         depth.stored - depth.verified < kUnverifiedMax;
}

bool Flusher::Impl::verify_step() {
  if (is_behind()) return false;
  auto open = journal.open_batches();
  if (!open) return false;
  bool found = false;
  for (const Batch& batch : *open) {
    if (!batch.stored) continue;
    found = true;
    Result<bool> same = matches(batch);
    if (!same) {
      report("read-back", batch, same.error());
      return false;
    }
    forget_print(batch.number);
    if (*same) {
      report("read-back", batch, journal.mark_verified(batch.number));
      continue;
    }
    alarms.add();
    log::error("a batch in the event store is not what the journal holds; inserting it again",
               {{"batch", batch.number}});
    auto again = renew(batch);
    if (!again) {
      report("read-back", batch, again.error());
      return false;
    }
    inserter.wake();
  }
  return found;
}

// Whether the store holds exactly the journal's rows of the batch: none missing, none more, none
// changed. What was inserted is known to render the journal's records, so rows that look like it
// are those; only where that is not known, or not so, are they compared with the records one by
// one.
Result<bool> Flusher::Impl::matches(const Batch& batch) {
  if (const auto inserted = print_of(batch.number)) {
    if (TRY(store.print_batch(batch.number)) == *inserted) return true;
  }
  std::vector<Entry> entries = TRY(journal.read(batch.first, batch.end));
  std::sort(entries.begin(), entries.end(), store_order);
  std::size_t next = 0;
  bool same = true;
  TRY(store.read_batch(batch.number, [&](events::StoredRow&& row) {
    same = next < entries.size() && row.record() == entries[next].record;
    ++next;
    return same;
  }));
  return same && next == entries.size();
}

Flusher::Flusher(journal::Journal& journal, events::EventStore& store, metrics::Registry& metrics,
                 Settings settings)
    : impl_(std::make_unique<Impl>(journal, store, metrics, settings)) {}
Flusher::~Flusher() { stop(); }

Result<> Flusher::check_store() {
  auto last = impl_->journal.last_verified();
  if (!last) return {};
  const std::uint64_t rows = TRY(impl_->store.count_batch(last->number));
  if (rows == last->end - last->first) return {};
  return Error{ErrorKind::fatal, "store_went_back",
               "The event store holds " + std::to_string(rows) + " of the " +
                   std::to_string(last->end - last->first) + " events of batch " +
                   std::to_string(last->number) +
                   ", which were there before: it is older than the journal. Put back the event "
                   "store's folder that belongs "
                   "to this journal, or restore both from one backup."};
}

void Flusher::start() {
  impl_->inserter.start();
  impl_->verifier.start();
}

void Flusher::stop() {
  impl_->inserter.stop();
  impl_->verifier.stop();
}

bool Flusher::insert_step() { return impl_->insert_step(); }
bool Flusher::verify_step() { return impl_->verify_step(); }

}  // namespace trailkeeper::ingest
