#pragma once

#include <string>

#include "base/background.h"
#include "deliver/deliveries.h"
#include "pool.h"
#include "settings/deliveries.h"
#include "turns.h"
#include "validation.h"
#include "worker.h"

namespace trailkeeper::deliver {

class Service final : public Deliveries {
 public:
  Service(Settings settings, settings::Deliveries& state, Cuts& cuts, RecordSource& source,
          ObjectSink& sink, const Clock& clock, metrics::Registry& metrics);
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
  void work(const DestinationKey& key);
  void measure(const std::vector<settings::Destination>& live);

  const Settings settings_;
  settings::Deliveries& state_;
  Cuts& cuts_;
  RecordSource& source_;
  ObjectSink& sink_;
  const Clock& clock_;
  metrics::Gauge& lag_;
  metrics::Gauge& suspended_;
  Worker worker_;
  Turns sending_;
  Turns validating_;
  Pool pool_;
  Background dispatcher_;
};

}  // namespace trailkeeper::deliver
