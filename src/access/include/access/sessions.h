#pragma once

#include <chrono>
#include <memory>
#include <string>
#include <string_view>

#include "access/passwords.h"
#include "access/principal.h"
#include "access/slow_down.h"
#include "access/stranger_notes.h"
#include "base/clock.h"
#include "base/result.h"
#include "base/thread_annotations.h"
#include "settings/sessions.h"

namespace trailkeeper::access {

inline constexpr std::chrono::minutes kSessionIdle{30};
inline constexpr std::chrono::hours kSessionLongest{12};

struct SignedIn {
  std::string token;  // for the cookie: 43 characters of base64url
  SessionPerson person;
};

// Sign-in by password, and the sessions that follow. Thread-safe. Times are the business clock's.
class Sessions {
 public:
  Sessions(settings::Store& store, Passwords& passwords, const Clock& clock);

  // Some 50 ms of CPU, known email or not. The entry about it, failed ones included, goes into the
  // trail of each org of the person, and the operators' own when the person is one or is not known;
  // of unknown emails 30 a minute are noted one by one and the others as a number.
  // Errors: `unauthenticated` (`bad_credentials`) without a hint what was wrong; `limited`
  // (`slow_down`) with retry_after after wrong passwords, even for the right one.
  Result<SignedIn> sign_in(const std::string& email, const std::string& password,
                           const settings::Origin& origin);

  // For every request with the cookie. `unauthenticated` (`no_session`) for unknown, idle and ended
  // sessions and for people who were disabled.
  Result<SessionPerson> find(std::string_view token);

  // Ends it; well when there is none.
  Result<> sign_out(std::string_view token, const settings::Origin& origin);

  // Forgets ended sessions; call it every few minutes.
  Result<> forget_ended();
  // Notes the failed sign-ins that were only counted; call it about once a minute.
  Result<> note_counted_failures();

  // Compares in constant time.
  static bool csrf_matches(const SessionPerson& person, std::string_view sent);

 private:
  Result<SignedIn> begin(const settings::Person& person, settings::Origin origin);
  Result<> note_failure(const std::string& email, const std::optional<settings::Person>& person,
                        const settings::Origin& origin);
  Result<> note_counted(std::uint64_t count, Timestamp now);
  Result<SessionPerson> describe(const settings::ReadTx& tx, const settings::Session& session,
                                 const settings::Person& person, std::string_view token) const;

  settings::Store& store_;
  Passwords& passwords_;
  const Clock& clock_;
  SlowDown slow_down_;
  Mutex strangers_mutex_;
  StrangerNotes strangers_ GUARDED_BY(strangers_mutex_);
};

}  // namespace trailkeeper::access
