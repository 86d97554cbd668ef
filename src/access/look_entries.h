#pragma once

#include <string>

#include "access/principal.h"
#include "settings/looks.h"
#include "settings/outbox.h"

// The entries about what the vendor's staff read. Area and ids are for ever, and reserved: intake
// refuses both from keys.
namespace trailkeeper::access {

using settings::ActionInfo;

inline constexpr std::string_view kVendorArea = "Vendor access";

inline constexpr ActionInfo kLookStarted{"trailkeeper.vendor.look_started",
                                         "Vendor opened the audit log", kVendorArea, "permission",
                                         "create"};
inline constexpr ActionInfo kLookEnded{"trailkeeper.vendor.look_ended",
                                       "Vendor closed the audit log", kVendorArea, "permission",
                                       "delete"};
inline constexpr ActionInfo kVendorSearched{
    "trailkeeper.vendor.searched", "Vendor searched the audit log", kVendorArea, "data", "read"};
inline constexpr ActionInfo kVendorOpened{"trailkeeper.vendor.entry_opened",
                                          "Vendor opened an entry", kVendorArea, "data", "read"};
inline constexpr ActionInfo kVendorExported{
    "trailkeeper.vendor.exported", "Vendor asked for an export", kVendorArea, "export", "create"};
inline constexpr ActionInfo kVendorDownloaded{
    "trailkeeper.vendor.downloaded", "Vendor downloaded an export", kVendorArea, "export", "read"};
inline constexpr ActionInfo kVendorViewed{"trailkeeper.vendor.viewed",
                                          "Vendor looked at lists of the audit log", kVendorArea,
                                          "data", "read"};

// About the look itself.
settings::OwnAction entry_about(const ActionInfo& info, const Principal& by,
                                const settings::Origin& origin, const settings::Look& look);
// About something read; `look` is null by admin.sock.
settings::OwnAction entry_about(const Reading& reading, const Principal& by, const OrgId& org,
                                const settings::Look* look);

// The same for two requests that show the same entries: rows, counts, further pages and refreshes
// of one search. Empty parts of the request do not matter.
std::string same_reading(const Reading& reading);

}  // namespace trailkeeper::access
