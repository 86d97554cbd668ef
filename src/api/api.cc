#include "api/api.h"

#include "gate.h"
#include "problem.h"
#include "resources.h"
#include "routes.h"

namespace trailkeeper::api {

struct Api::Impl {
  Impl(const Services& given_services, const Options& given_options, Door door,
       httpd::Router& router)
      : services(given_services),
        options(given_options),
        gate(services.keys, services.sessions,
             {.public_url = options.public_url,
              .admin_socket = door == Door::admin_socket,
              .proxies = options.proxies}),
        routes(router, gate) {}

  const Services services;
  const Options options;
  const Gate gate;
  Routes routes;
};

Api::Api(const Services& services, const Options& options, Door door, httpd::Router& router)
    : impl_(std::make_unique<Impl>(services, options, door, router)) {
  Routes& routes = impl_->routes;
  const Services& own = impl_->services;
  add_event_ingest_routes(routes, own);
  add_workos_routes(routes, own);
  add_workos_action_routes(routes, own);
  add_workos_export_routes(routes, own, impl_->options);
  add_workos_retention_routes(routes, own);
  add_portal_routes(routes, own, impl_->options);
  add_action_routes(routes, own);
  add_masking_routes(routes, own);
  add_otlp_routes(routes, own);
  add_cloudevent_routes(routes, own);
  add_retraced_routes(routes, own);
  add_event_routes(routes, own);
  add_event_count_routes(routes, own);
  add_live_routes(routes, own);
  add_view_routes(routes, own);
  add_feed_routes(routes, own);
  add_export_routes(routes, own);
  add_session_routes(routes, own);
  add_org_routes(routes, own);
  add_people_routes(routes, own);
  add_account_routes(routes, own);
  add_invitation_routes(routes, own, impl_->options);
  add_sign_in_routes(routes, own, impl_->options);
  add_key_routes(routes, own);
  add_s3_routes(routes, own, impl_->options);
  add_sftp_routes(routes, own);
  add_delivery_routes(routes, own);
  add_data_pack_routes(routes, own);
  add_data_pack_file_routes(routes, own);
  add_org_data_pack_routes(routes, own);
  add_ledger_routes(routes, own, impl_->options);
  add_look_routes(routes, own);
  add_overview_routes(routes, own);
  add_admin_routes(routes, own);
  add_operation_routes(routes, own, impl_->options);
  if (door == Door::network) add_console_routes(routes, impl_->options);
}

Api::~Api() = default;

std::vector<httpd::Header> Api::default_headers(bool https) {
  std::vector<httpd::Header> headers{
      {"Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'"},
      {"X-Content-Type-Options", "nosniff"},
      {"Referrer-Policy", "no-referrer"},
      {"Cross-Origin-Opener-Policy", "same-origin"},
      {"Cross-Origin-Resource-Policy", "same-origin"},
      {"X-Frame-Options", "DENY"},
  };
  if (https) {
    headers.push_back({"Strict-Transport-Security", "max-age=31536000; includeSubDomains"});
  }
  return headers;
}

httpd::Response Api::problem(int status, std::string_view code, std::string_view detail,
                             const httpd::Request& request) {
  return render_status(status, code, detail, request);
}

}  // namespace trailkeeper::api
