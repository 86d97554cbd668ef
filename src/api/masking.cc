#include "json/lists.h"
#include "object_reader.h"
#include "query_reader.h"
#include "resources.h"

namespace trailkeeper::api {
namespace {

void write_rules(json::Writer& out, const event::MaskRules& rules) {
  json::write_texts(out, "fields", rules.fields);
  json::write_texts(out, "drop_fields", rules.drop_fields);
  out.member("card_numbers", rules.card_numbers);
}

httpd::Response render(const Services& services) {
  const ingest::Masking masking = services.registry.masking();
  json::Writer out;
  out.begin_object();
  write_rules(out, masking.rules);
  out.member("source", masking.from_configuration ? "configuration" : "interface");
  out.key("configured").begin_object();
  write_rules(out, services.registry.configured_masking());
  out.end_object();
  return json_response(200, out.end_object().take());
}

Result<httpd::Response> show(const Call& call, const Services& services) {
  TRY(services.permissions.may_read_registry(call.caller.principal));
  return render(services);
}

Result<httpd::Response> put(const Call& call, const Services& services) {
  TRY(services.permissions.may_change_registry(call.caller.principal));
  const JsonBody body = TRY(JsonBody::parse(call.request));
  ObjectReader reader(body.root());
  event::MaskRules rules;
  rules.fields = reader.texts("fields", ingest::kMaskNamesMax);
  rules.drop_fields = reader.texts("drop_fields", ingest::kMaskNamesMax);
  rules.card_numbers = reader.optional_boolean("card_numbers").value_or(true);
  TRY(reader.finish());
  TRY(services.registry.set_masking({call.caller.principal.actor(), call.caller.origin}, rules));
  return render(services);
}

}  // namespace

void add_masking_routes(Routes& routes, const Services& services) {
  routes.add("GET", "/v1/masking", [&](const Call& call) { return show(call, services); });
  routes.add("PUT", "/v1/masking", [&](const Call& call) { return put(call, services); });
}

}  // namespace trailkeeper::api
