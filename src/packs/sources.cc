#include "packs/sources.h"

#include "source_clickhouse.h"
#include "source_mariadb.h"
#include "source_postgres.h"

namespace trailkeeper::packs {

MakeSource source_maker(httpc::Client& http) {
  return [&http](const SourceSettings& settings) -> Result<std::unique_ptr<Source>> {
    if (settings.type == "postgresql") return make_postgres_source(settings);
    if (settings.type == "mariadb") return make_mariadb_source(settings);
    if (settings.type == "clickhouse") return make_clickhouse_source(http, settings);
    return Error{ErrorKind::invalid, "unknown_type",
                 "There is no kind of source named " + settings.type + "."};
  };
}

}  // namespace trailkeeper::packs
