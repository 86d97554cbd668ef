#include "json/lists.h"
#include "object_reader.h"
#include "resources.h"
#include "schedule/window.h"

namespace trailkeeper::api {
namespace {

void write_check(json::Writer& out, const deliver::Check& check) {
  out.begin_object().member("name", check.name).member("ok", check.ok);
  out.member("checked", check.checked);
  member_or_null(out, "detail", check.detail);
  member_or_null(out, "remedy", check.remedy);
  member_or_null(out, "request_id", check.request_id);
  out.member("duration_ms", check.duration_ms);
  out.key("change").raw(check.change.empty() ? std::string_view("null") : check.change);
  member_or_null(out, "suggested_region", check.suggested_region);
  out.end_object();
}

void write_checks(json::Writer& out, const std::vector<deliver::Check>& checks) {
  out.key("checks").begin_array();
  for (const deliver::Check& check : checks) write_check(out, check);
  out.end_array();
}

void write_auth(json::Writer& out, const deliver::DestinationView& view) {
  out.key("auth").begin_object().member("mode", view.auth_mode);
  member_or_null(out, "role_arn", view.role_arn);
  member_or_null(out, "session_name", view.session_name);
  member_or_null(out, "principal", view.principal);
  member_or_null(out, "external_id", view.external_id);
  out.end_object();
}

void write_values(json::Writer& out, const deliver::DestinationRequest& values) {
  member_or_null(out, "bucket", values.bucket);
  member_or_null(out, "region", values.region);
  member_or_null(out, "endpoint", values.endpoint);
  member_or_null(out, "account_id", values.account_id);
  member_or_null(out, "path", values.path);
  out.member("path_style", values.path_style);
  out.member("frequency", schedule::to_string(values.frequency));
  member_or_null(out, "encryption", values.encryption);
  member_or_null(out, "kms_key", values.kms_key);
  out.member("form", values.form).member("compression", values.compression);
  out.key("filter");
  if (values.filter.empty()) {
    out.null();
    return;
  }
  out.begin_object();
  json::write_texts(out, "categories", values.filter.categories);
  json::write_texts(out, "actions", values.filter.actions);
  json::write_texts(out, "areas", values.filter.areas);
  out.end_object();
}

void write_setup(json::Writer& out, const deliver::DestinationView& view) {
  out.key("setup").begin_array();
  for (const deliver::SetupDocument& document : view.setup) {
    out.begin_object().member("name", document.name).member("language", document.language);
    out.member("text", document.text).end_object();
  }
  out.end_array();
}

void write_health(json::Writer& out, const deliver::DestinationView& view) {
  member_or_null(out, "failed_since", view.failed_since);
  member_or_null(out, "delivered_until", view.delivered_until);
  member_or_null(out, "next_due_at", view.next_due_at);
  member_or_null(out, "oldest_undelivered_at", view.oldest_undelivered_at);
  member_or_null(out, "data_at_risk_at", view.data_at_risk_at);
  member_or_null(out, "compared_at", view.compared_at);
  out.member("missing_windows", view.missing_windows);
  out.member("slow", view.slow);
  out.key("backfill");
  if (!view.backfill) {
    out.null();
    return;
  }
  out.begin_object().member("state", view.backfill->state);
  member_time(out, "from", view.backfill->from);
  member_time(out, "until", view.backfill->until);
  member_or_null(out, "delivered_until", view.backfill->delivered_until);
  out.key("progress").real(view.backfill->progress).end_object();
}

void write_destination(json::Writer& out, const deliver::DestinationView& view) {
  out.begin_object().member("id", view.id).member("state", view.state);
  member_or_null(out, "reason", view.reason);
  member_or_null(out, "remedy", view.remedy);
  write_values(out, view.values);
  out.member("pending", view.pending).member("validated", view.validated);
  write_auth(out, view);
  out.key("policy").raw(view.policy.empty() ? std::string_view("null") : view.policy);
  write_setup(out, view);
  write_checks(out, view.checks);
  write_health(out, view);
  member_or_null(out, "last_success_at", view.last_success_at);
  member_or_null(out, "next_attempt_at", view.next_attempt_at);
  out.member("delivered_seq", view.delivered_seq.value)
      .member("head_seq", view.head_seq.value)
      .member("lag_seconds", view.lag_seconds)
      .end_object();
}

httpd::Response render(int status, const deliver::DestinationView& view) {
  json::Writer out;
  write_destination(out, view);
  return json_response(status, out.take());
}

// The org that the request may manage, and the destination it names.
struct Place {
  OrgId org;
  std::string id;
};

Result<Place> place_of(const Call& call, const Services& services) {
  const OrgId org = TRY(call.org());
  TRY(services.permissions.may_manage_s3(call.caller.principal, org));
  return Place{org, call.text("id")};
}

// Who asks, for the entry about it.
deliver::By by(const Call& call, const Place& place) {
  return {.actor = call.caller.principal.actor(&place.org), .origin = call.caller.origin};
}

void parse_filter(ObjectReader& reader, deliver::DeliveryFilter& filter) {
  const auto node = reader.optional_object("filter");
  if (!node) return;
  constexpr std::size_t kValuesMax = 200;
  ObjectReader lists(*node, reader.pointer_of("filter"));
  filter.categories = lists.texts("categories", kValuesMax);
  filter.actions = lists.texts("actions", kValuesMax);
  filter.areas = lists.texts("areas", kValuesMax);
  reader.join(lists);
}

Result<deliver::DestinationRequest> parse_request(const JsonBody& body) {
  deliver::DestinationRequest request;
  ObjectReader reader(body.root());
  const auto text = [&reader](std::string_view key, std::size_t max) {
    return reader.optional_text(key, {.bytes_max = max, .may_be_empty = true})
        .value_or(std::string());
  };
  request.bucket = text("bucket", 255);
  request.region = text("region", 64);
  request.endpoint = text("endpoint", 255);
  request.account_id = text("account_id", 12);
  request.role_arn = text("role_arn", 2048);
  if (auto path = reader.optional_text("path", {.bytes_max = 512, .may_be_empty = true})) {
    request.path = std::move(*path);
  }
  if (const auto word = reader.optional_choice("frequency", {"hourly", "daily"})) {
    request.frequency = schedule::parse_frequency(*word).value_or(request.frequency);
  }
  request.path_style = reader.optional_boolean("path_style").value_or(false);
  request.encryption = reader.optional_choice("encryption", {"s3", "kms"}).value_or("");
  request.kms_key = text("kms_key", 2048);
  request.form =
      reader.optional_choice("form", {"jsonl", "ocsf", "csv", "parquet"}).value_or(request.form);
  request.compression =
      reader.optional_choice("compression", {"gzip", "zstd"}).value_or(request.compression);
  parse_filter(reader, request.filter);
  TRY(reader.finish());
  return request;
}

Result<httpd::Response> put(const Call& call, const Services& services) {
  const Place place = TRY(place_of(call, services));
  const JsonBody body = TRY(JsonBody::parse(call.request));
  const deliver::DestinationRequest request = TRY(parse_request(body));
  const auto found = services.deliveries.get(place.org, place.id);
  if (!found && found.error().kind != ErrorKind::not_found) return found.error();
  const auto view = TRY(services.deliveries.put(place.org, place.id, request, by(call, place)));
  return render(found ? 200 : 201, view);
}

Result<httpd::Response> list(const Call& call, const Services& services, const Options& options) {
  const OrgId org = TRY(call.org());
  TRY(services.permissions.may_manage_s3(call.caller.principal, org));
  const auto views = TRY(services.deliveries.list(org));
  json::Writer out;
  out.begin_object().key("data").begin_array();
  for (const deliver::DestinationView& view : views) write_destination(out, view);
  out.end_array().key("options").begin_object();
  json::write_texts(out, "regions", options.s3_regions);
  json::write_texts(out, "endpoints", options.s3_endpoints);
  return json_response(200, out.end_object().end_object().take());
}

Result<httpd::Response> show(const Call& call, const Services& services) {
  const Place place = TRY(place_of(call, services));
  return render(200, TRY(services.deliveries.get(place.org, place.id)));
}

Result<httpd::Response> remove(const Call& call, const Services& services) {
  const Place place = TRY(place_of(call, services));
  TRY(services.deliveries.disconnect(place.org, place.id, by(call, place)));
  return empty_response(204);
}

Result<httpd::Response> validate(const Call& call, const Services& services) {
  const Place place = TRY(place_of(call, services));
  const deliver::Validation validation =
      TRY(services.deliveries.validate(place.org, place.id, by(call, place)));
  json::Writer out;
  out.begin_object().member("ok", validation.ok);
  write_checks(out, validation.checks);
  return json_response(200, out.end_object().take());
}

// Since when; what a backfill is asked for with.
Result<httpd::Response> backfill(const Call& call, const Services& services) {
  const Place place = TRY(place_of(call, services));
  const JsonBody body = TRY(JsonBody::parse(call.request));
  ObjectReader reader(body.root());
  const Timestamp from = reader.time("from");
  TRY(reader.finish());
  return render(202, TRY(services.deliveries.backfill(place.org, place.id, from, by(call, place))));
}

Result<httpd::Response> dry_run(const Call& call, const Services& services) {
  const Place place = TRY(place_of(call, services));
  const JsonBody body = TRY(JsonBody::parse(call.request));
  deliver::DestinationRequest request = TRY(services.deliveries.get(place.org, place.id)).values;
  request.filter = {};
  ObjectReader reader(body.root());
  parse_filter(reader, request.filter);
  TRY(reader.finish());
  const deliver::DryRun run = TRY(services.deliveries.dry_run(place.org, request));
  json::Writer out;
  out.begin_object();
  member_time(out, "from", run.from);
  member_time(out, "to", run.to);
  out.member("entries", run.entries).member("withheld", run.withheld).member("bytes", run.bytes);
  return json_response(200, out.member("about", run.about).end_object().take());
}

using Verb = Result<deliver::DestinationView> (deliver::Deliveries::*)(const OrgId&,
                                                                       const std::string&,
                                                                       const deliver::By&);

void add_verb(Routes& routes, const Services& services, std::string_view name, Verb verb) {
  routes.add("POST", "/v1/orgs/{org}/integrations/s3/{id}/" + std::string(name),
             [&services, verb](const Call& call) -> Result<httpd::Response> {
               const Place place = TRY(place_of(call, services));
               return render(
                   200, TRY((services.deliveries.*verb)(place.org, place.id, by(call, place))));
             });
}

}  // namespace

void add_s3_routes(Routes& routes, const Services& services, const Options& options) {
  const std::string all = "/v1/orgs/{org}/integrations/s3";
  const std::string one = all + "/{id}";
  routes.add("GET", all, [&](const Call& call) { return list(call, services, options); });
  routes.add("GET", one, [&](const Call& call) { return show(call, services); });
  routes.add("PUT", one, [&](const Call& call) { return put(call, services); });
  routes.add("DELETE", one, [&](const Call& call) { return remove(call, services); });
  routes.add("POST", one + "/validate", [&](const Call& call) { return validate(call, services); });
  routes.add("POST", one + "/backfill", [&](const Call& call) { return backfill(call, services); });
  routes.add("POST", one + "/dry_run", [&](const Call& call) { return dry_run(call, services); });
  add_verb(routes, services, "activate", &deliver::Deliveries::activate);
  add_verb(routes, services, "pause", &deliver::Deliveries::pause);
  add_verb(routes, services, "resume", &deliver::Deliveries::resume);
  add_verb(routes, services, "try_now", &deliver::Deliveries::try_now);
}

}  // namespace trailkeeper::api
