#include "ingest/otlp.h"
#include "intake_limits.h"
#include "object_reader.h"
#include "query_reader.h"
#include "resources.h"

namespace trailkeeper::api {
namespace {

constexpr std::int64_t kOverlapSeconds = 24 * 60 * 60;

void write_key_members(json::Writer& out, const settings::Key& key) {
  out.member("id", key.id.str()).member("hint", key.hint);
  member_or_null(out, "name", key.name);
  member_or_null(out, "org", key.org ? std::string_view(key.org->str()) : std::string_view());
  out.member("all_orgs", !key.org).member("application", key.application);
  out.key("scopes").begin_array();
  if (key.scopes.ingest) out.string("ingest");
  if (key.scopes.read) out.string("read");
  if (key.scopes.manage) out.string("manage");
  out.end_array();
  out.key("otlp_mapping")
      .raw(key.otlp_mapping.empty() ? std::string_view("null") : key.otlp_mapping);
  write_limits(out, key.limits);
  member_time(out, "created_at", key.created_at);
  member_or_null(out, "expires_at", key.expires_at);
  member_or_null(out, "last_used_at", key.last_used_at);
  member_or_null(out, "revoked_at", key.revoked_at);
  member_or_null(out, "replaced_by", key.replaced_by ? key.replaced_by->str() : std::string());
}

httpd::Response render(int status, const settings::Key& key) {
  json::Writer out;
  out.begin_object();
  write_key_members(out, key);
  return json_response(status, out.end_object().take());
}

// A new key, with its text: the only time that it is shown.
httpd::Response render(const access::CreatedKey& created) {
  json::Writer out;
  out.begin_object().member("key", created.text);
  write_key_members(out, created.key);
  return json_response(201, out.end_object().take());
}

void read_scopes(ObjectReader& reader, settings::Scopes& scopes) {
  for (const std::string& scope : reader.texts("scopes", 3)) {
    if (scope == "ingest") {
      scopes.ingest = true;
    } else if (scope == "read") {
      scopes.read = true;
    } else if (scope == "manage") {
      scopes.manage = true;
    } else {
      reader.refuse("scopes", "not_a_choice", "Scopes are ingest, read and manage.");
    }
  }
}

// The object compact, as it is kept; empty text for null, nothing when the member is absent.
std::optional<std::string> read_mapping(ObjectReader& reader) {
  if (reader.is_null("otlp_mapping")) return std::string();
  const auto node = reader.optional_object("otlp_mapping");
  if (!node) return std::nullopt;
  std::string text;
  json::append(text, *node);
  if (auto checked = ingest::check_otlp_mapping(text); !checked) {
    const Error error = checked.error();
    reader.refuse("otlp_mapping", error.code, error.message);
  }
  return text;
}

// Which org a new key is for: the path's, or what the body says.
void read_org(ObjectReader& reader, const std::optional<OrgId>& of_path, access::NewKey& request) {
  if (of_path) {
    request.org = of_path;
    return;
  }
  const auto org = reader.optional_text("org", {.bytes_max = 64});
  const bool all_orgs = reader.optional_boolean("all_orgs").value_or(false);
  if (org.has_value() == all_orgs) {
    reader.refuse("org", "one_of_two", "Give either 'org' or 'all_orgs': true.");
  }
  if (!org) return;
  request.org = OrgId::parse(*org);
  if (!request.org) reader.refuse("org", "org_id", "This is not the id of an organization.");
}

Result<access::NewKey> parse_key(const JsonBody& body, const std::optional<OrgId>& of_path) {
  access::NewKey request;
  ObjectReader reader(body.root());
  read_org(reader, of_path, request);
  request.application = reader.text("application", {.bytes_max = 400});
  request.name = reader.optional_text("name", {.bytes_max = 800}).value_or(std::string());
  read_scopes(reader, request.scopes);
  request.expires_at = reader.optional_time("expires_at");
  request.otlp_mapping = read_mapping(reader).value_or(std::string());
  request.limits = read_limits(reader).value_or(settings::Limits{});
  TRY(reader.finish());
  return request;
}

Result<access::KeyChange> parse_change(const JsonBody& body) {
  access::KeyChange change;
  ObjectReader reader(body.root());
  if (reader.is_null("name")) {
    change.name = "";
  } else {
    change.name = reader.optional_text("name", {.bytes_max = 800});
  }
  if (reader.is_null("expires_at")) {
    change.expires_at.emplace(std::nullopt);
  } else if (const auto time = reader.optional_time("expires_at")) {
    change.expires_at.emplace(time);
  }
  change.otlp_mapping = read_mapping(reader);
  change.limits = read_limits(reader);
  TRY(reader.finish());
  return change;
}

Result<httpd::Response> create(const Call& call, const Services& services,
                               const std::optional<OrgId>& of_path) {
  if (of_path) TRY(services.permissions.may_manage_keys(call.caller.principal, of_path));
  const JsonBody body = TRY(JsonBody::parse(call.request));
  const access::NewKey request = TRY(parse_key(body, of_path));
  TRY(services.permissions.may_manage_keys(call.caller.principal, request.org));
  return render(TRY(services.keys.create(call.caller.principal, call.caller.origin, request)));
}

// A key for one org lists that org's keys; others list what they ask for.
Result<std::optional<OrgId>> listed_org(const Call& call, const std::string& asked) {
  if (!asked.empty()) {
    if (auto org = OrgId::parse(asked)) return org;
    return Error{ErrorKind::not_found, "org_not_found", "There is no such organization."};
  }
  if (const auto* key = call.caller.principal.key()) return key->org;
  return std::optional<OrgId>();
}

Result<httpd::Response> list(const Call& call, const Services& services,
                             const std::optional<OrgId>& of_path) {
  QueryReader query(call.request);
  const std::string asked = of_path ? of_path->str() : query.text("org", 64);
  settings::KeyFilter filter;
  filter.application = query.text("application", 400);
  if (query.flag("active")) filter.valid_at = services.clock.now();
  const IdPage page = read_id_page(query);
  TRY(query.finish());
  filter.org = TRY(listed_org(call, asked));
  TRY(services.permissions.may_manage_keys(call.caller.principal, filter.org));
  auto keys = TRY(services.keys.list(filter, page.after, page.limit + 1));
  const bool more = keys.size() > page.limit;
  if (more) keys.resize(page.limit);
  json::Writer out;
  out.begin_object().key("data").begin_array();
  for (const settings::Key& key : keys) {
    out.begin_object();
    write_key_members(out, key);
    out.end_object();
  }
  out.end_array();
  end_list(out, more ? keys.back().id.str() : std::string());
  return json_response(200, out.take());
}

// The key that the path names, when the caller may manage it.
Result<settings::Key> managed_key(const Call& call, const Services& services) {
  const Uuid id = TRY(call.uuid("key"));
  settings::Key key = TRY(services.keys.find(id));
  if (!services.permissions.may_manage_keys(call.caller.principal, key.org)) {
    // Whether there is such a key is nobody else's business.
    return Error{ErrorKind::not_found, "key_not_found", "There is no such key."};
  }
  return key;
}

Result<httpd::Response> show(const Call& call, const Services& services) {
  return render(200, TRY(managed_key(call, services)));
}

Result<httpd::Response> change(const Call& call, const Services& services) {
  const settings::Key key = TRY(managed_key(call, services));
  const JsonBody body = TRY(JsonBody::parse(call.request));
  const access::KeyChange wanted = TRY(parse_change(body));
  return render(
      200, TRY(services.keys.change(call.caller.principal, call.caller.origin, key.id, wanted)));
}

Result<httpd::Response> rotate(const Call& call, const Services& services) {
  const settings::Key key = TRY(managed_key(call, services));
  std::int64_t overlap = kOverlapSeconds;
  if (!call.request.body.empty()) {
    const JsonBody body = TRY(JsonBody::parse(call.request));
    ObjectReader reader(body.root());
    overlap = reader.optional_integer("overlap_seconds", 0, access::kOverlapMax.count())
                  .value_or(overlap);
    TRY(reader.finish());
  }
  return render(TRY(services.keys.rotate(call.caller.principal, call.caller.origin, key.id,
                                         std::chrono::seconds(overlap))));
}

Result<httpd::Response> revoke(const Call& call, const Services& services) {
  const settings::Key key = TRY(managed_key(call, services));
  TRY(services.keys.revoke(call.caller.principal, call.caller.origin, key.id));
  return empty_response(204);
}

}  // namespace

void add_key_routes(Routes& routes, const Services& services) {
  routes.add("POST", "/v1/keys", [&](const Call& call) { return create(call, services, {}); });
  routes.add("GET", "/v1/keys", [&](const Call& call) { return list(call, services, {}); });
  routes.add("GET", "/v1/keys/{id}", [&](const Call& call) { return show(call, services); });
  routes.add("PATCH", "/v1/keys/{id}", [&](const Call& call) { return change(call, services); });
  routes.add("DELETE", "/v1/keys/{id}", [&](const Call& call) { return revoke(call, services); });
  routes.add("POST", "/v1/keys/{id}/rotate",
             [&](const Call& call) { return rotate(call, services); });
  routes.add("POST", "/v1/orgs/{org}/keys", [&](const Call& call) -> Result<httpd::Response> {
    return create(call, services, TRY(call.org()));
  });
  routes.add("GET", "/v1/orgs/{org}/keys", [&](const Call& call) -> Result<httpd::Response> {
    return list(call, services, TRY(call.org()));
  });
}

}  // namespace trailkeeper::api
