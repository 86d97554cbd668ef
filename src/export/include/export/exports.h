#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/file.h"
#include "base/metrics.h"
#include "base/result.h"
#include "export/row_source.h"
#include "settings/exports.h"
#include "settings/orgs.h"
#include "settings/outbox.h"

namespace trailkeeper::exports {

// Who asks.
struct Requester {
  settings::Actor actor;
  settings::Origin origin{};
  std::string mail_to{};  // empty: nobody is mailed
};

struct ExportRequest {
  std::string format = "csv";  // or jsonl, parquet
  // `from` is by default the start of what is visible, `to` open at the top; `last_seq` is set
  // here.
  events::Filter filter{};
};

struct Estimate {
  std::uint64_t rows = 0;
  std::uint64_t csv_bytes = 0;
  std::uint64_t jsonl_bytes = 0;
  std::uint64_t parquet_bytes = 0;
};

// A finished file, open for reading from its beginning. It can be read to its end even if it
// expires meanwhile.
struct OpenFile {
  FileDescriptor file;
  std::uint64_t bytes = 0;
  std::string name;  // for Content-Disposition, plain ASCII: "audit-logs-acme-2026-11-22.csv"
  settings::Export record;
};

// Called in the transaction that makes an export ready, to queue the mail about it.
using ReadyNotice = std::function<Result<>(settings::WriteTx&, const settings::Export&)>;

// Files made in the background: queued -> running -> ready -> expired, or failed, or cancelled.
// What was queued or running when the process ended is made from the beginning after the next
// start. Memory is constant, whatever the number of rows. Thread-safe; calls block on the disk.
class Exports {
 public:
  struct Options {
    std::string folder;                 // of the files; made when missing
    int workers = 2;                    // files made at once
    std::uint64_t unfinished_max = 20;  // queued and running ones per org; more is `limited`
    std::uint64_t free_bytes_min = 1ull << 30;  // what has to stay free on the disk
    std::uint64_t progress_bytes = 4ull << 20;  // progress is written down this often
  };

  Exports(settings::Store& store, RowSource& rows, ReadyNotice notice, const Clock& clock,
          metrics::Registry& metrics, Options options);
  ~Exports();

  // Queues what a crash left running and removes files that belong to no ready export. Once, before
  // start().
  Result<> resume();
  void start();
  void stop();  // waits; a file that was being made is made again after the next start

  // Asks for a file. The answer's state is `queued`; durable on return, with its entry. What is
  // visible, and which entries there are, is fixed now. `invalid` with pointers: /format, /from,
  // /to (also when the range ends before what is visible begins); `limited` (`too_many_exports`).
  Result<settings::Export> request(const settings::Org& org, std::optional<Timestamp> visible_from,
                                   const Requester& by, const ExportRequest& request);

  // How much such a file would hold; the sizes are guessed from the newest rows. Errors of the
  // range as in request(), and those of the event store.
  Result<Estimate> estimate(const settings::Org& org, std::optional<Timestamp> visible_from,
                            const events::Filter& filter);

  Result<settings::Export> find(const OrgId& org, const Uuid& id);  // `not_found`
  // Whichever org it belongs to: ask for permission afterwards.
  Result<settings::Export> find(const Uuid& id);
  // Newest first, before the id `before`.
  Result<std::vector<settings::Export>> list(const OrgId& org, std::optional<Uuid> before,
                                             std::size_t limit);
  // Of one that is queued or running; `conflict` (`not_running`) otherwise.
  Result<settings::Export> cancel(const OrgId& org, const Uuid& id, const Requester& by);

  // The file of a ready export; the fetch is in the org's trail on return. `not_found`
  // (`export_not_found`) when there is none or it failed; `not_found` (`expired`) when its time is
  // over, which HTTP says by 410; `conflict`
  // (`not_ready`) while it is made.
  Result<OpenFile> open(const OrgId& org, const Uuid& id, const Requester& by);

  // One step of the background, for tests: makes one queued file when there is one that can be
  // made, else false.
  bool make_one();
  // Lets exports expire and removes their files. Called by the background every few seconds.
  Result<> expire();

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

// What is done of a file that is being made, from 0 to 1.
double progress(const settings::Export& record);

}  // namespace trailkeeper::exports
