#pragma once

#include "settings/outbox.h"

// The entries this module writes. Ids are for ever; filters and SIEM rules are built on them.
namespace trailkeeper::exports {

inline constexpr settings::ActionInfo kExportRequested{
    "trailkeeper.export.requested", "Requested download", "Audit Logs", "export", "create"};
inline constexpr settings::ActionInfo kExportCancelled{
    "trailkeeper.export.cancelled", "Cancelled download", "Audit Logs", "export", "update"};
inline constexpr settings::ActionInfo kExportDownloaded{
    "trailkeeper.export.downloaded", "Downloaded file", "Audit Logs", "export", "read"};

}  // namespace trailkeeper::exports
