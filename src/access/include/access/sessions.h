#pragma once

#include <chrono>
#include <memory>
#include <string>
#include <string_view>

#include "access/passwords.h"
#include "access/principal.h"
#include "access/second_factors.h"
#include "access/slow_down.h"
#include "access/stranger_notes.h"
#include "base/clock.h"
#include "base/result.h"
#include "base/thread_annotations.h"
#include "settings/sessions.h"

namespace trailkeeper::access {

inline constexpr std::chrono::minutes kSessionIdle{30};
inline constexpr std::chrono::hours kSessionLongest{12};
inline constexpr std::chrono::hours kPortalSessionLongest{2};
inline constexpr std::chrono::minutes kEmbedTokenLongest{15};
inline constexpr std::string_view kEmbedTokenPrefix = "tke_";

// What somebody says to be whom they say they are.
struct Credentials {
  std::string email;
  std::string password;
  std::string code{};    // of the second factor; may be empty
  std::string device{};  // of the cookie that this browser got at an earlier sign-in
};

// Somebody who proved it.
struct Proof {
  settings::Person person;
  std::string method;  // password | totp | recovery_code
};

struct SignedIn {
  std::string token;     // for the cookie: 43 characters of base64url
  std::string device{};  // for another cookie, that this browser is known by; may be empty
  SessionPerson person;
};

// Sign-in by password, and sessions however they began. Thread-safe. Times are the business
// clock's.
class Sessions {
 public:
  struct Options {
    SecondFactorRule second_factor = SecondFactorRule::optional;
  };

  Sessions(settings::Store& store, Passwords& passwords, const SecondFactors& second_factors,
           const Clock& clock, Options options);
  Sessions(settings::Store& store, Passwords& passwords, const SecondFactors& second_factors,
           const Clock& clock)
      : Sessions(store, passwords, second_factors, clock, Options{}) {}

  // Some 50 ms of CPU, known email or not. The entry about it, failed ones included, goes into the
  // trail of each org of the person, and the operators' own when the person is one or is not known;
  // of unknown emails 30 a minute are noted one by one and the others as a number.
  // Errors: `unauthenticated`: `bad_credentials` without a hint what was wrong;
  // `second_factor_needed` when all was right and a code is missing; `wrong_code`; `sso_required`
  // when all orgs of the person want a sign-in by their provider. `limited` (`slow_down`) with
  // retry_after after wrong tries, even for the right one.
  Result<SignedIn> sign_in(const Credentials& credentials, const settings::Origin& origin);
  // The same without a session.
  Result<Proof> prove(const Credentials& credentials, const settings::Origin& origin);
  // Of somebody who is signed in, or holds a mailed link: the second factor alone. Right without
  // one. Errors as above, of codes.
  Result<std::string> prove_code(const settings::Person& person, const std::string& code,
                                 const std::string& device, const settings::Origin& origin);

  // Of somebody who is signed in, before a step that needs the password anew. `invalid`
  // (`wrong_password`) with `pointer`; `limited` as above.
  Result<> check_password(const settings::Person& person, const std::string& password,
                          const char* pointer, const std::string& device,
                          const settings::Origin& origin);

  // How a session of a person begins.
  struct Beginning {
    std::string method;
    std::optional<OrgId> only_org{};
    std::string device{};      // as in Credentials
    bool know_device = false;  // makes the browser a known one
  };
  // A part of the caller's transaction. `unauthenticated` (`bad_credentials`) when the person was
  // disabled or got another password since `person` was read.
  Result<SignedIn> begin(settings::WriteTx& tx, const settings::Person& person,
                         const Beginning& beginning, settings::Origin origin);
  // Of somebody without an account: `draft` says org, guest, method, intent and return_url. With
  // the method "embed" the token begins with kEmbedTokenPrefix and is no cookie. A part of the
  // caller's transaction; `by` made the token, empty when the guest came.
  Result<SignedIn> begin_guest(settings::WriteTx& tx, settings::Session draft,
                               settings::Origin origin, const std::optional<settings::Actor>& by);

  // For every request with the cookie. `unauthenticated` (`no_session`) for unknown, idle and ended
  // sessions and for people who were disabled.
  Result<SessionPerson> find(std::string_view token);
  // The same for the token of an embedded page.
  Result<SessionPerson> find_embedded(std::string_view token);

  // Ends it; well when there is none.
  Result<> sign_out(std::string_view token, const settings::Origin& origin);

  // Whether the person has to have a second factor.
  bool needs_second_factor(const settings::Person& person) const;

  // Forgets ended sessions; call it every few minutes.
  Result<> forget_ended();
  // Notes the failed sign-ins that were only counted; call it about once a minute.
  Result<> note_counted_failures();

  // Compares in constant time.
  static bool csrf_matches(const SessionPerson& person, std::string_view sent);

 private:
  struct Failure;
  Result<SessionPerson> find_live(std::string_view token);
  // Who is known by that cookie, for the slowing; empty when the browser is not.
  Result<std::string> known_device(const std::string& device,
                                   const std::optional<settings::Person>& person);
  Result<> note_failure(const Failure& failure, const std::optional<settings::Person>& person,
                        const settings::Origin& origin);
  Result<> note_counted(std::uint64_t count, Timestamp now);
  Result<SessionPerson> describe(const settings::ReadTx& tx, const settings::Session& session,
                                 const std::optional<settings::Person>& person,
                                 std::string_view token) const;
  Result<> limit_to_password(const settings::ReadTx& tx, const settings::Person& person,
                             SessionPerson& described) const;

  settings::Store& store_;
  Passwords& passwords_;
  const SecondFactors& second_factors_;
  const Clock& clock_;
  const Options options_;
  SlowDown slow_down_;
  Mutex strangers_mutex_;
  StrangerNotes strangers_ GUARDED_BY(strangers_mutex_);
};

}  // namespace trailkeeper::access
