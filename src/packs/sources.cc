#include "packs/sources.h"

#include "source_clickhouse.h"
#include "source_location.h"
#include "source_mariadb.h"
#include "source_postgres.h"

namespace trailkeeper::packs {

MakeSource source_maker(httpc::Client& http, LocationRules locations) {
  // Sources may outlive a copy of the function.
  const auto rules = std::make_shared<const LocationRules>(std::move(locations));
  return [&http, rules](const SourceSettings& settings) -> Result<std::unique_ptr<Source>> {
    if (settings.type == "postgresql") return make_postgres_source(settings);
    if (settings.type == "mariadb") return make_mariadb_source(settings);
    if (settings.type == "clickhouse") return make_clickhouse_source(http, settings);
    if (is_location(settings.type)) return make_location_source(http, settings, rules);
    return Error{ErrorKind::invalid, "unknown_type",
                 "There is no kind of source named " + settings.type + "."};
  };
}

}  // namespace trailkeeper::packs
