#include "registry_masking.h"

#include <vector>

#include "ingest/registry.h"
#include "json/document.h"
#include "json/lists.h"

namespace trailkeeper::ingest {
namespace {

void read_names(json::Node root, std::string_view member, std::vector<std::string>& out) {
  const auto names = root.find(member);
  if (!names) return;
  for (json::Node name : *names) out.emplace_back(name.text());
}

void check_names(std::vector<FieldProblem>& problems, const std::string& pointer,
                 const std::vector<std::string>& names) {
  if (names.size() > kMaskNamesMax) {
    problems.push_back(
        {pointer, "too_long", "may hold at most " + std::to_string(kMaskNamesMax) + " names"});
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
  json::write_texts(out, "fields", rules.fields);
  json::write_texts(out, "drop_fields", rules.drop_fields);
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
