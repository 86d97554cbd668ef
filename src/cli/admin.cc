#include "admin.h"

#include <cstdio>

#include "base/ids.h"
#include "json/document.h"
#include "json/writer.h"
#include "password.h"
#include "server/serve.h"

namespace trailkeeper::cli {
namespace {

int refuse(const std::string& sentence, int code) {
  std::fprintf(stderr, "trailkeeper: %s\n", sentence.c_str());
  return code;
}

std::string member_of(const std::string& body, std::string_view name) {
  json::Document document;
  const auto root = document.parse(body);
  if (!root) return {};
  const auto found = root->find(name);
  return found ? std::string(found->text()) : std::string();
}

// The sentences of an RFC 9457 problem.
void print_problem(const Answer& answer) {
  json::Document document;
  const auto root = document.parse(answer.body);
  if (!root) {
    refuse("the server answered with status " + std::to_string(answer.status), 0);
    return;
  }
  const auto detail = root->find("detail");
  refuse(detail ? std::string(detail->text()) : "refused", 0);
  const auto errors = root->find("errors");
  if (!errors) return;
  for (const json::Node item : *errors) {
    const auto pointer = item.find("pointer");
    const auto text = item.find("detail");
    if (!pointer || !text) continue;
    std::fprintf(stderr, "  %s: %s\n", std::string(pointer->text()).c_str(),
                 std::string(text->text()).c_str());
  }
}

void optional_member(json::Writer& out, std::string_view name, const std::optional<bool>& value) {
  if (value) out.member(name, *value);
}
void optional_member(json::Writer& out, std::string_view name, const std::optional<int>& value) {
  if (value) out.member(name, *value);
}

// `--name` and `--no-name`; neither leaves `value` empty.
void add_switch(CLI::App& command, const std::string& name, const std::string& what,
                std::optional<bool>& value) {
  command.add_flag_callback(
      "--" + name, [&value] { value = true; }, "May have " + what);
  command.add_flag_callback(
      "--no-" + name, [&value] { value = false; }, "May not have " + what);
}

}  // namespace

AdminCommands::AdminCommands(CLI::App& program) {
  CLI::App* admin = program.add_subcommand("admin", "Organizations, people, keys and the clock");
  admin->require_subcommand(1);
  add_org(*admin);
  add_key(*admin);
  add_people(*admin);
  add_clock(*admin);
}

CLI::App* AdminCommands::leaf(CLI::App& parent, const char* name, const char* what,
                              Command command) {
  CLI::App* leaf = parent.add_subcommand(name, what);
  auto* data = leaf->add_option("--data", where_.data,
                                "Data folder of the server on this machine (default: data)");
  auto* url = leaf->add_option("--url", where_.url, "Address of the server, with --key");
  auto* key = leaf->add_option("--key", where_.key, "Application key with the scope manage")
                  ->envname("TRAILKEEPER_KEY");
  url->excludes(data)->needs(key);
  leaf->add_flag("--json", json_, "Print the answer as JSON");
  leaf->callback([this, command = std::move(command)] {
    while (where_.url.ends_with('/')) where_.url.pop_back();
    chosen_ = command;
  });
  return leaf;
}

int AdminCommands::run(const std::string& method, const std::string& path, const std::string& body,
                       const std::string& done) {
  Connection connection(where_);
  const auto answer = connection.call(method, path, body);
  if (!answer) return refuse(answer.error().message, server::kExitTemporary);
  if (answer->status >= 300) {
    print_problem(*answer);
    return answer->status >= 500 ? server::kExitTemporary : server::kExitFailed;
  }
  if (json_) {
    std::printf("%s\n", answer->body.empty() ? "{}" : answer->body.c_str());
    return server::kExitOk;
  }
  std::printf("%s\n", done.c_str());
  if (const std::string key = member_of(answer->body, "key"); !key.empty()) {
    std::printf("%s\n", key.c_str());
  }
  return server::kExitOk;
}

void AdminCommands::add_org(CLI::App& admin) {
  CLI::App* org = admin.add_subcommand("org", "Organizations");
  org->require_subcommand(1);
  CLI::App* create = leaf(*org, "create", "Make an organization", [this] { return create_org(); });
  CLI::App* set = leaf(*org, "set", "Change an organization; what is not said stays", [this] {
    return put_org("The organization " + values_.id + " is changed.");
  });
  for (CLI::App* one : {create, set}) {
    one->add_option("id", values_.id, "Its id: letters, digits, _ and -, up to 64")->required();
    one->add_option("--name", values_.name, "Its name, for people")->required(one == create);
    add_switch(*one, "audit-logs", "the audit log", values_.audit_logs);
    add_switch(*one, "data-packs", "data packs", values_.data_packs);
    add_switch(*one, "s3", "an S3 integration", values_.s3);
    one->add_option("--viewing-window-days", values_.viewing_window_days,
                    "How far back people see");
    one->add_option("--retention-days", values_.retention_days, "How long entries are kept");
    one->add_option("--link-hours", values_.link_hours,
                    "How long a finished export can be fetched");
  }
}

int AdminCommands::put_org(const std::string& done) {
  if (!OrgId::parse(values_.id)) {
    return refuse("the id of an organization has 1 to 64 letters, digits, _ and -",
                  server::kExitUsage);
  }
  json::Writer body;
  body.begin_object();
  if (!values_.name.empty()) body.member("name", values_.name);
  body.key("entitlements").begin_object();
  optional_member(body, "audit_logs", values_.audit_logs);
  optional_member(body, "data_packs", values_.data_packs);
  optional_member(body, "s3", values_.s3);
  body.end_object();
  optional_member(body, "viewing_window_days", values_.viewing_window_days);
  optional_member(body, "retention_days", values_.retention_days);
  optional_member(body, "link_hours", values_.link_hours);
  return run("PUT", "/v1/orgs/" + values_.id, body.end_object().take(), done);
}

int AdminCommands::create_org() {
  // Asked first, so that a mistyped id does not change another organization.
  if (OrgId::parse(values_.id)) {
    Connection connection(where_);
    const auto answer = connection.call("GET", "/v1/orgs/" + values_.id);
    if (!answer) return refuse(answer.error().message, server::kExitTemporary);
    if (answer->status == 200) {
      return refuse("the organization " + values_.id +
                        " exists already; change it with `trailkeeper admin org set`.",
                    server::kExitFailed);
    }
  }
  return put_org("The organization " + values_.id + " is made.");
}

void AdminCommands::add_key(CLI::App& admin) {
  CLI::App* key = admin.add_subcommand("key", "Application keys");
  key->require_subcommand(1);
  CLI::App* create =
      leaf(*key, "create", "Make a key; it is shown this once", [this] { return create_key(); });
  auto* org = create->add_option("--org", values_.org, "The organization it is for");
  auto* all = create->add_flag("--all-orgs", values_.all_orgs, "It is for all organizations");
  org->excludes(all);
  create->add_option("--application", values_.application, "Name of the application")->required();
  create->add_option("--scope", values_.scopes, "ingest, read, manage; separated by commas")
      ->required();
}

int AdminCommands::create_key() {
  if (values_.org.empty() != values_.all_orgs) {
    return refuse("say which organization the key is for with --org ID, or --all-orgs",
                  server::kExitUsage);
  }
  json::Writer body;
  body.begin_object();
  if (values_.all_orgs) {
    body.member("all_orgs", true);
  } else {
    body.member("org", values_.org);
  }
  body.member("application", values_.application).key("scopes").begin_array();
  for (const std::string& scope : CLI::detail::split(values_.scopes, ',')) body.string(scope);
  body.end_array();
  return run("POST", "/v1/keys", body.end_object().take(),
             "The key is made. It is shown only now; keep it:");
}

void AdminCommands::add_people(CLI::App& admin) {
  CLI::App* user = admin.add_subcommand("user", "People of organizations");
  user->require_subcommand(1);
  CLI::App* create = leaf(*user, "create", "Add a person; the password comes on standard input",
                          [this] { return create_user(); });
  create->add_option("--org", values_.org, "The organization")->required();
  create->add_option("--email", values_.email, "Address, also for signing in")->required();
  create->add_option("--name", values_.name, "Name")->required();
  create->add_option("--role", values_.role, "primary_admin, admin or member")->required();

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
  json::Writer body;
  body.begin_object()
      .member("email", values_.email)
      .member("name", values_.name)
      .member("password", *password);
  return run("POST", "/v1/operators", body.end_object().take(), values_.email + " is an operator.");
}

void AdminCommands::add_clock(CLI::App& admin) {
  CLI::App* clock = admin.add_subcommand("clock", "The business clock");
  clock->require_subcommand(1);
  CLI::App* set = leaf(*clock, "set", "Move it forward (with serve --test-clock)", [this] {
    json::Writer body;
    body.begin_object().member("time", values_.time);
    return run("POST", "/v1/admin/clock", body.end_object().take(), "The clock is set.");
  });
  set->add_option("time", values_.time, "RFC 3339, such as 2026-11-22T15:00:00Z")->required();
  leaf(*clock, "accept", "Take a jump of the wall clock at once", [this] {
    return run("POST", "/v1/admin/clock/accept", "", "The wall clock's time is taken.");
  });
}

}  // namespace trailkeeper::cli
