#include "export/exports.h"

#include "export/filter.h"
#include "file_response.h"
#include "object_reader.h"
#include "problem.h"
#include "query_reader.h"
#include "resources.h"

namespace trailkeeper::api {
namespace {

double progress_of(const settings::Export& record) {
  if (record.state == settings::ExportState::ready ||
      record.state == settings::ExportState::expired) {
    return 1;
  }
  if (record.rows_total == 0) return 0;
  return std::min(1.0, static_cast<double>(record.rows) / static_cast<double>(record.rows_total));
}

void write_export(json::Writer& out, const settings::Export& record) {
  out.begin_object()
      .member("id", record.id.str())
      .member("state", settings::export_state_name(record.state))
      .member("format", record.format);
  member_or_null(out, "from", record.from ? record.from : record.visible_from);
  member_or_null(out, "to", record.to);
  out.key("filter").raw(record.filter == "{}" ? std::string_view("null") : record.filter);
  out.member("rows", record.rows).member("bytes", record.bytes);
  out.key("progress").real(progress_of(record));
  out.key("requested_by")
      .begin_object()
      .member("name", record.requester_name)
      .member("email", record.requester_email)
      .end_object();
  member_time(out, "created_at", record.created_at);
  member_or_null(out, "ready_at", record.ready_at);
  member_or_null(out, "expires_at", record.expires_at);
  member_or_null(out, "error", record.error);
  out.end_object();
}

httpd::Response render(int status, const settings::Export& record) {
  json::Writer out;
  write_export(out, record);
  return json_response(status, out.take());
}

exports::Requester requester_of(const Call& call, const OrgId& org) {
  exports::Requester requester{call.caller.principal.actor(&org), call.caller.origin};
  // The link asks for a sign-in, which whoever sees an embedded page need not have.
  const auto* person = call.caller.principal.person();
  if (person != nullptr && !person->is_embedded()) requester.mail_to = person->email;
  return requester;
}

// The rest of an object that says which entries a file holds.
Result<events::Filter> parse_range_and_filter(ObjectReader& reader) {
  const auto from = reader.optional_time("from");
  const auto to = reader.optional_time("to");
  const auto node = reader.optional_object("filter");
  TRY(reader.finish());
  events::Filter filter;
  if (node) filter = TRY(exports::parse_filter(*node, reader.pointer_of("filter")));
  filter.from = from;
  filter.to = to;
  return filter;
}

Result<exports::ExportRequest> parse_request(const JsonBody& body) {
  exports::ExportRequest request;
  ObjectReader reader(body.root());
  request.format = reader.choice("format", {"csv", "jsonl", "parquet"});
  request.filter = TRY(parse_range_and_filter(reader));
  return request;
}

Result<httpd::Response> create(const Call& call, const Services& services) {
  const OrgId org = TRY(call.org());
  const access::AuditGrant grant =
      TRY(services.permissions.may_read_audit(call.caller.principal, org));
  const JsonBody body = TRY(JsonBody::parse(call.request));
  const exports::ExportRequest request = TRY(parse_request(body));
  return render(202, TRY(services.exports.request(grant.org, grant.visible_from,
                                                  requester_of(call, org), request)));
}

Result<httpd::Response> estimate(const Call& call, const Services& services) {
  const OrgId org = TRY(call.org());
  const access::AuditGrant grant =
      TRY(services.permissions.may_read_audit(call.caller.principal, org));
  const JsonBody body = TRY(JsonBody::parse(call.request));
  ObjectReader reader(body.root());
  const events::Filter filter = TRY(parse_range_and_filter(reader));
  TRY(services.store_available());
  const exports::Estimate found =
      TRY(services.exports.estimate(grant.org, grant.visible_from, filter));
  json::Writer out;
  out.begin_object().member("rows", found.rows).key("bytes_about").begin_object();
  out.member("csv", found.csv_bytes)
      .member("jsonl", found.jsonl_bytes)
      .member("parquet", found.parquet_bytes)
      .end_object();
  return json_response(200, out.end_object().take());
}

Result<httpd::Response> cancel(const Call& call, const Services& services) {
  const OrgId org = TRY(call.org());
  TRY(services.permissions.may_read_audit(call.caller.principal, org));
  return render(
      200, TRY(services.exports.cancel(org, TRY(call.uuid("export")), requester_of(call, org))));
}

Result<httpd::Response> list(const Call& call, const Services& services) {
  const OrgId org = TRY(call.org());
  TRY(services.permissions.may_read_audit(call.caller.principal, org));
  QueryReader query(call.request);
  const IdPage page = read_id_page(query);
  TRY(query.finish());
  auto records = TRY(services.exports.list(org, page.after, page.limit + 1));
  const bool more = records.size() > page.limit;
  if (more) records.erase(records.begin() + static_cast<std::ptrdiff_t>(page.limit), records.end());
  json::Writer out;
  out.begin_object().key("data").begin_array();
  for (const settings::Export& record : records) write_export(out, record);
  out.end_array();
  end_list(out, more ? records.back().id.str() : std::string());
  return json_response(200, out.take());
}

Result<httpd::Response> show(const Call& call, const Services& services) {
  const OrgId org = TRY(call.org());
  TRY(services.permissions.may_read_audit(call.caller.principal, org));
  return render(200, TRY(services.exports.find(org, TRY(call.uuid("export")))));
}

Result<httpd::Response> fetch(const Call& call, const Services& services) {
  const OrgId org = TRY(call.org());
  TRY(services.permissions.may_read_audit(call.caller.principal, org));
  return file_response(
      TRY(services.exports.open(org, TRY(call.uuid("export")), requester_of(call, org))));
}

std::string percent_encode(std::string_view text) {
  constexpr char kHex[] = "0123456789ABCDEF";
  std::string out;
  for (const unsigned char c : text) {
    if (std::isalnum(c) || c == '-' || c == '_' || c == '.' || c == '~') {
      out += static_cast<char>(c);
    } else {
      out += '%';
      out += kHex[c >> 4];
      out += kHex[c & 15];
    }
  }
  return out;
}

bool is_browser(const httpd::Request& request) {
  const auto accept = request.header("Accept");
  return accept && accept->find("text/html") != std::string_view::npos;
}

// The mailed link: a browser without a session is led to the sign-in and comes back here
// afterwards.
void fetch_or_sign_in(const Routes& routes, const Services& services, httpd::Request request,
                      httpd::Responder responder) {
  auto caller = routes.gate().enter(request);
  if (!caller && caller.error().kind == ErrorKind::unauthenticated && is_browser(request)) {
    auto response = empty_response(303);
    response.set("Location", "/sign-in?next=" + percent_encode(request.path));
    return send(std::move(response), request, std::move(responder));
  }
  if (!caller) return send(std::move(caller).error(), request, std::move(responder));
  auto response = fetch(Call{request, *std::move(caller)}, services);
  send(std::move(response), request, std::move(responder));
}

}  // namespace

void add_export_routes(Routes& routes, const Services& services) {
  routes.add("POST", "/v1/orgs/{org}/exports",
             [&](const Call& call) { return create(call, services); });
  routes.add("GET", "/v1/orgs/{org}/exports",
             [&](const Call& call) { return list(call, services); });
  routes.add("POST", "/v1/orgs/{org}/exports/estimate",
             [&](const Call& call) { return estimate(call, services); });
  routes.add("POST", "/v1/orgs/{org}/exports/{id}/cancel",
             [&](const Call& call) { return cancel(call, services); });
  routes.add("GET", "/v1/orgs/{org}/exports/{id}",
             [&](const Call& call) { return show(call, services); });
  routes.router().add("GET", "/v1/orgs/{org}/exports/{id}/file",
                      [&](httpd::Request request, httpd::Responder responder) {
                        fetch_or_sign_in(routes, services, std::move(request),
                                         std::move(responder));
                      });
}

}  // namespace trailkeeper::api
