#include "server/config.h"

#include <toml++/toml.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>

#include "base/ascii.h"
#include "base/file.h"
#include "options.h"

namespace trailkeeper::server {
namespace {

constexpr std::size_t kFileBytesMax = 1u << 20;
constexpr std::size_t kSecretBytesMax = 64u << 10;
constexpr std::string_view kPrefix = "TRAILKEEPER__";

Error wrong(const std::string& where, const std::string& detail) {
  return Error{ErrorKind::invalid, "config", where + ": " + detail};
}

// Puts the place before what is wrong with a value.
Result<> at(const std::string& where, Result<> result) {
  if (!result) return wrong(where, result.error().message);
  return result;
}

// A secret's file: its content without the line end that editors add.
Result<std::string> read_secret(const std::string& where, const std::string& path) {
  auto content = read_file(path, kSecretBytesMax);
  if (!content) return wrong(where, content.error().message);
  while (content->ends_with('\n') || content->ends_with('\r')) content->pop_back();
  return content;
}

std::string place_of(const std::string& file, const toml::node& node, const std::string& name) {
  return file + " line " + std::to_string(node.source().begin.line) + ", " + name;
}

Result<> apply_list(Config& config, const Option& option, const toml::array& array,
                    const std::string& where) {
  std::vector<std::string> items;
  for (const toml::node& item : array) {
    const auto text = item.value_exact<std::string>();
    if (!text) return wrong(where, "it must be a list of strings");
    items.push_back(*text);
  }
  return at(where, set_list(config, option, std::move(items)));
}

Result<> apply_value(Config& config, const toml::node& node, const std::string& name,
                     const std::string& where) {
  bool is_file = false;
  const Option* option = find_option(name, is_file);
  if (option == nullptr) return wrong(where, "there is no such key");
  if (const auto text = node.value_exact<std::string>()) {
    std::string value = is_file ? TRY(read_secret(where, *text)) : *text;
    return at(where, set_text(config, *option, std::move(value)));
  }
  if (is_file) return wrong(where, "it must be the name of a file");
  if (const auto number = node.value_exact<std::int64_t>()) {
    return at(where, set_number(config, *option, *number));
  }
  if (const auto flag = node.value_exact<bool>())
    return at(where, set_flag(config, *option, *flag));
  if (const auto* array = node.as_array()) return apply_list(config, *option, *array, where);
  return wrong(where, "a value of this type is not possible here");
}

Result<> apply_table(Config& config, const toml::table& table, const std::string& prefix,
                     const std::string& file) {
  for (const auto& [key, node] : table) {
    const std::string name = prefix + std::string(key.str());
    const std::string where = place_of(file, node, name);
    if (const auto* part = node.as_table()) {
      if (!prefix.empty()) return wrong(where, "there is no such section");
      TRY(apply_table(config, *part, name + ".", file));
    } else {
      TRY(apply_value(config, node, name, where));
    }
  }
  return {};
}

Result<> apply_file(Config& config, const std::string& file) {
  auto text = read_file(file, kFileBytesMax);
  if (!text) return wrong(file, text.error().message);
  try {
    return apply_table(config, toml::parse(*text, file), "", file);
  } catch (const toml::parse_error& error) {
    return wrong(file + " line " + std::to_string(error.source().begin.line),
                 std::string(error.description()));
  }
}

// SMTP__PASSWORD -> smtp.password
std::string option_name(std::string_view variable) {
  std::string name;
  for (std::size_t i = 0; i < variable.size(); ++i) {
    if (variable.substr(i, 2) == "__") {
      name += '.';
      ++i;
    } else {
      name += lower_ascii(variable[i]);
    }
  }
  return name;
}

Result<> apply_environment(Config& config, const Environment& environment) {
  for (const std::string& entry : environment) {
    if (!entry.starts_with(kPrefix)) continue;
    const std::size_t equals = std::min(entry.find('='), entry.size());
    const std::string variable = entry.substr(0, equals);
    const std::string value = equals < entry.size() ? entry.substr(equals + 1) : std::string();
    bool is_file = false;
    const Option* option = find_option(option_name(variable.substr(kPrefix.size())), is_file);
    if (option == nullptr) return wrong(variable, "there is no such setting");
    const std::string text = is_file ? TRY(read_secret(variable, value)) : value;
    TRY(at(variable, set_from_text(config, *option, text)));
  }
  return {};
}

// Files are taken out of it: it may be no part of our own folder, nor the other way round.
Result<> check_watched_folder(const Config& config) {
  namespace fs = std::filesystem;
  const fs::path watched = config.data_packs.watched_folder;
  if (watched.empty()) return {};
  const auto below = [](const fs::path& path, const fs::path& top) {
    return std::mismatch(top.begin(), top.end(), path.begin(), path.end()).first == top.end();
  };
  std::error_code ignored;
  const fs::path own = fs::weakly_canonical(config.data, ignored);
  const fs::path real = fs::weakly_canonical(watched, ignored);
  if (!watched.is_absolute() || below(real, own) || below(own, real))
    return wrong("data_packs.watched_folder",
                 "it must be an absolute path, apart from the data folder");
  return {};
}

Result<> check(Config& config) {
  std::string& url = config.public_url;
  while (url.ends_with('/')) url.pop_back();
  if (!url.empty() && !url.starts_with("http://") && !url.starts_with("https://")) {
    return wrong("public_url", "it must begin with https:// or http://");
  }
  if (config.tls_certificate.empty() != config.tls_key.empty()) {
    return wrong("tls", "certificate and key belong together");
  }
  if (config.data.empty()) return wrong("data", "it must name a folder");
  TRY(check_watched_folder(config));
  if (config.listen.empty()) return wrong("listen", "it must be an address and a port");
  if (config.s3.access_key_id.empty() != config.s3.secret_access_key.empty()) {
    return wrong("s3", "access_key_id and secret_access_key belong together");
  }
  return {};
}

}  // namespace

Environment process_environment() {
  Environment out;
  for (char** entry = environ; entry != nullptr && *entry != nullptr; ++entry) {
    out.emplace_back(*entry);
  }
  return out;
}

Result<Config> load_config(const CommandLine& command_line, const Environment& environment) {
  Config config;
  if (!command_line.config_file.empty()) TRY(apply_file(config, command_line.config_file));
  TRY(apply_environment(config, environment));
  if (!command_line.data.empty()) config.data = command_line.data;
  if (!command_line.listen.empty()) config.listen = command_line.listen;
  config.test_clock = command_line.test_clock;
  TRY(check(config));
  return config;
}

}  // namespace trailkeeper::server
