#pragma once

#include <string>

#include "json/writer.h"
#include "packs/packs.h"
#include "routes.h"

// What several resources of data packs have in common.
namespace trailkeeper::api {

class ObjectReader;

// `[a-z0-9][a-z0-9_-]{0,63}`, and none that the layout of buckets uses; `invalid` otherwise.
Result<std::string> new_pack_id(const std::string& text);

Result<packs::Definition> parse_definition(const JsonBody& body);

void write_format(json::Writer& out, const packs::Definition& definition);
void write_schedule(json::Writer& out, const schedule::Recurrence& schedule);
void write_columns(json::Writer& out, std::string_view name,
                   const std::vector<packs::Column>& columns);
void write_run(json::Writer& out, const packs::RunView& view);
// Null when no run was compared.
void write_comparisons(json::Writer& out, const settings::PackComparisonSummary& summary);

}  // namespace trailkeeper::api
