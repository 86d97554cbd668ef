#pragma once

#include <atomic>
#include <cstdint>
#include <optional>
#include <set>
#include <string_view>

#include "base/clock.h"
#include "base/metrics.h"
#include "base/result.h"
#include "base/thread_annotations.h"
#include "export/exports.h"
#include "export/row_source.h"
#include "settings/exports.h"
#include "shelf.h"

namespace trailkeeper::exports {

// Takes queued exports and makes their files, one call a file. Thread-safe: several may work at
// once.
class Maker {
 public:
  Maker(settings::Store& store, RowSource& rows, ReadyNotice notice, const Clock& clock,
        metrics::Registry& metrics, const Shelf& shelf, std::uint64_t progress_bytes);

  // False when there is nothing that can be made now.
  Result<bool> make_one();
  // Ends what is being made as soon as it can, to be made again later, and takes nothing more until
  // allowed to.
  void abandon() { abandoned_ = true; }
  void allow() { abandoned_ = false; }

 private:
  enum class Outcome { whole, cancelled, abandoned };
  Result<std::optional<settings::Export>> claim();
  Result<std::optional<settings::Export>> claim_in_state(settings::ExportState state);
  bool take(const Uuid& id);
  void release(const Uuid& id);
  Result<> work_on(settings::Export& record);
  Result<Outcome> write_file(settings::Export& record, Shelf::Part& part);
  Result<> finish(settings::Export& record, Shelf::Part part);
  Result<> give_back(settings::Export& record);
  Result<> give_up(settings::Export& record, const Error& error);
  Result<bool> update(const settings::Export& record, settings::ExportState expected);

  settings::Store& store_;
  RowSource& rows_;
  const ReadyNotice notice_;
  const Clock& clock_;
  const Shelf& shelf_;
  const std::uint64_t progress_bytes_;
  metrics::Counter& made_;
  metrics::Counter& failed_;
  metrics::Counter& rows_written_;
  std::atomic<bool> abandoned_{false};
  std::atomic<std::int64_t> not_before_micros_{0};  // set when the event store did not answer
  Mutex mutex_;
  std::set<Uuid> taken_ GUARDED_BY(mutex_);  // being made by this process
};

}  // namespace trailkeeper::exports
