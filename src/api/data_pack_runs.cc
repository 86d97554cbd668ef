#include "json/lists.h"
#include "object_reader.h"
#include "pack_shapes.h"
#include "query_reader.h"
#include "resources.h"

// An organization's data packs: which it has, their runs, and where they go.
namespace trailkeeper::api {
namespace {

constexpr std::size_t kPathMax = 256;

struct Place {
  OrgId org;
  std::string pack;
  deliver::By by;
  bool is_vendors = false;  // who asks is the vendor
};

Result<Place> place_of(const Call& call, const Services& services) {
  const OrgId org = TRY(call.org());
  TRY(services.permissions.may_manage_data_packs(call.caller.principal, org));
  return Place{org,
               call.text("pack"),
               {.actor = call.caller.principal.actor(&org), .origin = call.caller.origin},
               services.permissions.may_put_org(call.caller.principal, org).has_value()};
}

// What is the vendor's decision.
Result<Place> vendor_place(const Call& call, const Services& services) {
  const OrgId org = TRY(call.org());
  TRY(services.permissions.may_manage_data_packs(call.caller.principal, org));
  TRY(services.permissions.may_put_org(call.caller.principal, org));
  return Place{org,
               call.text("pack"),
               {.actor = call.caller.principal.vendor_actor(), .origin = call.caller.origin},
               true};
}

Result<Uuid> run_of(const Call& call) {
  if (const auto id = Uuid::parse(call.text("run"))) return *id;
  return Error{ErrorKind::not_found, "run_not_found", "There is no such run."};
}

// As the vendor sees a run: with what the watched folder says of the files that it waits for.
packs::RunView with_folder_reason(packs::RunView view) {
  if (!view.folder_reason.empty()) view.run.error += " " + view.folder_reason;
  return view;
}

// What a source says of itself, tables, addresses and folders, is the vendor's alone; nobody else
// could do anything about it.
packs::RunView as_seen(packs::RunView view, const Place& place) {
  if (place.is_vendors) return with_folder_reason(std::move(view));
  settings::PackRun& run = view.run;
  const bool is_of_source = run.attempts > 0 && !run.staged_at && run.hold.empty();
  if (!is_of_source || run.error.empty()) return view;
  run.error = "The vendor's source could not be read.";
  if (!run.remedy.empty())
    run.remedy =
        "The vendor has to mend it: ask your contact there, then try again. What was delivered "
        "before stays as it is.";
  return view;
}

httpd::Response render(int status, const packs::RunView& view) {
  json::Writer out;
  write_run(out, view);
  return json_response(status, out.take());
}

httpd::Response render(const packs::RunPage& page) {
  json::Writer out;
  out.begin_object().key("data").begin_array();
  for (const packs::RunView& view : page.data) write_run(out, view);
  out.end_array();
  end_list(out, page.next_cursor);
  return json_response(200, out.take());
}

void write_org_pack(json::Writer& out, const packs::OrgPackView& view, const Place& place) {
  const packs::Definition& definition = view.definition;
  out.begin_object().member("id", view.id).member("name", definition.name);
  member_or_null(out, "former_name", definition.former_name);
  member_or_null(out, "description", definition.description);
  write_format(out, definition);
  write_schedule(out, definition.schedule);
  out.member("mode", packs::mode_name(definition.mode));
  write_columns(out, "columns", view.columns);
  out.key("version");
  view.version ? out.integer(*view.version) : out.null();
  member_or_null(out, "next_run_at", view.next_run_at);
  out.key("last_run");
  if (view.last_run) {
    write_run(out, as_seen(*view.last_run, place));
  } else {
    out.null();
  }
  member_or_null(out, "last_delivered_at", view.last_delivered_at);
  json::write_texts(out, "places", view.places);
  write_comparisons(out, view.comparisons);
  out.end_object();
}

Result<httpd::Response> list_packs(const Call& call, const Services& services) {
  const Place place = TRY(place_of(call, services));
  json::Writer out;
  out.begin_object().key("data").begin_array();
  for (const auto& view : TRY(services.packs.org_packs(place.org)))
    write_org_pack(out, view, place);
  return json_response(200, out.end_array().end_object().take());
}

Result<httpd::Response> enable(const Call& call, const Services& services) {
  const Place place = TRY(vendor_place(call, services));
  const JsonBody body = TRY(JsonBody::parse(call.request));
  ObjectReader reader(body.root());
  TRY(reader.finish());
  const bool made = TRY(services.packs.enable(place.org, place.pack, place.by));
  json::Writer out;
  write_org_pack(out, TRY(services.packs.org_pack(place.org, place.pack)), place);
  return json_response(made ? 201 : 200, out.take());
}

Result<httpd::Response> list_runs(const Call& call, const Services& services) {
  const Place place = TRY(place_of(call, services));
  QueryReader query(call.request);
  const std::size_t limit = query.number("limit", 1, kListLimitMax, kListLimit);
  const std::string cursor = query.text("cursor", 1024);
  TRY(query.finish());
  TRY(services.packs.org_pack(place.org, place.pack));
  packs::RunPage page =
      TRY(services.packs.runs({.org = place.org, .pack = place.pack}, limit, cursor));
  for (packs::RunView& view : page.data) view = as_seen(std::move(view), place);
  return render(page);
}

Result<httpd::Response> list_all_runs(const Call& call, const Services& services) {
  TRY(services.permissions.may_list_orgs(call.caller.principal));
  QueryReader query(call.request);
  settings::PackRunFilter filter;
  filter.pack = query.text("pack", 64);
  if (!filter.pack.empty() && !new_pack_id(filter.pack))
    query.refuse("pack", "id", "This cannot be a data pack's id.");
  const std::string state = query.text("state", 32);
  filter.state = settings::find_pack_run_state(state);
  if (!state.empty() && !filter.state)
    query.refuse("state", "unknown", "There is no such state of a run.");
  const std::size_t limit = query.number("limit", 1, kListLimitMax, kListLimit);
  const std::string cursor = query.text("cursor", 1024);
  TRY(query.finish());
  packs::RunPage page = TRY(services.packs.runs(filter, limit, cursor));
  for (packs::RunView& view : page.data) view = with_folder_reason(std::move(view));
  return render(page);
}

Result<httpd::Response> start_runs(const Call& call, const Services& services) {
  const Place place = TRY(place_of(call, services));
  const JsonBody body = TRY(JsonBody::parse(call.request));
  ObjectReader reader(body.root());
  packs::RunRequest request{.from = reader.optional_time("from"), .to = reader.optional_time("to")};
  const auto replaces = reader.optional_text("replaces", {.bytes_max = 64});
  if (replaces) {
    request.replaces = Uuid::parse(*replaces);
    if (!request.replaces) reader.refuse("replaces", "unknown", "There is no such run.");
    if (request.from || request.to)
      reader.refuse("replaces", "exclusive", "Give either a run or a range.");
  }
  TRY(reader.finish());
  json::Writer out;
  out.begin_object().key("data").begin_array();
  for (const auto& view : TRY(services.packs.start_runs(place.org, place.pack, request, place.by)))
    write_run(out, as_seen(view, place));
  return json_response(202, out.end_array().end_object().take());
}

using Verb = Result<packs::RunView> (packs::Packs::*)(const OrgId&, const std::string&, const Uuid&,
                                                      const deliver::By&);

void add_verb(Routes& routes, const Services& services, std::string_view name, Verb verb,
              bool vendors) {
  routes.add("POST", "/v1/orgs/{org}/data_packs/{pack}/runs/{run}/" + std::string(name),
             [&services, verb, vendors](const Call& call) -> Result<httpd::Response> {
               const Place place =
                   TRY(vendors ? vendor_place(call, services) : place_of(call, services));
               const Uuid id = TRY(run_of(call));
               auto view = TRY((services.packs.*verb)(place.org, place.pack, id, place.by));
               return render(200, as_seen(std::move(view), place));
             });
}

void write_destination(json::Writer& out, const packs::DestinationView& view) {
  const settings::DataPackDestination& destination = view.destination;
  out.begin_object().key("s3");
  if (destination.s3_destination.empty()) {
    out.null();
  } else {
    out.begin_object().member("destination", destination.s3_destination);
    member_or_null(out, "path", destination.s3_path);
    out.end_object();
  }
  out.member("keep_sftp", destination.keep_sftp);
  member_or_null(out, "compare_until", destination.compare_until);
  json::write_texts(out, "sinks", view.sinks);
  json::write_texts(out, "places", view.places);
  write_comparisons(out, view.comparisons);
  out.end_object();
}

std::string without_slashes(std::string path) {
  while (path.starts_with('/')) path.erase(0, 1);
  while (path.ends_with('/')) path.pop_back();
  return path;
}

// Parts of a path as they may stand in a key.
bool is_path(const std::string& path) {
  if (path.find("//") != std::string::npos) return false;
  for (const char c : path) {
    const bool fits = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                      std::string_view("/._-=").find(c) != std::string_view::npos;
    if (!fits) return false;
  }
  return ("/" + path + "/").find("/../") == std::string::npos &&
         ("/" + path + "/").find("/./") == std::string::npos;
}

Result<settings::DataPackDestination> parse_destination(const OrgId& org, const JsonBody& body) {
  settings::DataPackDestination request{.org = org};
  ObjectReader reader(body.root());
  if (const auto node = reader.optional_object("s3")) {
    ObjectReader part(*node, reader.pointer_of("s3"));
    request.s3_destination = part.text("destination", {.bytes_max = 64});
    request.s3_path = without_slashes(
        part.optional_text("path", {.bytes_max = kPathMax, .may_be_empty = true}).value_or(""));
    if (!is_path(request.s3_path))
      part.refuse("path", "path", "A path has letters, digits, and / . _ - = only.");
    reader.join(part);
  }
  request.keep_sftp = reader.optional_boolean("keep_sftp").value_or(false);
  request.compare_until = reader.optional_time("compare_until");
  TRY(reader.finish());
  return request;
}

Result<httpd::Response> put_destination(const Call& call, const Services& services) {
  const Place place = TRY(place_of(call, services));
  QueryReader query(call.request);
  const bool preview = query.flag("preview");
  TRY(query.finish());
  const JsonBody body = TRY(JsonBody::parse(call.request));
  const auto request = TRY(parse_destination(place.org, body));
  const auto change = TRY(services.packs.put_destination(request, preview, place.by));
  json::Writer out;
  out.begin_object().member("applied", change.applied).key("before");
  write_destination(out, change.before);
  out.key("after");
  write_destination(out, change.after);
  json::write_texts(out, "effects", change.effects);
  return json_response(200, out.end_object().take());
}

void add_run_routes(Routes& routes, const Services& services) {
  const std::string runs = "/v1/orgs/{org}/data_packs/{pack}/runs";
  routes.add("GET", "/v1/data_pack_runs",
             [&](const Call& call) { return list_all_runs(call, services); });
  routes.add("GET", runs, [&](const Call& call) { return list_runs(call, services); });
  routes.add("POST", runs, [&](const Call& call) { return start_runs(call, services); });
  routes.add("GET", runs + "/{run}", [&](const Call& call) -> Result<httpd::Response> {
    const Place place = TRY(place_of(call, services));
    auto view = TRY(services.packs.run(place.org, place.pack, TRY(run_of(call))));
    return render(200, as_seen(std::move(view), place));
  });
  add_verb(routes, services, "cancel", &packs::Packs::cancel, false);
  add_verb(routes, services, "retry", &packs::Packs::retry, false);
  add_verb(routes, services, "compare", &packs::Packs::compare_run, false);
  add_verb(routes, services, "release", &packs::Packs::release_run, true);
}

}  // namespace

void add_org_data_pack_routes(Routes& routes, const Services& services) {
  const std::string all = "/v1/orgs/{org}/data_packs";
  routes.add("GET", all, [&](const Call& call) { return list_packs(call, services); });
  routes.add("PUT", all + "/{pack}", [&](const Call& call) { return enable(call, services); });
  routes.add("DELETE", all + "/{pack}", [&](const Call& call) -> Result<httpd::Response> {
    const Place place = TRY(vendor_place(call, services));
    TRY(services.packs.disable(place.org, place.pack, place.by));
    return empty_response(204);
  });
  add_run_routes(routes, services);
  const std::string destination = "/v1/orgs/{org}/data_pack_destination";
  routes.add("GET", destination, [&](const Call& call) -> Result<httpd::Response> {
    const Place place = TRY(place_of(call, services));
    json::Writer out;
    write_destination(out, TRY(services.packs.destination(place.org)));
    return json_response(200, out.take());
  });
  routes.add("PUT", destination, [&](const Call& call) { return put_destination(call, services); });
}

}  // namespace trailkeeper::api
