#include "export/exports.h"

#include <algorithm>
#include <unordered_set>
#include <utility>

#include "actions.h"
#include "base/background.h"
#include "base/log.h"
#include "export/filter.h"
#include "json/writer.h"
#include "maker.h"
#include "shelf.h"

namespace trailkeeper::exports {

namespace {

using settings::Export;
using settings::ExportState;
using settings::ReadTx;
using settings::WriteTx;

constexpr std::size_t kExpiredAtOnce = 100;
constexpr std::chrono::milliseconds kMakePause{250};
constexpr std::chrono::milliseconds kExpirePause{5000};
// So long the list remembers files that are gone; the trail remembers them longer.
constexpr Duration kForgetAfter = std::chrono::hours(24 * 90);

Error not_found() {
  return {ErrorKind::not_found, "export_not_found", "There is no such download."};
}

// What an entry says about a file.
std::string metadata(const Export& record) {
  json::Writer out;
  out.begin_object().member("format", record.format);
  if (record.from) out.member("from", format_rfc3339(*record.from));
  if (record.to) out.member("to", format_rfc3339(*record.to));
  out.key("filter").raw(record.filter);
  if (record.state == ExportState::ready)
    out.member("rows", record.rows).member("bytes", record.bytes);
  out.end_object();
  return out.take();
}

Result<> note(WriteTx& tx, const settings::ActionInfo& info, const Export& record,
              const Requester& by, Timestamp now) {
  return settings::add_to_outbox(tx,
                                 {.info = info,
                                  .org = record.org,
                                  .actor = by.actor,
                                  .origin = by.origin,
                                  .targets = {{.type = "export", .id = record.id.str()}},
                                  .metadata = metadata(record)},
                                 now);
}

Result<> check(const ExportRequest& request, const std::optional<Timestamp>& from,
               const std::optional<Timestamp>& visible_from) {
  std::vector<FieldProblem> problems;
  if (!find_format(request.format))
    problems.push_back({"/format", "unsupported", "It must be csv, jsonl or parquet."});
  const auto& to = request.filter.to;
  if (to && visible_from && *to <= *visible_from) {
    problems.push_back(
        {"/to", "outside_window",
         "Entries before " + format_rfc3339_seconds(*visible_from) + " cannot be seen."});
  } else if (to && from && *to <= *from) {
    problems.push_back({"/to", "empty_range", "The end of the range must lie after its start."});
  }
  if (problems.empty()) return {};
  std::string message = "The download cannot be made: " + problems.front().detail;
  return Error{ErrorKind::invalid, "invalid_request", std::move(message), std::move(problems)};
}

}  // namespace

struct Exports::Impl {
  Impl(settings::Store& settings_store, RowSource& row_source, ReadyNotice notice,
       const Clock& business_clock, metrics::Registry& metrics, Options wanted)
      : store(settings_store),
        rows(row_source),
        clock(business_clock),
        options(std::move(wanted)),
        shelf(options.folder, options.free_bytes_min),
        maker(store, rows, std::move(notice), clock, metrics, shelf, options.progress_bytes),
        expiry("exports-expire", kExpirePause, [this] { return expire_step(); }) {
    for (int i = 0; i < options.workers; ++i) {
      workers.push_back(
          std::make_unique<Background>("exports-make", kMakePause, [this] { return make_step(); }));
    }
  }

  bool make_step() {
    const auto made = maker.make_one();
    return made && *made;
  }

  bool expire_step() {
    if (auto done = expire(); !done)
      log::warn("exports could not expire", {{"reason", done.error().message}});
    return false;
  }

  Result<> expire();
  Result<> requeue_running();
  Result<std::unordered_set<std::string>> ready_ids();
  Result<Export> load(const OrgId& org, const Uuid& id);

  settings::Store& store;
  RowSource& rows;
  const Clock& clock;
  const Options options;
  Shelf shelf;
  Maker maker;
  Background expiry;
  std::vector<std::unique_ptr<Background>> workers;
};

Result<> Exports::Impl::requeue_running() {
  return store.write([](WriteTx& tx) -> Result<> {
    for (Export& record :
         TRY(settings::exports_in_state(tx, ExportState::running, SIZE_MAX >> 1))) {
      record.state = ExportState::queued;
      record.rows = record.rows_total = record.bytes = 0;
      TRY(settings::update_export(tx, record, ExportState::running));
    }
    return {};
  });
}

Result<std::unordered_set<std::string>> Exports::Impl::ready_ids() {
  return store.read([](ReadTx& tx) -> Result<std::unordered_set<std::string>> {
    std::unordered_set<std::string> ids;
    for (const Export& record :
         TRY(settings::exports_in_state(tx, ExportState::ready, SIZE_MAX >> 1))) {
      ids.insert(record.id.str());
    }
    return ids;
  });
}

Result<> Exports::Impl::expire() {
  const Timestamp now = clock.now();
  const auto over = TRY(store.read(
      [&](ReadTx& tx) { return settings::exports_past_expiry(tx, now, kExpiredAtOnce); }));
  for (Export record : over) {
    record.state = ExportState::expired;
    TRY(store.write(
        [&](WriteTx& tx) { return settings::update_export(tx, record, ExportState::ready); }));
    TRY(shelf.remove(record.id));
  }
  return store.write(
      [&](WriteTx& tx) { return settings::remove_old_exports(tx, now - kForgetAfter); });
}

Result<Export> Exports::Impl::load(const OrgId& org, const Uuid& id) {
  auto record = TRY(store.read([&](ReadTx& tx) { return settings::find_export(tx, org, id); }));
  if (!record) return not_found();
  return *std::move(record);
}

Exports::Exports(settings::Store& store, RowSource& rows, ReadyNotice notice, const Clock& clock,
                 metrics::Registry& metrics, Options options)
    : impl_(std::make_unique<Impl>(store, rows, std::move(notice), clock, metrics,
                                   std::move(options))) {}

Exports::~Exports() { stop(); }

Result<> Exports::resume() {
  TRY(impl_->requeue_running());
  return impl_->shelf.tidy(TRY(impl_->ready_ids()));
}

void Exports::start() {
  impl_->maker.allow();
  for (const auto& worker : impl_->workers) worker->start();
  impl_->expiry.start();
}

void Exports::stop() {
  impl_->maker.abandon();
  for (const auto& worker : impl_->workers) worker->stop();
  impl_->expiry.stop();
}

bool Exports::make_one() { return impl_->make_step(); }

Result<> Exports::expire() { return impl_->expire(); }

Result<Export> Exports::request(const settings::Org& org, std::optional<Timestamp> visible_from,
                                const Requester& by, const ExportRequest& request) {
  // std::optional compares an absent start as the lowest.
  const auto from = std::max(request.filter.from, visible_from);
  TRY(check(request, from, visible_from));
  const Timestamp now = impl_->clock.now();
  const Export record{.id = Uuid::v7(now),
                      .org = org.id,
                      .format = request.format,
                      .from = from,
                      .to = request.filter.to,
                      .filter = filter_json(request.filter),
                      .visible_from = visible_from,
                      .last_seq = impl_->rows.last_seq(org.id),
                      .requester_id = by.actor.id,
                      .requester_name = by.actor.name,
                      .requester_email = by.mail_to,
                      .created_at = now};
  TRY(impl_->store.write([&](WriteTx& tx) -> Result<> {
    if (TRY(settings::count_unfinished_exports(tx, org.id)) >= impl_->options.unfinished_max) {
      Error error{ErrorKind::limited, "too_many_exports",
                  "Many downloads are being prepared already. Wait until some are ready."};
      error.retry_after = std::chrono::seconds(30);
      return error;
    }
    TRY(settings::add_export(tx, record));
    return note(tx, kExportRequested, record, by, now);
  }));
  for (const auto& worker : impl_->workers) worker->wake();
  return record;
}

Result<Estimate> Exports::estimate(const settings::Org& org, std::optional<Timestamp> visible_from,
                                   const events::Filter& filter) {
  const auto from = std::max(filter.from, visible_from);
  TRY(check({.filter = filter}, from, visible_from));
  RowQuery query{.org = org.id, .filter = filter};
  query.filter.from = from;
  query.filter.last_seq = impl_->rows.last_seq(org.id);
  Estimate estimate{.rows = TRY(impl_->rows.count_rows(query))};
  const Sample sample = TRY(impl_->rows.sample(query));
  if (sample.rows == 0) return estimate;
  const double factor = static_cast<double>(estimate.rows) / static_cast<double>(sample.rows);
  const auto scaled = [&](std::uint64_t bytes) {
    return static_cast<std::uint64_t>(static_cast<double>(bytes) * factor);
  };
  estimate.csv_bytes = scaled(sample.csv_bytes);
  estimate.jsonl_bytes = scaled(sample.jsonl_bytes);
  estimate.parquet_bytes = scaled(sample.parquet_bytes);
  return estimate;
}

Result<Export> Exports::find(const Uuid& id) {
  const auto record =
      TRY(impl_->store.read([&](ReadTx& tx) { return settings::find_export(tx, id); }));
  if (!record) return not_found();
  return find(record->org, id);
}

Result<Export> Exports::find(const OrgId& org, const Uuid& id) {
  Export record = TRY(impl_->load(org, id));
  // Over is over, even before the background has come by.
  if (record.state == ExportState::ready && *record.expires_at <= impl_->clock.now()) {
    record.state = ExportState::expired;
  }
  return record;
}

Result<std::vector<Export>> Exports::list(const OrgId& org, std::optional<Uuid> before,
                                          std::size_t limit) {
  auto records = TRY(impl_->store.read(
      [&](ReadTx& tx) { return settings::list_exports(tx, org, before, limit); }));
  const Timestamp now = impl_->clock.now();
  for (Export& record : records) {
    if (record.state == ExportState::ready && *record.expires_at <= now)
      record.state = ExportState::expired;
  }
  return records;
}

Result<Export> Exports::cancel(const OrgId& org, const Uuid& id, const Requester& by) {
  return impl_->store.write([&](WriteTx& tx) -> Result<Export> {
    auto record = TRY(settings::find_export(tx, org, id));
    if (!record) return not_found();
    const ExportState before = record->state;
    if (before != ExportState::queued && before != ExportState::running) {
      return Error{ErrorKind::conflict, "not_running",
                   "This download is not being prepared any more."};
    }
    record->state = ExportState::cancelled;
    TRY(settings::update_export(tx, *record, before));
    TRY(note(tx, kExportCancelled, *record, by, impl_->clock.now()));
    return *std::move(record);
  });
}

Result<OpenFile> Exports::open(const OrgId& org, const Uuid& id, const Requester& by) {
  OpenFile opened{.record = TRY(find(org, id))};
  switch (opened.record.state) {
    case ExportState::ready:
      break;
    case ExportState::expired:
      return Error{ErrorKind::not_found, "expired", "This download has expired. Ask for it again."};
    case ExportState::queued:
    case ExportState::running:
      return Error{ErrorKind::conflict, "not_ready", "This download is still being prepared."};
    default:
      return not_found();
  }
  opened.file = TRY(impl_->shelf.open(id));
  opened.bytes = opened.record.bytes;
  opened.name = "audit-logs-" + org.str() + "-" + format_date(opened.record.created_at) + "." +
                opened.record.format;
  TRY(impl_->store.write([&](WriteTx& tx) {
    return note(tx, kExportDownloaded, opened.record, by, impl_->clock.now());
  }));
  return opened;
}

double progress(const Export& record) {
  if (record.state == ExportState::ready || record.state == ExportState::expired) return 1;
  if (record.rows_total == 0) return 0;
  return std::min(1.0, static_cast<double>(record.rows) / static_cast<double>(record.rows_total));
}

}  // namespace trailkeeper::exports
