#pragma once

#include <array>
#include <atomic>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "access/orgs.h"
#include "access/principal.h"
#include "base/clock.h"
#include "base/result.h"
#include "base/thread_annotations.h"
#include "settings/keys.h"

namespace trailkeeper::access {

// `tk_`, 30 random base62 characters (178 bits), 6 base62 digits of the CRC-32 (IEEE 802.3) of
// those 30.
std::string make_key_text();
// Prefix, alphabet, length and checksum are right; says nothing about whether there is such a key.
bool looks_like_key(std::string_view text);

struct NewKey {
  std::optional<OrgId> org{};  // empty: all orgs
  std::string application;     // 1 to 100 characters
  settings::Scopes scopes{};   // at least one
  std::optional<Timestamp> expires_at{};
};

struct CreatedKey {
  settings::Key key;
  std::string text;  // shown this once
};

// Application keys. Thread-safe. Found keys are kept in memory (bounded, in parts with a lock
// each), so that verifying costs a hash and a look-up; revoking takes effect at once.
class Keys {
 public:
  Keys(settings::Store& store, const Orgs& orgs, const Clock& clock);
  ~Keys();

  // For every request with a Bearer key. A text that is none is refused without a look-up.
  // `unauthenticated` (code `bad_key`) for unknown, revoked and expired ones alike; `unavailable`
  // when the settings cannot be read.
  Result<ApplicationKey> verify(std::string_view text);

  // Durable on return, with its entry. Ask Permissions::may_manage_keys first. `invalid` with
  // pointers; `not_found` for an org that is not there.
  Result<CreatedKey> create(const Principal& by, const settings::Origin& origin,
                            const NewKey& request);
  // By id, after `after`; of `org` when given, else all.
  Result<std::vector<settings::Key>> list(const std::optional<OrgId>& org,
                                          std::optional<Uuid> after, std::size_t limit);
  // `not_found` when there is none; revoking one again is well.
  Result<settings::Key> find(const Uuid& id);
  Result<> revoke(const Principal& by, const settings::Origin& origin, const Uuid& id);

  // Writes down when keys were last used; call it about once a minute.
  Result<> note_use();

 private:
  struct Found;
  struct Part;
  Result<std::shared_ptr<Found>> look_up(const Sha256Digest& hash);

  settings::Store& store_;
  const Orgs& orgs_;
  const Clock& clock_;
  std::atomic<std::uint64_t> revocations_{0};
  std::unique_ptr<Part[]> parts_;
};

}  // namespace trailkeeper::access
