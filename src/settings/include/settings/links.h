#pragma once

#include <optional>
#include <string>

#include "base/bytes.h"
#include "base/ids.h"
#include "base/time.h"
#include "settings/sessions.h"
#include "settings/store.h"

// Links that work once. Their tokens are kept as hashes.
namespace trailkeeper::settings {

// The one that counts; a new one ends it.
struct PasswordReset {
  Uuid person;
  Sha256Digest token_hash{};
  Timestamp expires_at{};
  Timestamp hour{};  // in which `mails` were sent
  int mails = 0;
};

Result<std::optional<PasswordReset>> find_password_reset(const ReadTx& tx,
                                                         const Sha256Digest& token_hash);
Result<std::optional<PasswordReset>> find_password_reset(const ReadTx& tx, const Uuid& person);
Result<> put_password_reset(WriteTx& tx, const PasswordReset& reset);
Result<> remove_password_reset(WriteTx& tx, const Uuid& person);

struct PortalLink {
  Sha256Digest token_hash{};
  Uuid id;
  OrgId org;
  Guest guest;
  std::string intent;  // audit_logs | log_streams
  std::string return_url{};
  Timestamp expires_at{};
};

Result<std::optional<PortalLink>> find_portal_link(const ReadTx& tx,
                                                   const Sha256Digest& token_hash);
Result<> add_portal_link(WriteTx& tx, const PortalLink& link);
Result<> remove_portal_link(WriteTx& tx, const Sha256Digest& token_hash);
Result<> remove_expired_portal_links(WriteTx& tx, Timestamp now);

}  // namespace trailkeeper::settings
