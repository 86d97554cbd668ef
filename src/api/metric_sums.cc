#include "metric_sums.h"

#include <cstdlib>
#include <string>

namespace trailkeeper::api {

double metric_sum(std::string_view text, std::string_view name, std::string_view label) {
  double sum = 0;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    const std::string_view line = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    if (!line.starts_with(name)) continue;
    const std::string_view rest = line.substr(name.size());
    if (rest.empty() || (rest.front() != ' ' && rest.front() != '{')) continue;
    const std::size_t space = rest.rfind(' ');
    if (space == std::string_view::npos) continue;
    if (!label.empty() && rest.substr(0, space).find(label) == std::string_view::npos) continue;
    sum += std::strtod(std::string(rest.substr(space + 1)).c_str(), nullptr);
  }
  return sum;
}

}  // namespace trailkeeper::api
