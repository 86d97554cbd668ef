#pragma once

#include <array>
#include <atomic>
#include <chrono>
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
  std::string name{};          // at most 200 bytes, for people to tell keys apart
  std::string otlp_mapping{};  // a JSON object of at most 4 KiB, or empty
  settings::Limits limits{};
};

// What a PATCH of a key says; what is absent stays as it is.
struct KeyChange {
  std::optional<std::string> name{};
  std::optional<std::string> otlp_mapping{};  // empty: none
  std::optional<settings::Limits> limits{};   // all of them
  std::optional<std::optional<Timestamp>> expires_at{};
};

inline constexpr std::size_t kOtlpMappingBytesMax = 4096;
inline constexpr std::chrono::seconds kOverlapMax = std::chrono::hours(24 * 90);

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
  // Whether verify() would find it in memory, so not block.
  bool remembers(std::string_view text) const;

  // Durable on return, with its entry. Ask Permissions::may_manage_keys first. `invalid` with
  // pointers; `not_found` for an org that is not there.
  Result<CreatedKey> create(const Principal& by, const settings::Origin& origin,
                            const NewKey& request);
  // By id, after `after`. The time of last use is that of this moment.
  Result<std::vector<settings::Key>> list(const settings::KeyFilter& filter,
                                          std::optional<Uuid> after, std::size_t limit);
  // `not_found` when there is none; revoking one again is well.
  Result<settings::Key> find(const Uuid& id);
  Result<> revoke(const Principal& by, const settings::Origin& origin, const Uuid& id);
  // Seen by verify() on return. `conflict` (`key_ended`) for one that was revoked or has expired.
  Result<settings::Key> change(const Principal& by, const settings::Origin& origin, const Uuid& id,
                               const KeyChange& change);
  // Makes a key that may do the same, under the same name and limits; the old one works for
  // `overlap` longer, or to its own end when that is sooner. A key that expires is replaced by one
  // that lives as long. `conflict`: `key_ended`, or `already_rotated` for one that was replaced
  // before.
  Result<CreatedKey> rotate(const Principal& by, const settings::Origin& origin, const Uuid& id,
                            std::chrono::seconds overlap);

  // Writes down when keys were last used; call it about once a minute.
  Result<> note_use();

 private:
  struct Found;
  struct Part;
  Result<std::shared_ptr<Found>> look_up(const Sha256Digest& hash);
  // The next verify() reads the key anew.
  void forget(const Sha256Digest& hash);
  void add_last_use(settings::Key& key) const;

  settings::Store& store_;
  const Orgs& orgs_;
  const Clock& clock_;
  std::atomic<std::uint64_t> changes_{0};
  std::unique_ptr<Part[]> parts_;
};

}  // namespace trailkeeper::access
