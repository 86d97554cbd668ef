#include "registry_masking.h"

#include <vector>

#include "json/document.h"
#include "json/writer.h"

namespace trailkeeper::ingest {
namespace {

constexpr std::size_t kNamesMax = 500;

void write_names(json::Writer& out, std::string_view member,
                 const std::vector<std::string>& names) {
  out.key(member).begin_array();
  for (const std::string& name : names) out.string(name);
  out.end_array();
}

void read_names(json::Node root, std::string_view member, std::vector<std::string>& out) {
  const auto names = root.find(member);
  if (!names) return;
  for (json::Node name : *names) out.emplace_back(name.text());
}

void check_names(std::vector<FieldProblem>& problems, const std::string& pointer,
                 const std::vector<std::string>& names) {
  if (names.size() > kNamesMax) {
    problems.push_back(
        {pointer, "too_long", "may hold at most " + std::to_string(kNamesMax) + " names"});
  }
  for (std::size_t i = 0; i < names.size() && problems.size() < 20; ++i) {
    if (!event::normal_field_name(names[i]).empty()) continue;
    problems.push_back({json::pointer(pointer, i), "invalid_name",
                        "must have 1 to 64 bytes besides _, - and spaces"});
  }
}

}  // namespace

std::string masking_json(const event::MaskRules& rules) {
  json::Writer out;
  out.begin_object();
  write_names(out, "fields", rules.fields);
  write_names(out, "drop_fields", rules.drop_fields);
  return out.member("card_numbers", rules.card_numbers).end_object().take();
}

Result<event::MaskRules> parse_masking(std::string_view json) {
  json::Document document;
  const json::Node root = TRY(document.parse(json));
  event::MaskRules rules;
  read_names(root, "fields", rules.fields);
  read_names(root, "drop_fields", rules.drop_fields);
  if (const auto cards = root.find("card_numbers")) rules.card_numbers = cards->boolean();
  return rules;
}

Result<> check_masking(const event::MaskRules& rules) {
  std::vector<FieldProblem> problems;
  check_names(problems, "/fields", rules.fields);
  check_names(problems, "/drop_fields", rules.drop_fields);
  if (problems.empty()) return {};
  std::string message = "A field's name cannot be used: " + problems.front().detail + ".";
  return Error{ErrorKind::invalid, "invalid_field", std::move(message), std::move(problems)};
}

}  // namespace trailkeeper::ingest
