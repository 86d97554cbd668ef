#pragma once

#include "settings/outbox.h"

// The entries this module writes. Ids are for ever; filters and SIEM rules are built on them.
namespace trailkeeper::packs {

using settings::ActionInfo;

// In the operators' own trail.
inline constexpr ActionInfo kSourcePut{"trailkeeper.data_source.changed", "Changed data source",
                                       "Data packs", "configuration", "update"};
inline constexpr ActionInfo kSourceRemoved{"trailkeeper.data_source.removed", "Removed data source",
                                           "Data packs", "configuration", "delete"};
inline constexpr ActionInfo kPackPut{"trailkeeper.data_pack.changed", "Changed data pack",
                                     "Data packs", "configuration", "update"};
inline constexpr ActionInfo kPackReleased{"trailkeeper.data_pack.released", "Released data pack",
                                          "Data packs", "configuration", "update"};
inline constexpr ActionInfo kPackEnded{"trailkeeper.data_pack.ended", "Ended data pack",
                                       "Data packs", "configuration", "delete"};
inline constexpr ActionInfo kPreviewed{"trailkeeper.data_pack.previewed", "Previewed data pack",
                                       "Data packs", "data", "read"};

// In the organization's.
inline constexpr ActionInfo kEnabled{"trailkeeper.data_pack.enabled", "Enabled data pack",
                                     "Data packs", "configuration", "create"};
inline constexpr ActionInfo kDisabled{"trailkeeper.data_pack.disabled", "Disabled data pack",
                                      "Data packs", "configuration", "delete"};
inline constexpr ActionInfo kDestinationSet{"trailkeeper.data_pack.destination_changed",
                                            "Changed where data packs go", "Data packs",
                                            "configuration", "update"};
inline constexpr ActionInfo kFilesTaken{"trailkeeper.data_pack.files_taken",
                                        "Took files for data packs", "Data packs", "data",
                                        "create"};
inline constexpr ActionInfo kRunAsked{"trailkeeper.data_pack.run_asked", "Asked for a run",
                                      "Data packs", "export", "create"};
inline constexpr ActionInfo kRunCancelled{"trailkeeper.data_pack.run_cancelled", "Cancelled run",
                                          "Data packs", "export", "update"};
inline constexpr ActionInfo kRunRetried{"trailkeeper.data_pack.run_retried", "Retried run",
                                        "Data packs", "export", "update"};
inline constexpr ActionInfo kRunLetGo{"trailkeeper.data_pack.run_released", "Let a held run go on",
                                      "Data packs", "export", "update"};
inline constexpr ActionInfo kRunDelivered{"trailkeeper.data_pack.delivered", "Delivered data pack",
                                          "Data packs", "export", "none"};
inline constexpr ActionInfo kRunHeld{"trailkeeper.data_pack.held", "Held data pack", "Data packs",
                                     "export", "none"};
inline constexpr ActionInfo kRunFailed{"trailkeeper.data_pack.failed", "Data pack failed",
                                       "Data packs", "error", "none"};

inline constexpr ActionInfo kSidesCompared{"trailkeeper.data_pack.compared", "Compared both sides",
                                           "Data packs", "export", "none"};
inline constexpr ActionInfo kCompareAsked{"trailkeeper.data_pack.compare_asked",
                                          "Asked to compare both sides", "Data packs", "export",
                                          "read"};

}  // namespace trailkeeper::packs
