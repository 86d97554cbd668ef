#pragma once

#include "settings/outbox.h"

// The entries this module writes. Ids are for ever; filters and SIEM rules are built on them.
namespace trailkeeper::access {

using settings::ActionInfo;

inline constexpr ActionInfo kSignedIn{"trailkeeper.user.signed_in", "Signed in", "Sign-in",
                                      "authentication", "none"};
inline constexpr ActionInfo kSignInFailed{"trailkeeper.user.sign_in_failed", "Sign-in failed",
                                          "Sign-in", "authentication", "none"};
inline constexpr ActionInfo kSignInsFailed{"trailkeeper.user.sign_ins_failed",
                                           "Failed sign-ins of unknown emails", "Sign-in",
                                           "authentication", "none"};
inline constexpr ActionInfo kSignedOut{"trailkeeper.user.signed_out", "Signed out", "Sign-in",
                                       "authentication", "none"};

inline constexpr ActionInfo kOrgCreated{"trailkeeper.org.created", "Created organization",
                                        "Organization", "configuration", "create"};
inline constexpr ActionInfo kOrgChanged{"trailkeeper.org.changed", "Changed organization",
                                        "Organization", "configuration", "update"};
inline constexpr ActionInfo kEntitlementsChanged{"trailkeeper.org.entitlements_changed",
                                                 "Changed entitlements", "Organization",
                                                 "configuration", "update"};

inline constexpr ActionInfo kLimitsChanged{"trailkeeper.org.limits_changed",
                                           "Changed intake limits", "Organization", "configuration",
                                           "update"};

inline constexpr ActionInfo kMemberAdded{"trailkeeper.member.added", "Added person", "People",
                                         "permission", "create"};
inline constexpr ActionInfo kRoleChanged{"trailkeeper.member.role_changed", "Changed role",
                                         "People", "permission", "update"};
inline constexpr ActionInfo kPasswordSet{"trailkeeper.user.password_set", "Set password", "People",
                                         "permission", "update"};
inline constexpr ActionInfo kOperatorAdded{"trailkeeper.operator.added", "Added operator", "People",
                                           "permission", "create"};
inline constexpr ActionInfo kPersonDisabled{"trailkeeper.user.disabled", "Disabled person",
                                            "People", "permission", "update"};
inline constexpr ActionInfo kPersonEnabled{"trailkeeper.user.enabled", "Enabled person", "People",
                                           "permission", "update"};

inline constexpr ActionInfo kKeyCreated{"trailkeeper.key.created", "Created key",
                                        "Application keys", "permission", "create"};
inline constexpr ActionInfo kKeyChanged{"trailkeeper.key.changed", "Changed key",
                                        "Application keys", "permission", "update"};
inline constexpr ActionInfo kKeyRotated{"trailkeeper.key.rotated", "Rotated key",
                                        "Application keys", "permission", "update"};
inline constexpr ActionInfo kKeyRevoked{"trailkeeper.key.revoked", "Revoked key",
                                        "Application keys", "permission", "delete"};

}  // namespace trailkeeper::access
