#pragma once

#include <optional>

#include "base/bytes.h"
#include "base/ids.h"
#include "base/time.h"
#include "settings/store.h"

namespace trailkeeper::settings {

// A signed-in browser. The token itself is kept nowhere.
struct Session {
  Sha256Digest token_hash{};
  Uuid id;  // what entries name it by; opens nothing
  Uuid person;
  Timestamp created_at{};
  Timestamp last_seen_at{};
  Timestamp expires_at{};  // at the latest
};

Result<std::optional<Session>> find_session(const ReadTx& tx, const Sha256Digest& token_hash);
Result<> add_session(WriteTx& tx, const Session& session);
Result<> touch_session(WriteTx& tx, const Sha256Digest& token_hash, Timestamp now);
// True when there was one.
Result<bool> remove_session(WriteTx& tx, const Sha256Digest& token_hash);
Result<> remove_sessions_of(WriteTx& tx, const Uuid& person);
// Those that ended: `expires_at` reached, or not seen since `idle_since`.
Result<> remove_ended_sessions(WriteTx& tx, Timestamp now, Timestamp idle_since);

}  // namespace trailkeeper::settings
