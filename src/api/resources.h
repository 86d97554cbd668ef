#pragma once

#include "api/api.h"
#include "routes.h"

// One function a resource, each in the file of its name.
namespace trailkeeper::api {

void add_session_routes(Routes& routes, const Services& services);
void add_event_routes(Routes& routes, const Services& services);
void add_event_count_routes(Routes& routes, const Services& services);
void add_live_routes(Routes& routes, const Services& services);
void add_view_routes(Routes& routes, const Services& services);
void add_feed_routes(Routes& routes, const Services& services);
void add_event_ingest_routes(Routes& routes, const Services& services);
void add_workos_routes(Routes& routes, const Services& services);
void add_workos_action_routes(Routes& routes, const Services& services);
void add_workos_export_routes(Routes& routes, const Services& services, const Options& options);
void add_workos_retention_routes(Routes& routes, const Services& services);
void add_portal_routes(Routes& routes, const Services& services, const Options& options);
void add_action_routes(Routes& routes, const Services& services);
void add_masking_routes(Routes& routes, const Services& services);
void add_otlp_routes(Routes& routes, const Services& services);
void add_cloudevent_routes(Routes& routes, const Services& services);
void add_retraced_routes(Routes& routes, const Services& services);
void add_export_routes(Routes& routes, const Services& services);
void add_org_routes(Routes& routes, const Services& services);
void add_people_routes(Routes& routes, const Services& services);
void add_account_routes(Routes& routes, const Services& services);
void add_invitation_routes(Routes& routes, const Services& services, const Options& options);
void add_sign_in_routes(Routes& routes, const Services& services, const Options& options);
void add_key_routes(Routes& routes, const Services& services);
void add_ledger_routes(Routes& routes, const Services& services, const Options& options);
void add_s3_routes(Routes& routes, const Services& services, const Options& options);
void add_sftp_routes(Routes& routes, const Services& services);
void add_delivery_routes(Routes& routes, const Services& services);
void add_data_pack_routes(Routes& routes, const Services& services);
void add_data_pack_file_routes(Routes& routes, const Services& services);
void add_org_data_pack_routes(Routes& routes, const Services& services);
void add_look_routes(Routes& routes, const Services& services);
void add_overview_routes(Routes& routes, const Services& services);
void add_admin_routes(Routes& routes, const Services& services);
void add_operation_routes(Routes& routes, const Services& services, const Options& options);
void add_console_routes(Routes& routes, const Options& options);

// The entitlements object as several resources show it.
void write_entitlements(json::Writer& out, const settings::Entitlements& entitlements);

// The member `activity` of an organization.
void write_activity(json::Writer& out, const query::OrgActivity& activity);

}  // namespace trailkeeper::api
