#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/result.h"
#include "server/config.h"

namespace trailkeeper::server {

using OptionTarget =
    std::variant<std::string*, int*, std::uint64_t*, bool*, std::vector<std::string>*>;

// One key of the configuration: where it goes and what it may be.
struct Option {
  std::string name;  // "listen", "smtp.password"
  std::function<OptionTarget(Config&)> target;
  bool secret = false;  // may be given as a file
  std::int64_t min = 0;
  std::int64_t max = 0;  // of numbers; 0: none
  std::vector<std::string_view> choices{};
};

const std::vector<Option>& all_options();
// Null when there is none. `name` with "_file" at its end finds a secret, with `is_file` set.
const Option* find_option(std::string_view name, bool& is_file);

// A value from text, as variables and the command line have it.
Result<> set_from_text(Config& config, const Option& option, const std::string& text);
Result<> set_text(Config& config, const Option& option, std::string text);
Result<> set_number(Config& config, const Option& option, std::int64_t number);
Result<> set_flag(Config& config, const Option& option, bool flag);
Result<> set_list(Config& config, const Option& option, std::vector<std::string> items);

// "64 MiB", "1GiB", "1048576".
Result<std::uint64_t> parse_bytes(std::string_view text);

}  // namespace trailkeeper::server
