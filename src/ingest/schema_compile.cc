#include <algorithm>
#include <array>
#include <cmath>

#include "json/writer.h"
#include "schema_rule.h"

namespace trailkeeper::ingest {
namespace {

using json::Node;
using json::Type;

constexpr int kDepthMax = 16;
constexpr std::size_t kRulesMax = 1000;
constexpr std::size_t kPatternsMax = 50;
constexpr std::size_t kPatternBytesMax = 512;
constexpr std::int64_t kPatternMemory = 256 * 1024;
constexpr std::size_t kValuesMax = 500;
constexpr std::size_t kProblemsMax = 20;

constexpr std::array<std::pair<std::string_view, SchemaType>, 7> kTypes{{{"null", kNull},
                                                                         {"boolean", kBoolean},
                                                                         {"number", kNumber},
                                                                         {"string", kString},
                                                                         {"array", kArray},
                                                                         {"object", kObject},
                                                                         {"integer", kInteger}}};

// Say nothing about what is allowed. `format` is one of them, as in the standard's default.
constexpr std::array<std::string_view, 12> kAnnotations{
    "$schema",  "$id",     "$comment", "title",     "description", "default",
    "examples", "example", "readOnly", "writeOnly", "deprecated",  "format"};

class Compiler {
 public:
  SchemaRulePtr compile(Node node, const std::string& pointer, int depth);
  std::vector<FieldProblem> take_problems() { return std::move(problems_); }

 private:
  void refuse(std::string pointer, std::string code, std::string detail) {
    if (problems_.size() < kProblemsMax) {
      problems_.push_back({std::move(pointer), std::move(code), std::move(detail)});
    }
  }
  bool object_keyword(std::string_view key, Node node, const std::string& at, int depth,
                      SchemaRule& out);
  bool value_keyword(std::string_view key, Node node, const std::string& at, SchemaRule& out);
  bool list_keyword(std::string_view key, Node node, const std::string& at, int depth,
                    SchemaRule& out);
  void types(Node node, const std::string& at, SchemaRule& out);
  void values(Node node, const std::string& at, SchemaRule& out);
  void count(Node node, const std::string& at, std::optional<std::size_t>& out);
  void number(Node node, const std::string& at, std::optional<double>& out);
  void schemas(Node node, const std::string& at, int depth, std::vector<SchemaRulePtr>& out);
  std::unique_ptr<re2::RE2> pattern(std::string_view text, const std::string& at);

  std::size_t rules_ = 0;
  std::size_t patterns_ = 0;
  std::vector<FieldProblem> problems_;
};

void Compiler::types(Node node, const std::string& at, SchemaRule& out) {
  const auto add = [&](Node name) {
    for (const auto& [text, bit] : kTypes) {
      if (name.is(Type::string) && name.text() == text) {
        out.types |= bit;
        return;
      }
    }
    refuse(at, "unknown_value", "must be null, boolean, number, integer, string, array or object");
  };
  if (!node.is(Type::array)) return add(node);
  if (node.size() == 0) refuse(at, "empty", "must name a type");
  for (Node item : node) add(item);
}

void Compiler::values(Node node, const std::string& at, SchemaRule& out) {
  if (!node.is(Type::array) || node.size() == 0 || node.size() > kValuesMax) {
    return refuse(at, "wrong_type",
                  "must be an array of 1 to " + std::to_string(kValuesMax) + " values");
  }
  out.values.emplace();
  for (Node item : node) out.values->push_back(canonical_json(item));
}

void Compiler::count(Node node, const std::string& at, std::optional<std::size_t>& out) {
  const auto value = node.is(Type::number) ? node.integer() : std::nullopt;
  if (!value || *value < 0) return refuse(at, "wrong_type", "must be a whole number from 0");
  out = static_cast<std::size_t>(*value);
}

void Compiler::number(Node node, const std::string& at, std::optional<double>& out) {
  out = node.is(Type::number) ? node.real() : std::nullopt;
  if (!out) refuse(at, "wrong_type", "must be a number");
}

void Compiler::schemas(Node node, const std::string& at, int depth,
                       std::vector<SchemaRulePtr>& out) {
  if (!node.is(Type::array) || node.size() == 0) {
    return refuse(at, "wrong_type", "must be an array of schemas");
  }
  std::size_t index = 0;
  for (Node item : node) out.push_back(compile(item, json::pointer(at, index++), depth + 1));
}

std::unique_ptr<re2::RE2> Compiler::pattern(std::string_view text, const std::string& at) {
  if (++patterns_ > kPatternsMax || text.size() > kPatternBytesMax) {
    refuse(at, "too_large",
           "there may be " + std::to_string(kPatternsMax) + " patterns of at most " +
               std::to_string(kPatternBytesMax) + " bytes");
    return nullptr;
  }
  re2::RE2::Options options;
  options.set_log_errors(false);
  options.set_max_mem(kPatternMemory);
  auto compiled = std::make_unique<re2::RE2>(re2::StringPiece(text.data(), text.size()), options);
  if (compiled->ok()) return compiled;
  refuse(at, "invalid_pattern", "is no pattern of RE2, or too large a one");
  return nullptr;
}

bool Compiler::object_keyword(std::string_view key, Node node, const std::string& at, int depth,
                              SchemaRule& out) {
  if (key == "properties" || key == "patternProperties") {
    if (!node.is(Type::object)) {
      refuse(at, "wrong_type", "must be an object");
      return true;
    }
    for (Node member : node) {
      const std::string place = json::pointer(at, member.key());
      auto rule = compile(member, place, depth + 1);
      if (key == "properties") {
        out.properties.emplace(member.key(), std::move(rule));
      } else if (auto compiled = pattern(member.key(), place)) {
        out.pattern_properties.emplace_back(std::move(compiled), std::move(rule));
      }
    }
  } else if (key == "additionalProperties") {
    out.additional = compile(node, at, depth + 1);
  } else if (key == "required") {
    if (!node.is(Type::array)) refuse(at, "wrong_type", "must be an array of names");
    for (Node item : node) {
      if (!node.is(Type::array)) break;
      if (!item.is(Type::string)) refuse(at, "wrong_type", "must be an array of names");
      out.required.emplace_back(item.text());
    }
  } else if (key == "minProperties") {
    count(node, at, out.properties_min);
  } else if (key == "maxProperties") {
    count(node, at, out.properties_max);
  } else {
    return false;
  }
  return true;
}

bool Compiler::value_keyword(std::string_view key, Node node, const std::string& at,
                             SchemaRule& out) {
  if (key == "type") {
    types(node, at, out);
  } else if (key == "enum") {
    values(node, at, out);
  } else if (key == "const") {
    out.values = {canonical_json(node)};
  } else if (key == "minLength") {
    count(node, at, out.length_min);
  } else if (key == "maxLength") {
    count(node, at, out.length_max);
  } else if (key == "pattern") {
    if (node.is(Type::string)) {
      out.pattern = pattern(node.text(), at);
    } else {
      refuse(at, "wrong_type", "must be a string");
    }
  } else if (key == "minimum") {
    number(node, at, out.minimum);
  } else if (key == "maximum") {
    number(node, at, out.maximum);
  } else if (key == "exclusiveMinimum") {
    number(node, at, out.exclusive_minimum);
  } else if (key == "exclusiveMaximum") {
    number(node, at, out.exclusive_maximum);
  } else {
    return false;
  }
  return true;
}

bool Compiler::list_keyword(std::string_view key, Node node, const std::string& at, int depth,
                            SchemaRule& out) {
  if (key == "items") {
    out.items = compile(node, at, depth + 1);
  } else if (key == "minItems") {
    count(node, at, out.items_min);
  } else if (key == "maxItems") {
    count(node, at, out.items_max);
  } else if (key == "uniqueItems") {
    if (!node.is(Type::boolean)) refuse(at, "wrong_type", "must be true or false");
    out.unique_items = node.boolean();
  } else if (key == "allOf") {
    schemas(node, at, depth, out.all_of);
  } else if (key == "anyOf") {
    schemas(node, at, depth, out.any_of);
  } else if (key == "oneOf") {
    schemas(node, at, depth, out.one_of);
  } else if (key == "not") {
    out.not_allowed = compile(node, at, depth + 1);
  } else {
    return false;
  }
  return true;
}

SchemaRulePtr Compiler::compile(Node node, const std::string& pointer, int depth) {
  auto out = std::make_unique<SchemaRule>();
  if (++rules_ > kRulesMax || depth > kDepthMax) {
    if (rules_ <= kRulesMax + 1) {
      refuse(pointer, "too_large",
             "a schema may have " + std::to_string(kRulesMax) + " parts, " +
                 std::to_string(kDepthMax) + " within each other");
    }
    return out;
  }
  if (node.is(Type::boolean)) {
    out->never = !node.boolean();
    return out;
  }
  if (!node.is(Type::object)) {
    refuse(pointer, "wrong_type", "a schema must be an object");
    return out;
  }
  for (Node member : node) {
    const std::string_view key = member.key();
    const std::string at = json::pointer(pointer, key);
    if (std::find(kAnnotations.begin(), kAnnotations.end(), key) != kAnnotations.end()) continue;
    if (!value_keyword(key, member, at, *out) && !object_keyword(key, member, at, depth, *out) &&
        !list_keyword(key, member, at, depth, *out)) {
      // Silence would let the vendor believe that it is checked.
      refuse(at, "unsupported_keyword", "this keyword is not supported here");
    }
  }
  return out;
}

void append_canonical(std::string& out, Node node) {
  if (node.is(Type::object)) {
    std::map<std::string_view, Node> members;
    for (Node member : node) members.emplace(member.key(), member);
    out += '{';
    for (const auto& [key, value] : members) {
      json::append_string(out, key);
      append_canonical(out, value);
      out += ',';
    }
    out += '}';
  } else if (node.is(Type::array)) {
    out += '[';
    for (Node item : node) {
      append_canonical(out, item);
      out += ',';
    }
    out += ']';
  } else if (node.is(Type::number)) {
    const double value = node.real().value_or(0);
    if (value == std::trunc(value) && std::abs(value) < 9e15) {
      out += std::to_string(static_cast<std::int64_t>(value));
    } else if (const auto whole = node.integer()) {
      out += std::to_string(*whole);
    } else {
      json::Writer writer;
      out += writer.real(value).str();
    }
  } else {
    json::append(out, node);
  }
}

}  // namespace

std::string canonical_json(Node node) {
  std::string out;
  append_canonical(out, node);
  return out;
}

Result<SchemaRulePtr> compile_schema(Node schema, const std::string& pointer) {
  Compiler compiler;
  SchemaRulePtr rule = compiler.compile(schema, pointer, 1);
  auto problems = compiler.take_problems();
  if (problems.empty()) return rule;
  Error error{ErrorKind::invalid, "invalid_schema",
              "The schema is not valid at \"" + problems.front().pointer +
                  "\": " + problems.front().detail + "."};
  error.fields = std::move(problems);
  return error;
}

}  // namespace trailkeeper::ingest
