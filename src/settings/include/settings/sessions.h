#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "base/ids.h"
#include "base/time.h"
#include "settings/store.h"

namespace trailkeeper::settings {

// Somebody without an account here, in whose name the vendor's product sent a browser.
struct Guest {
  std::string id;
  std::string name{};
  std::string email{};
};

// A signed-in browser. The token itself is kept nowhere.
struct Session {
  Sha256Digest token_hash{};
  Uuid id;                          // what entries name it by; opens nothing
  std::optional<Uuid> person{};     // empty: a guest
  std::optional<Guest> guest{};     // then `org` is set
  std::string method = "password";  // password | totp | recovery_code | oidc | portal | embed
  std::optional<OrgId> org{};       // the only one it reaches; empty: all of the person's
  std::string intent{};             // of a portal link
  std::string return_url{};         // where the console leads back to
  std::string ip{};                 // at sign-in
  std::string user_agent{};
  Timestamp created_at{};
  Timestamp last_seen_at{};
  Timestamp expires_at{};  // at the latest
};

Result<std::optional<Session>> find_session(const ReadTx& tx, const Sha256Digest& token_hash);
// The latest first; at most `limit`.
Result<std::vector<Session>> sessions_of(const ReadTx& tx, const Uuid& person, std::size_t limit);
Result<> add_session(WriteTx& tx, const Session& session);
Result<> touch_session(WriteTx& tx, const Sha256Digest& token_hash, Timestamp now);
// True when there was one.
Result<bool> remove_session(WriteTx& tx, const Sha256Digest& token_hash);
// All of the person, but `except` when it is given.
Result<> remove_sessions_of(WriteTx& tx, const Uuid& person,
                            const std::optional<Sha256Digest>& except = std::nullopt);
// Those of the person that reach this org only.
Result<> remove_sessions_in(WriteTx& tx, const Uuid& person, const OrgId& org);
// Those of everybody that began by `method` and reach this org only.
Result<> remove_sessions_by(WriteTx& tx, std::string_view method, const OrgId& org);
// Those that ended: `expires_at` reached, or not seen since `idle_since`.
Result<> remove_ended_sessions(WriteTx& tx, Timestamp now, Timestamp idle_since);

// Browsers that signed in as that person before, known by a cookie. The latest few are kept.
inline constexpr std::size_t kDevicesMax = 20;
Result<bool> knows_device(const ReadTx& tx, const Sha256Digest& token_hash, const Uuid& person);
Result<> put_device(WriteTx& tx, const Sha256Digest& token_hash, const Uuid& person, Timestamp now);
Result<> remove_devices_of(WriteTx& tx, const Uuid& person);

}  // namespace trailkeeper::settings
