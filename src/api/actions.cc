#include <map>

#include "json/lists.h"
#include "object_reader.h"
#include "query_reader.h"
#include "resources.h"

namespace trailkeeper::api {
namespace {

using ingest::RegisteredAction;
using ingest::RegisteredActionPtr;
using ingest::RegisteredSchema;

constexpr std::string_view kOwnActions = "trailkeeper.";

ingest::RegistryAuthor author(const Call& call) {
  return {call.caller.principal.actor(), call.caller.origin};
}

Error no_such_action() {
  return {ErrorKind::not_found, "action_not_found", "There is no such registered action."};
}

Result<RegisteredActionPtr> find(const Call& call, const Services& services) {
  RegisteredActionPtr found = services.registry.find(call.text("action"));
  if (!found) return no_such_action();
  return found;
}

void write_text(json::Writer& out, std::string_view name, const std::optional<std::string>& text) {
  out.key(name);
  text ? out.string(*text) : out.null();
}

// The members that a registered action has.
void write_registered(json::Writer& out, const RegisteredAction& registered) {
  const settings::Action& action = registered.action;
  out.member("action", action.action).member("registered", true);
  write_text(out, "label", action.label);
  write_text(out, "area", action.area);
  write_text(out, "category", action.category);
  write_text(out, "crud", action.crud);
  out.member("description", action.description)
      .member("critical", action.critical)
      .member("enforce", settings::enforce_name(action.enforce))
      .key("schema_version");
  registered.schemas.empty() ? out.null() : out.integer(registered.schemas.back().version);
  member_time(out, "created_at", action.created_at);
  member_time(out, "updated_at", action.updated_at);
}

void write_violations(json::Writer& out, const ingest::SchemaViolations& found) {
  out.key("violations")
      .begin_object()
      .member("warned", found.warned)
      .member("rejected", found.rejected);
  member_or_null(out, "last_at", found.last_at);
  json::write_problems(out, "last", found.last);
  out.end_object();
}

httpd::Response render(int status, const RegisteredAction& action, const Services& services) {
  json::Writer out;
  out.begin_object();
  write_registered(out, action);
  write_violations(out, services.registry.violations(action.action.action));
  return json_response(status, out.end_object().take());
}

// An action that is registered, was seen, or both.
struct Known {
  RegisteredActionPtr registered{};
  const events::SeenAction* seen = nullptr;
};

void write_known(json::Writer& out, const std::string& name, const Known& known) {
  out.begin_object();
  if (known.registered) {
    write_registered(out, *known.registered);
  } else {
    out.member("action", name).member("registered", false);
  }
  out.member("events", known.seen != nullptr ? known.seen->events : std::uint64_t{0});
  member_or_null(
      out, "last_seen_at",
      known.seen != nullptr ? std::optional(known.seen->last_received_at) : std::nullopt);
  out.end_object();
}

bool wanted(const std::string& status, const Known& known) {
  if (status == "registered") return known.registered != nullptr;
  if (status == "never_seen") return known.seen == nullptr;
  if (status == "unregistered") return known.registered == nullptr;
  return true;
}

Result<httpd::Response> list(const Call& call, const Services& services) {
  TRY(services.permissions.may_read_registry(call.caller.principal));
  QueryReader query(call.request);
  const std::string status =
      query.choice("status", {"all", "registered", "never_seen", "unregistered"});
  const std::size_t limit = query.number("limit", 1, kListLimitMax, kListLimit);
  const std::string after = query.text("cursor", 1024);
  TRY(query.finish());
  TRY(services.store_available());
  const auto seen = TRY(services.activity.actions());
  std::map<std::string, Known> all;
  for (const RegisteredActionPtr& one : services.registry.list()) {
    all[one->action.action].registered = one;
  }
  for (const events::SeenAction& one : seen) {
    // Ours need no registration.
    if (!one.action.starts_with(kOwnActions)) all[one.action].seen = &one;
  }
  json::Writer out;
  out.begin_object().key("data").begin_array();
  std::size_t written = 0;
  std::string last;
  bool more = false;
  for (auto it = all.upper_bound(after); it != all.end(); ++it) {
    if (!wanted(status, it->second)) continue;
    more = written == limit;
    if (more) break;
    write_known(out, it->first, it->second);
    last = it->first;
    ++written;
  }
  out.end_array();
  end_list(out, more ? last : std::string());
  return json_response(200, out.take());
}

// What has been seen in one organization, for people who filter by it.
Result<httpd::Response> list_of_org(const Call& call, const Services& services) {
  const OrgId org = TRY(call.org());
  const access::AuditGrant grant =
      TRY(services.permissions.may_read_audit(call.caller.principal, org));
  TRY(QueryReader(call.request).finish());
  TRY(services.store_available());
  json::Writer out;
  out.begin_object().key("data").begin_array();
  for (const auto& seen : TRY(services.query.seen_actions(org, grant.visible_from))) {
    const RegisteredActionPtr known = services.registry.find(seen.action);
    out.begin_object().member("action", seen.action);
    write_text(out, "label", known ? known->action.label : std::nullopt);
    out.member("events", seen.events);
    member_time(out, "last_seen_at", seen.last_received_at);
    out.end_object();
  }
  out.end_array();
  end_list(out, "");
  return json_response(200, out.take());
}

Result<httpd::Response> show(const Call& call, const Services& services) {
  TRY(services.permissions.may_read_registry(call.caller.principal));
  return render(200, *TRY(find(call, services)), services);
}

Result<httpd::Response> put(const Call& call, const Services& services) {
  TRY(services.permissions.may_change_registry(call.caller.principal));
  const JsonBody body = TRY(JsonBody::parse(call.request));
  ObjectReader reader(body.root());
  settings::Action action{.action = call.text("action")};
  action.label = reader.optional_text("label");
  action.area = reader.optional_text("area");
  action.category = reader.optional_choice(
      "category",
      {"authentication", "data", "permission", "configuration", "export", "error", "other"});
  action.crud = reader.optional_choice("crud", {"create", "read", "update", "delete", "none"});
  action.description =
      reader.optional_text("description", {.bytes_max = 2000, .may_be_empty = true})
          .value_or(std::string());
  action.critical = reader.optional_boolean("critical").value_or(false);
  const auto enforce = reader.optional_choice("enforce", {"off", "warn", "reject"});
  TRY(reader.finish());
  if (enforce) action.enforce = *settings::parse_enforce(*enforce);
  const ingest::ActionPut done = TRY(services.registry.put(author(call), std::move(action)));
  return render(done.created ? 201 : 200, *done.action, services);
}

Result<httpd::Response> remove(const Call& call, const Services& services) {
  TRY(services.permissions.may_change_registry(call.caller.principal));
  TRY(services.registry.remove(author(call), call.text("action")));
  return empty_response(204);
}

void write_schema(json::Writer& out, const std::string& action, const RegisteredSchema& schema) {
  out.begin_object().member("action", action).member("version", schema.version);
  out.key("schema").raw(schema.json);
  member_time(out, "created_at", schema.created_at);
  out.end_object();
}

Result<httpd::Response> list_schemas(const Call& call, const Services& services) {
  TRY(services.permissions.may_read_registry(call.caller.principal));
  QueryReader query(call.request);
  const std::size_t limit = query.number("limit", 1, kListLimitMax, kListLimit);
  const std::size_t after = query.number("cursor", 1, ingest::kSchemasPerActionMax, 0);
  TRY(query.finish());
  const RegisteredActionPtr found = TRY(find(call, services));
  const auto& schemas = found->schemas;
  // Newest first; the cursor is the version of the last one given.
  std::size_t next = after == 0 ? schemas.size() : std::min(after - 1, schemas.size());
  json::Writer out;
  out.begin_object().key("data").begin_array();
  for (std::size_t given = 0; given < limit && next > 0; ++given, --next) {
    write_schema(out, found->action.action, schemas[next - 1]);
  }
  out.end_array();
  end_list(out, next > 0 ? std::to_string(next + 1) : std::string());
  return json_response(200, out.take());
}

Result<httpd::Response> add_schema(const Call& call, const Services& services) {
  TRY(services.permissions.may_change_registry(call.caller.principal));
  const JsonBody body = TRY(JsonBody::parse(call.request));
  const std::string action = call.text("action");
  const ingest::SchemaPut done =
      TRY(services.registry.add_schema(author(call), action, call.request.body));
  json::Writer out;
  write_schema(out, action, done.action->schemas[static_cast<std::size_t>(done.version - 1)]);
  return json_response(done.created ? 201 : 200, out.take());
}

Result<httpd::Response> show_schema(const Call& call, const Services& services) {
  TRY(services.permissions.may_read_registry(call.caller.principal));
  const RegisteredActionPtr found = TRY(find(call, services));
  const std::string version = call.text("version");
  for (const RegisteredSchema& schema : found->schemas) {
    if (std::to_string(schema.version) != version) continue;
    json::Writer out;
    write_schema(out, found->action.action, schema);
    return json_response(200, out.take());
  }
  return Error{ErrorKind::not_found, "schema_not_found", "The action has no such version."};
}

}  // namespace

void add_action_routes(Routes& routes, const Services& services) {
  const auto add = [&](const char* method, const char* pattern, auto endpoint) {
    routes.add(method, pattern,
               [&services, endpoint](const Call& call) { return endpoint(call, services); });
  };
  add("GET", "/v1/actions", list);
  add("GET", "/v1/actions/{action}", show);
  add("PUT", "/v1/actions/{action}", put);
  add("DELETE", "/v1/actions/{action}", remove);
  add("GET", "/v1/actions/{action}/schemas", list_schemas);
  add("POST", "/v1/actions/{action}/schemas", add_schema);
  add("GET", "/v1/actions/{action}/schemas/{version}", show_schema);
  add("GET", "/v1/orgs/{org}/actions", list_of_org);
}

}  // namespace trailkeeper::api
