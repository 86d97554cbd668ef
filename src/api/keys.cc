#include "object_reader.h"
#include "query_reader.h"
#include "resources.h"

namespace trailkeeper::api {
namespace {

void write_key_members(json::Writer& out, const settings::Key& key) {
  out.member("id", key.id.str()).member("hint", key.hint);
  member_or_null(out, "org", key.org ? std::string_view(key.org->str()) : std::string_view());
  out.member("all_orgs", !key.org).member("application", key.application);
  out.key("scopes").begin_array();
  if (key.scopes.ingest) out.string("ingest");
  if (key.scopes.read) out.string("read");
  if (key.scopes.manage) out.string("manage");
  out.end_array();
  member_time(out, "created_at", key.created_at);
  member_or_null(out, "expires_at", key.expires_at);
  member_or_null(out, "last_used_at", key.last_used_at);
  member_or_null(out, "revoked_at", key.revoked_at);
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

Result<access::NewKey> parse_key(const JsonBody& body) {
  access::NewKey request;
  ObjectReader reader(body.root());
  const auto org = reader.optional_text("org", {.bytes_max = 64});
  const bool all_orgs = reader.optional_boolean("all_orgs").value_or(false);
  request.application = reader.text("application", {.bytes_max = 400});
  read_scopes(reader, request.scopes);
  request.expires_at = reader.optional_time("expires_at");
  if (org.has_value() == all_orgs) {
    reader.refuse("org", "one_of_two", "Give either 'org' or 'all_orgs': true.");
  }
  if (org) {
    request.org = OrgId::parse(*org);
    if (!request.org) reader.refuse("org", "org_id", "This is not the id of an organization.");
  }
  TRY(reader.finish());
  return request;
}

Result<httpd::Response> create(const Call& call, const Services& services) {
  const JsonBody body = TRY(JsonBody::parse(call.request));
  const access::NewKey request = TRY(parse_key(body));
  TRY(services.permissions.may_manage_keys(call.caller.principal, request.org));
  const access::CreatedKey created =
      TRY(services.keys.create(call.caller.principal, call.caller.origin, request));
  json::Writer out;
  out.begin_object().member("key", created.text);
  write_key_members(out, created.key);
  return json_response(201, out.end_object().take());
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

Result<httpd::Response> list(const Call& call, const Services& services) {
  QueryReader query(call.request);
  const std::string asked = query.text("org", 64);
  const IdPage page = read_id_page(query);
  TRY(query.finish());
  const std::optional<OrgId> org = TRY(listed_org(call, asked));
  TRY(services.permissions.may_manage_keys(call.caller.principal, org));
  auto keys = TRY(services.keys.list(org, page.after, page.limit + 1));
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

Result<httpd::Response> revoke(const Call& call, const Services& services) {
  const Uuid id = TRY(call.uuid("key"));
  const settings::Key key = TRY(services.keys.find(id));
  if (!services.permissions.may_manage_keys(call.caller.principal, key.org)) {
    // Whether there is such a key is nobody else's business.
    return Error{ErrorKind::not_found, "not_found", "There is no such key."};
  }
  TRY(services.keys.revoke(call.caller.principal, call.caller.origin, id));
  return empty_response(204);
}

}  // namespace

void add_key_routes(Routes& routes, const Services& services) {
  routes.add("POST", "/v1/keys", [&](const Call& call) { return create(call, services); });
  routes.add("GET", "/v1/keys", [&](const Call& call) { return list(call, services); });
  routes.add("DELETE", "/v1/keys/{id}", [&](const Call& call) { return revoke(call, services); });
}

}  // namespace trailkeeper::api
