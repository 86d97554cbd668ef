#include "maker.h"

#include <utility>

#include "base/log.h"
#include "export/filter.h"

namespace trailkeeper::exports {

namespace {

using settings::Export;
using settings::ExportState;
using settings::ReadTx;
using settings::WriteTx;

constexpr std::size_t kLookedAt = 200;
constexpr Duration kStorePause = std::chrono::seconds(2);
// So long the event store may be away before a file is given up.
constexpr Duration kPatience = std::chrono::hours(24);

Result<RowQuery> query_of(const Export& record) {
  RowQuery query{.org = record.org, .filter = TRY(parse_filter(record.filter))};
  query.filter.from = record.from;
  query.filter.to = record.to;
  query.filter.last_seq = record.last_seq;
  return query;
}

// What people are told; the details are in the log.
std::string reason_for_people(const Error& error) {
  if (error.code == "no_space") return error.message;
  if (error.kind == ErrorKind::too_large)
    return "It is too much for one file. Choose a shorter range or a filter.";
  if (error.kind == ErrorKind::unavailable)
    return "The entries could not be read for a day. Ask for the file again.";
  return "The file could not be made. Ask for it again; if that fails too, ask your contact at the "
         "vendor.";
}

}  // namespace

Maker::Maker(settings::Store& store, RowSource& rows, ReadyNotice notice, const Clock& clock,
             metrics::Registry& metrics, const Shelf& shelf, std::uint64_t progress_bytes)
    : store_(store),
      rows_(rows),
      notice_(std::move(notice)),
      clock_(clock),
      shelf_(shelf),
      progress_bytes_(progress_bytes),
      made_(metrics.counter("trailkeeper_exports_made_total", "Export files finished.")),
      failed_(metrics.counter("trailkeeper_exports_failed_total", "Export files given up.")),
      rows_written_(
          metrics.counter("trailkeeper_export_rows_total", "Rows written to export files.")) {}

Result<bool> Maker::make_one() {
  if (abandoned_ || to_micros(clock_.now()) < not_before_micros_) return false;
  auto record = TRY(claim());
  if (!record) return false;
  const auto done = work_on(*record);
  release(record->id);
  if (!done) {
    // The settings could not be written. The export is still running there, and taken up again.
    log::error("export could not be noted",
               {{"export", record->id.str()}, {"reason", done.error().message}});
    return done.error();
  }
  return true;
}

Result<std::optional<Export>> Maker::claim() {
  // Running ones that nobody makes are left over from a failure to note their end.
  if (auto record = TRY(claim_in_state(ExportState::running))) return record;
  return claim_in_state(ExportState::queued);
}

Result<std::optional<Export>> Maker::claim_in_state(ExportState state) {
  auto records = TRY(
      store_.read([&](ReadTx& tx) { return settings::exports_in_state(tx, state, kLookedAt); }));
  for (Export& record : records) {
    // What was there when the file was asked for has to be readable; the rest waits likewise.
    if (!rows_.holds_until(record.created_at)) break;
    if (!take(record.id)) continue;
    record.state = ExportState::running;
    record.rows = record.rows_total = record.bytes = 0;
    const auto updated = update(record, state);
    if (updated && *updated) return std::optional<Export>(std::move(record));
    release(record.id);
    if (!updated) return updated.error();
  }
  return std::optional<Export>{};
}

bool Maker::take(const Uuid& id) {
  MutexLock lock(mutex_);
  return taken_.insert(id).second;
}

void Maker::release(const Uuid& id) {
  MutexLock lock(mutex_);
  taken_.erase(id);
}

Result<bool> Maker::update(const Export& record, ExportState expected) {
  return store_.write([&](WriteTx& tx) { return settings::update_export(tx, record, expected); });
}

Result<> Maker::work_on(Export& record) {
  auto part = shelf_.begin(record.id);
  if (!part) return give_up(record, part.error());
  const auto outcome = write_file(record, *part);
  if (!outcome) {
    const Error error = outcome.error();
    const bool again =
        error.kind == ErrorKind::unavailable && clock_.now() - record.created_at < kPatience;
    if (!again) return give_up(record, error);
    log::warn("export has to wait for the event store",
              {{"export", record.id.str()}, {"reason", error.message}});
    not_before_micros_ = to_micros(clock_.now() + kStorePause);
    return give_back(record);
  }
  if (*outcome == Outcome::cancelled) return {};
  if (*outcome == Outcome::abandoned) return give_back(record);
  return finish(record, std::move(part).value());
}

Result<Maker::Outcome> Maker::write_file(Export& record, Shelf::Part& part) {
  const RowQuery query = TRY(query_of(record));
  record.rows_total = TRY(rows_.count_rows(query));
  const auto format = find_format(record.format);
  if (!format) return Error{ErrorKind::failed, "bad_format", "There is no such form of a file."};
  record.rows = 0;
  std::uint64_t next_note = progress_bytes_;
  Result<> written;
  auto outcome = Outcome::whole;
  const auto streamed =
      rows_.stream(query, *format, [&](std::string_view chunk, std::uint64_t rows) {
        record.rows += rows;
        written = part.write(chunk);
        if (written && part.bytes() >= next_note) {
          next_note = part.bytes() + progress_bytes_;
          record.bytes = part.bytes();
          // When progress cannot be noted the file is made all the same.
          const auto kept = update(record, ExportState::running);
          if (kept && !*kept) outcome = Outcome::cancelled;
        }
        if (abandoned_) outcome = Outcome::abandoned;
        return written && outcome == Outcome::whole;
      });
  if (!written) return written.error();
  if (!streamed) return streamed.error();
  record.bytes = part.bytes();
  return outcome;
}

Result<> Maker::finish(Export& record, Shelf::Part part) {
  if (auto done = part.finish(); !done) return give_up(record, done.error());
  const Timestamp now = clock_.now();
  record.state = ExportState::ready;
  record.rows_total = record.rows;
  record.ready_at = now;
  const bool kept = TRY(store_.write([&](WriteTx& tx) -> Result<bool> {
    const auto org = TRY(settings::find_org(tx, record.org));
    record.expires_at = now + std::chrono::hours(org ? org->link_hours : settings::kLinkHours);
    if (!TRY(settings::update_export(tx, record, ExportState::running))) return false;
    if (notice_) TRY(notice_(tx, record));
    return true;
  }));
  if (!kept) return shelf_.remove(record.id);  // cancelled at the last moment
  made_.add();
  rows_written_.add(static_cast<double>(record.rows));
  log::info("export ready",
            {{"export", record.id.str()}, {"org", record.org.str()}, {"rows", record.rows}});
  return {};
}

Result<> Maker::give_back(Export& record) {
  record.state = ExportState::queued;
  record.rows = record.rows_total = record.bytes = 0;
  TRY(update(record, ExportState::running));
  return {};
}

Result<> Maker::give_up(Export& record, const Error& error) {
  log::error("export failed", {{"export", record.id.str()},
                               {"org", record.org.str()},
                               {"code", error.code},
                               {"reason", error.message}});
  failed_.add();
  record.state = ExportState::failed;
  record.error = reason_for_people(error);
  TRY(update(record, ExportState::running));
  return {};
}

}  // namespace trailkeeper::exports
