#include "object_reader.h"

#include <algorithm>

namespace trailkeeper::api {
namespace {

constexpr std::size_t kProblemsMax = 20;

std::string join_choices(const std::vector<std::string_view>& choices) {
  std::string out;
  for (const auto& choice : choices) {
    if (!out.empty()) out += ", ";
    out += choice;
  }
  return out;
}

}  // namespace

ObjectReader::ObjectReader(json::Node node, std::string pointer)
    : node_(node), pointer_(std::move(pointer)) {
  if (!node_.is(json::Type::object)) {
    problems_.push_back({pointer_, "wrong_type", "This must be a JSON object."});
  }
}

std::optional<json::Node> ObjectReader::take(std::string_view key) {
  known_.emplace_back(key);
  auto found = node_.find(key);
  if (found && found->is(json::Type::null)) return std::nullopt;
  return found;
}

void ObjectReader::refuse(std::string_view key, std::string code, std::string detail) {
  problems_.push_back({pointer_of(key), std::move(code), std::move(detail)});
}

void ObjectReader::missing(std::string_view key) {
  if (node_.is(json::Type::object)) refuse(key, "required", "This member is required.");
}

std::optional<std::string> ObjectReader::checked_text(std::string_view key, json::Node node,
                                                      const TextRule& rule) {
  if (!node.is(json::Type::string)) {
    refuse(key, "wrong_type", "This must be a string.");
    return std::nullopt;
  }
  const std::string_view text = node.text();
  if (text.size() > rule.bytes_max) {
    refuse(key, "too_long",
           "This has " + std::to_string(text.size()) + " bytes; at most " +
               std::to_string(rule.bytes_max) + " are allowed.");
    return std::nullopt;
  }
  if (text.empty() && !rule.may_be_empty) {
    refuse(key, "empty", "This must not be empty.");
    return std::nullopt;
  }
  return std::string(text);
}

std::optional<std::string> ObjectReader::optional_text(std::string_view key, const TextRule& rule) {
  const auto node = take(key);
  if (!node) return std::nullopt;
  return checked_text(key, *node, rule);
}

std::string ObjectReader::text(std::string_view key, const TextRule& rule) {
  const auto node = take(key);
  if (!node) {
    missing(key);
    return {};
  }
  return checked_text(key, *node, rule).value_or(std::string());
}

std::optional<bool> ObjectReader::optional_boolean(std::string_view key) {
  const auto node = take(key);
  if (!node) return std::nullopt;
  if (node->is(json::Type::boolean)) return node->boolean();
  refuse(key, "wrong_type", "This must be true or false.");
  return std::nullopt;
}

std::optional<std::int64_t> ObjectReader::optional_integer(std::string_view key, std::int64_t min,
                                                           std::int64_t max) {
  const auto node = take(key);
  if (!node) return std::nullopt;
  const auto value = node->integer();
  if (value && *value >= min && *value <= max) return value;
  refuse(key, value ? "out_of_range" : "wrong_type",
         "This must be a whole number from " + std::to_string(min) + " to " + std::to_string(max) +
             ".");
  return std::nullopt;
}

std::optional<Timestamp> ObjectReader::optional_time(std::string_view key) {
  const auto node = take(key);
  if (!node) return std::nullopt;
  const auto time = node->is(json::Type::string) ? parse_rfc3339(node->text()) : std::nullopt;
  if (!time) {
    refuse(key, "invalid_time", "This must be a time of RFC 3339, such as 2026-11-22T14:02:58Z.");
  }
  return time;
}

Timestamp ObjectReader::time(std::string_view key) {
  const auto found = node_.find(key);
  if (!found || found->is(json::Type::null)) missing(key);
  return optional_time(key).value_or(Timestamp{});
}

std::optional<std::string> ObjectReader::optional_choice(
    std::string_view key, const std::vector<std::string_view>& choices) {
  const auto node = take(key);
  if (!node) return std::nullopt;
  if (node->is(json::Type::string) &&
      std::find(choices.begin(), choices.end(), node->text()) != choices.end()) {
    return std::string(node->text());
  }
  refuse(key, "not_a_choice", "This must be one of: " + join_choices(choices) + ".");
  return std::nullopt;
}

std::string ObjectReader::choice(std::string_view key,
                                 const std::vector<std::string_view>& choices) {
  const auto found = node_.find(key);
  if (!found || found->is(json::Type::null)) missing(key);
  return optional_choice(key, choices).value_or(std::string());
}

std::vector<std::string> ObjectReader::texts(std::string_view key, std::size_t items_max,
                                             const TextRule& rule) {
  std::vector<std::string> out;
  const auto node = take(key);
  if (!node) return out;
  if (node->is(json::Type::string)) {
    if (auto text = checked_text(key, *node, rule)) out.push_back(std::move(*text));
    return out;
  }
  if (!node->is(json::Type::array)) {
    refuse(key, "wrong_type", "This must be a string or an array of strings.");
    return out;
  }
  if (node->size() > items_max) {
    refuse(key, "too_many", "At most " + std::to_string(items_max) + " are allowed.");
    return out;
  }
  for (const json::Node item : *node) {
    if (auto text = checked_text(key, item, rule)) out.push_back(std::move(*text));
  }
  return out;
}

std::optional<json::Node> ObjectReader::optional_object(std::string_view key) {
  const auto node = take(key);
  if (!node || node->is(json::Type::object)) return node;
  refuse(key, "wrong_type", "This must be a JSON object.");
  return std::nullopt;
}

bool ObjectReader::is_null(std::string_view key) {
  known_.emplace_back(key);
  const auto found = node_.find(key);
  return found && found->is(json::Type::null);
}

void ObjectReader::join(ObjectReader& part) {
  part.find_unknown();
  std::move(part.problems_.begin(), part.problems_.end(), std::back_inserter(problems_));
  part.problems_.clear();
}

void ObjectReader::find_unknown() {
  if (!node_.is(json::Type::object)) return;
  for (const json::Node member : node_) {
    if (std::find(known_.begin(), known_.end(), member.key()) == known_.end()) {
      refuse(member.key(), "unknown_member", "There is no such member here.");
    }
  }
}

Result<> ObjectReader::finish() {
  find_unknown();
  if (problems_.empty()) return {};
  if (problems_.size() > kProblemsMax) problems_.resize(kProblemsMax);
  const FieldProblem& first = problems_.front();
  std::string message = "The request's body is not valid";
  message += first.pointer.empty() ? ": " : " at " + first.pointer + ": ";
  message += first.detail;
  return Error{ErrorKind::invalid, "invalid_field", std::move(message), std::move(problems_)};
}

}  // namespace trailkeeper::api
