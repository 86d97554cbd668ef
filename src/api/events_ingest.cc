#include "intake.h"
#include "query_reader.h"
#include "resources.h"

namespace trailkeeper::api {
namespace {

std::string_view status_name(journal::Status status) {
  switch (status) {
    case journal::Status::created:
      return "created";
    case journal::Status::duplicate:
      return "duplicate";
    default:
      return "rejected";
  }
}

void write_name(json::Writer& out, const std::string& log) {
  out.key("log");
  if (log.empty()) {
    out.null();
  } else {
    out.string(log);
  }
}

// `log`: null where the whole answer names one.
void write_item(json::Writer& out, const journal::ItemReceipt& item, const std::string* log) {
  out.begin_object();
  if (item.status != journal::Status::rejected) {
    out.member("id", item.id.str()).member("seq", item.seq.value);
    member_time(out, "received_at", item.received_at);
    out.member("sha256", to_hex(as_text(item.sha256)));
    if (log != nullptr) write_name(out, *log);
  }
  out.member("status", status_name(item.status));
  if (!item.problem.empty()) out.key("problem").raw(item.problem);
  out.end_object();
}

Result<> read(const httpd::Request& request, ingest::Request& out) {
  QueryReader query(request);
  out.atomic = query.flag("atomic");
  TRY(query.finish());
  const std::string type = media_type(request);
  if (type.empty() || type == "application/json") {
    out.form = ingest::Form::own_json;
  } else if (type == "application/x-ndjson" || type == "application/ndjson" ||
             type == "application/jsonl") {
    out.form = ingest::Form::own_ndjson;
  } else {
    return Error{ErrorKind::invalid, "unsupported_media_type",
                 "Send events as 'Content-Type: application/json' or 'application/x-ndjson'."};
  }
  return {};
}

}  // namespace

httpd::Response render_items(const ingest::Answer& answer, const httpd::Request&) {
  json::Writer out;
  out.begin_object().key("data").begin_array();
  const auto& items = answer.receipt.items;
  const bool several = answer.logs.size() == items.size();
  for (std::size_t i = 0; i < items.size(); ++i)
    write_item(out, items[i], several ? &answer.logs[i] : nullptr);
  out.end_array();
  write_name(out, answer.stored > 0 ? answer.log : std::string());
  return json_response(answer.stored > 0 ? 200 : 422, out.end_object().take());
}

void add_event_ingest_routes(Routes& routes, const Services& services) {
  add_intake_route(
      routes, services,
      {.pattern = "/v1/events", .surface = Surface::own, .read = read, .render = render_items});
}

}  // namespace trailkeeper::api
