#include <strings.h>

#include "admin.h"
#include "base/ids.h"
#include "json/document.h"
#include "json/writer.h"
#include "password.h"
#include "server/serve.h"

namespace trailkeeper::cli {
namespace {

std::string line_of(json::Node person) {
  const auto is = [&](const char* member) {
    const auto found = person.find(member);
    return found && found->type() == json::Type::boolean && found->boolean();
  };
  std::string line = text_of(person, "email") + "\t" + text_of(person, "name") + "\t";
  if (is("operator")) line += "operator";
  line += text_of(person, "role");
  if (const auto orgs = person.find("orgs")) {
    for (const json::Node org : *orgs) {
      if (line.back() != '\t') line += ',';
      line += text_of(org, "id") + ":" + text_of(org, "role");
    }
  }
  line += is("second_factor") ? "\tsecond factor" : "\tpassword alone";
  const std::string last = text_of(person, "last_sign_in_at");
  line += "\t" + (last.empty() ? "never signed in" : "signed in " + last);
  if (is("disabled")) line += "\tdisabled";
  return line;
}

}  // namespace

void AdminCommands::add_people(CLI::App& admin) {
  CLI::App* user = admin.add_subcommand("user", "People of organizations");
  user->require_subcommand(1);
  CLI::App* create = leaf(*user, "create", "Add a person; the password comes on standard input",
                          [this] { return create_user(); });
  create->add_option("--org", values_.org, "The organization")->required();
  create->add_option("--email", values_.email, "Address, also for signing in")->required();
  create->add_option("--name", values_.name, "Name")->required();
  create->add_option("--role", values_.role, "primary_admin, admin or member")
      ->required()
      ->check(CLI::IsMember({"primary_admin", "admin", "member"}));

  CLI::App* invite =
      leaf(*user, "invite", "Invite a person by mail", [this] { return invite_user(); });
  invite->add_option("--org", values_.org, "The organization")->required();
  invite->add_option("--email", values_.email, "Whom the mail goes to")->required();
  invite->add_option("--name", values_.name, "Name, as far as it is known");
  invite->add_option("--role", values_.role, "primary_admin, admin or member")
      ->required()
      ->check(CLI::IsMember({"primary_admin", "admin", "member"}));
  CLI::App* list = leaf(*user, "list", "People, with their last sign-in", [this] {
    if (values_.org.empty()) return run_list("/v1/people?", line_of);
    if (!OrgId::parse(values_.org))
      return refuse("there is no such organization", server::kExitUsage);
    return run_list("/v1/orgs/" + values_.org + "/people?", line_of);
  });
  list->add_option("--org", values_.org, "Only those of this organization");
  const auto about = [&](const char* name, const char* what, Command command) {
    leaf(*user, name, what, std::move(command))
        ->add_option("--email", values_.email, "Whose sign-in")
        ->required();
  };
  about("disable", "End all sessions of a person, and let no new one begin",
        [this] { return change_user("POST", "/disable", " is disabled."); });
  about("enable", "Let a person sign in again",
        [this] { return change_user("POST", "/enable", " can sign in."); });
  about("reset-second-factor", "Take away a lost second factor",
        [this] { return change_user("DELETE", "/second_factor", " has no second factor."); });

  CLI::App* operators = admin.add_subcommand("operator", "The vendor's own staff");
  operators->require_subcommand(1);
  CLI::App* add =
      leaf(*operators, "create", "Add an operator; the password comes on standard input",
           [this] { return create_operator(); });
  add->add_option("--email", values_.email, "Address, also for signing in")->required();
  add->add_option("--name", values_.name, "Name")->required();
}

int AdminCommands::create_user() {
  if (!OrgId::parse(values_.org))
    return refuse("there is no such organization", server::kExitUsage);
  const auto password = read_password();
  if (!password) return refuse(password.error().message, server::kExitUsage);
  json::Writer body;
  body.begin_object()
      .member("email", values_.email)
      .member("name", values_.name)
      .member("role", values_.role);
  if (!password->empty()) body.member("password", *password);
  return run("POST", "/v1/orgs/" + values_.org + "/people", body.end_object().take(),
             values_.email + " belongs to " + values_.org + " as " + values_.role + ".");
}

int AdminCommands::invite_user() {
  if (!OrgId::parse(values_.org))
    return refuse("there is no such organization", server::kExitUsage);
  json::Writer body;
  body.begin_object().member("email", values_.email).member("role", values_.role);
  if (!values_.name.empty()) body.member("name", values_.name);
  return run("POST", "/v1/orgs/" + values_.org + "/invitations", body.end_object().take(),
             values_.email + " is invited to " + values_.org + " as " + values_.role + ".");
}

int AdminCommands::change_user(const std::string& method, const std::string& what,
                               const std::string& done) {
  const auto id = find_person(values_.email);
  if (!id) return refuse(id.error().message, server::kExitFailed);
  return run(method, "/v1/people/" + *id + what, method == "POST" ? "{}" : "",
             values_.email + done);
}

// By the whole address, however it is written.
Result<std::string> AdminCommands::find_person(const std::string& email) {
  Connection connection(where_);
  const Answer answer = TRY(connection.call("GET", "/v1/people?q=" + percent_encoded(email)));
  json::Document document;
  const auto root = document.parse(answer.body);
  const auto data = root ? root->find("data") : std::nullopt;
  std::string found;
  if (answer.status == 200 && data) {
    for (const json::Node person : *data) {
      if (strcasecmp(text_of(person, "email").c_str(), email.c_str()) == 0)
        found = text_of(person, "id");
    }
  }
  if (!found.empty()) return found;
  return Error{ErrorKind::not_found, "person_not_found", "there is no such person"};
}

int AdminCommands::create_operator() {
  const auto password = read_password();
  if (!password) return refuse(password.error().message, server::kExitUsage);
  if (password->empty())
    return refuse("an operator needs a password; give it on standard input", server::kExitUsage);
  json::Writer body;
  body.begin_object()
      .member("email", values_.email)
      .member("name", values_.name)
      .member("password", *password);
  return run("POST", "/v1/operators", body.end_object().take(), values_.email + " is an operator.");
}

}  // namespace trailkeeper::cli
