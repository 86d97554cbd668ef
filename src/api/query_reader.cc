#include "query_reader.h"

#include <algorithm>
#include <charconv>
#include <set>

namespace trailkeeper::api {
namespace {

constexpr std::size_t kListMax = 50;
constexpr std::size_t kProblemsMax = 20;

std::string one_of(const std::vector<std::string_view>& choices) {
  std::string out = "It must be one of: ";
  for (const auto& choice : choices) {
    if (&choice != &choices.front()) out += ", ";
    out += choice;
  }
  return out + ".";
}

}  // namespace

void QueryReader::refuse(std::string_view name, std::string code, std::string detail) {
  problems_.push_back({std::string(name), std::move(code), std::move(detail)});
}

void QueryReader::refuse(const Error& error) {
  if (problems_.empty()) code_ = error.code;
  problems_.insert(problems_.end(), error.fields.begin(), error.fields.end());
}

std::string_view QueryReader::single(std::string_view name) {
  known_.emplace_back(name);
  std::string_view value;
  int count = 0;
  for (const auto& [key, text] : request_.query) {
    if (key != name) continue;
    value = text;
    ++count;
  }
  if (count > 1) refuse(name, "repeated", "This parameter may be given only once.");
  return value;
}

std::string QueryReader::text(std::string_view name, std::size_t bytes_max) {
  const std::string_view value = single(name);
  if (value.size() > bytes_max) {
    refuse(name, "too_long", "At most " + std::to_string(bytes_max) + " bytes are allowed.");
    return {};
  }
  if (value.find('\0') != std::string_view::npos) {
    refuse(name, "invalid_text", "NUL characters are not allowed.");
    return {};
  }
  return std::string(value);
}

std::optional<Timestamp> QueryReader::time(std::string_view name) {
  const std::string_view value = single(name);
  if (value.empty()) return std::nullopt;
  const auto time = parse_rfc3339(value);
  if (!time) {
    refuse(name, "invalid_time", "It must be a time of RFC 3339, such as 2026-11-22T14:02:58Z.");
  }
  return time;
}

std::size_t QueryReader::number(std::string_view name, std::size_t min, std::size_t max,
                                std::size_t fallback) {
  return static_cast<std::size_t>(integer(name, static_cast<std::int64_t>(min),
                                          static_cast<std::int64_t>(max),
                                          static_cast<std::int64_t>(fallback)));
}

std::int64_t QueryReader::integer(std::string_view name, std::int64_t min, std::int64_t max,
                                  std::int64_t fallback) {
  const std::string_view value = single(name);
  if (value.empty()) return fallback;
  std::int64_t number = 0;
  const auto [end, problem] = std::from_chars(value.data(), value.data() + value.size(), number);
  if (problem == std::errc() && end == value.data() + value.size() && number >= min &&
      number <= max) {
    return number;
  }
  refuse(
      name, "out_of_range",
      "It must be a whole number from " + std::to_string(min) + " to " + std::to_string(max) + ".");
  return fallback;
}

bool QueryReader::flag(std::string_view name) { return choice(name, {"false", "true"}) == "true"; }

std::string QueryReader::choice(std::string_view name,
                                const std::vector<std::string_view>& choices) {
  const std::string_view value = single(name);
  if (value.empty()) return std::string(choices.front());
  if (std::find(choices.begin(), choices.end(), value) != choices.end()) return std::string(value);
  refuse(name, "not_a_choice", one_of(choices));
  return std::string(choices.front());
}

std::vector<std::string> QueryReader::list(std::string_view name,
                                           const std::vector<std::string_view>& choices) {
  known_.emplace_back(name);
  std::set<std::string> found;
  for (const auto& [key, text] : request_.query) {
    if (key != name) continue;
    for (std::size_t start = 0; start <= text.size();) {
      const std::size_t comma = std::min(text.find(',', start), text.size());
      const std::string item = text.substr(start, comma - start);
      start = comma + 1;
      if (item.empty()) continue;
      if (!choices.empty() && std::find(choices.begin(), choices.end(), item) == choices.end()) {
        refuse(name, "not_a_choice", one_of(choices));
        return {};
      }
      found.insert(item);
    }
  }
  if (found.size() > kListMax) refuse(name, "too_many", "At most 50 values are allowed.");
  return {found.begin(), found.end()};
}

Result<> QueryReader::finish() {
  for (const auto& [key, text] : request_.query) {
    if (std::find(known_.begin(), known_.end(), key) == known_.end()) {
      refuse(key, "unknown_parameter", "There is no such parameter here.");
    }
  }
  if (problems_.empty()) return {};
  if (problems_.size() > kProblemsMax) problems_.resize(kProblemsMax);
  std::string message = "The query parameter '" + problems_.front().pointer +
                        "' is not valid: " + problems_.front().detail;
  return Error{ErrorKind::invalid, code_, std::move(message), std::move(problems_)};
}

}  // namespace trailkeeper::api
