#include "access/id_token.h"

#include <array>
#include <chrono>
#include <optional>

#include "base/bytes.h"
#include "crypto/hash.h"
#include "json/document.h"

namespace trailkeeper::access {

namespace {

using crypto::TokenKey;

constexpr std::size_t kTokenBytesMax = 16 * 1024;
constexpr std::size_t kKeysMax = 50;
constexpr std::size_t kClaimBytesMax = 255;

Error bad_token(std::string reason) { return {ErrorKind::invalid, "bad_token", std::move(reason)}; }

std::string text_of(json::Node object, std::string_view name) {
  const auto found = object.find(name);
  return found && found->is(json::Type::string) ? std::string(found->text()) : std::string();
}

Result<TokenKey> key_of(json::Node jwk) {
  const std::string type = text_of(jwk, "kty");
  const auto part = [&](std::string_view name) {
    return from_base64url(text_of(jwk, name)).value_or(std::string());
  };
  if (type == "RSA") return TokenKey::rsa(part("n"), part("e"));
  if (type == "EC" && text_of(jwk, "crv") == "P-256") return TokenKey::p256(part("x"), part("y"));
  return Error{ErrorKind::invalid, "bad_key", "A kind of key that is not used here."};
}

std::string_view name_of(TokenKey::Algorithm algorithm) {
  return algorithm == TokenKey::Algorithm::rs256 ? "RS256" : "ES256";
}

// A JWS in its compact form.
struct Parts {
  std::string_view signed_text;
  std::string header;
  std::string payload;
  std::string signature;
};

Result<Parts> split(std::string_view token) {
  if (token.size() > kTokenBytesMax) return bad_token("it is too long");
  const std::size_t first = token.find('.');
  const std::size_t second = first == std::string_view::npos ? first : token.find('.', first + 1);
  if (second == std::string_view::npos) return bad_token("it has not three parts");
  auto header = from_base64url(token.substr(0, first));
  auto payload = from_base64url(token.substr(first + 1, second - first - 1));
  auto signature = from_base64url(token.substr(second + 1));
  if (!header || !payload || !signature) return bad_token("a part is not base64url");
  return Parts{token.substr(0, second), *std::move(header), *std::move(payload),
               *std::move(signature)};
}

Result<> check_signature(const Parts& parts, const std::vector<ProviderKey>& keys) {
  json::Document document;
  const auto header = document.parse(parts.header);
  if (!header || !header->is(json::Type::object)) return bad_token("its header is no object");
  if (header->find("crit")) return bad_token("its header wants extensions");
  const std::string algorithm = text_of(*header, "alg");
  const std::string id = text_of(*header, "kid");
  bool found = false;
  for (const ProviderKey& key : keys) {
    if (name_of(key.key.algorithm()) != algorithm) continue;
    if (!id.empty() && key.id != id) continue;
    found = true;
    if (key.key.verify(parts.signed_text, parts.signature)) return {};
  }
  if (found) return bad_token("its signature is wrong");
  return Error{ErrorKind::invalid, "unknown_key", "no key of the provider has its id and kind"};
}

bool has_audience(json::Node claims, const std::string& client, std::size_t& count) {
  const auto audience = claims.find("aud");
  if (!audience) return false;
  if (audience->is(json::Type::string)) {
    count = 1;
    return audience->text() == client;
  }
  if (!audience->is(json::Type::array)) return false;
  count = audience->size();
  for (const json::Node one : *audience) {
    if (one.is(json::Type::string) && one.text() == client) return true;
  }
  return false;
}

Result<> check_parties(json::Node claims, const IdTokenRules& rules) {
  if (text_of(claims, "iss") != rules.issuer) return bad_token("another issuer made it");
  std::size_t audiences = 0;
  if (!has_audience(claims, rules.client_id, audiences))
    return bad_token("it is for another audience");
  const auto party = claims.find("azp");
  if (party || audiences > 1) {
    if (text_of(claims, "azp") != rules.client_id) return bad_token("another party asked for it");
  }
  if (rules.nonce.empty() || !crypto::constant_time_equal(text_of(claims, "nonce"), rules.nonce))
    return bad_token("it is not the answer to our question");
  return {};
}

std::optional<Timestamp> time_of(json::Node claims, std::string_view name) {
  const auto found = claims.find(name);
  if (!found) return std::nullopt;
  const auto seconds = found->real();
  // Beyond any time that the clock can have.
  if (!seconds || *seconds < 0 || *seconds > 1e11) return std::nullopt;
  return Timestamp{std::chrono::seconds(static_cast<std::int64_t>(*seconds))};
}

Result<> check_times(json::Node claims, Timestamp now) {
  const auto expires = time_of(claims, "exp");
  const auto issued = time_of(claims, "iat");
  if (!expires || !issued) return bad_token("it does not say when it was made and when it ends");
  if (*expires + kTokenSkew <= now) return bad_token("it has expired");
  if (*issued - kTokenSkew > now) return bad_token("it was made in the future");
  if (claims.find("nbf")) {
    const auto from = time_of(claims, "nbf");
    if (!from || *from - kTokenSkew > now) return bad_token("it is not valid yet");
  }
  return {};
}

IdentityClaims claims_of(json::Node claims) {
  IdentityClaims out{.subject = text_of(claims, "sub"),
                     .email = text_of(claims, "email"),
                     .name = text_of(claims, "name")};
  const auto verified = claims.find("email_verified");
  // Some providers write it as a text.
  out.email_verified =
      verified && ((verified->is(json::Type::boolean) && verified->boolean()) ||
                   (verified->is(json::Type::string) && verified->text() == "true"));
  return out;
}

}  // namespace

Result<std::vector<ProviderKey>> parse_provider_keys(std::string_view text) {
  json::Document document;
  const auto root = document.parse(text);
  const auto list = root ? root->find("keys") : std::nullopt;
  std::vector<ProviderKey> keys;
  if (list && list->is(json::Type::array)) {
    for (const json::Node jwk : *list) {
      const std::string use = text_of(jwk, "use");
      if (keys.size() >= kKeysMax || (!use.empty() && use != "sig")) continue;
      auto key = key_of(jwk);
      if (!key) continue;
      const std::string algorithm = text_of(jwk, "alg");
      if (!algorithm.empty() && algorithm != name_of(key->algorithm())) continue;
      keys.push_back({text_of(jwk, "kid"), *std::move(key)});
    }
  }
  if (!keys.empty()) return keys;
  return Error{ErrorKind::invalid, "bad_keys", "The provider shows no RS256 or ES256 key."};
}

Result<IdentityClaims> check_id_token(std::string_view token, const std::vector<ProviderKey>& keys,
                                      const IdTokenRules& rules) {
  const Parts parts = TRY(split(token));
  TRY(check_signature(parts, keys));
  json::Document document;
  const auto claims = document.parse(parts.payload);
  if (!claims || !claims->is(json::Type::object)) return bad_token("its claims are no object");
  TRY(check_parties(*claims, rules));
  TRY(check_times(*claims, rules.now));
  IdentityClaims out = claims_of(*claims);
  if (out.subject.empty() || out.subject.size() > kClaimBytesMax)
    return bad_token("it does not say who");
  return out;
}

Result<IdentityClaims> parse_userinfo(std::string_view text, std::string_view subject) {
  json::Document document;
  const auto root = document.parse(text);
  if (!root || !root->is(json::Type::object)) return bad_token("the userinfo is no object");
  IdentityClaims out = claims_of(*root);
  if (out.subject != subject) return bad_token("the userinfo is of somebody else");
  return out;
}

}  // namespace trailkeeper::access
