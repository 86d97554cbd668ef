#include "object_reader.h"
#include "query_reader.h"
#include "resources.h"

namespace trailkeeper::api {
namespace {

void write_member(json::Writer& out, const settings::Member& member, bool second_factor) {
  out.begin_object()
      .member("id", member.person.id.str())
      .member("email", member.person.email)
      .member("name", member.person.name)
      .member("role", settings::role_name(member.role))
      .member("disabled", member.person.disabled)
      .member("second_factor", second_factor);
  member_time(out, "created_at", member.person.created_at);
  member_or_null(out, "last_sign_in_at", member.last_sign_in_at);
  out.end_object();
}

Result<httpd::Response> add_person(const Call& call, const Services& services) {
  const OrgId org = TRY(call.org());
  TRY(services.permissions.may_manage_people(call.caller.principal, org));
  const JsonBody body = TRY(JsonBody::parse(call.request));
  ObjectReader reader(body.root());
  access::NewMember request;
  request.email = reader.text("email", {.bytes_max = 320});
  request.name = reader.text("name", {.bytes_max = 800});
  const std::string role = reader.choice("role", {"primary_admin", "admin", "member"});
  request.password = reader.optional_text("password", {.bytes_max = 1024});
  TRY(reader.finish());
  request.role = settings::parse_role(role).value_or(settings::Role::member);
  TRY(services.permissions.may_give_role(call.caller.principal, org, request.role));
  const access::MemberPut put =
      TRY(services.people.put_member(call.caller.principal, call.caller.origin, org, request));
  json::Writer out;
  write_member(out, put.member, false);
  return json_response(201, out.take());
}

Result<httpd::Response> list(const Call& call, const Services& services) {
  const OrgId org = TRY(call.org());
  TRY(services.permissions.may_manage_people(call.caller.principal, org));
  QueryReader query(call.request);
  const IdPage page = read_id_page(query);
  TRY(query.finish());
  auto members = TRY(services.people.list_members(org, page.after, page.limit + 1));
  const bool more = members.size() > page.limit;
  if (more) members.resize(page.limit);
  json::Writer out;
  out.begin_object().key("data").begin_array();
  for (const auto& one : members) write_member(out, one.member, one.second_factor);
  out.end_array();
  end_list(out, more ? members.back().member.person.id.str() : std::string());
  return json_response(200, out.take());
}

Result<httpd::Response> change_role(const Call& call, const Services& services) {
  const OrgId org = TRY(call.org());
  TRY(services.permissions.may_manage_people(call.caller.principal, org));
  const Uuid id = TRY(call.uuid("person"));
  const JsonBody body = TRY(JsonBody::parse(call.request));
  ObjectReader reader(body.root());
  const std::string text = reader.choice("role", {"primary_admin", "admin", "member"});
  TRY(reader.finish());
  const settings::Role role = settings::parse_role(text).value_or(settings::Role::member);
  TRY(services.permissions.may_give_role(call.caller.principal, org, role));
  json::Writer out;
  write_member(
      out,
      TRY(services.people.change_role(call.caller.principal, call.caller.origin, org, id, role)),
      false);
  return json_response(200, out.take());
}

Result<httpd::Response> remove(const Call& call, const Services& services) {
  const OrgId org = TRY(call.org());
  const Uuid id = TRY(call.uuid("person"));
  // Whoever belongs to an org may leave it.
  const auto* person = call.caller.principal.person();
  const bool own = person != nullptr && !person->guest && person->id == id;
  if (own) {
    TRY(services.permissions.may_see_org(call.caller.principal, org));
  } else {
    TRY(services.permissions.may_manage_people(call.caller.principal, org));
  }
  TRY(services.people.remove_member(call.caller.principal, call.caller.origin, org, id));
  return empty_response(204);
}

void write_known(json::Writer& out, const access::KnownPerson& known, const access::Orgs& orgs) {
  out.begin_object()
      .member("id", known.person.id.str())
      .member("email", known.person.email)
      .member("name", known.person.name)
      .member("operator", known.person.is_operator)
      .member("disabled", known.person.disabled)
      .member("second_factor", known.second_factor)
      .key("orgs")
      .begin_array();
  for (const settings::Membership& membership : known.memberships) {
    const auto org = orgs.find(membership.org);
    out.begin_object()
        .member("id", membership.org.str())
        .member("name", org ? org->name : membership.org.str())
        .member("role", settings::role_name(membership.role))
        .end_object();
  }
  out.end_array();
  member_time(out, "created_at", known.person.created_at);
  member_or_null(out, "last_sign_in_at", known.person.last_sign_in_at);
  out.end_object();
}

// Absent unless one of the two is named.
std::optional<bool> read_either(QueryReader& query, std::string_view name, std::string_view no,
                                std::string_view yes) {
  const std::string value = query.choice(name, {"", no, yes});
  if (value.empty()) return std::nullopt;
  return value == yes;
}

settings::PeopleFilter read_filter(QueryReader& query) {
  settings::PeopleFilter filter;
  filter.text = query.text("q");
  filter.operators_only = query.flag("operators");
  const std::string org = query.text("org", 64);
  filter.org = OrgId::parse(org);
  if (!org.empty() && !filter.org)
    query.refuse("org", "org_id", "This is not the id of an organization.");
  filter.role =
      settings::parse_role(query.choice("role", {"", "primary_admin", "admin", "member"}));
  filter.disabled = read_either(query, "state", "active", "disabled");
  filter.second_factor = read_either(query, "second_factor", "off", "on");
  filter.not_since = query.time("not_since");
  return filter;
}

Result<httpd::Response> list_all(const Call& call, const Services& services) {
  TRY(services.permissions.may_manage_everybody(call.caller.principal));
  QueryReader query(call.request);
  const settings::PeopleFilter filter = read_filter(query);
  const IdPage page = read_id_page(query);
  TRY(query.finish());
  auto all = TRY(services.people.list_all(filter, page.after, page.limit + 1));
  const bool more = all.size() > page.limit;
  if (more) all.resize(page.limit);
  json::Writer out;
  out.begin_object().key("data").begin_array();
  for (const access::KnownPerson& known : all) write_known(out, known, services.orgs);
  out.end_array();
  end_list(out, more ? all.back().person.id.str() : std::string());
  return json_response(200, out.take());
}

Result<httpd::Response> set_disabled(const Call& call, const Services& services, bool disabled) {
  TRY(services.permissions.may_manage_everybody(call.caller.principal));
  const Uuid id = TRY(call.uuid("person"));
  json::Writer out;
  write_known(
      out,
      TRY(services.people.set_disabled(call.caller.principal, call.caller.origin, id, disabled)),
      services.orgs);
  return json_response(200, out.take());
}

Result<httpd::Response> reset_factor(const Call& call, const Services& services) {
  TRY(services.permissions.may_operate(call.caller.principal));
  const Uuid id = TRY(call.uuid("person"));
  TRY(services.people.reset_second_factor(call.caller.principal, call.caller.origin, id));
  return empty_response(204);
}

Result<httpd::Response> add_operator(const Call& call, const Services& services) {
  TRY(services.permissions.may_operate(call.caller.principal));
  const JsonBody body = TRY(JsonBody::parse(call.request));
  ObjectReader reader(body.root());
  const std::string email = reader.text("email", {.bytes_max = 320});
  const std::string name = reader.text("name", {.bytes_max = 800});
  const std::string password = reader.text("password", {.bytes_max = 1024});
  TRY(reader.finish());
  const settings::Person person = TRY(services.people.put_operator(
      call.caller.principal, call.caller.origin, email, name, password));
  json::Writer out;
  out.begin_object()
      .member("id", person.id.str())
      .member("email", person.email)
      .member("name", person.name);
  member_time(out, "created_at", person.created_at);
  return json_response(201, out.end_object().take());
}

}  // namespace

void add_people_routes(Routes& routes, const Services& services) {
  routes.add("POST", "/v1/orgs/{org}/people",
             [&](const Call& call) { return add_person(call, services); });
  routes.add("GET", "/v1/orgs/{org}/people",
             [&](const Call& call) { return list(call, services); });
  routes.add("PATCH", "/v1/orgs/{org}/people/{id}",
             [&](const Call& call) { return change_role(call, services); });
  routes.add("DELETE", "/v1/orgs/{org}/people/{id}",
             [&](const Call& call) { return remove(call, services); });
  routes.add("GET", "/v1/people", [&](const Call& call) { return list_all(call, services); });
  routes.add("POST", "/v1/people/{id}/disable",
             [&](const Call& call) { return set_disabled(call, services, true); });
  routes.add("POST", "/v1/people/{id}/enable",
             [&](const Call& call) { return set_disabled(call, services, false); });
  routes.add("DELETE", "/v1/people/{id}/second_factor",
             [&](const Call& call) { return reset_factor(call, services); });
  routes.add("POST", "/v1/operators",
             [&](const Call& call) { return add_operator(call, services); });
}

}  // namespace trailkeeper::api
