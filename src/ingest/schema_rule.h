#pragma once

#include <re2/re2.h>

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"
#include "json/document.h"

// A JSON schema taken apart. The subset is that of docs/formats/action_schema.md.
namespace trailkeeper::ingest {

struct SchemaRule;
using SchemaRulePtr = std::unique_ptr<const SchemaRule>;

// Bits of `SchemaRule::types`.
enum SchemaType : std::uint8_t {
  kNull = 1,
  kBoolean = 2,
  kNumber = 4,
  kString = 8,
  kArray = 16,
  kObject = 32,
  kInteger = 64,
};

struct SchemaRule {
  bool never = false;                                // the schema `false`
  std::uint8_t types = 0;                            // 0: any
  std::optional<std::vector<std::string>> values{};  // of enum or const, in canonical form

  std::map<std::string, SchemaRulePtr, std::less<>> properties{};
  std::vector<std::pair<std::unique_ptr<re2::RE2>, SchemaRulePtr>> pattern_properties{};
  std::vector<std::string> required{};
  SchemaRulePtr additional{};  // of members that no property names; null: anything
  std::optional<std::size_t> properties_min{};
  std::optional<std::size_t> properties_max{};

  SchemaRulePtr items{};
  std::optional<std::size_t> items_min{};
  std::optional<std::size_t> items_max{};
  bool unique_items = false;

  std::optional<std::size_t> length_min{};  // in characters
  std::optional<std::size_t> length_max{};
  std::unique_ptr<re2::RE2> pattern{};

  std::optional<double> minimum{};
  std::optional<double> maximum{};
  std::optional<double> exclusive_minimum{};
  std::optional<double> exclusive_maximum{};

  std::vector<SchemaRulePtr> all_of{};
  std::vector<SchemaRulePtr> any_of{};
  std::vector<SchemaRulePtr> one_of{};
  SchemaRulePtr not_allowed{};
};

// `invalid` (`invalid_schema`) with pointers that begin with `pointer`: what is no schema, what the
// subset does not have (references among it), what is too large or too deep.
Result<SchemaRulePtr> compile_schema(json::Node schema, const std::string& pointer);

// Adds what is wrong with `value`, at most `problems_max` in all. No detail holds anything of the
// value.
void check_schema(const SchemaRule& rule, json::Node value, const std::string& pointer,
                  std::vector<FieldProblem>& problems, std::size_t problems_max);

// One text for all spellings of a value: members sorted, numbers by their value.
std::string canonical_json(json::Node node);

}  // namespace trailkeeper::ingest
