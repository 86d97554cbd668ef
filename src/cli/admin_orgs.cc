#include "admin.h"
#include "base/ids.h"
#include "json/document.h"
#include "json/writer.h"
#include "server/serve.h"

namespace trailkeeper::cli {
namespace {

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

std::string line_of(json::Node org) {
  std::string line = text_of(org, "id") + "\t" + text_of(org, "name");
  const auto entitlements = org.find("entitlements");
  if (!entitlements) return line;
  for (const json::Node one : *entitlements) {
    if (one.boolean()) line += "\t" + std::string(one.key());
  }
  return line;
}

}  // namespace

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
    add_limits(*one);
  }
  CLI::App* list = leaf(*org, "list", "All organizations, by id", [this] { return list_orgs(); });
  list->add_option("--query", values_.query, "Only those whose id or name holds this");
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
  write_limits(body);
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

int AdminCommands::list_orgs() {
  return run_list(
      "/v1/orgs?" + (values_.query.empty() ? "" : "q=" + percent_encoded(values_.query) + "&"),
      line_of);
}

}  // namespace trailkeeper::cli
