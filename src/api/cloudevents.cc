#include "base/ascii.h"
#include "base/bytes.h"
#include "intake.h"
#include "query_reader.h"
#include "resources.h"

// CloudEvents 1.0 by HTTP: the modes of its HTTP binding, told apart by the content type.
namespace trailkeeper::api {
namespace {

constexpr std::string_view kPrefix = "ce-";

// A quoted string (RFC 9110, 5.6.4) without its quotes.
std::string unquoted(std::string_view value) {
  if (value.size() < 2 || value.front() != '"' || value.back() != '"') return std::string(value);
  std::string out;
  for (std::size_t i = 1; i + 1 < value.size(); ++i) {
    if (value[i] == '\\' && i + 2 < value.size()) ++i;
    out += value[i];
  }
  return out;
}

// One round of percent-decoding; a percent sign that starts no escape stands for itself, because
// older SDKs send values as they are.
std::string percent_decoded(std::string_view value) {
  std::string out;
  for (std::size_t i = 0; i < value.size(); ++i) {
    const auto byte = value[i] == '%' ? from_hex(value.substr(i + 1, 2)) : std::nullopt;
    if (byte && byte->size() == 1) {
      out += *byte;
      i += 2;
    } else {
      out += value[i];
    }
  }
  return out;
}

Result<> read_binary(const httpd::Request& request, ingest::Request& out) {
  out.form = ingest::Form::cloudevent_binary;
  out.media_type = request.header("Content-Type").value_or(std::string_view());
  for (const httpd::Header& header : request.headers) {
    std::string name = lower_ascii(header.name);
    if (!name.starts_with(kPrefix)) continue;
    out.attributes.emplace_back(name.substr(kPrefix.size()),
                                percent_decoded(unquoted(header.value)));
  }
  if (!out.attributes.empty()) return {};
  return Error{ErrorKind::invalid, "unsupported_media_type",
               "Send 'application/cloudevents+json', 'application/cloudevents-batch+json', or an "
               "event in binary mode with its attributes in ce- headers."};
}

Result<> read(const httpd::Request& request, ingest::Request& out) {
  QueryReader query(request);
  out.atomic = query.flag("atomic");
  TRY(query.finish());
  const std::string type = media_type(request);
  if (type == "application/cloudevents+json") {
    out.form = ingest::Form::cloudevent;
  } else if (type == "application/cloudevents-batch+json") {
    out.form = ingest::Form::cloudevent_batch;
  } else if (type.starts_with("application/cloudevents")) {
    return Error{ErrorKind::invalid, "unsupported_media_type",
                 "Of the event formats of CloudEvents only JSON is read."};
  } else {
    return read_binary(request, out);
  }
  return {};
}

}  // namespace

void add_cloudevent_routes(Routes& routes, const Services& services) {
  add_intake_route(routes, services,
                   {.pattern = "/v1/cloudevents",
                    .surface = Surface::own,
                    .read = read,
                    .render = render_items});
}

}  // namespace trailkeeper::api
