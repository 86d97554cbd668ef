#include "views.h"

#include "policy.h"
#include "validation.h"

namespace trailkeeper::deliver {
namespace {

using settings::DestinationState;

std::string state_word(const settings::Destination& destination, const Settings& settings,
                       const Present& present) {
  if (present.validating) return "validating";
  if (destination.active && settings.enabled && !settings.enabled(destination.org)) {
    return "disabled";
  }
  switch (destination.state) {
    case DestinationState::draft:
      return "draft";
    case DestinationState::paused:
      return "paused";
    case DestinationState::suspended:
      return "suspended";
    case DestinationState::disabled:
      return "disabled";
    case DestinationState::active:
      break;
  }
  if (destination.failures > 0) return "retrying";
  const bool late = present.oldest && present.oldest->due + settings.lag_allowed < present.now;
  return late ? "lagging" : "active";
}

DestinationRequest values_of(const settings::Destination& destination) {
  const settings::S3Target& shown = destination.shown;
  return {shown.bucket, shown.region,          shown.endpoint, shown.account_id,
          shown.path,   destination.frequency, shown.role_arn, shown.path_style};
}

}  // namespace

std::string principal_of(const settings::Destination& destination, const Settings& settings) {
  if (!destination.shown.role_arn.empty()) return destination.shown.role_arn;
  const auto role = parse_role_arn(settings.role_arn);
  return role ? session_principal(*role, destination.session_name) : std::string();
}

DestinationView view_of(const settings::Destination& destination, const Settings& settings,
                        const Present& present) {
  const bool own_role = !destination.shown.role_arn.empty();
  DestinationView view;
  view.id = destination.id;
  view.state = state_word(destination, settings, present);
  view.reason = destination.reason;
  if (view.state == "disabled" && destination.active) {
    view.reason = "The S3 integration is switched off for this organization.";
  }
  view.remedy = destination.remedy;
  view.values = values_of(destination);
  view.pending = !destination.active || *destination.active != destination.shown;
  view.validated = destination.validated_at.has_value();
  view.auth_mode = own_role ? "customer_role" : "common_role";
  view.role_arn = own_role ? destination.shown.role_arn : settings.role_arn;
  view.session_name = destination.session_name;
  view.principal = principal_of(destination, settings);
  if (own_role) view.external_id = destination.external_id;
  const auto role = parse_role_arn(view.role_arn);
  if (role && !destination.shown.bucket.empty()) {
    view.policy = bucket_policy(role->partition, view.principal, destination.shown.bucket,
                                destination.shown.path);
  }
  view.checks = parse_checks(destination.checks);
  view.last_success_at = destination.last_success_at;
  view.next_attempt_at = destination.next_attempt_at;
  view.delivered_seq = present.delivered;
  view.head_seq = present.head;
  if (present.oldest && present.oldest->due < present.now) {
    view.lag_seconds =
        std::chrono::duration_cast<std::chrono::seconds>(present.now - present.oldest->due).count();
  }
  return view;
}

DeliveryView view_of(const settings::DeliveryRecord& record, bool sending,
                     std::optional<Timestamp> next_attempt_at) {
  const settings::DeliveryWindow& window = record.window;
  DeliveryView view;
  view.id = std::to_string(window.id);
  view.destination = record.destination;
  view.stream = record.stream_number;
  view.window = window.number;
  view.start = window.span.start;
  view.end = window.span.end;
  view.first_seq = window.first_seq;
  view.last_seq = window.last_seq;
  view.entries = window.last_seq.value + 1 - window.first_seq.value;
  for (const settings::StagedObject& object : record.objects) {
    if (object.manifest) {
      view.manifest_key = object.key;
    } else {
      view.files.push_back({object.key, object.bytes, object.rows, to_hex(as_text(object.sha256))});
    }
  }
  view.attempts = window.attempts;
  view.duration_ms = window.duration_ms;
  view.request_id = window.request_id;
  view.delivered_at = window.delivered_at;
  if (window.state == settings::WindowState::delivered) {
    view.state = "delivered";
    return view;
  }
  view.error = window.error;
  view.remedy = window.remedy;
  view.state = window.state == settings::WindowState::staged ? "staged" : "due";
  if (sending) {
    view.state = "delivering";
  } else if (!window.error.empty()) {
    view.state = "failed";
    view.next_attempt_at = next_attempt_at;
  }
  return view;
}

}  // namespace trailkeeper::deliver
