#pragma once

#include <deque>
#include <string>

#include "access/letters.h"
#include "access/passwords.h"
#include "access/sessions.h"
#include "access/slow_down.h"
#include "base/background.h"
#include "base/clock.h"
#include "base/result.h"
#include "base/thread_annotations.h"

namespace trailkeeper::access {

inline constexpr std::chrono::hours kResetLives{1};
inline constexpr int kResetMailsAnHour = 3;

// New passwords by mail. Thread-safe.
class PasswordResets {
 public:
  PasswordResets(settings::Store& store, Passwords& passwords, Sessions& sessions, Letters& letters,
                 const Clock& clock);
  ~PasswordResets() { stop(); }

  // Answers before anything is looked up, so that neither answer nor time say whether there is
  // such a person; what was asked for is then done in the background, and lost if the process ends
  // first. `invalid` for what is no address; `limited` (`slow_down`) after several, from one
  // place; `unavailable` (`busy`) when too many wait.
  Result<> ask(const std::string& email, const settings::Origin& origin);
  // Sets the password, ends all sessions and the token. `not_found` (`link_not_valid`); `invalid`
  // with pointers; of a second factor what Sessions::prove_code() answers.
  Result<> redeem(const std::string& token, const std::string& password, const std::string& code,
                  const std::string& device, const settings::Origin& origin);

  void start() { background_.start(); }
  void stop() { background_.stop(); }
  // Does one that waits; false when there was none. For tests, and the background.
  bool step();

 private:
  struct Asked {
    std::string email;
    settings::Origin origin;
  };
  Result<> mail(const Asked& asked);

  settings::Store& store_;
  Passwords& passwords_;
  Sessions& sessions_;
  Letters& letters_;
  const Clock& clock_;
  SlowDown slow_down_;
  Mutex mutex_;
  std::deque<Asked> waiting_ GUARDED_BY(mutex_);
  Background background_;
};

}  // namespace trailkeeper::access
