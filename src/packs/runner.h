#pragma once

#include <atomic>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <tuple>
#include <vector>

#include "base/background.h"
#include "base/thread_annotations.h"
#include "context.h"
#include "files.h"

namespace trailkeeper::packs {

// Plans runs by their schedules and brings each from due to delivered. Everything it knows is in
// the settings: after any stop it goes on from there. Thread-safe.
//
//   due -> extracting -> staged -> delivering -> delivered
//              |  \-> held (columns)      failed, cancelled
//              \----> held (size) -> staged
//
// What is read is never sent before all of it is staged; what is staged is sent with these bytes or
// not at all. The runs of one version for one org go one after the other.
class Runner {
 public:
  Runner(Context& context, Files& files);

  void start();
  void stop();
  void wake();
  bool step();

 private:
  using Key = std::tuple<OrgId, std::string, int>;

  bool plan();
  Result<bool> plan_series(const settings::OrgDataPack& pack,
                           const settings::DataPackVersion& version);
  bool worth_a_look(const settings::OrgDataPack& pack, const settings::DataPackVersion& version);
  bool work();
  std::optional<settings::PackRun> take();
  bool is_due(const settings::PackRun& run) const;
  Result<> process(settings::PackRun run);

  Result<> extract(settings::PackRun run);
  Result<> read_source(settings::PackRun& run, const settings::DataPackVersion& version);
  Result<> stage(settings::PackRun& run, const settings::DataPackVersion& version,
                 const Definition& definition, Extract& extract, const std::string& high_water,
                 const ChangedExtract* changed, const std::vector<ColumnChange>& kept);
  Result<std::vector<ColumnChange>> keep_during_notice(const settings::DataPackVersion& version,
                                                       const Definition& definition,
                                                       std::unique_ptr<Extract>& extract);
  // What lies there becomes the run, with its manifest; held when it is odd.
  struct Facts {
    const std::vector<Column>& columns;
    std::string high_water_before{};
    Timestamp snapshot_at{};
    std::string file_set{};
    int file_revision = 0;
    std::optional<ChangeCounts> changes{};
    std::string since{};
    std::vector<ColumnChange> kept{};  // columns that are there for readers only
  };
  // Of the mode `changed`: only what changed of the rows since that run; all of them when empty.
  Result<std::unique_ptr<ChangedExtract>> changed_rows(const settings::PackRun& run,
                                                       const Definition& definition,
                                                       std::unique_ptr<Extract> rows,
                                                       const std::string& since);
  // Instead of what was remembered before, with the delivery.
  Result<> move_state(settings::PackRun& run);
  static void show_facts(settings::PackRun& run, const Facts& facts);
  Result<> finish_staging(settings::PackRun& run, const settings::DataPackVersion& version,
                          const Definition& definition, Staged staged, const Facts& facts);
  // The same of files that the vendor brings.
  Result<> read_files(settings::PackRun& run, const settings::DataPackVersion& version,
                      const Definition& definition);
  Result<std::optional<settings::FileSet>> set_of(const settings::PackRun& run,
                                                  const std::string& source);
  Result<> wait_for_files(settings::PackRun& run, const std::string& source);
  // Makes the runs that sets bring which became complete.
  bool plan_files();
  Result<> plan_set(settings::WriteTx& tx, const settings::FileSet& set);
  Result<> plan_set_for(settings::WriteTx& tx, const settings::FileSet& set,
                        const settings::DataPackVersion& version, const Definition& definition);
  Result<std::string> high_water_before(const settings::PackRun& run, Mode mode);
  Result<> hold_for_columns(settings::PackRun& run, const std::vector<ColumnChange>& changes);
  Result<> fail_reading(settings::PackRun run, const Error& error);

  Result<> begin_delivery(settings::PackRun run);
  Result<> deliver(settings::PackRun run);
  Result<> deliver_to(const settings::PackRun& run, settings::PackDelivery delivery);
  Result<settings::DataPackDestination> way_of(settings::DataPackDestination destination,
                                               settings::PackDelivery& delivery);
  Result<Shipment> shipment_of(const settings::PackRun& run,
                               const settings::PackDelivery& delivery);
  Result<bool> may_send(const settings::PackRun& run, settings::PackDelivery& delivery,
                        std::size_t file, std::size_t parts);
  Result<> record(const settings::PackRun& run, settings::PackDelivery delivery,
                  const std::optional<deliver::SinkFailure>& failure);
  Result<> tell(settings::WriteTx& tx, const settings::PackRun& run,
                const settings::PackDelivery& delivery,
                const std::optional<deliver::SinkFailure>& failure);
  Result<> finish(settings::PackRun run);
  Duration back_off(int attempts) const;
  void tidy();
  void cancel_reading();

  Context& context_;
  Files& files_;
  metrics::Counter& delivered_;
  metrics::Counter& rows_;
  metrics::Counter& bytes_;
  metrics::Counter& failed_;
  metrics::Counter& held_;
  metrics::Counter& attempts_failed_;
  Mutex mutex_;
  std::set<Key> active_ GUARDED_BY(mutex_);
  // When a series is next worth a look, so that schedules are not worked out every second.
  std::map<Key, std::pair<std::string, Timestamp>> looks_ GUARDED_BY(mutex_);
  std::map<Uuid, Extract*> extracts_ GUARDED_BY(mutex_);  // being read
  std::set<Uuid> checked_ GUARDED_BY(mutex_);             // runs whose files are known to be intact
  std::atomic<Timestamp> expired_at_{Timestamp()};        // when files were last looked through
  std::atomic<bool> stopping_{false};
  Background planner_;
  std::vector<std::unique_ptr<Background>> workers_;
};

}  // namespace trailkeeper::packs
