#pragma once

#include <CLI/CLI.hpp>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "connection.h"

namespace trailkeeper::json {
class Node;
class Writer;
}  // namespace trailkeeper::json

namespace trailkeeper::cli {

// `trailkeeper admin ...`: each command is a call of the HTTP interface. The one that was chosen is
// kept in `command` and run after parsing; it answers the process's exit code.
class AdminCommands {
 public:
  explicit AdminCommands(CLI::App& program);
  // Empty unless an admin command was given.
  const std::function<int()>& chosen() const { return chosen_; }

 private:
  using Command = std::function<int()>;
  // One line of a list, for people.
  using Line = std::string (*)(json::Node item);

  void add_org(CLI::App& admin);     // admin_orgs.cc
  void add_key(CLI::App& admin);     // admin_keys.cc
  void add_people(CLI::App& admin);  // admin_people.cc
  void add_log_key(CLI::App& admin);
  void add_new_epoch(CLI::App& admin);
  void add_registry(CLI::App& admin);  // admin_registry.cc
  void add_masking(CLI::App& admin);
  void add_sources(CLI::App& admin);  // admin_packs.cc
  void add_packs(CLI::App& admin);
  void add_pack_runs(CLI::App& pack);
  void add_clock(CLI::App& admin);
  CLI::App* leaf(CLI::App& parent, const char* name, const char* what, Command command);
  // --events-per-second and the like.
  void add_limits(CLI::App& command);
  // The member `limits`, when one of them was given.
  void write_limits(json::Writer& out) const;

  // Sends, prints the answer, and gives the exit code. `done` is the sentence for people.
  int run(const std::string& method, const std::string& path, const std::string& body,
          const std::string& done);
  // Every page of a list: one JSON object with all of `data`, or a line each.
  int run_list(const std::string& path, Line line);

  int put_org(const std::string& done);
  int create_org();
  int list_orgs();
  int create_key();
  int list_keys();
  int rotate_key();
  int revoke_key();
  int create_user();
  int create_operator();
  int invite_user();
  int change_user(const std::string& method, const std::string& what, const std::string& done);
  Result<std::string> find_person(const std::string& email);
  int list_actions();
  int set_action();
  int remove_action();
  int import_actions();
  int show_masking();
  int set_masking();
  int import_masking();
  int set_source();
  int set_pack();
  std::string org_pack_path() const;

  Where where_;
  bool json_ = false;
  Command chosen_;

  struct Values {
    std::string id, name, org, email, role = "member", application, scopes, expires, time, query;
    std::string area, category, crud, description, enforce, status, file;
    std::string type, host, database, tls = "verify", run;
    std::vector<std::string> fields, drop_fields;
    bool all_orgs = false, active = false, no_card_numbers = false, critical = false;
    bool keep_password = false;
    std::optional<int> port, notice_days;
    std::optional<bool> audit_logs, data_packs, s3;
    std::optional<int> viewing_window_days, retention_days, link_hours;
    std::optional<std::int64_t> events, bytes, requests, burst;
    long overlap_seconds = 86'400;
  };
  Values values_;
};

// Prints "trailkeeper: SENTENCE" on standard error; gives `code`.
int refuse(const std::string& sentence, int code);

// The text of a member; empty when it is absent or null.
std::string text_of(json::Node object, std::string_view name);

// For a part of a query.
std::string percent_encoded(std::string_view text);

}  // namespace trailkeeper::cli
