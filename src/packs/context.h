#pragma once

#include <functional>
#include <memory>
#include <string>

#include "packs/packs.h"
#include "packs/parameters.h"
#include "settings/deliveries.h"
#include "stager.h"

// What the parts of this module share.
namespace trailkeeper::packs {

// How far back comparisons of both sides are counted for people.
inline constexpr Duration kComparisonsShown = std::chrono::hours(24 * 90);

struct Context {
  Settings settings;
  settings::Store& store;
  settings::Deliveries& destinations;
  deliver::ObjectSink& sink;
  const crypto::Sealer& sealer;
  const Clock& clock;
  metrics::Registry& metrics;
  Stager stager;
  // New work is there. Set before anything runs.
  std::function<void()> wake;
};

Error pack_not_found();
Error run_not_found();
Error source_not_found();

std::string sealed_password(const crypto::Sealer& sealer, const std::string& source,
                            const std::string& password);
// The source of that id, ready to be asked.
Result<std::unique_ptr<Source>> open_source(const Context& context, const std::string& id);
// `invalid` for a type that there is not.
Result<Dialect> dialect_of(const std::string& type);

// The version in use; empty before the first release.
Result<std::optional<settings::DataPackVersion>> version_in_use(const settings::ReadTx& tx,
                                                                const std::string& pack);

// Where an org's runs go.
struct Route {
  std::string sink;      // s3, sftp
  std::string location;  // of s3: changes when its files would go elsewhere
  std::string place;     // for people
};
// At `now`; what cannot be reached is among them, without a place.
std::vector<Route> routes_of(const Context& context,
                             const settings::DataPackDestination& destination, Timestamp now);
// `unavailable` or `conflict` with a sentence why it cannot take files.
Result<std::unique_ptr<PackSink>> open_sink(const Context& context, const OrgId& org,
                                            const settings::DataPackDestination& destination,
                                            const std::string& sink);
// Of s3, as Route::location.
Result<std::string> s3_location(const Context& context,
                                const settings::DataPackDestination& destination);

Result<> note(settings::WriteTx& tx, const settings::ActionInfo& info, const OrgId& org,
              const By& by, std::vector<settings::Target> targets, Timestamp now,
              std::string metadata = "");
Result<> note_run(settings::WriteTx& tx, const settings::ActionInfo& info,
                  const settings::PackRun& run, const By& by, Timestamp now);
// That both sides of a run were compared; `difference` is a sentence, empty when they are equal.
Result<> note_comparison(settings::WriteTx& tx, const settings::PackRun& run, bool equal,
                         const std::string& difference, Timestamp now);

}  // namespace trailkeeper::packs
