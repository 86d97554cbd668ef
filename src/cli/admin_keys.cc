#include "admin.h"
#include "base/ids.h"
#include "json/document.h"
#include "json/writer.h"
#include "server/serve.h"

namespace trailkeeper::cli {
namespace {

std::string line_of(json::Node key) {
  const std::string org = text_of(key, "org");
  std::string line = text_of(key, "id") + "\t" + text_of(key, "hint") + "...\t" +
                     (org.empty() ? "all organizations" : org) + "\t" +
                     text_of(key, "application") + "\t";
  if (const auto scopes = key.find("scopes")) {
    std::string list;
    for (const json::Node scope : *scopes) {
      if (!list.empty()) list += ',';
      list += scope.text();
    }
    line += list;
  }
  const std::string used = text_of(key, "last_used_at");
  line += "\t" + (used.empty() ? "never used" : "used " + used);
  if (const std::string revoked = text_of(key, "revoked_at"); !revoked.empty()) {
    line += "\trevoked " + revoked;
  } else if (const std::string expires = text_of(key, "expires_at"); !expires.empty()) {
    line += "\texpires " + expires;
  }
  return line;
}

int no_such_key() {
  return refuse("the id of a key is a UUID; `trailkeeper admin key list` shows them",
                server::kExitUsage);
}

}  // namespace

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
  create->add_option("--name", values_.name, "For people to tell keys apart");
  create->add_option("--expires", values_.expires, "When it ends, RFC 3339");
  add_limits(*create);

  CLI::App* list = leaf(*key, "list", "Keys, without their text", [this] { return list_keys(); });
  list->add_option("--org", values_.org, "Only those of this organization");
  list->add_option("--application", values_.application, "Only those of this application");
  list->add_flag("--active", values_.active, "Only those that are neither revoked nor expired");

  CLI::App* rotate = leaf(*key, "rotate", "Make a key in place of one, which ends after an overlap",
                          [this] { return rotate_key(); });
  rotate->add_option("id", values_.id, "The id of the key that ends")->required();
  rotate
      ->add_option("--overlap-seconds", values_.overlap_seconds,
                   "How long the old one works on (default: a day)")
      ->check(CLI::Range(0L, 7'776'000L));

  CLI::App* revoke = leaf(*key, "revoke", "End a key at once", [this] { return revoke_key(); });
  revoke->add_option("id", values_.id, "The id of the key")->required();
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
  if (!values_.name.empty()) body.member("name", values_.name);
  if (!values_.expires.empty()) body.member("expires_at", values_.expires);
  write_limits(body);
  return run("POST", "/v1/keys", body.end_object().take(),
             "The key is made. It is shown only now; keep it:");
}

int AdminCommands::list_keys() {
  std::string path = "/v1/keys?";
  if (!values_.org.empty()) path += "org=" + percent_encoded(values_.org) + "&";
  if (!values_.application.empty())
    path += "application=" + percent_encoded(values_.application) + "&";
  if (values_.active) path += "active=true&";
  return run_list(path, line_of);
}

int AdminCommands::rotate_key() {
  if (!Uuid::parse(values_.id)) return no_such_key();
  json::Writer body;
  body.begin_object().member("overlap_seconds", std::int64_t{values_.overlap_seconds});
  return run("POST", "/v1/keys/" + values_.id + "/rotate", body.end_object().take(),
             "The new key is made; the old one works for another " +
                 std::to_string(values_.overlap_seconds) +
                 " seconds. It is shown only now; keep it:");
}

int AdminCommands::revoke_key() {
  if (!Uuid::parse(values_.id)) return no_such_key();
  return run("DELETE", "/v1/keys/" + values_.id, "", "The key is revoked.");
}

}  // namespace trailkeeper::cli
