#include "admin.h"
#include "base/ids.h"
#include "json/writer.h"
#include "password.h"
#include "server/serve.h"

namespace trailkeeper::cli {

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
