#pragma once

#include <string>

#include "base/background.h"
#include "deliver/deliveries.h"
#include "pool.h"
#include "settings/deliveries.h"
#include "stopped_logs.h"
#include "turns.h"
#include "validation.h"
#include "worker.h"

namespace trailkeeper::deliver {

class Service final : public Deliveries {
 public:
  Service(Settings settings, settings::Deliveries& state, Cuts& cuts, RecordSource& source,
          ObjectSink& sink, ledger::Ledger& log, const Clock& clock, metrics::Registry& metrics);
  ~Service() override;

  Result<DestinationView> put(const OrgId& org, const std::string& id,
                              const DestinationRequest& request, const By& by) override;
  Result<DestinationView> get(const OrgId& org, const std::string& id) override;
  Result<std::vector<DestinationView>> list(const OrgId& org) override;
  Result<Validation> validate(const OrgId& org, const std::string& id, const By& by) override;
  Result<DestinationView> activate(const OrgId& org, const std::string& id, const By& by) override;
  Result<DestinationView> pause(const OrgId& org, const std::string& id, const By& by) override;
  Result<DestinationView> resume(const OrgId& org, const std::string& id, const By& by) override;
  Result<DestinationView> try_now(const OrgId& org, const std::string& id, const By& by) override;
  Result<DestinationView> backfill(const OrgId& org, const std::string& id, Timestamp from,
                                   const By& by) override;
  Result<DeliveryView> redeliver(const OrgId& org, const std::string& delivery,
                                 const By& by) override;
  Result<DryRun> dry_run(const OrgId& org, const DestinationRequest& request) override;
  Result<> disconnect(const OrgId& org, const std::string& id, const By& by) override;
  Result<DeliveryPage> deliveries(const OrgId& org, const std::string& destination,
                                  std::size_t limit, const std::string& cursor) override;
  std::vector<StoppedLogView> stopped_logs() const override;
  Result<> stop_log(const OrgId& org, const std::string& code, const std::string& reason) override;
  Result<std::uint32_t> new_epoch(const OrgId& org, const By& by) override;
  void start() override;
  void stop() override;
  bool step() override;

 private:
  Result<DestinationView> show(const settings::Destination& destination);
  // What commits the entry along.
  settings::Deliveries::Also noting(const settings::ActionInfo& info, const OrgId& org,
                                    const std::string& id, const By& by, bool success = true) const;
  Result<ValidationInput> validation_input(const settings::Destination& destination);
  Result<> wait_for_turn(const DestinationKey& key);
  bool dispatch();
  bool work(const DestinationKey& key, const std::stop_token& stop);
  void measure(const std::vector<settings::Destination>& live);
  void measure(const settings::Destination& destination, Duration lag);

  const Settings settings_;
  settings::Deliveries& state_;
  Cuts& cuts_;
  RecordSource& source_;
  ObjectSink& sink_;
  ledger::Ledger& log_;
  const Clock& clock_;
  metrics::Registry& metrics_;
  metrics::Gauge& lag_;
  metrics::Gauge& suspended_;
  metrics::Gauge& stopped_count_;
  Timestamp measured_at_{};  // of the lines for each destination; the dispatcher's own
  StoppedLogs stopped_;
  Worker worker_;
  Turns sending_;
  Turns validating_;
  Pool pool_;
  Background dispatcher_;
};

}  // namespace trailkeeper::deliver
