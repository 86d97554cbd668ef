#pragma once

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "base/ids.h"
#include "base/time.h"
#include "settings/keys.h"
#include "settings/outbox.h"
#include "settings/people.h"
#include "settings/sessions.h"

// Who makes a request, as the server found out by itself; nothing of it comes from the request's
// body.
namespace trailkeeper::access {

// Whoever may open admin.sock: the owner of the data folder.
struct SocketOperator {};

// A person with a live session. Roles and flags are those of this moment, not of the sign-in.
struct SessionPerson {
  Uuid id;
  std::string email;
  std::string name;
  bool is_operator = false;
  std::vector<settings::Membership> memberships{};
  std::string session_id{};                // for entries; opens nothing
  std::string csrf_token{};                // what X-CSRF-Token has to say
  Timestamp expires_at{};                  // of the session, if nothing happens until then
  std::string method = "password";         // how the session began; see settings::Session
  std::optional<settings::Guest> guest{};  // somebody without an account here
  std::optional<OrgId> only_org{};         // the one org that the session reaches
  std::string intent{};                    // of a portal link
  std::string return_url{};                // of a portal link
  bool second_factor_missing = false;      // until it is set up, the session reaches nothing

  bool is_embedded() const { return method == "embed"; }

  // Empty when the person does not belong to that org.
  std::optional<settings::Role> role_in(const OrgId& org) const;
};

// An application with a valid key.
struct ApplicationKey {
  Uuid id;
  std::string application;
  std::optional<OrgId> org{};  // empty: all orgs
  settings::Scopes scopes{};
  std::string otlp_mapping{};  // a JSON object, or empty
  settings::Limits limits{};   // of this key

  bool covers(const OrgId& org_id) const { return !org || *org == org_id; }
};

// What a request reads of a trail, as the entry about it says when the vendor reads a customer's
// (looks.h).
struct Reading {
  enum class Kind { search, entry, made_export, download, other };
  Kind kind = Kind::other;
  std::string path{};     // of the request
  std::string subject{};  // the id of the entry or the export
  std::vector<std::pair<std::string, std::string>> query{};
  settings::Origin origin{};
};

class Principal {
 public:
  Principal(SocketOperator socket) : who_(socket) {}
  Principal(SessionPerson person) : who_(std::move(person)) {}
  Principal(ApplicationKey key) : who_(std::move(key)) {}

  bool is_socket() const { return std::holds_alternative<SocketOperator>(who_); }
  // Null when it is not one.
  const SessionPerson* person() const { return std::get_if<SessionPerson>(&who_); }
  const ApplicationKey* key() const { return std::get_if<ApplicationKey>(&who_); }

  // How entries name this principal. The role is the one in `org`, when given.
  settings::Actor actor(const OrgId* org = nullptr) const;
  // The same of somebody who acts as the vendor's staff, whatever else they are.
  settings::Actor vendor_actor() const;

  // Null when nobody said it.
  const Reading* reading() const { return reading_.get(); }
  void set_reading(Reading reading) {
    reading_ = std::make_shared<const Reading>(std::move(reading));
  }

 private:
  std::variant<SocketOperator, SessionPerson, ApplicationKey> who_;
  std::shared_ptr<const Reading> reading_{};
};

}  // namespace trailkeeper::access
