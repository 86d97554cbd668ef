#include "event/mask.h"

#include <algorithm>
#include <cstring>

#include "base/ascii.h"

namespace trailkeeper::event {
namespace {

constexpr std::size_t kNameBytesMax = 64;
constexpr std::size_t kCardDigitsMin = 13;

constexpr std::string_view kMaskedJson = "\"[masked]\"";

bool is_filler(char c) { return c == '_' || c == '-' || c == ' '; }
bool is_digit(char c) { return static_cast<unsigned char>(c - '0') < 10; }

std::string_view last_segment(std::string_view name) {
  if (name.ends_with(']')) name.remove_suffix(1);
  const std::size_t border = name.find_last_of("./:[");
  return border == std::string_view::npos ? name : name.substr(border + 1);
}

// The normal form in a buffer of the caller; empty when it is too long.
std::string_view normalize(std::string_view name, std::array<char, kNameBytesMax>& buffer) {
  std::size_t size = 0;
  for (const char c : name) {
    if (is_filler(c)) continue;
    if (size == buffer.size()) return {};
    buffer[size++] = lower_ascii(c);
  }
  return {buffer.data(), size};
}

// A number for the last two bytes of a name's normal form. A name that ends in something else than
// letters and digits, or has one byte, has number 0: it is always looked at more closely.
std::size_t ending(std::string_view name) {
  if (name.size() < 2) return 0;
  const char last = lower_ascii(name[name.size() - 1]);
  const char before = lower_ascii(name[name.size() - 2]);
  const auto is_plain = [](char c) { return is_digit(c) || (c >= 'a' && c <= 'z'); };
  if (!is_plain(last) || !is_plain(before)) return 0;
  return 1 + ((static_cast<unsigned char>(last) * 31u + static_cast<unsigned char>(before)) & 1023);
}

std::size_t hash_of(std::string_view text) {
  std::uint64_t hash = 14695981039346656037ull;  // FNV-1a
  for (const char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * 1099511628211ull;
  return static_cast<std::size_t>(hash ^ (hash >> 32));
}

// The closing quote of the string whose inside begins at `at`. Well-formed text has one.
std::size_t end_of_string(std::string_view json, std::size_t at) {
  for (std::size_t from = at;;) {
    const void* found = std::memchr(json.data() + from, '"', json.size() - from);
    if (found == nullptr) return json.size();
    const std::size_t quote =
        static_cast<std::size_t>(static_cast<const char*>(found) - json.data());
    std::size_t slashes = 0;
    while (quote - slashes > at && json[quote - slashes - 1] == '\\') ++slashes;
    if (slashes % 2 == 0) return quote;
    from = quote + 1;
  }
}

// One past the value that begins at `at`.
std::size_t end_of_value(std::string_view json, std::size_t at) {
  int depth = 0;
  while (at < json.size()) {
    const char c = json[at];
    if (c == '"') {
      at = std::min(json.size(), end_of_string(json, at + 1) + 1);
      if (depth == 0) return at;
      continue;
    }
    if (c == '{' || c == '[') {
      ++depth;
    } else if (c == '}' || c == ']') {
      if (depth == 0) return at;  // of what the value stands in
      if (--depth == 0) return at + 1;
    } else if (c == ',' && depth == 0) {
      return at;
    }
    ++at;
  }
  return at;
}

std::size_t end_of_digits(std::string_view json, std::size_t at) {
  while (at < json.size() && is_digit(json[at])) ++at;
  return at;
}

bool is_card_byte(char c) { return is_digit(c) || c == ' ' || c == '-'; }

// A card number is at least 13 bytes of digits and separators in a row, so one look at every 13th
// byte finds it.
bool may_hold_card(std::string_view text) {
  std::size_t at = kCardDigitsMin - 1;
  while (at < text.size()) {
    if (!is_card_byte(text[at])) {
      at += kCardDigitsMin;
      continue;
    }
    std::size_t begin = at;
    std::size_t end = at + 1;
    while (begin > 0 && is_card_byte(text[begin - 1])) --begin;
    while (end < text.size() && is_card_byte(text[end])) ++end;
    if (end - begin >= kCardDigitsMin && find_card_number(text).length > 0) return true;
    at = end + kCardDigitsMin;
  }
  return false;
}

// Digits that are a whole number and a card's.
bool is_card(std::string_view json, std::size_t start, std::size_t end) {
  if (end - start < kCardDigitsMin) return false;
  if (start > 0 && (json[start - 1] == '-' || json[start - 1] == '.')) return false;
  if (end < json.size() && (json[end] == '.' || (json[end] | 0x20) == 'e')) return false;
  return find_card_number(json.substr(start, end - start)).length == end - start;
}

// `text` with its card numbers masked.
void append_without_cards(std::string& out, std::string_view text) {
  for (Span span = find_card_number(text); span.length > 0; span = find_card_number(text)) {
    out.append(text.substr(0, span.offset)).append(kMasked);
    text.remove_prefix(span.offset + span.length);
  }
  out.append(text);
}

std::string percent_decoded(std::string_view text) {
  const auto digit = [](char c) {
    if (is_digit(c)) return c - '0';
    const char l = lower_ascii(c);
    return l >= 'a' && l <= 'f' ? l - 'a' + 10 : -1;
  };
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool escaped =
        text[i] == '%' && i + 2 < text.size() && digit(text[i + 1]) >= 0 && digit(text[i + 2]) >= 0;
    if (!escaped) {
      out += text[i] == '+' ? ' ' : text[i];
      continue;
    }
    out += static_cast<char>(digit(text[i + 1]) * 16 + digit(text[i + 2]));
    i += 2;
  }
  return out;
}

}  // namespace

MaskRules default_mask_rules() {
  return {.fields = {"password",
                     "passwd",
                     "pwd",
                     "passphrase",
                     "old_password",
                     "new_password",
                     "current_password",
                     "password_confirmation",
                     "password_hash",
                     "secret",
                     "client_secret",
                     "secret_key",
                     "secret_access_key",
                     "private_key",
                     "token",
                     "access_token",
                     "refresh_token",
                     "id_token",
                     "auth_token",
                     "session_token",
                     "bearer_token",
                     "reset_token",
                     "csrf_token",
                     "api_key",
                     "api_token",
                     "api_secret",
                     "authorization",
                     "proxy_authorization",
                     "cookie",
                     "set_cookie",
                     "credentials",
                     "otp",
                     "totp_secret",
                     "recovery_code",
                     "card_number",
                     "credit_card",
                     "credit_card_number",
                     "cc_number",
                     "cvv",
                     "cvc",
                     "cvv2"}};
}

std::string normal_field_name(std::string_view name) {
  std::array<char, kNameBytesMax> buffer;
  return std::string(normalize(last_segment(name), buffer));
}

Masker::Masker(const MaskRules& rules) : card_numbers_(rules.card_numbers) {
  const std::size_t names = rules.fields.size() + rules.drop_fields.size();
  std::size_t places = 16;
  while (places < names * 4) places *= 2;
  table_.resize(places);
  endings_.set(0);
  for (const std::string& name : rules.drop_fields) add(normal_field_name(name), Verdict::drop);
  for (const std::string& name : rules.fields) add(normal_field_name(name), Verdict::mask);
}

void Masker::add(const std::string& name, Verdict verdict) {
  if (name.empty() || find(name) != nullptr) return;
  std::size_t place = hash_of(name) & (table_.size() - 1);
  while (!table_[place].name.empty()) place = (place + 1) & (table_.size() - 1);
  table_[place] = {name, verdict};
  endings_.set(ending(name));
  shortest_ = std::min(shortest_, name.size());
}

const Masker::Entry* Masker::find(std::string_view normal) const {
  for (std::size_t place = hash_of(normal);; ++place) {
    const Entry& entry = table_[place & (table_.size() - 1)];
    if (entry.name.empty()) return nullptr;
    if (entry.name == normal) return &entry;
  }
}

Masker::Verdict Masker::verdict(std::string_view name) const {
  if (name.size() < shortest_ || !endings_.test(ending(name))) return Verdict::keep;
  std::array<char, kNameBytesMax> buffer;
  const std::string_view normal = normalize(last_segment(name), buffer);
  if (normal.empty()) return Verdict::keep;
  const Entry* entry = find(normal);
  return entry == nullptr ? Verdict::keep : entry->verdict;
}

// In compact JSON a string is a member's name exactly when a colon follows it.
bool Masker::finds_something(std::string_view json) const {
  std::size_t at = 0;
  while (at < json.size()) {
    const char c = json[at];
    if (c == '"') {
      const std::size_t end = end_of_string(json, at + 1);
      const std::string_view text = json.substr(at + 1, end - at - 1);
      if (end + 1 < json.size() && json[end + 1] == ':') {
        const Verdict found = verdict(text);
        if (found == Verdict::drop) return true;
        if (found == Verdict::mask && !json.substr(end + 2).starts_with("null")) return true;
      } else if (card_numbers_ && may_hold_card(text)) {
        return true;
      }
      at = end + 1;
    } else if (is_digit(c)) {
      const std::size_t end = end_of_digits(json, at);
      if (card_numbers_ && is_card(json, at, end)) return true;
      at = end;
    } else {
      ++at;
    }
  }
  return false;
}

std::string Masker::rewrite(std::string_view json) const {
  std::string out;
  out.reserve(json.size() + kMaskedJson.size());
  std::size_t at = 0;
  while (at < json.size()) {
    const char c = json[at];
    if (is_digit(c)) {
      const std::size_t end = end_of_digits(json, at);
      const bool card = card_numbers_ && is_card(json, at, end);
      out.append(card ? kMaskedJson : json.substr(at, end - at));
      at = end;
      continue;
    }
    if (c != '"') {
      out += c;
      ++at;
      continue;
    }
    const std::size_t end = end_of_string(json, at + 1);
    const std::string_view text = json.substr(at + 1, end - at - 1);
    const bool is_name = end + 1 < json.size() && json[end + 1] == ':';
    const Verdict verdict = is_name ? this->verdict(text) : Verdict::keep;
    if (verdict == Verdict::drop) {
      at = end_of_value(json, end + 2);
      if (at < json.size() && json[at] == ',') {
        ++at;
      } else if (out.ends_with(',')) {
        out.pop_back();
      }
      continue;
    }
    out += '"';
    if (is_name || !card_numbers_) {
      out.append(text);
    } else {
      append_without_cards(out, text);
    }
    out += '"';
    at = end + 1;
    if (verdict == Verdict::mask && !json.substr(at + 1).starts_with("null")) {
      out.append(":").append(kMaskedJson);
      at = end_of_value(json, at + 1);
    }
  }
  return out;
}

bool Masker::mask_json(std::string& json) const {
  if (!finds_something(json)) return false;
  json = rewrite(json);
  return true;
}

Masker::Verdict Masker::parameter_verdict(std::string_view name) const {
  if (name.find_first_of("%+") == std::string_view::npos) return verdict(name);
  return verdict(percent_decoded(name));
}

bool Masker::parameters_hold_something(std::string_view parameters) const {
  if (card_numbers_ && may_hold_card(parameters)) return true;
  while (!parameters.empty()) {
    const std::size_t end = std::min(parameters.find_first_of("&?#"), parameters.size());
    const std::string_view one = parameters.substr(0, end);
    if (parameter_verdict(one.substr(0, one.find('='))) != Verdict::keep) return true;
    parameters.remove_prefix(std::min(parameters.size(), end + 1));
  }
  return false;
}

void Masker::append_masked_parameters(std::string& out, std::string_view parameters) const {
  bool first = true;
  while (!parameters.empty()) {
    const std::string_view one = parameters.substr(0, parameters.find('&'));
    parameters.remove_prefix(std::min(parameters.size(), one.size() + 1));
    const std::size_t equals = std::min(one.find('='), one.size());
    const Verdict verdict = parameter_verdict(one.substr(0, equals));
    if (verdict == Verdict::drop) continue;
    if (!first) out += '&';
    first = false;
    if (verdict == Verdict::mask && equals < one.size()) {
      out.append(one.substr(0, equals + 1)).append(kMasked);
    } else if (card_numbers_) {
      append_without_cards(out, one);
    } else {
      out.append(one);
    }
  }
}

bool Masker::mask_url(std::string& url) const {
  const std::size_t query = url.find_first_of("?#");
  if (query == std::string::npos) return false;
  std::string_view rest(url);
  if (!parameters_hold_something(rest.substr(query + 1))) return false;
  std::string out(rest.substr(0, query));
  rest.remove_prefix(query);
  // The query, then the fragment, in which single-page sign-ins bring tokens.
  while (!rest.empty()) {
    const char mark = rest.front();
    rest.remove_prefix(1);
    const std::size_t end = mark == '?' ? std::min(rest.find('#'), rest.size()) : rest.size();
    out += mark;
    append_masked_parameters(out, rest.substr(0, end));
    rest.remove_prefix(end);
  }
  if (out == url) return false;
  url = std::move(out);
  return true;
}

void Masker::mask_changes(std::vector<Change>& changes, bool& changed) const {
  const std::size_t before = changes.size();
  std::erase_if(changes,
                [&](const Change& change) { return verdict(change.field) == Verdict::drop; });
  changed |= changes.size() != before;
  for (Change& change : changes) {
    const bool whole = verdict(change.field) == Verdict::mask;
    for (Json* value : {&change.before, &change.after}) {
      if (!*value) continue;
      if (!whole) {
        changed |= mask_json(**value);
      } else if (**value != "null") {
        **value = kMaskedJson;
        changed = true;
      }
    }
  }
}

bool Masker::apply(Event& event) const {
  bool changed = false;
  if (event.metadata) changed |= mask_json(*event.metadata);
  if (event.actor.metadata) changed |= mask_json(*event.actor.metadata);
  if (event.targets) {
    for (Target& target : *event.targets) {
      if (target.metadata) changed |= mask_json(*target.metadata);
    }
  }
  if (event.changes) mask_changes(*event.changes, changed);
  if (event.context && event.context->url) changed |= mask_url(*event.context->url);
  return changed;
}

}  // namespace trailkeeper::event
