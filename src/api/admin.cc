#include "object_reader.h"
#include "resources.h"

namespace trailkeeper::api {
namespace {

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
  TRY(services.clock.set(time));
  TRY(services.note_clock(services.clock.now()));
  return render(services.clock.now());
}

Result<httpd::Response> accept_clock(const Call& call, const Services& services) {
  TRY(services.permissions.may_operate(call.caller.principal));
  services.clock.accept_wall();
  TRY(services.note_clock(services.clock.now()));
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
