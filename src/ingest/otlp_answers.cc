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

std::string rpc_status_protobuf(int code, std::string_view message) {
  std::string out;
  protozero::pbf_writer status(out);
  status.add_int32(1, code);
  status.add_string(2, message.data(), message.size());
  return out;
}

}  // namespace trailkeeper::ingest
