#include "access/password_resets.h"

#include <utility>

#include "base/log.h"
#include "person_entries.h"
#include "settings/links.h"
#include "settings/orgs.h"
#include "tokens.h"

namespace trailkeeper::access {

namespace {

using settings::PasswordReset;
using settings::Person;
using settings::ReadTx;
using settings::WriteTx;

constexpr std::chrono::milliseconds kPause{1000};
constexpr std::size_t kWaitingMax = 1000;

Result<PasswordReset> find_valid(const ReadTx& tx, const std::string& token, Timestamp now) {
  if (token.size() != kTokenSize) return link_not_valid();
  const auto found = TRY(settings::find_password_reset(tx, crypto::sha256(token)));
  if (!found || found->expires_at <= now) return link_not_valid();
  return *found;
}

Result<Person> person_of(const ReadTx& tx, const PasswordReset& reset) {
  auto person = TRY(settings::find_person(tx, reset.person));
  if (!person || person->disabled) return link_not_valid();
  return *std::move(person);
}

}  // namespace

PasswordResets::PasswordResets(settings::Store& store, Passwords& passwords, Sessions& sessions,
                               Letters& letters, const Clock& clock)
    : store_(store),
      passwords_(passwords),
      sessions_(sessions),
      letters_(letters),
      clock_(clock),
      slow_down_(clock),
      background_("password resets", kPause, [this] { return step(); }) {}

Result<> PasswordResets::ask(const std::string& email, const settings::Origin& origin) {
  const std::string account = TRY(settings::fold_email(email));
  const SlowDown::Source source{.address = origin.ip};
  TRY(slow_down_.admit(account, source));
  slow_down_.failed(account, source);
  {
    MutexLock lock(mutex_);
    if (waiting_.size() >= kWaitingMax) {
      return Error{ErrorKind::unavailable, "busy", "Too many ask at this moment."};
    }
    waiting_.push_back({email, origin});
  }
  background_.wake();
  return {};
}

bool PasswordResets::step() {
  Asked asked;
  {
    MutexLock lock(mutex_);
    if (waiting_.empty()) return false;
    asked = std::move(waiting_.front());
    waiting_.pop_front();
  }
  if (auto done = mail(asked); !done) {
    log::error("a password reset could not be mailed", {{"reason", done.error().message}});
  }
  return true;
}

Result<> PasswordResets::mail(const Asked& asked) {
  return store_.write([&](WriteTx& tx) -> Result<> {
    const auto person = TRY(settings::find_person_by_email(tx, asked.email));
    if (!person || person->disabled) return {};
    const Timestamp now = clock_.now();
    const auto before = TRY(settings::find_password_reset(tx, person->id));
    PasswordReset reset{.person = person->id, .expires_at = now + kResetLives, .hour = now};
    if (before && now - before->hour < std::chrono::hours(1)) {
      if (before->mails >= kResetMailsAnHour) return {};
      reset.hour = before->hour;
      reset.mails = before->mails;
    }
    ++reset.mails;
    const std::string token = new_token();
    reset.token_hash = crypto::sha256(token);
    TRY(settings::put_password_reset(tx, reset));
    TRY(letters_.send(tx, ResetLetter{.id = Uuid::v7(now).str(),
                                      .to = person->email,
                                      .token = token,
                                      .expires_at = reset.expires_at}));
    return note_person(
        tx, {.info = kResetAsked, .origin = asked.origin, .about_themselves = false}, *person,
        TRY(trails_of(tx, *person)),
        [&](const OrgId&) { return settings::Actor{.id = "unknown", .email = person->email}; },
        now);
  });
}

Result<> PasswordResets::redeem(const std::string& token, const std::string& password,
                                const std::string& code, const std::string& device,
                                const settings::Origin& origin) {
  const Person person = TRY(store_.read([&](ReadTx& tx) -> Result<Person> {
    return person_of(tx, TRY(find_valid(tx, token, clock_.now())));
  }));
  TRY(check_password_rules(password));
  TRY(sessions_.prove_code(person, code, device, origin));
  const std::string hash = TRY(passwords_.hash(password));
  return store_.write([&](WriteTx& tx) -> Result<> {
    const Timestamp now = clock_.now();
    Person present = TRY(person_of(tx, TRY(find_valid(tx, token, now))));
    present.password_hash = hash;
    TRY(settings::update_person(tx, present));
    TRY(settings::remove_password_reset(tx, present.id));
    TRY(settings::remove_sessions_of(tx, present.id));
    return note_own(tx, {.info = kPasswordReset, .origin = origin}, present, now);
  });
}

}  // namespace trailkeeper::access
