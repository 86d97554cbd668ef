#include "object_reader.h"
#include "resources.h"

namespace trailkeeper::api {
namespace {

constexpr settings::ActionInfo kClockSet{"trailkeeper.clock.set", "Set the clock", "Operation",
                                         "configuration", "update"};
constexpr settings::ActionInfo kClockAccepted{"trailkeeper.clock.accepted",
                                              "Took the wall clock's time", "Operation",
                                              "configuration", "update"};

std::string quoted(Timestamp time) { return "\"" + format_rfc3339(time) + "\""; }

// The clock concerns every trail, so the entry is in the operators' own.
Result<> note(const Call& call, const Services& services, const settings::ActionInfo& info,
              Timestamp before) {
  return services.note_clock(
      {.info = info,
       .org = settings::own_org(),
       .actor = call.caller.principal.actor(&settings::own_org()),
       .origin = call.caller.origin,
       .changes = {
           {.field = "time", .before = quoted(before), .after = quoted(services.clock.now())}}});
}

httpd::Response render(Timestamp time) {
  json::Writer out;
  out.begin_object();
  member_time(out, "time", time);
  return json_response(200, out.end_object().take());
}

Result<httpd::Response> set_clock(const Call& call, const Services& services) {
  TRY(services.permissions.may_operate(call.caller.principal));
  const JsonBody body = TRY(JsonBody::parse(call.request));
  ObjectReader reader(body.root());
  const Timestamp time = reader.time("time");
  TRY(reader.finish());
  const Timestamp before = services.clock.now();
  TRY(services.clock.set(time));
  TRY(note(call, services, kClockSet, before));
  return render(services.clock.now());
}

Result<httpd::Response> accept_clock(const Call& call, const Services& services) {
  TRY(services.permissions.may_operate(call.caller.principal));
  const Timestamp before = services.clock.now();
  services.clock.accept_wall();
  TRY(note(call, services, kClockAccepted, before));
  return render(services.clock.now());
}

Result<httpd::Response> show_clock(const Call& call, const Services& services) {
  TRY(services.permissions.may_operate(call.caller.principal));
  return render(services.clock.now());
}

}  // namespace

void add_admin_routes(Routes& routes, const Services& services) {
  routes.add("GET", "/v1/admin/clock",
             [&](const Call& call) { return show_clock(call, services); });
  routes.add("POST", "/v1/admin/clock",
             [&](const Call& call) { return set_clock(call, services); });
  routes.add("POST", "/v1/admin/clock/accept",
             [&](const Call& call) { return accept_clock(call, services); });
}

}  // namespace trailkeeper::api
