#include "access/sessions.h"

#include <algorithm>
#include <utility>

#include "person_entries.h"
#include "settings/org_sign_in.h"
#include "settings/orgs.h"
#include "tokens.h"

namespace trailkeeper::access {

namespace {

using settings::Origin;
using settings::Person;
using settings::ReadTx;
using settings::Session;
using settings::WriteTx;

constexpr std::string_view kCsrfLabel = "trailkeeper csrf token v1";
// How stale the time of last use may be; a request writes it at most this often.
constexpr std::chrono::minutes kTouchEvery{1};

Error no_session() {
  return {ErrorKind::unauthenticated, "no_session", "Not signed in, or the session expired."};
}

Error bad_credentials() {
  return {ErrorKind::unauthenticated, "bad_credentials", "The email or the password is wrong."};
}

std::string csrf_of(std::string_view token) {
  return to_base64url(as_text(crypto::hmac_sha256(token, kCsrfLabel)));
}

bool has_ended(const Session& session, Timestamp now) {
  return session.expires_at <= now || session.last_seen_at + kSessionIdle <= now;
}

std::string method_of(std::string_view method) {
  return "{\"method\":\"" + std::string(method) + "\"}";
}

Duration longest_of(const std::string& method) {
  if (method == "embed") return kEmbedTokenLongest;
  return method == "portal" ? Duration(kPortalSessionLongest) : Duration(kSessionLongest);
}

// Whether a password opens none of the person's orgs.
Result<bool> only_by_provider(const ReadTx& tx, const Person& person) {
  const auto memberships = TRY(settings::memberships_of(tx, person.id));
  if (person.is_operator || memberships.empty()) return false;
  for (const settings::Membership& membership : memberships) {
    if (!TRY(settings::requires_provider(tx, membership.org))) return false;
  }
  return true;
}

Session started(Session draft, const std::string& token, Timestamp now, const Origin& origin) {
  draft.token_hash = crypto::sha256(token);
  draft.id = Uuid::v7(now);
  draft.ip = origin.ip;
  draft.user_agent = origin.user_agent;
  draft.created_at = draft.last_seen_at = now;
  draft.expires_at = now + longest_of(draft.method);
  return draft;
}

}  // namespace

// What a failed sign-in is noted as.
struct Sessions::Failure {
  std::string email;
  std::string code = "bad_credentials";
  std::string message = "The email or the password is wrong.";
};

Sessions::Sessions(settings::Store& store, Passwords& passwords,
                   const SecondFactors& second_factors, const Clock& clock, Options options)
    : store_(store),
      passwords_(passwords),
      second_factors_(second_factors),
      clock_(clock),
      options_(options),
      slow_down_(clock) {}

Result<SignedIn> Sessions::sign_in(const Credentials& credentials, const Origin& origin) {
  const Proof proof = TRY(prove(credentials, origin));
  if (TRY(store_.read([&](ReadTx& tx) { return only_by_provider(tx, proof.person); }))) {
    const Failure failure{.email = proof.person.email,
                          .code = "sso_required",
                          .message = "Your organization wants you to sign in by its own provider."};
    TRY(note_failure(failure, proof.person, origin));
    return Error{ErrorKind::unauthenticated, failure.code, failure.message};
  }
  return store_.write([&](WriteTx& tx) {
    return begin(tx, proof.person,
                 {.method = proof.method, .device = credentials.device, .know_device = true},
                 origin);
  });
}

Result<std::string> Sessions::known_device(const std::string& device,
                                           const std::optional<Person>& person) {
  if (!person || device.size() != kTokenSize) return std::string();
  const Sha256Digest hash = crypto::sha256(device);
  const bool known =
      TRY(store_.read([&](ReadTx& tx) { return settings::knows_device(tx, hash, person->id); }));
  return known ? std::string(as_text(hash)) : std::string();
}

Result<Proof> Sessions::prove(const Credentials& credentials, const Origin& origin) {
  const auto folded = settings::fold_email(credentials.email);
  // What is no address is counted as one account.
  const std::string account = folded ? *folded : std::string();
  const auto person =
      TRY(store_.read([&](ReadTx& tx) { return settings::find_person_by_email(tx, account); }));
  const SlowDown::Source source{.address = origin.ip,
                                .device = TRY(known_device(credentials.device, person))};
  TRY(slow_down_.admit(account, source));
  const bool right =
      TRY(passwords_.matches(credentials.password, person ? person->password_hash : std::string()));
  if (!right || person->disabled) {
    slow_down_.failed(account, source);
    TRY(note_failure({.email = credentials.email}, person, origin));
    return bad_credentials();
  }
  std::string method = TRY(prove_code(*person, credentials.code, credentials.device, origin));
  slow_down_.succeeded(account, source);
  return Proof{.person = *person, .method = std::move(method)};
}

Result<std::string> Sessions::prove_code(const Person& person, const std::string& code,
                                         const std::string& device, const Origin& origin) {
  const bool on =
      TRY(store_.read([&](ReadTx& tx) { return settings::has_second_factor(tx, person.id); }));
  if (!on) return std::string("password");
  if (code.empty()) {
    return Error{ErrorKind::unauthenticated, "second_factor_needed",
                 "Send the code of the authenticator, or a recovery code, too."};
  }
  // Whoever comes here has the password, so a wait for all strangers together shuts out nobody who
  // was let in before.
  const std::string account = "second factor of " + person.id.str();
  const SlowDown::Source source{.address = account, .device = TRY(known_device(device, person))};
  TRY(slow_down_.admit(account, source));
  const auto method =
      TRY(store_.write([&](WriteTx& tx) { return second_factors_.take(tx, person.id, code); }));
  if (method) {
    slow_down_.succeeded(account, source);
    return *method;
  }
  slow_down_.failed(account, source);
  const Failure failure{.email = person.email,
                        .code = "wrong_code",
                        .message = "The code is wrong, or was used already."};
  TRY(note_failure(failure, person, origin));
  return Error{ErrorKind::unauthenticated, failure.code, failure.message};
}

Result<> Sessions::check_password(const Person& person, const std::string& password,
                                  const char* pointer, const std::string& device,
                                  const Origin& origin) {
  const std::string account = TRY(settings::fold_email(person.email));
  const SlowDown::Source source{.address = origin.ip, .device = TRY(known_device(device, person))};
  TRY(slow_down_.admit(account, source));
  if (TRY(passwords_.matches(password, person.password_hash))) {
    slow_down_.succeeded(account, source);
    return {};
  }
  slow_down_.failed(account, source);
  TRY(note_failure({.email = person.email}, person, origin));
  const std::string detail = "The password is wrong.";
  return Error{ErrorKind::invalid, "wrong_password", detail, {{pointer, "wrong_password", detail}}};
}

Result<SignedIn> Sessions::begin(WriteTx& tx, const Person& person, const Beginning& beginning,
                                 Origin origin) {
  // Who was disabled, or got another password, since the look-up does not get in.
  const auto present = TRY(settings::find_person(tx, person.id));
  if (!present || present->disabled || present->password_hash != person.password_hash)
    return bad_credentials();
  const Timestamp now = clock_.now();
  SignedIn signed_in{.token = new_token()};
  const Session session =
      started({.person = person.id, .method = beginning.method, .org = beginning.only_org},
              signed_in.token, now, origin);
  TRY(settings::add_session(tx, session));
  TRY(settings::note_sign_in(tx, person.id, session.org, now));
  if (beginning.know_device) {
    signed_in.device = beginning.device.size() == kTokenSize ? beginning.device : new_token();
    TRY(settings::put_device(tx, crypto::sha256(signed_in.device), person.id, now));
  }
  signed_in.person = TRY(describe(tx, session, present, signed_in.token));
  origin.session_id = session.id.str();
  TRY(note_own(tx, {.info = kSignedIn, .origin = origin, .metadata = method_of(session.method)},
               *present, now, session.org));
  return signed_in;
}

Result<SignedIn> Sessions::begin_guest(WriteTx& tx, Session draft, Origin origin,
                                       const std::optional<settings::Actor>& by) {
  const Timestamp now = clock_.now();
  const bool embedded = draft.method == "embed";
  SignedIn signed_in{.token =
                         (embedded ? std::string(kEmbedTokenPrefix) : std::string()) + new_token()};
  const Session session = started(std::move(draft), signed_in.token, now, origin);
  TRY(settings::add_session(tx, session));
  signed_in.person = TRY(describe(tx, session, std::nullopt, signed_in.token));
  origin.session_id = session.id.str();
  settings::OwnAction action{.info = embedded ? kEmbedTokenMade : kSignedIn,
                             .org = *session.org,
                             .actor = by ? *by : Principal(signed_in.person).actor(&*session.org),
                             .origin = origin,
                             .metadata = method_of(session.method)};
  if (by) {
    action.targets = {{.type = "user", .id = session.guest->id, .name = session.guest->name}};
  }
  TRY(settings::add_to_outbox(tx, action, now));
  return signed_in;
}

Result<> Sessions::note_failure(const Failure& failure, const std::optional<Person>& person,
                                const Origin& origin) {
  const Timestamp now = clock_.now();
  if (!person) {
    StrangerNotes::Verdict verdict;
    {
      MutexLock lock(strangers_mutex_);
      verdict = strangers_.failed(now);
    }
    TRY(note_counted(verdict.unnoted, now));
    if (!verdict.note) return {};
  }
  const PersonEntry entry{.info = kSignInFailed,
                          .origin = origin,
                          .error_code = failure.code,
                          .error_message = failure.message};
  return store_.write([&](WriteTx& tx) -> Result<> {
    if (person) return note_own(tx, entry, *person, now);
    return note_person(
        tx, entry, {}, {settings::own_org()},
        [&](const OrgId&) { return settings::Actor{.id = "unknown", .email = failure.email}; },
        now);
  });
}

Result<> Sessions::note_counted(std::uint64_t count, Timestamp now) {
  if (count == 0) return {};
  return store_.write([&](WriteTx& tx) {
    return settings::add_to_outbox(tx,
                                   {.info = kSignInsFailed,
                                    .org = settings::own_org(),
                                    .actor = settings::system_actor(),
                                    .success = false,
                                    .metadata = "{\"count\":" + std::to_string(count) + "}"},
                                   now);
  });
}

Result<> Sessions::note_counted_failures() {
  const Timestamp now = clock_.now();
  std::uint64_t count = 0;
  {
    MutexLock lock(strangers_mutex_);
    count = strangers_.take_unnoted(now);
  }
  return note_counted(count, now);
}

bool Sessions::needs_second_factor(const Person& person) const {
  return options_.second_factor == SecondFactorRule::everyone ||
         (options_.second_factor == SecondFactorRule::operators && person.is_operator);
}

Result<> Sessions::limit_to_password(const ReadTx& tx, const Person& person,
                                     SessionPerson& described) const {
  if (needs_second_factor(person) && !TRY(settings::has_second_factor(tx, person.id))) {
    described.second_factor_missing = true;
    described.is_operator = false;
    described.memberships.clear();
    return {};
  }
  std::vector<settings::Membership> open;
  for (settings::Membership& membership : described.memberships) {
    if (!TRY(settings::requires_provider(tx, membership.org)))
      open.push_back(std::move(membership));
  }
  described.memberships = std::move(open);
  return {};
}

Result<SessionPerson> Sessions::describe(const ReadTx& tx, const Session& session,
                                         const std::optional<Person>& person,
                                         std::string_view token) const {
  SessionPerson described{
      .id = session.id,
      .session_id = session.id.str(),
      .expires_at = std::min(session.expires_at, session.last_seen_at + kSessionIdle),
      .method = session.method,
      .guest = session.guest,
      .only_org = session.org,
      .intent = session.intent,
      .return_url = session.return_url};
  if (!described.is_embedded()) described.csrf_token = csrf_of(token);
  if (session.guest) {
    described.name = session.guest->name;
    described.email = session.guest->email;
    described.memberships = {{.org = *session.org, .role = settings::Role::admin}};
    return described;
  }
  described.id = person->id;
  described.email = person->email;
  described.name = person->name;
  described.memberships = TRY(settings::memberships_of(tx, person->id));
  if (session.org) {
    // A customer's own provider speaks for that customer, and for nobody else.
    std::erase_if(described.memberships,
                  [&](const settings::Membership& one) { return one.org != *session.org; });
    return described;
  }
  described.is_operator = person->is_operator;
  TRY(limit_to_password(tx, *person, described));
  return described;
}

Result<SessionPerson> Sessions::find(std::string_view token) {
  if (token.size() != kTokenSize) return no_session();
  return find_live(token);
}

Result<SessionPerson> Sessions::find_embedded(std::string_view token) {
  if (!token.starts_with(kEmbedTokenPrefix) ||
      token.size() != kTokenSize + kEmbedTokenPrefix.size()) {
    return no_session();
  }
  return find_live(token);
}

Result<SessionPerson> Sessions::find_live(std::string_view token) {
  const Timestamp now = clock_.now();
  const Sha256Digest hash = crypto::sha256(token);
  bool stale = false;
  auto described = TRY(store_.read([&](ReadTx& tx) -> Result<SessionPerson> {
    auto session = TRY(settings::find_session(tx, hash));
    if (!session || has_ended(*session, now)) return no_session();
    std::optional<Person> person;
    if (session->person) {
      person = TRY(settings::find_person(tx, *session->person));
      if (!person || person->disabled) return no_session();
    }
    stale = now - session->last_seen_at >= kTouchEvery;
    if (stale) session->last_seen_at = now;
    return describe(tx, *session, person, token);
  }));
  if (stale) {
    // A full disk must not sign people out: the session then ends a little early.
    (void)store_.write([&](WriteTx& tx) { return settings::touch_session(tx, hash, now); });
  }
  return described;
}

Result<> Sessions::sign_out(std::string_view token, const Origin& origin) {
  if (token.size() != kTokenSize) return {};
  const Sha256Digest hash = crypto::sha256(token);
  return store_.write([&](WriteTx& tx) -> Result<> {
    const Timestamp now = clock_.now();
    const auto session = TRY(settings::find_session(tx, hash));
    if (!session) return {};
    TRY(settings::remove_session(tx, hash));
    if (has_ended(*session, now)) return {};
    PersonEntry entry{.info = kSignedOut, .origin = origin};
    entry.origin.session_id = session->id.str();
    if (session->guest) {
      const SessionPerson guest = TRY(describe(tx, *session, std::nullopt, token));
      return note_person(
          tx, entry, {}, {*session->org},
          [&](const OrgId& org) { return Principal(guest).actor(&org); }, now);
    }
    const auto person = TRY(settings::find_person(tx, *session->person));
    if (!person) return {};
    return note_own(tx, entry, *person, now, session->org);
  });
}

Result<> Sessions::forget_ended() {
  const Timestamp now = clock_.now();
  return store_.write(
      [&](WriteTx& tx) { return settings::remove_ended_sessions(tx, now, now - kSessionIdle); });
}

bool Sessions::csrf_matches(const SessionPerson& person, std::string_view sent) {
  return !sent.empty() && crypto::constant_time_equal(person.csrf_token, sent);
}

}  // namespace trailkeeper::access
