#include "send_mapping.h"

#include <algorithm>
#include <array>
#include <map>

#include "base/file.h"
#include "json/writer.h"

namespace trailkeeper::cli {
namespace {

constexpr std::array<std::string_view, 18> kRoots = {
    "organization_id", "action",   "action_label", "area",    "application", "category", "crud",
    "occurred_at",     "actor",    "targets",      "context", "outcome",     "error",    "changes",
    "http_status",     "metadata", "external_id",  "version"};

Error usage(std::string message) { return {ErrorKind::invalid, "usage", std::move(message)}; }

std::string trim(std::string_view text) {
  const std::size_t first = text.find_first_not_of(" \t\r");
  if (first == std::string_view::npos) return {};
  return std::string(text.substr(first, text.find_last_not_of(" \t\r") - first + 1));
}

std::vector<std::string> split_path(std::string_view field) {
  std::vector<std::string> path;
  while (true) {
    const std::size_t dot = field.find('.');
    path.emplace_back(field.substr(0, dot));
    if (dot == std::string_view::npos) return path;
    field.remove_prefix(dot + 1);
  }
}

bool is_index(std::string_view text) {
  return !text.empty() && text.size() == 1 &&
         std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

// Values by path; a node without members is a text.
struct Tree {
  std::map<std::string, Tree> members{};
  std::optional<std::string> text{};
};

bool is_whole_number(std::string_view text) {
  if (text.empty() || text.size() > 15 || (text.size() > 1 && text[0] == '0')) return false;
  return std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

void write(json::Writer& out, const Tree& tree, std::string_view name, bool top) {
  if (tree.text) {
    const bool number = top && (name == "http_status" || name == "version");
    if (number && is_whole_number(*tree.text)) {
      out.raw(*tree.text);
    } else {
      // Bytes that are no UTF-8 go to the server as they are, which refuses them with their place.
      out.string(*tree.text);
    }
    return;
  }
  const bool list = !tree.members.empty() && is_index(tree.members.begin()->first);
  if (list) {
    out.begin_array();
    for (const auto& [key, child] : tree.members) write(out, child, key, false);
    out.end_array();
    return;
  }
  out.begin_object();
  for (const auto& [key, child] : tree.members) {
    out.key(key);
    write(out, child, key, name.empty());
  }
  out.end_object();
}

}  // namespace

Result<> Mapping::add(std::string_view field, std::string_view column,
                      std::optional<std::string> constant) {
  Rule rule{split_path(field), std::string(column), std::move(constant)};
  const bool known = std::find(kRoots.begin(), kRoots.end(), rule.path.front()) != kRoots.end();
  const bool whole = std::none_of(rule.path.begin(), rule.path.end(),
                                  [](const std::string& part) { return part.empty(); });
  if (!known || !whole) {
    return usage("'" + std::string(field) +
                 "' is no field of an event; fields are named like action, actor.id, "
                 "targets.0.type or metadata.plan");
  }
  for (const Rule& other : rules_) {
    const std::size_t common = std::min(other.path.size(), rule.path.size());
    if (std::equal(other.path.begin(), other.path.begin() + static_cast<std::ptrdiff_t>(common),
                   rule.path.begin())) {
      return usage("'" + std::string(field) + "' is given twice, or once within itself");
    }
  }
  rules_.push_back(std::move(rule));
  return {};
}

Result<> Mapping::add(std::string_view rule) {
  const std::size_t equals = rule.find('=');
  if (equals == std::string_view::npos || equals == 0) {
    return usage("a mapping is FIELD=COLUMN, or FIELD:=TEXT for a text that all events get, not '" +
                 std::string(rule) + "'");
  }
  const bool constant = rule[equals - 1] == ':';
  const std::string field = trim(rule.substr(0, constant ? equals - 1 : equals));
  const std::string value = trim(rule.substr(equals + 1));
  return constant ? add(field, "", value) : add(field, value, std::nullopt);
}

Result<> Mapping::add_file(const std::string& path) {
  const std::string text = TRY(read_file(path, 1u << 20));
  std::string_view rest = text;
  while (!rest.empty()) {
    const std::string line = trim(rest.substr(0, rest.find('\n')));
    rest.remove_prefix(std::min(rest.size(), rest.find('\n') == std::string_view::npos
                                                 ? rest.size()
                                                 : rest.find('\n') + 1));
    if (!line.empty() && line.front() != '#') TRY(add(line));
  }
  return {};
}

std::string Mapping::describe() const {
  json::Writer out;
  out.begin_array();
  for (const Rule& rule : rules_) {
    for (const std::string& part : rule.path) out.string(part);
    out.string(rule.column).string(rule.constant.value_or(""));
  }
  return out.end_array().take();
}

Result<> Mapping::bind(const std::vector<std::string>& header) {
  if (rules_.empty()) {
    for (const std::string& name : header) TRY(add(name, name, std::nullopt));
  }
  for (Rule& rule : rules_) {
    if (rule.constant) continue;
    const auto found = std::find(header.begin(), header.end(), rule.column);
    if (found == header.end()) {
      std::string names;
      for (const std::string& name : header) names += (names.empty() ? "" : ", ") + name;
      return usage("the file has no column '" + rule.column + "'; it has: " + names);
    }
    rule.index = static_cast<std::size_t>(found - header.begin());
  }
  return {};
}

Result<std::string> Mapping::event(const std::vector<std::string>& fields) const {
  Tree tree;
  for (const Rule& rule : rules_) {
    if (!rule.constant && rule.index >= fields.size()) continue;
    const std::string& value = rule.constant ? *rule.constant : fields[rule.index];
    if (value.empty()) continue;
    Tree* node = &tree;
    for (const std::string& part : rule.path) node = &node->members[part];
    node->text = value;
  }
  json::Writer out;
  write(out, tree, "", true);
  return out.take();
}

}  // namespace trailkeeper::cli
