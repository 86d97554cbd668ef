#include "access/sessions.h"

#include <algorithm>
#include <array>
#include <utility>

#include "actions.h"
#include "base/bytes.h"
#include "crypto/hash.h"
#include "settings/orgs.h"

namespace trailkeeper::access {

namespace {

using settings::Origin;
using settings::Person;
using settings::ReadTx;
using settings::Session;
using settings::WriteTx;

constexpr std::size_t kTokenBytes = 32;
constexpr std::size_t kTokenSize = 43;
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

// The trails in which a sign-in of this person stands.
Result<std::vector<OrgId>> trails_of(const ReadTx& tx, const Person& person) {
  std::vector<OrgId> trails;
  for (const auto& membership : TRY(settings::memberships_of(tx, person.id)))
    trails.push_back(membership.org);
  if (trails.empty() || person.is_operator) trails.push_back(settings::own_org());
  return trails;
}

// The same entry in each of the trails.
Result<> note(WriteTx& tx, settings::OwnAction action, const SessionPerson& person,
              const std::vector<OrgId>& trails, Timestamp now) {
  for (const OrgId& org : trails) {
    action.org = org;
    action.actor = Principal(person).actor(&org);
    TRY(settings::add_to_outbox(tx, action, now));
  }
  return {};
}

}  // namespace

Sessions::Sessions(settings::Store& store, Passwords& passwords, const Clock& clock)
    : store_(store), passwords_(passwords), clock_(clock), slow_down_(clock) {}

Result<SignedIn> Sessions::sign_in(const std::string& email, const std::string& password,
                                   const Origin& origin) {
  const auto folded = settings::fold_email(email);
  // What is no address is counted as one account.
  const std::string account = folded ? *folded : std::string();
  TRY(slow_down_.admit(account, origin.ip));
  const auto person =
      TRY(store_.read([&](ReadTx& tx) { return settings::find_person_by_email(tx, account); }));
  const bool right =
      TRY(passwords_.matches(password, person ? person->password_hash : std::string()));
  if (!right || person->disabled) {
    slow_down_.failed(account, origin.ip);
    TRY(note_failure(email, person, origin));
    return bad_credentials();
  }
  slow_down_.succeeded(account, origin.ip);
  return begin(*person, origin);
}

Result<SignedIn> Sessions::begin(const Person& person, Origin origin) {
  std::array<std::uint8_t, kTokenBytes> random{};
  fill_random(random.data(), random.size());
  SignedIn signed_in{.token = to_base64url(as_text(random))};
  const Timestamp now = clock_.now();
  const Session session{.token_hash = crypto::sha256(signed_in.token),
                        .id = Uuid::v7(now),
                        .person = person.id,
                        .created_at = now,
                        .last_seen_at = now,
                        .expires_at = now + kSessionLongest};
  origin.session_id = session.id.str();
  signed_in.person = TRY(store_.write([&](WriteTx& tx) -> Result<SessionPerson> {
    // Who was disabled, or got another password, since the look-up does not get in.
    const auto present = TRY(settings::find_person(tx, person.id));
    if (!present || present->disabled || present->password_hash != person.password_hash)
      return bad_credentials();
    TRY(settings::add_session(tx, session));
    auto described = TRY(describe(tx, session, *present, signed_in.token));
    settings::OwnAction action{
        .info = kSignedIn, .org = settings::own_org(), .actor = {}, .origin = origin};
    TRY(note(tx, std::move(action), described, TRY(trails_of(tx, *present)), now));
    return described;
  }));
  return signed_in;
}

Result<> Sessions::note_failure(const std::string& email, const std::optional<Person>& person,
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
  return store_.write([&](WriteTx& tx) -> Result<> {
    settings::OwnAction action{.info = kSignInFailed,
                               .org = settings::own_org(),
                               .actor = {.type = "user", .id = "unknown", .email = email},
                               .origin = origin,
                               .success = false,
                               .http_status = 401,
                               .error_code = "bad_credentials",
                               .error_message = "The email or the password is wrong."};
    if (!person) return settings::add_to_outbox(tx, action, now);
    const SessionPerson known{.id = person->id,
                              .email = person->email,
                              .name = person->name,
                              .is_operator = person->is_operator,
                              .memberships = TRY(settings::memberships_of(tx, person->id))};
    return note(tx, std::move(action), known, TRY(trails_of(tx, *person)), now);
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

Result<SessionPerson> Sessions::describe(const ReadTx& tx, const Session& session,
                                         const Person& person, std::string_view token) const {
  return SessionPerson{
      .id = person.id,
      .email = person.email,
      .name = person.name,
      .is_operator = person.is_operator,
      .memberships = TRY(settings::memberships_of(tx, person.id)),
      .session_id = session.id.str(),
      .csrf_token = csrf_of(token),
      .expires_at = std::min(session.expires_at, session.last_seen_at + kSessionIdle)};
}

Result<SessionPerson> Sessions::find(std::string_view token) {
  if (token.size() != kTokenSize) return no_session();
  const Timestamp now = clock_.now();
  const Sha256Digest hash = crypto::sha256(token);
  bool stale = false;
  auto person = TRY(store_.read([&](ReadTx& tx) -> Result<SessionPerson> {
    auto session = TRY(settings::find_session(tx, hash));
    if (!session || has_ended(*session, now)) return no_session();
    const auto found = TRY(settings::find_person(tx, session->person.value_or(Uuid{})));
    if (!found || found->disabled) return no_session();
    stale = now - session->last_seen_at >= kTouchEvery;
    if (stale) session->last_seen_at = now;
    return describe(tx, *session, *found, token);
  }));
  if (stale) {
    // A full disk must not sign people out: the session then ends a little early.
    (void)store_.write([&](WriteTx& tx) { return settings::touch_session(tx, hash, now); });
  }
  return person;
}

Result<> Sessions::sign_out(std::string_view token, const Origin& origin) {
  if (token.size() != kTokenSize) return {};
  const Sha256Digest hash = crypto::sha256(token);
  return store_.write([&](WriteTx& tx) -> Result<> {
    const Timestamp now = clock_.now();
    const auto session = TRY(settings::find_session(tx, hash));
    if (!session) return {};
    TRY(settings::remove_session(tx, hash));
    const auto person = TRY(settings::find_person(tx, session->person.value_or(Uuid{})));
    if (!person || has_ended(*session, now)) return {};
    settings::OwnAction action{
        .info = kSignedOut, .org = settings::own_org(), .actor = {}, .origin = origin};
    action.origin.session_id = session->id.str();
    const auto described = TRY(describe(tx, *session, *person, token));
    return note(tx, std::move(action), described, TRY(trails_of(tx, *person)), now);
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
