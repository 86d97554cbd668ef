#include "ingest/flusher.h"

#include <algorithm>
#include <atomic>
#include <future>
#include <limits>
#include <map>
#include <set>
#include <span>

#include "base/background.h"
#include "base/log.h"
#include "base/thread_annotations.h"

namespace trailkeeper::ingest {
namespace {

using journal::Batch;
using journal::Entry;
using journal::EntryView;

constexpr std::uint64_t kUnverifiedMax = 2'000'000;                               // rows
constexpr std::size_t kReadTogether = 16;                                         // batches
constexpr std::uint64_t kEverything = std::numeric_limits<std::uint64_t>::max();  // positions

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
        preparer("encode", std::chrono::seconds(1), [this] { return prepare_step(); }),
        inserter("flush", settings_in.pause, [this] { return insert_step(); }),
        verifier("read-back", settings_in.pause, [this] { return verify_step(); }) {}

  bool insert_step();
  bool verify_step();
  bool is_behind() const;
  // A frozen batch with its rows.
  struct Prepared {
    Batch batch;
    std::unique_ptr<events::BatchBuilder> rows;
  };
  Result<Prepared> prepare();
  void begin_preparing();
  bool prepare_step();
  void give_up_preparing();
  Result<Prepared> take_prepared();
  void keep_prepared(Result<Prepared> prepared);
  Result<> flush(const Batch& batch);
  Result<std::unique_ptr<events::BatchBuilder>> encode(const Batch& batch);
  Result<> send(const Batch& batch, const events::BatchBuilder& rows);
  Result<> put(const Batch& batch, const events::BatchBuilder& rows);
  Result<> settle(Batch batch);
  Result<bool> is_there(const Batch& batch);
  Result<> stored(const Batch& batch);
  Result<Batch> renew(const Batch& batch);
  Result<> insert(const Batch& batch, std::span<const Entry> entries, const std::string& token);
  Result<> halve(const Batch& batch, std::span<const Entry> entries, const std::string& token,
                 const Error& refused);
  Result<> insert_single(const Batch& batch, const Entry& entry, const std::string& token);
  void add(events::BatchBuilder& rows, const EntryView& entry);
  std::map<std::uint64_t, events::RowsPrint> take_prints(const std::vector<Batch>& batches);
  Result<std::set<std::uint64_t>> unchanged(const std::vector<Batch>& batches);
  Result<bool> matches(const Batch& batch);
  bool report(const char* what, const Batch& batch, const Result<>& result);

  journal::Journal& journal;
  events::EventStore& store;
  const Settings settings;
  metrics::Counter& alarms;
  metrics::Counter& flushed;
  std::future<Result<Prepared>> preparing;  // the inserter's
  Mutex mutex;
  // Of batches inserted by this process and not read back yet.
  std::map<std::uint64_t, events::RowsPrint> prints GUARDED_BY(mutex);
  std::optional<std::promise<Result<Prepared>>> wanted GUARDED_BY(mutex);  // of the preparer
  std::atomic<bool> threads_run{false};
  Background preparer;
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
  Result<Prepared> next = take_prepared();
  auto open = journal.open_batches();
  if (!open) return false;
  for (const Batch& batch : *open) {
    // Left over from a crash, a failure or a read-back: its outcome is not known.
    const bool is_next = next && next->rows && batch.number == next->batch.number;
    if (batch.stored || is_next || report("flush", batch, settle(batch))) continue;
    keep_prepared(std::move(next));
    return false;
  }
  if (next && !next->rows) next = prepare();
  if (!next) return report("flush", {}, next.error());
  if (!next->rows) return false;
  // Much more waits: the next batch is made ready while the store takes this one, and is sent at
  // once. A little can wait for company, because each insert costs a sync.
  const bool more = journal.depth().committed - next->batch.end >= settings.rows_max / 4;
  if (more && threads_run) begin_preparing();
  if (!report("flush", next->batch, send(next->batch, *next->rows))) return false;
  verifier.wake();
  return more;
}

void Flusher::Impl::begin_preparing() {
  {
    MutexLock lock(mutex);
    preparing = wanted.emplace().get_future();
  }
  preparer.wake();
}

bool Flusher::Impl::prepare_step() {
  std::optional<std::promise<Result<Prepared>>> asked;
  {
    MutexLock lock(mutex);
    asked.swap(wanted);
  }
  if (asked) asked->set_value(prepare());
  return false;
}

void Flusher::Impl::give_up_preparing() {
  MutexLock lock(mutex);
  if (wanted)
    wanted->set_value(Error{ErrorKind::unavailable, "stopping", "The flush has stopped."});
  wanted.reset();
}

// The batch that was made ready meanwhile; without rows when there is none.
Result<Flusher::Impl::Prepared> Flusher::Impl::take_prepared() {
  if (preparing.valid()) return preparing.get();
  return Prepared{};
}

void Flusher::Impl::keep_prepared(Result<Prepared> prepared) {
  if (!prepared || !prepared->rows) return;
  std::promise<Result<Prepared>> ready;
  ready.set_value(std::move(prepared));
  preparing = ready.get_future();
}

// Freezes what waits and encodes it; without rows when nothing does.
Result<Flusher::Impl::Prepared> Flusher::Impl::prepare() {
  const auto batch = TRY(journal.freeze(settings.rows_max, settings.bytes_max));
  if (!batch) return Prepared{};
  return Prepared{*batch, TRY(encode(*batch))};
}

// A batch that may have been inserted. An earlier try may still be under way: a store that hung
// goes on where it stood, after we gave up on it. So it is tried again under the same token, of
// which the store takes one, whichever comes first. If the batch is not whole then (of an insert
// that was taken rows are gone), nothing of it may stay before it gets another token.
Result<> Flusher::Impl::settle(Batch batch) {
  if (TRY(is_there(batch))) return stored(batch);
  TRY(put(batch, *TRY(encode(batch))));
  if (TRY(is_there(batch))) return stored(batch);
  return flush(TRY(renew(batch)));
}

Result<bool> Flusher::Impl::is_there(const Batch& batch) {
  return TRY(store.count_batch(batch.number)) == batch.end - batch.first;
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

Result<> Flusher::Impl::flush(const Batch& batch) { return send(batch, *TRY(encode(batch))); }

Result<std::unique_ptr<events::BatchBuilder>> Flusher::Impl::encode(const Batch& batch) {
  auto rows = std::make_unique<events::BatchBuilder>(batch.number, batch.end - batch.first);
  TRY(journal.visit(batch.first, batch.end, [&](const EntryView& entry) -> Result<> {
    add(*rows, entry);
    return {};
  }));
  return rows;
}

Result<> Flusher::Impl::send(const Batch& batch, const events::BatchBuilder& rows) {
  TRY(put(batch, rows));
  flushed.add(static_cast<double>(batch.end - batch.first));
  return stored(batch);
}

Result<> Flusher::Impl::put(const Batch& batch, const events::BatchBuilder& rows) {
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
  return boost::system::in_place_value;
}

Result<> Flusher::Impl::stored(const Batch& batch) {
  TRY(journal.mark_stored(batch.number));
  if (settings.on_stored) settings.on_stored();
  return {};
}

void Flusher::Impl::add(events::BatchBuilder& rows, const EntryView& entry) {
  if (rows.add({entry.org.str(), entry.seq, entry.received_at}, entry.record)) return;
  alarms.add();
  log::error("a record's columns do not render it; its exact line is stored beside them",
             {{"org", entry.org.str()}, {"seq", entry.seq.value}});
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
  alarms.add();
  events::BatchBuilder rows(batch.number);
  rows.add_raw_only({entry.org.str(), entry.seq, entry.received_at}, entry.record);
  return store.insert_batch(rows, token);
}

// Those of `batches` that have one. A print is used once.
std::map<std::uint64_t, events::RowsPrint> Flusher::Impl::take_prints(
    const std::vector<Batch>& batches) {
  std::map<std::uint64_t, events::RowsPrint> taken;
  MutexLock lock(mutex);
  for (const Batch& batch : batches) taken.insert(prints.extract(batch.number));
  return taken;
}

// Batches that look as they did when they were inserted. That they render the journal's records was
// found then, so nothing is left to compare.
Result<std::set<std::uint64_t>> Flusher::Impl::unchanged(const std::vector<Batch>& batches) {
  std::set<std::uint64_t> numbers;
  auto inserted = take_prints(batches);
  if (inserted.empty()) return numbers;
  auto found = store.print_batches(inserted.begin()->first, inserted.rbegin()->first);
  if (!found) {
    MutexLock lock(mutex);
    prints.merge(inserted);
    return found.error();
  }
  for (const auto& [number, print] : inserted) {
    if ((*found)[number] == print) numbers.insert(number);
  }
  return numbers;
}

// Events that nobody can see yet go before the reading back of those that can be seen, within
// bounds.
bool Flusher::Impl::is_behind() const {
  const journal::Depth depth = journal.depth();
  return depth.committed - depth.stored > 3 * settings.rows_max &&
         depth.stored - depth.verified < kUnverifiedMax;
}

bool Flusher::Impl::verify_step() {
  if (is_behind()) return false;
  auto open = journal.open_batches();
  if (!open) return false;
  const std::uint64_t recorded = settings.recorded_until ? settings.recorded_until() : kEverything;
  std::erase_if(*open, [&](const Batch& batch) { return !batch.stored || batch.end > recorded; });
  if (open->size() > kReadTogether) open->resize(kReadTogether);
  if (open->empty()) return false;
  const auto known = unchanged(*open);
  if (!known) return report("read-back", open->front(), known.error());
  for (const Batch& batch : *open) {
    Result<bool> same = known->contains(batch.number) ? Result<bool>(true) : matches(batch);
    if (!same) {
      report("read-back", batch, same.error());
      return false;
    }
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
  return true;
}

// Whether the store holds exactly the journal's rows of the batch: none missing, none more, none
// changed.
Result<bool> Flusher::Impl::matches(const Batch& batch) {
  std::vector<Entry> entries = TRY(journal.read(batch.first, batch.end));
  std::sort(entries.begin(), entries.end(), store_order);
  std::size_t next = 0;
  bool same = true;
  const auto read = store.read_batch(batch.number, [&](events::StoredRow&& row) {
    same = next < entries.size() && row.record() == entries[next].record;
    ++next;
    return same;
  });
  if (!read && read.error().code == "bad_row") return false;
  if (!read) return read.error();
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
  impl_->preparer.start();
  impl_->threads_run.store(true);
  impl_->inserter.start();
  impl_->verifier.start();
}

void Flusher::stop() {
  impl_->threads_run.store(false);
  impl_->inserter.stop();
  impl_->preparer.stop();
  impl_->give_up_preparing();
  impl_->verifier.stop();
}

bool Flusher::insert_step() { return impl_->insert_step(); }
bool Flusher::verify_step() { return impl_->verify_step(); }

}  // namespace trailkeeper::ingest
