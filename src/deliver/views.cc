#include "views.h"

#include <array>

#include "documents.h"
#include "filter.h"
#include "policy.h"
#include "validation.h"
#include "values.h"

namespace trailkeeper::deliver {
namespace {

using settings::DestinationState;

std::string state_word(const settings::Destination& destination, const Settings& settings,
                       const Present& present) {
  if (present.validating) return "validating";
  if (destination.active && settings.enabled && !settings.enabled(destination.org)) {
    return "disabled";
  }
  if (destination.active && present.stopped) return "disabled";
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
  return {shown.bucket,
          shown.region,
          shown.endpoint,
          shown.account_id,
          shown.path,
          destination.frequency,
          shown.role_arn,
          shown.path_style,
          encryption_choice(shown.encryption),
          shown.kms_key,
          destination.shape.form,
          destination.shape.compression,
          parse_filter(destination.shape.filter)};
}

// Who assumes the customer's role.
std::string trusted_by(const Settings& settings) {
  if (!settings.trust_principal.empty()) return settings.trust_principal;
  const auto role = parse_role_arn(settings.role_arn);
  if (!role) return "ASK-THE-OPERATOR";
  return "arn:" + role->partition + ":iam::" + role->account + ":root";
}

std::vector<SetupDocument> setup_of(const settings::Destination& destination,
                                    const DestinationView& view, const Settings& settings,
                                    const std::string& partition) {
  const settings::S3Target& shown = destination.shown;
  return setup_documents({.partition = partition,
                          .bucket = shown.bucket,
                          .path = shown.path,
                          .region = shown.region,
                          .endpoint = shown.endpoint,
                          .principal = view.principal,
                          .role_arn = view.role_arn,
                          .session_name = view.session_name,
                          .customer_role = !shown.role_arn.empty(),
                          .trusted = trusted_by(settings),
                          .external_id = destination.external_id});
}

BackfillView view_of(const settings::Backfill& backfill) {
  const settings::Stream& stream = backfill.stream;
  BackfillView view{.state = backfill.complete ? "complete"
                             : stream.ended    ? "stopped"
                                               : "running",
                    .from = stream.start,
                    .until = stream.until.value_or(stream.start),
                    .delivered_until = backfill.delivered_until};
  if (backfill.complete) {
    view.progress = 1;
  } else if (view.delivered_until && view.until > view.from) {
    view.progress = static_cast<double>((*view.delivered_until - view.from).count()) /
                    static_cast<double>((view.until - view.from).count());
  }
  return view;
}

void add_health(DestinationView& view, const settings::Destination& destination,
                const Settings& settings, const Present& present) {
  view.failed_since = destination.failed_since;
  view.compared_at = destination.compared_at;
  view.missing_windows = present.missing_windows;
  view.slow = present.slow;
  if (present.backfill) view.backfill = view_of(*present.backfill);
  view.delivered_until = present.delivered_until;
  if (present.closed_until) {
    const Timestamp end = schedule::window_end(destination.frequency, *present.closed_until);
    view.next_due_at = schedule::due_time(destination.frequency, end);
  }
  if (!present.oldest) return;
  view.oldest_undelivered_at = present.oldest->start;
  if (!settings.retention_days) return;
  if (const auto days = settings.retention_days(destination.org))
    view.data_at_risk_at = present.oldest->start + std::chrono::hours(24 * *days);
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
  if (destination.active && present.stopped) {
    view.reason = "Nothing is signed or delivered: " + present.stopped->reason;
    view.remedy = "The operator has to decide.";
  }
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
    view.setup = setup_of(destination, view, settings, role->partition);
  }
  if (destination.active) add_health(view, destination, settings, present);
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
  if (window.state != settings::WindowState::due) view.withheld = view.entries - window.entries;
  constexpr std::array<std::string_view, 3> kKinds = {"main", "backfill", "replay"};
  view.kind = kKinds[static_cast<std::size_t>(record.kind)];
  for (const settings::StagedObject& object : record.objects) {
    if (object.manifest) {
      view.manifest_key = object.key;
    } else if (!object.leaves) {
      view.files.push_back({object.key, object.bytes, object.rows, to_hex(as_text(object.sha256))});
    }
  }
  view.attempts = window.attempts;
  view.epoch = window.epoch;
  constexpr std::array<std::string_view, 4> kPresences = {"unknown", "present", "missing",
                                                          "differs"};
  view.presence = kPresences[static_cast<std::size_t>(window.presence)];
  view.looked_at = window.looked_at;
  for (const settings::DeliveryAttempt& each : record.attempts) {
    view.history.push_back({each.at, each.duration_ms, each.delivered, each.request_id, each.code,
                            each.error, each.remedy});
  }
  view.duration_ms = window.duration_ms;
  view.request_id = window.request_id;
  view.delivered_at = window.delivered_at;
  if (window.state == settings::WindowState::delivered) {
    view.state = "delivered";
    if (window.presence > settings::Presence::present) {
      view.error = "The bucket no longer holds what was delivered of this window.";
      view.remedy = "Deliver it again: it then comes below replay/.";
    }
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
