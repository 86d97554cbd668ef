#include <algorithm>
#include <cmath>
#include <set>

#include "schema_rule.h"

namespace trailkeeper::ingest {
namespace {

using json::Node;
using json::Type;

// Where we are in the value; a pointer is made of it only when there is a problem.
struct Place {
  const Place* parent;
  std::string_view key;
  std::size_t index = 0;
  bool is_index = false;

  std::string pointer(const std::string& base) const {
    const std::string above = parent != nullptr ? parent->pointer(base) : base;
    return is_index ? json::pointer(above, index) : json::pointer(above, key);
  }
};

std::uint8_t type_of(Node node) {
  switch (node.type()) {
    case Type::null:
      return kNull;
    case Type::boolean:
      return kBoolean;
    case Type::string:
      return kString;
    case Type::array:
      return kArray;
    case Type::object:
      return kObject;
    default:
      break;
  }
  const auto real = node.real();
  const bool whole = node.integer() || (real && *real == std::trunc(*real));
  return whole ? kNumber | kInteger : kNumber;
}

std::string names_of(std::uint8_t types) {
  constexpr std::pair<SchemaType, const char*> kNames[] = {
      {kNull, "null"},       {kBoolean, "a boolean"},
      {kNumber, "a number"}, {kInteger, "a whole number"},
      {kString, "a string"}, {kArray, "an array"},
      {kObject, "an object"}};
  std::string out;
  for (const auto& [bit, name] : kNames) {
    if ((types & bit) != 0) out += (out.empty() ? "" : " or ") + std::string(name);
  }
  return out;
}

std::size_t characters(std::string_view text) {
  return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), [](char c) {
    return (static_cast<unsigned char>(c) & 0xC0) != 0x80;
  }));
}

class Checker {
 public:
  Checker(const std::string& base, std::vector<FieldProblem>& problems, std::size_t problems_max)
      : base_(base), problems_(problems), problems_max_(problems_max) {}

  void check(const SchemaRule& rule, Node value, const Place* place);

 private:
  void problem(const Place* place, const char* code, std::string detail) {
    if (problems_.size() >= problems_max_) return;
    problems_.push_back(
        {place != nullptr ? place->pointer(base_) : base_, code, std::move(detail)});
  }
  bool matches(const SchemaRule& rule, Node value) {
    std::vector<FieldProblem> found;
    Checker(base_, found, 1).check(rule, value, nullptr);
    return found.empty();
  }
  // Problems of too small or too large a number of things.
  void count(std::size_t size, const std::optional<std::size_t>& min,
             const std::optional<std::size_t>& max, const char* what, const Place* place) {
    if (min && size < *min) {
      problem(place, "too_short", "must have at least " + std::to_string(*min) + " " + what);
    }
    if (max && size > *max) {
      problem(place, "too_long", "must have at most " + std::to_string(*max) + " " + what);
    }
  }
  void object(const SchemaRule& rule, Node value, const Place* place);
  void member(const SchemaRule& rule, Node value, const Place& place);
  void array(const SchemaRule& rule, Node value, const Place* place);
  void number(const SchemaRule& rule, Node value, const Place* place);
  void combined(const SchemaRule& rule, Node value, const Place* place);

  const std::string& base_;
  std::vector<FieldProblem>& problems_;
  const std::size_t problems_max_;
};

void Checker::member(const SchemaRule& rule, Node value, const Place& place) {
  bool named = false;
  if (const auto found = rule.properties.find(place.key); found != rule.properties.end()) {
    named = true;
    check(*found->second, value, &place);
  }
  for (const auto& [pattern, part] : rule.pattern_properties) {
    if (!re2::RE2::PartialMatch(re2::StringPiece(place.key.data(), place.key.size()), *pattern)) {
      continue;
    }
    named = true;
    check(*part, value, &place);
  }
  if (named || !rule.additional) return;
  if (rule.additional->never) {
    problem(&place, "unknown_field", "the schema has no member of this name");
  } else {
    check(*rule.additional, value, &place);
  }
}

void Checker::object(const SchemaRule& rule, Node value, const Place* place) {
  for (const std::string& name : rule.required) {
    if (value.find(name)) continue;
    const Place here{place, name};
    problem(&here, "required", name + " is required");
  }
  count(value.size(), rule.properties_min, rule.properties_max, "members", place);
  for (Node one : value) member(rule, one, Place{place, one.key()});
}

void Checker::array(const SchemaRule& rule, Node value, const Place* place) {
  count(value.size(), rule.items_min, rule.items_max, "items", place);
  std::set<std::string> seen;
  std::size_t index = 0;
  for (Node item : value) {
    const Place here{place, {}, index++, true};
    if (rule.items) check(*rule.items, item, &here);
    if (rule.unique_items && !seen.insert(canonical_json(item)).second) {
      problem(&here, "not_unique", "is there twice");
    }
  }
}

void Checker::number(const SchemaRule& rule, Node value, const Place* place) {
  const double number = value.real().value_or(0);
  const bool fits = (!rule.minimum || number >= *rule.minimum) &&
                    (!rule.maximum || number <= *rule.maximum) &&
                    (!rule.exclusive_minimum || number > *rule.exclusive_minimum) &&
                    (!rule.exclusive_maximum || number < *rule.exclusive_maximum);
  if (!fits) problem(place, "out_of_range", "lies outside the range that the schema allows");
}

void Checker::combined(const SchemaRule& rule, Node value, const Place* place) {
  for (const auto& part : rule.all_of) check(*part, value, place);
  const auto fits = [&](const SchemaRulePtr& part) { return matches(*part, value); };
  if (!rule.any_of.empty() && std::none_of(rule.any_of.begin(), rule.any_of.end(), fits)) {
    problem(place, "no_match", "fits none of the schema's choices (anyOf)");
  }
  if (!rule.one_of.empty() && std::count_if(rule.one_of.begin(), rule.one_of.end(), fits) != 1) {
    problem(place, "no_match", "must fit exactly one of the schema's choices (oneOf)");
  }
  if (rule.not_allowed && matches(*rule.not_allowed, value)) {
    problem(place, "no_match", "is what the schema excludes (not)");
  }
}

void Checker::check(const SchemaRule& rule, Node value, const Place* place) {
  if (problems_.size() >= problems_max_) return;
  if (rule.never) return problem(place, "not_allowed", "the schema allows nothing here");
  const std::uint8_t type = type_of(value);
  if (rule.types != 0 && (rule.types & type) == 0) {
    return problem(place, "wrong_type", "must be " + names_of(rule.types));
  }
  if (rule.values && std::find(rule.values->begin(), rule.values->end(), canonical_json(value)) ==
                         rule.values->end()) {
    problem(place, "unknown_value", "must be one of the schema's values");
  }
  if (type == kObject) {
    object(rule, value, place);
  } else if (type == kArray) {
    array(rule, value, place);
  } else if (type == kString) {
    const std::string_view text = value.text();
    if (rule.length_min || rule.length_max) {
      count(characters(text), rule.length_min, rule.length_max, "characters", place);
    }
    if (rule.pattern &&
        !re2::RE2::PartialMatch(re2::StringPiece(text.data(), text.size()), *rule.pattern)) {
      problem(place, "pattern", "must match the schema's pattern");
    }
  } else if ((type & kNumber) != 0) {
    number(rule, value, place);
  }
  combined(rule, value, place);
}

}  // namespace

void check_schema(const SchemaRule& rule, Node value, const std::string& pointer,
                  std::vector<FieldProblem>& problems, std::size_t problems_max) {
  Checker(pointer, problems, problems_max).check(rule, value, nullptr);
}

}  // namespace trailkeeper::ingest
