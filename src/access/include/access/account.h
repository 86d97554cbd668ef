#pragma once

#include <optional>
#include <string>
#include <vector>

#include "access/passwords.h"
#include "access/principal.h"
#include "access/second_factors.h"
#include "access/sessions.h"
#include "base/clock.h"
#include "base/result.h"

namespace trailkeeper::access {

// Who changes their own account: the session, and what its browser is known by.
struct Self {
  const SessionPerson& person;
  std::string token;     // of the session
  std::string device{};  // as in Credentials
  settings::Origin origin{};
};

struct AccountState {
  settings::Person person;
  bool second_factor_required = false;
  std::optional<Timestamp> second_factor_since{};  // empty: none
  std::uint64_t recovery_codes_left = 0;
};

struct NewSecondFactor {
  std::string secret;       // base32
  std::string otpauth_url;  // for a QR code
};

// What people do with their own account. Thread-safe. Each change is durable on return, together
// with its entry in the trail of each of the person's orgs. Errors of all calls: `forbidden`
// (`guest`) for guests; of all but show() and the list of sessions `forbidden`
// (`own_sign_in_needed`) for a session that a customer's provider began: it speaks for that
// customer only. Passwords and codes: `invalid` (`wrong_password`, `wrong_code`) with their
// pointer, `limited` (`slow_down`) after several.
class Account {
 public:
  Account(settings::Store& store, Passwords& passwords, Sessions& sessions,
          const SecondFactors& second_factors, const Clock& clock)
      : store_(store),
        passwords_(passwords),
        sessions_(sessions),
        second_factors_(second_factors),
        clock_(clock) {}

  Result<AccountState> show(const SessionPerson& person);
  Result<> rename(const Self& self, const std::string& name);
  // Ends all other sessions of the person.
  Result<> change_password(const Self& self, const std::string& current, const std::string& next);

  // `conflict` (`second_factor_on`, `no_password`).
  Result<NewSecondFactor> begin_second_factor(const Self& self, const std::string& password);
  // Answers the recovery codes. Ends all other sessions.
  Result<std::vector<std::string>> confirm_second_factor(const Self& self, const std::string& code);
  // `conflict` (`second_factor_off`, `second_factor_required`). Ends all other sessions.
  Result<> remove_second_factor(const Self& self, const std::string& password,
                                const std::string& code);
  Result<std::vector<std::string>> renew_recovery_codes(const Self& self,
                                                        const std::string& password,
                                                        const std::string& code);

  // Live ones; of a session that reaches one org, those that reach it too and no others.
  Result<std::vector<settings::Session>> sessions(const SessionPerson& person);
  // `not_found` unless it is one of sessions().
  Result<> end_session(const SessionPerson& person, const settings::Origin& origin, const Uuid& id);

 private:
  Result<settings::Person> self_of(const Self& self);
  Result<settings::Person> with_password(const Self& self, const std::string& password,
                                         const char* pointer);
  Result<> with_code(const Self& self, const settings::Person& person, const std::string& code);

  settings::Store& store_;
  Passwords& passwords_;
  Sessions& sessions_;
  const SecondFactors& second_factors_;
  const Clock& clock_;
};

}  // namespace trailkeeper::access
