#include <algorithm>

#include "object_reader.h"
#include "resources.h"
#include "workos_shapes.h"

// Action schemas as WorkOS' clients make and list them.
namespace trailkeeper::api {
namespace {

using ingest::RegisteredActionPtr;
using ingest::RegisteredSchema;

void write_member(json::Writer& out, std::string_view name, const std::optional<json::Node>& node) {
  if (!node || node->is(json::Type::null)) return;
  std::string text;
  json::append(text, *node);
  out.key(name).raw(text);
}

// Their clients read `targets` in any case.
void write_schema(json::Writer& out, const RegisteredSchema& schema) {
  out.begin_object().member("object", "audit_log_schema").member("version", schema.version);
  json::Document document;
  const auto root = document.parse(schema.json);
  const auto member = [&](std::string_view name) {
    return root ? root->find(name) : std::optional<json::Node>();
  };
  write_member(out, "actor", member("actor"));
  if (const auto targets = member("targets"); targets && targets->is(json::Type::array)) {
    write_member(out, "targets", targets);
  } else {
    out.key("targets").begin_array().end_array();
  }
  write_member(out, "metadata", member("metadata"));
  member_time(out, "created_at", schema.created_at);
  out.end_object();
}

void write_action(json::Writer& out, const ingest::RegisteredAction& action) {
  out.begin_object()
      .member("object", "audit_log_action")
      .member("name", action.action.action)
      .key("schema");
  // Registered without a schema there is none to show; version 0 says so.
  write_schema(out, action.schemas.empty()
                        ? RegisteredSchema{.json = "{}", .created_at = action.action.created_at}
                        : action.schemas.back());
  member_time(out, "created_at", action.action.created_at);
  member_time(out, "updated_at", action.action.updated_at);
  out.end_object();
}

Result<httpd::Response> add_schema(const Call& call, const Services& services) {
  TRY(services.permissions.may_change_registry(call.caller.principal));
  const JsonBody body = TRY(JsonBody::parse(call.request));
  const auto targets = body.root().find("targets");
  if (!targets || !targets->is(json::Type::array) || targets->size() == 0) {
    return Error{ErrorKind::invalid,
                 "invalid_schema",
                 "The schema needs at least one target.",
                 {{"/targets", "required", "targets must be an array of at least one target"}}};
  }
  const ingest::SchemaPut done = TRY(services.registry.add_schema(
      {call.caller.principal.actor(), call.caller.origin}, call.text("action"), call.request.body));
  json::Writer out;
  write_schema(out, done.action->schemas[static_cast<std::size_t>(done.version - 1)]);
  return json_response(201, out.take());
}

Result<httpd::Response> list_actions(const Call& call, const Services& services) {
  TRY(services.permissions.may_read_registry(call.caller.principal));
  QueryReader query(call.request);
  const WorkosPage page = read_workos_page(query);
  TRY(query.finish());
  auto actions = services.registry.list();
  std::stable_sort(actions.begin(), actions.end(),
                   [](const RegisteredActionPtr& a, const RegisteredActionPtr& b) {
                     return a->action.created_at < b->action.created_at;
                   });
  std::vector<std::string> names;
  names.reserve(actions.size());
  for (const RegisteredActionPtr& one : actions) names.push_back(one->action.action);
  return json_response(200, workos_list(names, page, [&](json::Writer& out, std::size_t index) {
                         write_action(out, *actions[index]);
                       }));
}

Result<httpd::Response> list_schemas(const Call& call, const Services& services) {
  TRY(services.permissions.may_read_registry(call.caller.principal));
  QueryReader query(call.request);
  const WorkosPage page = read_workos_page(query);
  TRY(query.finish());
  const RegisteredActionPtr found = services.registry.find(call.text("action"));
  if (!found) {
    return Error{ErrorKind::not_found, "action_not_found", "There is no such registered action."};
  }
  std::vector<std::string> versions;
  for (const RegisteredSchema& one : found->schemas)
    versions.push_back(std::to_string(one.version));
  return json_response(200, workos_list(versions, page, [&](json::Writer& out, std::size_t index) {
                         write_schema(out, found->schemas[index]);
                       }));
}

}  // namespace

void add_workos_action_routes(Routes& routes, const Services& services) {
  routes.add(
      "GET", "/audit_logs/actions", [&](const Call& call) { return list_actions(call, services); },
      Surface::workos);
  routes.add(
      "GET", "/audit_logs/actions/{action}/schemas",
      [&](const Call& call) { return list_schemas(call, services); }, Surface::workos);
  routes.add(
      "POST", "/audit_logs/actions/{action}/schemas",
      [&](const Call& call) { return add_schema(call, services); }, Surface::workos);
}

}  // namespace trailkeeper::api
