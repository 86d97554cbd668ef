#include "s3/sigv4.h"

#include <algorithm>
#include <map>

#include "base/ascii.h"
#include "base/bytes.h"
#include "crypto/hash.h"

namespace trailkeeper::s3 {
namespace {

constexpr std::string_view kAlgorithm = "AWS4-HMAC-SHA256";

// Without spaces at the ends, runs of spaces inside as one.
std::string trimmed(std::string_view value) {
  std::string out;
  for (const char c : value) {
    if (c == ' ' && (out.empty() || out.back() == ' ')) continue;
    out += c;
  }
  if (!out.empty() && out.back() == ' ') out.pop_back();
  return out;
}

std::string canonical_query(const Pairs& query) {
  Pairs encoded;
  for (const auto& [name, value] : query)
    encoded.emplace_back(uri_encode(name, false), uri_encode(value, false));
  std::sort(encoded.begin(), encoded.end());
  std::string out;
  for (const auto& [name, value] : encoded) {
    if (!out.empty()) out += '&';
    out.append(name).append("=").append(value);
  }
  return out;
}

std::string hmac(std::string_view key, std::string_view data) {
  return std::string(as_text(crypto::hmac_sha256(key, data)));
}

std::string signing_key(const Credentials& credentials, std::string_view day, const Scope& scope) {
  const std::string dated = hmac("AWS4" + credentials.secret_access_key, day);
  return hmac(hmac(hmac(dated, scope.region), scope.service), "aws4_request");
}

}  // namespace

std::string amz_date(Timestamp time) {
  std::string out;
  for (const char c : format_rfc3339_seconds(time)) {
    if (c != '-' && c != ':') out += c;
  }
  return out;
}

std::string uri_encode(std::string_view text, bool keep_slash) {
  constexpr std::string_view kDigits = "0123456789ABCDEF";
  std::string out;
  out.reserve(text.size());
  for (const char c : text) {
    const bool plain = (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') ||
                       c == '-' || c == '.' || c == '_' || c == '~' || (keep_slash && c == '/');
    if (plain) {
      out += c;
      continue;
    }
    const auto byte = static_cast<unsigned char>(c);
    out += '%';
    out += kDigits[byte >> 4];
    out += kDigits[byte & 15];
  }
  return out;
}

Signature sign(const Signable& request, const Credentials& credentials, const Scope& scope,
               Timestamp time) {
  // Several headers of one name become one line, their values in the order they came.
  std::map<std::string, std::string> headers;
  for (const auto& [name, value] : request.headers) {
    const auto [found, is_new] = headers.try_emplace(lower_ascii(name), trimmed(value));
    if (!is_new) found->second.append(",").append(trimmed(value));
  }
  std::string lines;
  std::string names;
  for (const auto& [name, value] : headers) {
    lines.append(name).append(":").append(value).append("\n");
    if (!names.empty()) names += ';';
    names += name;
  }

  Signature out;
  out.path = uri_encode(request.path, true);
  out.query = canonical_query(request.query);
  out.canonical_request = request.method + "\n" + out.path + "\n" + out.query + "\n" + lines +
                          "\n" + names + "\n" + request.payload_sha256;
  const std::string date = amz_date(time);
  const std::string day = date.substr(0, 8);
  const std::string scope_text = day + "/" + scope.region + "/" + scope.service + "/aws4_request";
  out.string_to_sign = std::string(kAlgorithm) + "\n" + date + "\n" + scope_text + "\n" +
                       to_hex(as_text(crypto::sha256(out.canonical_request)));
  const std::string signature =
      to_hex(hmac(signing_key(credentials, day, scope), out.string_to_sign));
  out.authorization = std::string(kAlgorithm) + " Credential=" + credentials.access_key_id + "/" +
                      scope_text + ", SignedHeaders=" + names + ", Signature=" + signature;
  return out;
}

}  // namespace trailkeeper::s3
