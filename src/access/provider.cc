#include "access/provider.h"

#include <algorithm>
#include <chrono>

#include "base/bytes.h"
#include "json/document.h"

namespace trailkeeper::access {

namespace {

constexpr std::chrono::hours kKeepFor{1};
constexpr std::chrono::seconds kFreshEnough{5};
constexpr std::size_t kKeptMax = 200;
constexpr std::size_t kAnswerBytesMax = 256 * 1024;
constexpr int kAtOnceMax = 3;  // of the server's threads, so that a slow provider holds no more

Error bad_provider(std::string reason) {
  return {ErrorKind::invalid, "bad_provider", std::move(reason)};
}

Error away(std::string reason) {
  return {ErrorKind::unavailable, "provider_unavailable", std::move(reason)};
}

struct Place {
  bool https = false;
  std::string host;  // lower case, without brackets and port
};

// No user part, nothing odd: what is checked has to be what is connected to.
Result<Place> place_of(const std::string& url) {
  Place place{.https = url.starts_with("https://")};
  if (!place.https && !url.starts_with("http://")) return bad_provider("it is no web address");
  for (const char c : url) {
    if (c <= ' ' || c >= 0x7F || c == '\\' || c == '"' || c == '<' || c == '>')
      return bad_provider("it is no web address");
  }
  const std::size_t start = url.find("://") + 3;
  std::string authority = url.substr(start, url.find_first_of("/?#", start) - start);
  if (authority.find('@') != std::string::npos) return bad_provider("it has a user part");
  const std::size_t end = authority.starts_with('[') ? authority.find(']') : authority.find(':');
  place.host = authority.starts_with('[') && end != std::string::npos ? authority.substr(1, end - 1)
                                                                      : authority.substr(0, end);
  std::transform(place.host.begin(), place.host.end(), place.host.begin(), [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  });
  if (place.host.empty()) return bad_provider("it has no host");
  return place;
}

std::string text_of(json::Node object, std::string_view name) {
  const auto found = object.find(name);
  return found && found->is(json::Type::string) ? std::string(found->text()) : std::string();
}

bool lists(json::Node object, std::string_view name, std::string_view text) {
  const auto list = object.find(name);
  if (!list || !list->is(json::Type::array)) return false;
  for (const json::Node one : *list) {
    if (one.is(json::Type::string) && one.text() == text) return true;
  }
  return false;
}

Result<ProviderMetadata> parse_metadata(const std::string& text, const std::string& issuer) {
  json::Document document;
  const auto root = document.parse(text);
  if (!root || !root->is(json::Type::object)) return bad_provider("it does not describe itself");
  ProviderMetadata out{.issuer = text_of(*root, "issuer"),
                       .authorization_endpoint = text_of(*root, "authorization_endpoint"),
                       .token_endpoint = text_of(*root, "token_endpoint"),
                       .userinfo_endpoint = text_of(*root, "userinfo_endpoint"),
                       .jwks_uri = text_of(*root, "jwks_uri")};
  if (out.issuer != issuer) return bad_provider("it calls itself " + out.issuer.substr(0, 200));
  if (out.authorization_endpoint.empty() || out.token_endpoint.empty() || out.jwks_uri.empty())
    return bad_provider("it does not say where its endpoints are");
  const char* methods = "token_endpoint_auth_methods_supported";
  out.secret_in_header = !root->find(methods) || lists(*root, methods, "client_secret_basic");
  const auto names = root->find("authorization_response_iss_parameter_supported");
  out.names_itself = names && names->is(json::Type::boolean) && names->boolean();
  return out;
}

}  // namespace

std::string form_escaped(std::string_view text) {
  constexpr std::string_view kHex = "0123456789ABCDEF";
  std::string out;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    const bool plain = (byte >= '0' && byte <= '9') || (byte >= 'A' && byte <= 'Z') ||
                       (byte >= 'a' && byte <= 'z') || c == '-' || c == '_' || c == '.' || c == '~';
    if (plain) {
      out += c;
    } else {
      out.append({'%', kHex[byte >> 4], kHex[byte & 15]});
    }
  }
  return out;
}

Result<std::string> Providers::send(httpc::Request request) {
  const Place place = TRY(place_of(request.url));
  const auto& hosts = options_.private_hosts;
  const bool allowed = std::find(hosts.begin(), hosts.end(), place.host) != hosts.end();
  if (!place.https && !allowed) return bad_provider("its address must begin with https://");
  {
    MutexLock lock(mutex_);
    if (running_ >= kAtOnceMax) return away("too many sign-ins wait for providers at this moment");
    ++running_;
  }
  auto answer = [&]() -> Result<httpc::Response> {
    request.connect_address = TRY(httpc::resolve_checked(place.host, {.allowed_hosts = hosts}));
    request.connect_timeout = std::chrono::milliseconds(3000);
    request.total_timeout = std::chrono::milliseconds(6000);
    request.response_bytes_max = kAnswerBytesMax;
    return client_.send(request);
  }();
  {
    MutexLock lock(mutex_);
    --running_;
  }
  if (!answer) {
    const Error& error = answer.error();
    if (error.kind == ErrorKind::unavailable) return away(error.message);
    return bad_provider(error.message);
  }
  if (answer->status >= 500) return away("it answers " + std::to_string(answer->status));
  if (answer->status != 200) return bad_provider("it answers " + std::to_string(answer->status));
  return std::move(answer->body);
}

Result<ProviderMetadata> Providers::metadata(const std::string& issuer, bool fresh) {
  const Timestamp now = wall_.now();
  if (!fresh) {
    MutexLock lock(mutex_);
    for (const auto& kept : metadata_) {
      if (kept.name == issuer && now - kept.at < kKeepFor) return kept.value;
    }
  }
  std::string url = issuer;
  if (url.ends_with('/')) url.pop_back();
  const std::string text = TRY(send({.url = url + "/.well-known/openid-configuration"}));
  const ProviderMetadata found = TRY(parse_metadata(text, issuer));
  TRY(place_of(found.authorization_endpoint));
  MutexLock lock(mutex_);
  std::erase_if(metadata_, [&](const auto& kept) { return kept.name == issuer; });
  if (metadata_.size() >= kKeptMax) metadata_.erase(metadata_.begin());
  metadata_.push_back({issuer, found, now});
  return found;
}

Result<std::vector<ProviderKey>> Providers::keys(const ProviderMetadata& provider, bool fresh) {
  const Timestamp now = wall_.now();
  {
    MutexLock lock(mutex_);
    for (const auto& kept : keys_) {
      if (kept.name != provider.jwks_uri) continue;
      const Duration age = now - kept.at;
      if (age < (fresh ? Duration(kFreshEnough) : Duration(kKeepFor))) return kept.value;
    }
  }
  const std::string text = TRY(send({.url = provider.jwks_uri}));
  auto parsed = parse_provider_keys(text);
  if (!parsed) return bad_provider(parsed.error().message);
  MutexLock lock(mutex_);
  std::erase_if(keys_, [&](const auto& kept) { return kept.name == provider.jwks_uri; });
  if (keys_.size() >= kKeptMax) keys_.erase(keys_.begin());
  keys_.push_back({provider.jwks_uri, *parsed, now});
  return *std::move(parsed);
}

Result<ProviderTokens> Providers::exchange(const ProviderMetadata& provider, std::string form,
                                           const std::string& client_id,
                                           const std::string& secret) {
  httpc::Request request{.method = "POST", .url = provider.token_endpoint};
  request.headers = {{"Content-Type", "application/x-www-form-urlencoded"},
                     {"Accept", "application/json"}};
  if (!secret.empty() && provider.secret_in_header) {
    // RFC 6749 section 2.3.1: both are form-encoded first.
    request.headers.emplace_back("Authorization", "Basic " + to_base64(form_escaped(client_id) +
                                                                       ":" + form_escaped(secret)));
  } else {
    form += "&client_id=" + form_escaped(client_id);
    if (!secret.empty()) form += "&client_secret=" + form_escaped(secret);
  }
  request.body = std::move(form);
  const std::string text = TRY(send(std::move(request)));
  json::Document document;
  const auto root = document.parse(text);
  if (!root || !root->is(json::Type::object)) return bad_provider("its tokens cannot be read");
  ProviderTokens tokens{.id_token = text_of(*root, "id_token"),
                        .access_token = text_of(*root, "access_token")};
  if (tokens.id_token.empty()) return bad_provider("it gave no id_token");
  return tokens;
}

Result<std::string> Providers::userinfo(const ProviderMetadata& provider,
                                        const std::string& access_token) {
  for (const char c : access_token) {
    if (c <= ' ' || c >= 0x7F) return bad_provider("its access token is none");
  }
  httpc::Request request{.url = provider.userinfo_endpoint};
  request.headers = {{"Authorization", "Bearer " + access_token}, {"Accept", "application/json"}};
  return send(std::move(request));
}

}  // namespace trailkeeper::access
