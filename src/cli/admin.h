#pragma once

#include <CLI/CLI.hpp>
#include <functional>
#include <memory>

#include "connection.h"

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
  void add_org(CLI::App& admin);
  void add_key(CLI::App& admin);
  void add_people(CLI::App& admin);
  void add_clock(CLI::App& admin);
  CLI::App* leaf(CLI::App& parent, const char* name, const char* what, Command command);

  // Sends, prints the answer, and gives the exit code. `done` is the sentence for people.
  int run(const std::string& method, const std::string& path, const std::string& body,
          const std::string& done);
  int create_org();
  int put_org(const std::string& done);
  int create_key();
  int create_user();
  int create_operator();

  Where where_;
  bool json_ = false;
  Command chosen_;

  struct Values {
    std::string id, name, org, email, role = "member", application, scopes, time;
    bool all_orgs = false;
    std::optional<bool> audit_logs, data_packs, s3;
    std::optional<int> viewing_window_days, retention_days, link_hours;
  };
  Values values_;
};

}  // namespace trailkeeper::cli
