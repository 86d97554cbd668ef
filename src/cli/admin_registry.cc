#include "admin.h"
#include "base/file.h"
#include "json/document.h"
#include "json/writer.h"
#include "server/serve.h"

// Registered actions and masking: for all organizations together.
namespace trailkeeper::cli {
namespace {

std::string line_of_action(json::Node action) {
  const auto registered = action.find("registered");
  const bool known = registered && registered->boolean();
  const std::string label = text_of(action, "label");
  const std::string seen = text_of(action, "last_seen_at");
  return text_of(action, "action") + "\t" + (known ? "registered" : "not registered") + "\t" +
         (label.empty() ? "no label" : label) + "\t" +
         (seen.empty() ? "never seen" : "last seen " + seen);
}

// The body of a PUT: the members of an imported action but its name.
std::string settings_of(json::Node action) {
  json::Writer out;
  out.begin_object();
  for (const json::Node member : action) {
    if (member.key() == "action") continue;
    std::string text;
    json::append(text, member);
    out.key(member.key()).raw(text);
  }
  return out.end_object().take();
}

std::string path_of(const std::string& action) { return "/v1/actions/" + percent_encoded(action); }

}  // namespace

void AdminCommands::add_registry(CLI::App& admin) {
  CLI::App* action = admin.add_subcommand("action", "The registry of actions");
  action->require_subcommand(1);
  CLI::App* list = leaf(*action, "list", "Actions that are registered or were seen",
                        [this] { return list_actions(); });
  list->add_option("--status", values_.status, "all, registered, unregistered or never_seen")
      ->check(CLI::IsMember({"all", "registered", "unregistered", "never_seen"}));
  CLI::App* set = leaf(*action, "set", "Register an action, or set it to exactly this",
                       [this] { return set_action(); });
  set->add_option("action", values_.id, "As events send it")->required();
  set->add_option("--label", values_.name, "What people read");
  set->add_option("--area", values_.area, "Where in the product it happens");
  set->add_option("--category", values_.category, "For events that do not say one");
  set->add_option("--crud", values_.crud, "create, read, update, delete or none");
  set->add_flag("--critical", values_.critical, "What it does is a change to critical data");
  set->add_option("--description", values_.description, "For operators");
  set->add_option("--enforce", values_.enforce, "off, warn or reject");
  CLI::App* remove = leaf(*action, "remove", "Take an action from the registry",
                          [this] { return remove_action(); });
  remove->add_option("action", values_.id, "Its name")->required();
  CLI::App* import = leaf(*action, "import", "Register the actions of a JSON file",
                          [this] { return import_actions(); });
  import->add_option("file", values_.file, "An array of objects with \"action\" and its settings")
      ->required();
  add_masking(admin);
}

void AdminCommands::add_masking(CLI::App& admin) {
  CLI::App* masking = admin.add_subcommand("masking", "What is taken out of events");
  masking->require_subcommand(1);
  leaf(*masking, "show", "What is masked at present", [this] { return show_masking(); });
  CLI::App* set =
      leaf(*masking, "set", "Mask exactly this from now on", [this] { return set_masking(); });
  set->add_option("--field", values_.fields, "Name whose value is masked; may be repeated");
  set->add_option("--drop", values_.drop_fields, "Name that is left out; may be repeated");
  set->add_flag("--no-card-numbers", values_.no_card_numbers, "Leave card numbers as they are");
  CLI::App* import =
      leaf(*masking, "import", "Mask what a JSON file says", [this] { return import_masking(); });
  import->add_option("file", values_.file, "{\"fields\": [], \"drop_fields\": [], ...}")
      ->required();
}

int AdminCommands::list_actions() {
  const std::string status = values_.status.empty() ? "all" : values_.status;
  return run_list("/v1/actions?status=" + status + "&", line_of_action);
}

int AdminCommands::set_action() {
  json::Writer body;
  body.begin_object();
  const auto add = [&body](const char* name, const std::string& value) {
    if (!value.empty()) body.member(name, value);
  };
  add("label", values_.name);
  add("area", values_.area);
  add("category", values_.category);
  add("crud", values_.crud);
  add("description", values_.description);
  if (values_.critical) body.member("critical", true);
  add("enforce", values_.enforce);
  return run("PUT", path_of(values_.id), body.end_object().take(), values_.id + " is registered.");
}

int AdminCommands::remove_action() {
  return run("DELETE", path_of(values_.id), "", values_.id + " is no longer registered.");
}

int AdminCommands::import_actions() {
  const auto text = read_file(values_.file);
  if (!text) return refuse(text.error().message, server::kExitUsage);
  json::Document document;
  const auto root = document.parse(*text);
  if (!root || root->type() != json::Type::array) {
    return refuse(values_.file + " is no JSON array of actions", server::kExitUsage);
  }
  for (const json::Node action : *root) {
    const std::string name =
        action.type() == json::Type::object ? text_of(action, "action") : std::string();
    if (name.empty()) {
      return refuse("an item of " + values_.file + " has no \"action\"", server::kExitUsage);
    }
    const int code = run("PUT", path_of(name), settings_of(action), name + " is registered.");
    if (code != server::kExitOk) return code;
  }
  return server::kExitOk;
}

int AdminCommands::show_masking() {
  json_ = true;  // lists of names: the answer as it came, which import takes again
  return run("GET", "/v1/masking", "", "");
}

int AdminCommands::set_masking() {
  json::Writer body;
  const auto add = [&body](const char* name, const std::vector<std::string>& names) {
    body.key(name).begin_array();
    for (const std::string& one : names) body.string(one);
    body.end_array();
  };
  body.begin_object();
  add("fields", values_.fields);
  add("drop_fields", values_.drop_fields);
  body.member("card_numbers", !values_.no_card_numbers);
  return run("PUT", "/v1/masking", body.end_object().take(), "It holds for the next request.");
}

int AdminCommands::import_masking() {
  const auto text = read_file(values_.file);
  if (!text) return refuse(text.error().message, server::kExitUsage);
  return run("PUT", "/v1/masking", *text, "It holds for the next request.");
}

}  // namespace trailkeeper::cli
