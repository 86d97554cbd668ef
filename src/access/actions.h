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

inline constexpr ActionInfo kMemberRemoved{"trailkeeper.member.removed", "Removed person", "People",
                                           "permission", "delete"};
inline constexpr ActionInfo kRenamed{"trailkeeper.user.renamed", "Changed name", "People", "data",
                                     "update"};
inline constexpr ActionInfo kSessionEnded{"trailkeeper.user.session_ended", "Ended session",
                                          "Sign-in", "authentication", "delete"};
inline constexpr ActionInfo kResetAsked{"trailkeeper.user.password_reset_asked",
                                        "Asked for a new password", "Sign-in", "authentication",
                                        "none"};
inline constexpr ActionInfo kPasswordReset{"trailkeeper.user.password_reset",
                                           "Set a new password by mail", "Sign-in",
                                           "authentication", "update"};
inline constexpr ActionInfo kSecondFactorOn{"trailkeeper.user.second_factor_on",
                                            "Turned on second factor", "Sign-in", "authentication",
                                            "create"};
inline constexpr ActionInfo kSecondFactorOff{"trailkeeper.user.second_factor_off",
                                             "Turned off second factor", "Sign-in",
                                             "authentication", "delete"};
inline constexpr ActionInfo kSecondFactorReset{"trailkeeper.user.second_factor_reset",
                                               "Took away second factor", "People", "permission",
                                               "delete"};
inline constexpr ActionInfo kRecoveryCodesRenewed{"trailkeeper.user.recovery_codes_renewed",
                                                  "Made new recovery codes", "Sign-in",
                                                  "authentication", "update"};

inline constexpr ActionInfo kInvited{"trailkeeper.invitation.created", "Invited person", "People",
                                     "permission", "create"};
inline constexpr ActionInfo kInvitedAgain{"trailkeeper.invitation.resent", "Sent invitation again",
                                          "People", "permission", "update"};
inline constexpr ActionInfo kInvitationRemoved{
    "trailkeeper.invitation.removed", "Took back invitation", "People", "permission", "delete"};
inline constexpr ActionInfo kInvitationAccepted{
    "trailkeeper.invitation.accepted", "Accepted invitation", "People", "permission", "create"};

inline constexpr ActionInfo kProviderChanged{"trailkeeper.sign_in.changed",
                                             "Changed sign-in by provider", "Sign-in",
                                             "configuration", "update"};
inline constexpr ActionInfo kProviderRemoved{"trailkeeper.sign_in.removed",
                                             "Removed sign-in by provider", "Sign-in",
                                             "configuration", "delete"};
inline constexpr ActionInfo kPortalLinkMade{"trailkeeper.portal_link.created", "Made portal link",
                                            "Sign-in", "permission", "create"};
inline constexpr ActionInfo kEmbedTokenMade{
    "trailkeeper.embed_token.created", "Opened embedded page", "Sign-in", "permission", "create"};

inline constexpr ActionInfo kKeyCreated{"trailkeeper.key.created", "Created key",
                                        "Application keys", "permission", "create"};
inline constexpr ActionInfo kKeyChanged{"trailkeeper.key.changed", "Changed key",
                                        "Application keys", "permission", "update"};
inline constexpr ActionInfo kKeyRotated{"trailkeeper.key.rotated", "Rotated key",
                                        "Application keys", "permission", "update"};
inline constexpr ActionInfo kKeyRevoked{"trailkeeper.key.revoked", "Revoked key",
                                        "Application keys", "permission", "delete"};

}  // namespace trailkeeper::access
