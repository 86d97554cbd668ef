#include "query/views.h"

#include "events/language.h"
#include "json/lists.h"
#include "object_reader.h"
#include "resources.h"

// Saved views of the audit log.
namespace trailkeeper::api {
namespace {

constexpr std::int64_t kLastSecondsMin = 60;
constexpr std::int64_t kLastSecondsMax = 3650LL * 86400;
constexpr std::size_t kColumnsMax = 20;

Result<query::Viewer> viewer_of(const Call& call, const OrgId& org, const Services& services) {
  const access::Principal& principal = call.caller.principal;
  TRY(services.permissions.may_read_audit(principal, org));
  const access::SessionPerson* person = principal.person();
  if (person == nullptr) return query::Viewer{};
  const settings::Actor actor = principal.actor(&org);
  return query::Viewer{actor.id, actor.name.empty() ? actor.email : actor.name,
                       person->role_in(org) == settings::Role::primary_admin};
}

void write_view(json::Writer& out, const settings::View& view, const query::Viewer& viewer) {
  const bool mine = !viewer.id.empty() && view.owner_id == viewer.id;
  out.begin_object()
      .member("id", view.id.str())
      .member("name", view.name)
      .member("shared", view.shared)
      .member("mine", mine);
  out.key("owner").begin_object().member("name", view.owner_name).end_object();
  out.member("query", view.query);
  json::Document document;
  const auto display = document.parse(view.display);
  const auto part = [&](std::string_view key, std::string_view otherwise) {
    std::string text(otherwise);
    if (display) {
      for (const json::Node member : *display) {
        if (member.key() == key) {
          text.clear();
          json::append(text, member);
        }
      }
    }
    out.key(key).raw(text);
  };
  part("range", "{}");
  part("columns", "[]");
  part("density", "\"\"");
  member_time(out, "created_at", view.created_at);
  member_time(out, "updated_at", view.updated_at);
  out.end_object();
}

httpd::Response render(int status, const settings::View& view, const query::Viewer& viewer) {
  json::Writer out;
  write_view(out, view, viewer);
  return json_response(status, out.take());
}

void read_range(ObjectReader& reader, json::Writer& display) {
  display.key("range").begin_object();
  if (const auto node = reader.optional_object("range")) {
    ObjectReader range(*node, reader.pointer_of("range"));
    const auto last = range.optional_integer("last_seconds", kLastSecondsMin, kLastSecondsMax);
    const auto from = range.optional_time("from");
    const auto to = range.optional_time("to");
    if (last && (from || to))
      range.refuse("last_seconds", "invalid_field", "A span goes without times.");
    if (from && to && *from > *to)
      range.refuse("to", "out_of_range", "It must not lie before 'from'.");
    reader.join(range);
    if (last) display.member("last_seconds", *last);
    if (from) member_time(display, "from", *from);
    if (to) member_time(display, "to", *to);
  }
  display.end_object();
}

Result<query::ViewDraft> parse_draft(const JsonBody& body) {
  ObjectReader reader(body.root());
  query::ViewDraft draft;
  draft.name = reader.text("name", {.bytes_max = 320});
  draft.shared = reader.optional_boolean("shared").value_or(false);
  draft.query =
      reader.optional_text("query", {.bytes_max = events::kQueryBytesMax, .may_be_empty = true})
          .value_or("");
  json::Writer display;
  display.begin_object();
  read_range(reader, display);
  json::write_texts(display, "columns", reader.texts("columns", kColumnsMax, {.bytes_max = 40}));
  display.member(
      "density",
      reader.optional_text("density", {.bytes_max = 20, .may_be_empty = true}).value_or(""));
  draft.display = display.end_object().take();
  TRY(reader.finish());
  return draft;
}

Result<httpd::Response> list(const Call& call, const Services& services) {
  const OrgId org = TRY(call.org());
  const query::Viewer viewer = TRY(viewer_of(call, org, services));
  const auto views = TRY(services.views.list(org, viewer));
  json::Writer out;
  out.begin_object().key("data").begin_array();
  for (const settings::View& view : views) write_view(out, view, viewer);
  out.end_array();
  return json_response(200, out.end_object().take());
}

Result<httpd::Response> create(const Call& call, const Services& services) {
  const OrgId org = TRY(call.org());
  const query::Viewer viewer = TRY(viewer_of(call, org, services));
  const JsonBody body = TRY(JsonBody::parse(call.request));
  return render(201, TRY(services.views.create(org, viewer, TRY(parse_draft(body)))), viewer);
}

Result<httpd::Response> change(const Call& call, const Services& services) {
  const OrgId org = TRY(call.org());
  const query::Viewer viewer = TRY(viewer_of(call, org, services));
  const JsonBody body = TRY(JsonBody::parse(call.request));
  const Uuid id = TRY(call.uuid("view"));
  return render(200, TRY(services.views.change(org, viewer, id, TRY(parse_draft(body)))), viewer);
}

Result<httpd::Response> remove(const Call& call, const Services& services) {
  const OrgId org = TRY(call.org());
  const query::Viewer viewer = TRY(viewer_of(call, org, services));
  TRY(services.views.remove(org, viewer, TRY(call.uuid("view"))));
  return empty_response(204);
}

}  // namespace

void add_view_routes(Routes& routes, const Services& services) {
  routes.add("GET", "/v1/orgs/{org}/views", [&](const Call& call) { return list(call, services); });
  routes.add("POST", "/v1/orgs/{org}/views",
             [&](const Call& call) { return create(call, services); });
  routes.add("PUT", "/v1/orgs/{org}/views/{id}",
             [&](const Call& call) { return change(call, services); });
  routes.add("DELETE", "/v1/orgs/{org}/views/{id}",
             [&](const Call& call) { return remove(call, services); });
}

}  // namespace trailkeeper::api
