#include <protozero/pbf_writer.hpp>

#include "ingest/otlp.h"

namespace trailkeeper::ingest {

std::string otlp_logs_response_protobuf(std::size_t rejected, std::string_view message) {
  std::string out;
  if (rejected == 0) return out;
  protozero::pbf_writer response(out);
  protozero::pbf_writer partial_success(response, 1);
  partial_success.add_int64(1, static_cast<std::int64_t>(rejected));
  partial_success.add_string(2, message.data(), message.size());
  return out;
}

std::string rpc_status_protobuf(int code, std::string_view message,
                                const std::vector<FieldProblem>& fields) {
  std::string out;
  protozero::pbf_writer status(out);
  status.add_int32(1, code);
  status.add_string(2, message.data(), message.size());
  if (fields.empty()) return out;
  protozero::pbf_writer any(status, 3);
  any.add_string(1, "type.googleapis.com/google.rpc.BadRequest");
  protozero::pbf_writer bad_request(any, 2);
  for (const FieldProblem& field : fields) {
    protozero::pbf_writer violation(bad_request, 1);
    violation.add_string(1, field.pointer);
    violation.add_string(2, field.detail);
    violation.add_string(3, field.code);
  }
  return out;
}

}  // namespace trailkeeper::ingest
