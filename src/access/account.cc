#include "access/account.h"

#include <utility>

#include "person_entries.h"
#include "text_rules.h"
#include "tokens.h"

namespace trailkeeper::access {

namespace {

using settings::Person;
using settings::ReadTx;
using settings::Session;
using settings::WriteTx;

constexpr std::size_t kNameBytesMax = 200;
constexpr std::size_t kSessionsMax = 100;

Error no_session() {
  return {ErrorKind::unauthenticated, "no_session", "Not signed in, or the session expired."};
}

Error wrong(const char* pointer, std::string code, std::string detail) {
  return {ErrorKind::invalid, code, detail, {{pointer, code, detail}}};
}

Error wrong_code() {
  return wrong("/code", "wrong_code", "The code is wrong, or was used already.");
}

Result<> no_guest(const SessionPerson& person) {
  if (!person.guest) return {};
  return Error{ErrorKind::forbidden, "guest", "This needs a sign-in of one's own."};
}

Error second_factor_off() {
  return {ErrorKind::conflict, "second_factor_off", "There is no second factor."};
}

// What may stand in a URL's path or query as it is.
std::string escaped(std::string_view text) {
  constexpr std::string_view kHex = "0123456789ABCDEF";
  std::string out;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if ((byte >= '0' && byte <= '9') || (byte >= 'A' && byte <= 'Z') ||
        (byte >= 'a' && byte <= 'z') || c == '-' || c == '_' || c == '.') {
      out += c;
    } else {
      out.append({'%', kHex[byte >> 4], kHex[byte & 15]});
    }
  }
  return out;
}

}  // namespace

Result<Person> Account::self_of(const Self& self) {
  TRY(no_guest(self.person));
  if (self.person.only_org) {
    return Error{ErrorKind::forbidden, "own_sign_in_needed",
                 "This belongs to the account itself: sign in with its password."};
  }
  auto person =
      TRY(store_.read([&](ReadTx& tx) { return settings::find_person(tx, self.person.id); }));
  if (!person) return no_session();
  return *std::move(person);
}

Result<Person> Account::with_password(const Self& self, const std::string& password,
                                      const char* pointer) {
  Person person = TRY(self_of(self));
  if (person.password_hash.empty()) {
    return Error{ErrorKind::conflict, "no_password", "This account has no password."};
  }
  TRY(sessions_.check_password(person, password, pointer, self.device, self.origin));
  return person;
}

Result<> Account::with_code(const Self& self, const Person& person, const std::string& code) {
  const bool on =
      TRY(store_.read([&](ReadTx& tx) { return settings::has_second_factor(tx, person.id); }));
  if (!on) return second_factor_off();
  const auto method = sessions_.prove_code(person, code, self.device, self.origin);
  if (method) return {};
  const Error& error = method.error();
  return error.kind == ErrorKind::unauthenticated ? wrong_code() : error;
}

Result<AccountState> Account::show(const SessionPerson& who) {
  TRY(no_guest(who));
  return store_.read([&](ReadTx& tx) -> Result<AccountState> {
    auto person = TRY(settings::find_person(tx, who.id));
    if (!person) return no_session();
    AccountState state{.person = *std::move(person)};
    state.second_factor_required = sessions_.needs_second_factor(state.person);
    const auto factor = TRY(settings::find_second_factor(tx, who.id));
    if (factor) state.second_factor_since = factor->confirmed_at;
    state.recovery_codes_left = TRY(settings::count_recovery_codes(tx, who.id));
    return state;
  });
}

Result<> Account::rename(const Self& self, const std::string& name) {
  Person person = TRY(self_of(self));
  std::vector<FieldProblem> problems;
  check_name(problems, "/name", name, kNameBytesMax);
  TRY(answer_problems(std::move(problems), "invalid_field"));
  return store_.write([&](WriteTx& tx) -> Result<> {
    auto present = TRY(settings::find_person(tx, person.id));
    if (!present) return no_session();
    if (present->name == name) return {};
    const settings::Change change = text_change("name", present->name, name);
    present->name = name;
    TRY(settings::update_person(tx, *present));
    return note_own(tx, {.info = kRenamed, .origin = self.origin, .changes = {change}}, *present,
                    clock_.now());
  });
}

Result<> Account::change_password(const Self& self, const std::string& current,
                                  const std::string& next) {
  if (auto fits = check_password_rules(next); !fits) {
    Error error = std::move(fits).error();
    for (FieldProblem& field : error.fields) field.pointer = "/new";
    return error;
  }
  const Person person = TRY(with_password(self, current, "/current"));
  const std::string hash = TRY(passwords_.hash(next));
  return store_.write([&](WriteTx& tx) -> Result<> {
    auto present = TRY(settings::find_person(tx, person.id));
    if (!present || present->password_hash != person.password_hash) return no_session();
    present->password_hash = hash;
    TRY(settings::update_person(tx, *present));
    TRY(settings::remove_sessions_of(tx, person.id, crypto::sha256(self.token)));
    return note_own(tx, {.info = kPasswordSet, .origin = self.origin}, *present, clock_.now());
  });
}

Result<NewSecondFactor> Account::begin_second_factor(const Self& self,
                                                     const std::string& password) {
  const Person person = TRY(with_password(self, password, "/password"));
  NewSecondFactor made;
  made.secret = TRY(store_.write(
      [&](WriteTx& tx) { return second_factors_.begin(tx, person.id, clock_.now()); }));
  made.otpauth_url = "otpauth://totp/Trailkeeper:" + escaped(person.email) +
                     "?secret=" + made.secret + "&issuer=Trailkeeper";
  return made;
}

Result<std::vector<std::string>> Account::confirm_second_factor(const Self& self,
                                                                const std::string& code) {
  const Person person = TRY(self_of(self));
  auto codes =
      TRY(store_.write([&](WriteTx& tx) -> Result<std::optional<std::vector<std::string>>> {
        auto made = TRY(second_factors_.confirm(tx, person.id, code, clock_.now()));
        if (!made) return made;
        TRY(settings::remove_sessions_of(tx, person.id, crypto::sha256(self.token)));
        TRY(note_own(tx, {.info = kSecondFactorOn, .origin = self.origin}, person, clock_.now()));
        return made;
      }));
  if (!codes) return wrong_code();
  return *std::move(codes);
}

Result<> Account::remove_second_factor(const Self& self, const std::string& password,
                                       const std::string& code) {
  const Person person = TRY(with_password(self, password, "/password"));
  if (sessions_.needs_second_factor(person)) {
    return Error{ErrorKind::conflict, "second_factor_required",
                 "The vendor requires a second factor of this account."};
  }
  TRY(with_code(self, person, code));
  return store_.write([&](WriteTx& tx) -> Result<> {
    TRY(settings::remove_second_factor(tx, person.id));
    TRY(settings::remove_sessions_of(tx, person.id, crypto::sha256(self.token)));
    return note_own(tx, {.info = kSecondFactorOff, .origin = self.origin}, person, clock_.now());
  });
}

Result<std::vector<std::string>> Account::renew_recovery_codes(const Self& self,
                                                               const std::string& password,
                                                               const std::string& code) {
  const Person person = TRY(with_password(self, password, "/password"));
  TRY(with_code(self, person, code));
  return store_.write([&](WriteTx& tx) -> Result<std::vector<std::string>> {
    auto codes = TRY(second_factors_.renew_codes(tx, person.id));
    TRY(note_own(tx, {.info = kRecoveryCodesRenewed, .origin = self.origin}, person, clock_.now()));
    return codes;
  });
}

Result<std::vector<Session>> Account::sessions(const SessionPerson& person) {
  TRY(no_guest(person));
  const Timestamp now = clock_.now();
  auto all = TRY(
      store_.read([&](ReadTx& tx) { return settings::sessions_of(tx, person.id, kSessionsMax); }));
  std::erase_if(all, [&](const Session& one) {
    const bool ended = one.expires_at <= now || one.last_seen_at + kSessionIdle <= now;
    return ended || (person.only_org && one.org != person.only_org);
  });
  return all;
}

Result<> Account::end_session(const SessionPerson& person, const settings::Origin& origin,
                              const Uuid& id) {
  for (const Session& session : TRY(sessions(person))) {
    if (session.id != id) continue;
    return store_.write([&](WriteTx& tx) -> Result<> {
      const auto present = TRY(settings::find_person(tx, person.id));
      if (!TRY(settings::remove_session(tx, session.token_hash)) || !present) return {};
      return note_own(tx,
                      {.info = kSessionEnded,
                       .origin = origin,
                       .metadata = "{\"session\":\"" + id.str() + "\"}"},
                      *present, clock_.now(), session.org);
    });
  }
  return Error{ErrorKind::not_found, "not_found", "There is no such session."};
}

}  // namespace trailkeeper::access
