#pragma once

#include "settings/outbox.h"

// The entries this module writes. Ids are for ever; filters and SIEM rules are built on them.
namespace trailkeeper::deliver {

inline constexpr settings::ActionInfo kChanged{"trailkeeper.s3.changed", "Changed S3 integration",
                                               "Integrations", "configuration", "update"};
inline constexpr settings::ActionInfo kValidated{"trailkeeper.s3.validated",
                                                 "Validated S3 integration", "Integrations",
                                                 "configuration", "none"};
inline constexpr settings::ActionInfo kActivated{"trailkeeper.s3.activated",
                                                 "Activated S3 integration", "Integrations",
                                                 "configuration", "update"};
inline constexpr settings::ActionInfo kPaused{"trailkeeper.s3.paused", "Paused S3 integration",
                                              "Integrations", "configuration", "update"};
inline constexpr settings::ActionInfo kResumed{"trailkeeper.s3.resumed", "Resumed S3 integration",
                                               "Integrations", "configuration", "update"};
inline constexpr settings::ActionInfo kTriedNow{"trailkeeper.s3.tried_now",
                                                "Asked for a delivery at once", "Integrations",
                                                "configuration", "none"};
inline constexpr settings::ActionInfo kBackfilled{"trailkeeper.s3.backfill_started",
                                                  "Started a backfill", "Integrations",
                                                  "configuration", "none"};
inline constexpr settings::ActionInfo kRedelivered{"trailkeeper.s3.redelivered",
                                                   "Asked for a delivery again", "Integrations",
                                                   "configuration", "none"};
inline constexpr settings::ActionInfo kNewEpoch{"trailkeeper.log.new_epoch", "Opened a new log",
                                                "Integrations", "configuration", "create"};
inline constexpr settings::ActionInfo kRemoved{"trailkeeper.s3.disconnected",
                                               "Disconnected S3 integration", "Integrations",
                                               "configuration", "delete"};

}  // namespace trailkeeper::deliver
