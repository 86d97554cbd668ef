#include "admin.h"

#include <cstdio>

#include "json/document.h"
#include "json/writer.h"
#include "server/serve.h"

namespace trailkeeper::cli {
namespace {

constexpr std::int64_t kRateMax = 1'000'000'000;

std::string member_of(const std::string& body, std::string_view name) {
  json::Document document;
  const auto root = document.parse(body);
  return root ? text_of(*root, name) : std::string();
}

// The sentences of an RFC 9457 problem.
void print_problem(const Answer& answer) {
  json::Document document;
  const auto root = document.parse(answer.body);
  if (!root) {
    refuse("the server answered with status " + std::to_string(answer.status), 0);
    return;
  }
  const std::string detail = text_of(*root, "detail");
  refuse(detail.empty() ? "refused" : detail, 0);
  const auto errors = root->find("errors");
  if (!errors) return;
  for (const json::Node item : *errors) {
    std::fprintf(stderr, "  %s: %s\n", text_of(item, "pointer").c_str(),
                 text_of(item, "detail").c_str());
  }
}

int refused_by_server(const Answer& answer) {
  print_problem(answer);
  return answer.status >= 500 ? server::kExitTemporary : server::kExitFailed;
}

}  // namespace

int refuse(const std::string& sentence, int code) {
  std::fprintf(stderr, "trailkeeper: %s\n", sentence.c_str());
  return code;
}

std::string text_of(json::Node object, std::string_view name) {
  const auto found = object.find(name);
  return found ? std::string(found->text()) : std::string();
}

std::string percent_encoded(std::string_view text) {
  constexpr std::string_view kHex = "0123456789ABCDEF";
  std::string out;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    const bool plain = (byte >= '0' && byte <= '9') || (byte >= 'A' && byte <= 'Z') ||
                       (byte >= 'a' && byte <= 'z') || c == '-' || c == '_' || c == '.';
    if (plain) {
      out += c;
    } else {
      out += '%';
      out += kHex[byte >> 4];
      out += kHex[byte & 15];
    }
  }
  return out;
}

AdminCommands::AdminCommands(CLI::App& program) {
  CLI::App* admin = program.add_subcommand("admin", "Organizations, people, keys and the clock");
  admin->require_subcommand(1);
  add_org(*admin);
  add_key(*admin);
  add_people(*admin);
  add_registry(*admin);
  add_sources(*admin);
  add_packs(*admin);
  add_log_key(*admin);
  add_new_epoch(*admin);
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

void AdminCommands::add_limits(CLI::App& command) {
  const auto add = [&command](const char* name, std::optional<std::int64_t>& value,
                              std::int64_t max, const char* what) {
    command.add_option(name, value, what)->check(CLI::Range(std::int64_t{1}, max));
  };
  add("--events-per-second", values_.events, kRateMax, "Limit of intake instead of the default");
  add("--bytes-per-second", values_.bytes, kRateMax, "Limit of intake instead of the default");
  add("--requests-per-second", values_.requests, kRateMax,
      "Limit of intake instead of the default");
  add("--burst-seconds", values_.burst, 3600, "How many seconds' worth may come at once");
}

void AdminCommands::write_limits(json::Writer& out) const {
  if (!values_.events && !values_.bytes && !values_.requests && !values_.burst) return;
  out.key("limits").begin_object();
  if (values_.events) out.member("events_per_second", *values_.events);
  if (values_.bytes) out.member("bytes_per_second", *values_.bytes);
  if (values_.requests) out.member("requests_per_second", *values_.requests);
  if (values_.burst) out.member("burst_seconds", *values_.burst);
  out.end_object();
}

int AdminCommands::run(const std::string& method, const std::string& path, const std::string& body,
                       const std::string& done) {
  Connection connection(where_);
  const auto answer = connection.call(method, path, body);
  if (!answer) return refuse(answer.error().message, server::kExitTemporary);
  if (answer->status >= 300) return refused_by_server(*answer);
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

int AdminCommands::run_list(const std::string& path, Line line) {
  Connection connection(where_);
  json::Writer all;
  all.begin_object().key("data").begin_array();
  std::string cursor;
  do {
    const std::string page =
        path + "limit=200" + (cursor.empty() ? "" : "&cursor=" + percent_encoded(cursor));
    const auto answer = connection.call("GET", page);
    if (!answer) return refuse(answer.error().message, server::kExitTemporary);
    if (answer->status >= 300) return refused_by_server(*answer);
    json::Document document;
    const auto root = document.parse(answer->body);
    const auto data = root ? root->find("data") : std::nullopt;
    if (!data) return refuse("the server's answer is no list", server::kExitFailed);
    for (const json::Node item : *data) {
      std::string text;
      json::append(text, item);
      all.raw(text);
      if (!json_) std::printf("%s\n", line(item).c_str());
    }
    cursor = text_of(*root, "next_cursor");
  } while (!cursor.empty());
  if (json_) std::printf("%s\n", all.end_array().end_object().take().c_str());
  return server::kExitOk;
}

void AdminCommands::add_log_key(CLI::App& admin) {
  CLI::App* key = leaf(admin, "log-key", "Name and public keys of an organization's log", [this] {
    Connection connection(where_);
    const auto answer =
        connection.call("GET", "/v1/orgs/" + percent_encoded(values_.org) + "/log", "");
    if (!answer) return refuse(answer.error().message, server::kExitTemporary);
    if (answer->status >= 300) return refused_by_server(*answer);
    if (json_) {
      std::printf("%s\n", answer->body.c_str());
      return server::kExitOk;
    }
    for (const char* member : {"log", "vkey", "manifest_vkey"})
      std::printf("%s\t%s\n", member, member_of(answer->body, member).c_str());
    return server::kExitOk;
  });
  key->add_option("--org", values_.org, "Its id")->required();
}

void AdminCommands::add_new_epoch(CLI::App& admin) {
  CLI::App* epoch = leaf(
      admin, "new-epoch", "Go on with a new log after an older data folder was put back", [this] {
        return run("POST", "/v1/orgs/" + percent_encoded(values_.org) + "/log/new_epoch", "",
                   "A new log is open; `trailkeeper admin log-key` prints its keys.");
      });
  epoch->add_option("--org", values_.org, "Its id")->required();
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
