#include "text_rules.h"

#include <algorithm>
#include <utility>

#include "json/writer.h"

namespace trailkeeper::access {

void check_name(std::vector<FieldProblem>& problems, std::string pointer, std::string_view name,
                std::size_t bytes_max) {
  if (name.empty() || name.find_first_not_of(' ') == std::string_view::npos) {
    problems.push_back({std::move(pointer), "missing", "It must not be empty."});
  } else if (name.size() > bytes_max) {
    problems.push_back({std::move(pointer), "too_long",
                        "It has " + std::to_string(name.size()) + " bytes; at most " +
                            std::to_string(bytes_max) + " are allowed."});
  } else if (std::any_of(name.begin(), name.end(),
                         [](unsigned char c) { return c < 0x20 || c == 0x7F; })) {
    problems.push_back(
        {std::move(pointer), "control_character", "It must not hold control characters."});
  }
}

settings::Change text_change(std::string field, std::string_view before, std::string_view after) {
  settings::Change change{.field = std::move(field)};
  if (!before.empty()) json::append_string_lossy(change.before, before);
  if (!after.empty()) json::append_string_lossy(change.after, after);
  return change;
}

Result<> answer_problems(std::vector<FieldProblem> problems, std::string code) {
  if (problems.empty()) return {};
  std::string message =
      "Something was wrong with the information sent: " + problems.front().pointer + ". " +
      problems.front().detail;
  return Error{ErrorKind::invalid, std::move(code), std::move(message), std::move(problems)};
}

}  // namespace trailkeeper::access
