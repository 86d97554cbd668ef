#include "s3/credentials.h"

#include <unistd.h>

#include <cstdlib>

#include "base/file.h"

namespace trailkeeper::s3 {
namespace {

constexpr std::size_t kFileBytesMax = 1u << 20;

Error none(const std::string& where) {
  return Error{ErrorKind::not_found, "no_credentials",
               "There are no AWS credentials in " + where + "."};
}

std::string environment(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? std::string() : std::string(value);
}

std::string_view stripped(std::string_view text) {
  const auto first = text.find_first_not_of(" \t\r");
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t\r") - first + 1);
}

Credentials read_section(std::string_view content, std::string_view profile) {
  Credentials found;
  bool within = false;
  while (!content.empty()) {
    const auto end = content.find('\n');
    const std::string_view line = stripped(content.substr(0, end));
    content.remove_prefix(end == std::string_view::npos ? content.size() : end + 1);
    if (line.empty() || line.front() == '#' || line.front() == ';') continue;
    if (line.front() == '[') {
      within = line.back() == ']' && stripped(line.substr(1, line.size() - 2)) == profile;
      continue;
    }
    const auto equals = line.find('=');
    if (!within || equals == std::string_view::npos) continue;
    const std::string_view name = stripped(line.substr(0, equals));
    const std::string value(stripped(line.substr(equals + 1)));
    if (name == "aws_access_key_id") found.access_key_id = value;
    if (name == "aws_secret_access_key") found.secret_access_key = value;
    if (name == "aws_session_token") found.session_token = value;
  }
  return found;
}

}  // namespace

Result<Credentials> StaticCredentials::get() {
  if (credentials_.access_key_id.empty() || credentials_.secret_access_key.empty())
    return none("the configuration");
  return credentials_;
}

Result<Credentials> EnvironmentCredentials::get() {
  Credentials found{environment("AWS_ACCESS_KEY_ID"), environment("AWS_SECRET_ACCESS_KEY"),
                    environment("AWS_SESSION_TOKEN")};
  if (found.access_key_id.empty() || found.secret_access_key.empty())
    return none("the environment");
  return found;
}

Result<Credentials> FileCredentials::get() {
  if (::access(path_.c_str(), F_OK) != 0) return none(path_);
  const std::string content = TRY(read_file(path_, kFileBytesMax));
  Credentials found = read_section(content, profile_);
  if (found.access_key_id.empty() || found.secret_access_key.empty())
    return none(path_ + " [" + profile_ + "]");
  return found;
}

Result<Credentials> CredentialsChain::get() {
  Error last = none("any of the configured places");
  for (const auto& provider : providers_) {
    auto found = provider->get();
    if (found || found.error().code != "no_credentials") return found;
    last = found.error();
  }
  return last;
}

}  // namespace trailkeeper::s3
