#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "base/ids.h"
#include "base/time.h"
#include "settings/people.h"
#include "settings/store.h"

namespace trailkeeper::settings {

// An invitation that was not accepted yet; one for each address and org. The token is kept nowhere.
struct Invitation {
  Uuid id;
  OrgId org;
  std::string email;
  std::string name{};
  Role role = Role::member;
  Sha256Digest token_hash{};
  std::string invited_by{};  // for people to read
  Timestamp created_at{};
  Timestamp sent_at{};
  Timestamp expires_at{};
};

Result<std::optional<Invitation>> find_invitation(const ReadTx& tx, const OrgId& org,
                                                  const Uuid& id);
Result<std::optional<Invitation>> find_invitation(const ReadTx& tx, const Sha256Digest& token_hash);
// `email` in any case and normal form.
Result<std::optional<Invitation>> find_invitation_for(const ReadTx& tx, const OrgId& org,
                                                      std::string_view email);
// By id, after `after`.
Result<std::vector<Invitation>> list_invitations(const ReadTx& tx, const OrgId& org,
                                                 std::optional<Uuid> after, std::size_t limit);
Result<std::uint64_t> count_invitations(const ReadTx& tx, const OrgId& org);
// Makes it, or replaces the one with that id.
Result<> put_invitation(WriteTx& tx, const Invitation& invitation);
Result<> remove_invitation(WriteTx& tx, const Uuid& id);

}  // namespace trailkeeper::settings
