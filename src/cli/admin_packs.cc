#include "admin.h"
#include "base/file.h"
#include "json/document.h"
#include "json/writer.h"
#include "password.h"
#include "server/serve.h"

// Data packs: what they are read from, what they are, who has them, and their runs.
namespace trailkeeper::cli {
namespace {

std::string line_of_source(json::Node source) {
  return text_of(source, "id") + "\t" + text_of(source, "type") + "\t" + text_of(source, "host") +
         "\t" + text_of(source, "database");
}

std::string line_of_set(json::Node set) {
  std::uint64_t bytes = 0;
  std::size_t complete = 0;
  if (const auto files = set.find("files")) {
    for (const json::Node file : *files) {
      const auto size = file.find("bytes");
      const auto whole = file.find("complete");
      bytes += size ? static_cast<std::uint64_t>(size->integer().value_or(0)) : 0;
      complete += whole && whole->boolean() ? 1 : 0;
    }
  }
  const auto expected = set.find("files_expected");
  return text_of(set, "organization_id") + "\t" + text_of(set, "name") + "\t" +
         text_of(set, "state") + "\t" + std::to_string(complete) + " of " +
         std::to_string(expected ? expected->integer().value_or(0) : 0) + " files\t" +
         std::to_string(bytes) + " bytes";
}

std::string line_of_entry(json::Node entry) {
  return text_of(entry, "path") + "\t" + text_of(entry, "state") + "\t" + text_of(entry, "detail");
}

std::string line_of_pack(json::Node pack) {
  const std::string next = text_of(pack, "next_run_at");
  return text_of(pack, "id") + "\t" + text_of(pack, "state") + "\t" + text_of(pack, "name") + "\t" +
         (next.empty() ? "no run planned" : "next run " + next);
}

std::string line_of_run(json::Node run) {
  const std::string error = text_of(run, "error");
  return text_of(run, "id") + "\t" + text_of(run, "organization_id") + "\t" + text_of(run, "pack") +
         "\t" + text_of(run, "state") + (error.empty() ? "" : "\t" + error);
}

std::string source_path(const std::string& id) { return "/v1/data_sources/" + percent_encoded(id); }
std::string pack_path(const std::string& id) { return "/v1/data_packs/" + percent_encoded(id); }

}  // namespace

std::string AdminCommands::org_pack_path() const {
  return "/v1/orgs/" + percent_encoded(values_.org) + "/data_packs/" + percent_encoded(values_.id);
}

void AdminCommands::add_sources(CLI::App& admin) {
  CLI::App* source = admin.add_subcommand("source", "Databases that data packs are read from");
  source->require_subcommand(1);
  CLI::App* set =
      leaf(*source, "set", "Make or change a source; its password comes on standard input",
           [this] { return set_source(); });
  set->add_option("--type", values_.type,
                  "postgresql, mariadb, clickhouse; s3, http or files; upload or folder")
      ->required();
  set->add_option("--host", values_.host, "Name, address or path of a Unix socket");
  set->add_option("--port", values_.port, "Of its own by default");
  set->add_option("--database", values_.database,
                  "Its name; of s3 the bucket and prefix, of http a path, of files a folder");
  set->add_option("--user", values_.name, "One who may only read; of s3 the access key");
  set->add_option("--tls", values_.tls, "verify (default), require or off");
  set->add_option("--ca-file", values_.file, "Authorities to trust instead of the system's, PEM");
  set->add_flag("--keep-password", values_.keep_password, "The one that is set stays");
  leaf(*source, "list", "All sources",
       [this] { return run_list("/v1/data_sources?", line_of_source); });
  CLI::App* check = leaf(*source, "check", "Connect, and say who answers", [this] {
    return run("POST", source_path(values_.id) + "/check", "", "Say --json to see the answer.");
  });
  CLI::App* files = leaf(*source, "files", "Which files came, by sets, newest first", [this] {
    const std::string org =
        values_.org.empty() ? "" : "organization_id=" + percent_encoded(values_.org) + "&";
    return run_list(source_path(values_.id) + "/file_sets?" + org, line_of_set);
  });
  files->add_option("--org", values_.org, "Only this organization's");
  leaf(*source, "folder", "What lies in the watched folder and was not taken, and why",
       [this] { return run_list("/v1/watched_folder?", line_of_entry); });
  CLI::App* remove = leaf(*source, "remove", "Remove a source", [this] {
    return run("DELETE", source_path(values_.id), "", "The source is removed.");
  });
  for (CLI::App* one : {set, check, files, remove})
    one->add_option("id", values_.id, "Its id")->required();
}

int AdminCommands::set_source() {
  json::Writer body;
  if (values_.type == "upload" || values_.type == "folder") {
    body.begin_object().member("type", values_.type);
    return run("PUT", source_path(values_.id), body.end_object().take(),
               "The source " + values_.id + " takes files (docs/data_packs.md).");
  }
  body.begin_object().member("type", values_.type).member("tls", values_.tls);
  if (!values_.host.empty()) body.member("host", values_.host);
  if (!values_.database.empty()) body.member("database", values_.database);
  if (!values_.name.empty()) body.member("user", values_.name);
  if (values_.port) body.member("port", *values_.port);
  if (!values_.file.empty()) {
    const auto ca = read_file(values_.file, 1u << 16);
    if (!ca) return refuse(ca.error().message, server::kExitUsage);
    body.member("ca", *ca);
  }
  if (!values_.keep_password) {
    const auto password = read_password();
    if (!password) return refuse(password.error().message, server::kExitUsage);
    body.member("password", *password);
  }
  return run("PUT", source_path(values_.id), body.end_object().take(),
             "The source " + values_.id + " is set; try it with `trailkeeper admin source check`.");
}

void AdminCommands::add_packs(CLI::App& admin) {
  CLI::App* pack = admin.add_subcommand("pack", "Data packs (Standardized File Export)");
  pack->require_subcommand(1);
  leaf(*pack, "list", "All data packs",
       [this] { return run_list("/v1/data_packs?", line_of_pack); });
  CLI::App* set =
      leaf(*pack, "set", "Make a data pack, or change its draft", [this] { return set_pack(); });
  set->add_option("--file", values_.file, "Its definition as JSON (docs/data_packs.md)")
      ->required();
  CLI::App* preview = leaf(*pack, "preview", "Rows and counts of the draft", [this] {
    json::Writer body;
    body.begin_object().key("organization_ids").begin_array().string(values_.org).end_array();
    return run("POST", pack_path(values_.id) + "/preview", body.end_object().take(),
               "The query works; say --json to see its rows.");
  });
  CLI::App* release = leaf(*pack, "release", "Deliver by the draft from now on", [this] {
    json::Writer body;
    body.begin_object();
    if (values_.notice_days) body.member("notice_days", *values_.notice_days);
    return run("POST", pack_path(values_.id) + "/release", body.end_object().take(),
               "The data pack " + values_.id + " is released.");
  });
  CLI::App* confirm =
      leaf(*pack, "confirm-change", "Accept the columns that held runs found", [this] {
        json::Writer body;
        body.begin_object();
        if (values_.notice_days) body.member("notice_days", *values_.notice_days);
        return run("POST", pack_path(values_.id) + "/confirm_change", body.end_object().take(),
                   "The next version has begun.");
      });
  for (CLI::App* one : {release, confirm})
    one->add_option("--notice-days", values_.notice_days,
                    "With a breaking change: how long the version before goes on");
  CLI::App* end = leaf(*pack, "end", "No further runs", [this] {
    return run("DELETE", pack_path(values_.id), "", "The data pack has ended.");
  });
  CLI::App* enable = leaf(*pack, "enable", "Let an organization have it", [this] {
    return run("PUT", org_pack_path(), "{}", "The organization has it now.");
  });
  CLI::App* disable = leaf(*pack, "disable", "Take it away from an organization", [this] {
    return run("DELETE", org_pack_path(), "", "The organization has it no more.");
  });
  for (CLI::App* one : {preview, enable, disable})
    one->add_option("--org", values_.org, "Its id")->required();
  for (CLI::App* one : {set, preview, release, confirm, end, enable, disable})
    one->add_option("id", values_.id, "The data pack's id")->required();
  add_pack_runs(*pack);
}

void AdminCommands::add_pack_runs(CLI::App& pack) {
  CLI::App* runs = leaf(pack, "runs", "Runs, newest first", [this] {
    return run_list(values_.org.empty()
                        ? "/v1/data_pack_runs?pack=" + percent_encoded(values_.id) + "&"
                        : org_pack_path() + "/runs?",
                    line_of_run);
  });
  runs->add_option("--org", values_.org, "Only this organization's");
  runs->add_option("id", values_.id, "The data pack's id")->required();
  CLI::App* now = leaf(pack, "run", "Run now, or once more", [this] {
    json::Writer body;
    body.begin_object();
    if (!values_.run.empty()) body.member("replaces", values_.run);
    return run("POST", org_pack_path() + "/runs", body.end_object().take(), "It has begun.");
  });
  now->add_option("--replaces", values_.run, "The run that it stands for");
  const auto verb = [&](const char* name, const char* what, const char* done) {
    const std::string path = name == std::string("let-go") ? "release" : name;
    CLI::App* one = leaf(pack, name, what, [this, path, done] {
      return run("POST", org_pack_path() + "/runs/" + percent_encoded(values_.run) + "/" + path, "",
                 done);
    });
    one->add_option("--run", values_.run, "Its id")->required();
    return one;
  };
  for (CLI::App* one :
       {now, verb("cancel", "Stop a run", "The run is cancelled."),
        verb("retry", "Try a run again at once", "It is tried again."),
        verb("let-go", "Let a run go on that is held for its size", "The run goes on.")}) {
    one->add_option("id", values_.id, "The data pack's id")->required();
    one->add_option("--org", values_.org, "The organization's id")->required();
  }
}

int AdminCommands::set_pack() {
  const auto definition = read_file(values_.file, 1u << 20);
  if (!definition) return refuse(definition.error().message, server::kExitUsage);
  return run("PUT", pack_path(values_.id), *definition,
             "The draft of " + values_.id + " is set; nothing changes until it is released.");
}

}  // namespace trailkeeper::cli
