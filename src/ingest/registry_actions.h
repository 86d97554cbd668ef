#pragma once

#include "settings/outbox.h"

// The entries this module writes, all into the operators' own trail. Ids are for ever.
namespace trailkeeper::ingest {

using settings::ActionInfo;

inline constexpr ActionInfo kActionRegistered{"trailkeeper.action.registered", "Registered action",
                                              "Action registry", "configuration", "create"};
inline constexpr ActionInfo kActionChanged{"trailkeeper.action.changed",
                                           "Changed registered action", "Action registry",
                                           "configuration", "update"};
inline constexpr ActionInfo kActionRemoved{"trailkeeper.action.removed",
                                           "Removed registered action", "Action registry",
                                           "configuration", "delete"};
inline constexpr ActionInfo kSchemaAdded{"trailkeeper.action.schema_added", "Added action schema",
                                         "Action registry", "configuration", "create"};
inline constexpr ActionInfo kMaskingChanged{"trailkeeper.masking.changed", "Changed masking",
                                            "Masking", "configuration", "update"};

}  // namespace trailkeeper::ingest
