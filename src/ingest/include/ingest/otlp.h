#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

// What OTLP/HTTP needs besides its events: the mapping that a key may have, and the answers in
// protobuf.
namespace trailkeeper::ingest {

// Whether `mapping` may stand as a key's `otlp_mapping`: a JSON object of our fields' names
// ("actor.id", "area") and for each the name of the attribute it comes from
// (docs/formats/intake.md). `invalid` (`invalid_otlp_mapping`) with a pointer into the mapping.
Result<> check_otlp_mapping(std::string_view mapping);

// An ExportLogsServiceResponse: empty when nothing was rejected.
std::string otlp_logs_response_protobuf(std::size_t rejected, std::string_view message);

// A google.rpc.Status; `code` is one of google.rpc.Code. With `fields`, a google.rpc.BadRequest in
// its details.
std::string rpc_status_protobuf(int code, std::string_view message,
                                const std::vector<FieldProblem>& fields);

}  // namespace trailkeeper::ingest
