#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "base/ids.h"
#include "base/time.h"
#include "settings/limits.h"
#include "settings/store.h"

namespace trailkeeper::settings {

// What an application key may do.
struct Scopes {
  bool ingest = false;
  bool read = false;
  bool manage = false;
  bool operator==(const Scopes&) const = default;
};

// An application key; the key's text is kept nowhere.
struct Key {
  Uuid id;  // version 7
  Sha256Digest hash{};
  std::string hint;  // the first characters, for people to tell keys apart
  std::string application;
  std::optional<OrgId> org{};  // empty: all orgs
  Scopes scopes{};
  Timestamp created_at{};
  std::optional<Timestamp> expires_at{};
  std::optional<Timestamp> last_used_at{};  // to about a minute
  std::optional<Timestamp> revoked_at{};
  std::string name{};                 // for people; may be empty
  std::string otlp_mapping{};         // a JSON object that says how OTLP logs are read, or empty
  Limits limits{};                    // of this key
  std::optional<Uuid> replaced_by{};  // the key that a rotation made
};

// Which keys a list has; what is empty does not matter.
struct KeyFilter {
  std::optional<OrgId> org{};
  std::string application{};
  std::optional<Timestamp> valid_at{};  // neither revoked nor expired then
};

Result<std::optional<Key>> find_key_by_hash(const ReadTx& tx, const Sha256Digest& hash);
Result<std::optional<Key>> find_key(const ReadTx& tx, const Uuid& id);
// By id, after `after`, at most `limit`.
Result<std::vector<Key>> list_keys(const ReadTx& tx, const KeyFilter& filter,
                                   std::optional<Uuid> after, std::size_t limit);
Result<> add_key(WriteTx& tx, const Key& key);
// Changes what may change of the key with that id: name, expiry, mapping, limits and what replaces
// it.
Result<> update_key(WriteTx& tx, const Key& key);
// Does nothing to one that is revoked already.
Result<> revoke_key(WriteTx& tx, const Uuid& id, Timestamp now);
Result<> set_key_used(WriteTx& tx, const Uuid& id, Timestamp at);

}  // namespace trailkeeper::settings
