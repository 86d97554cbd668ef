#pragma once

#include <array>
#include <bitset>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "event/event.h"

// Hiding what must not be stored: passwords, tokens, secrets, card numbers.
namespace trailkeeper::event {

inline constexpr std::string_view kMasked = "[masked]";

struct MaskRules {
  std::vector<std::string> fields{};       // the value becomes "[masked]"
  std::vector<std::string> drop_fields{};  // the member goes
  bool card_numbers = true;                // wherever they stand in a value
  bool operator==(const MaskRules&) const = default;
};

// Passwords, tokens, secrets, card numbers and their codes, by the names that they usually have.
MaskRules default_mask_rules();

// The name as it is compared: in lower case, without `_`, `-` and spaces, only what stands after
// the last `.`, `/`, `:` or `[`. So `apiKey`, `API-Key`, `user.api_key` and `user[api_key]` are one
// name. Empty when nothing is left or when it is longer than names may be (64 bytes).
std::string normal_field_name(std::string_view name);

// Looks through an event's metadata, that of its actor and targets, its changes (their field, or
// inside of before and after) and the query and fragment of context.url. A member named so is
// masked or dropped whatever it holds but null; card numbers are digits of the length, the first
// digits and the check digit (Luhn) of a payment card. Immutable, so from any thread; nothing is
// allocated when nothing matches.
class Masker {
 public:
  explicit Masker(const MaskRules& rules);

  // Whether it changed something.
  bool apply(Event& event) const;
  // `json` is one compact JSON value (as json::append writes it).
  bool mask_json(std::string& json) const;
  bool mask_url(std::string& url) const;

  enum class Verdict : std::uint8_t { keep, mask, drop };
  Verdict verdict(std::string_view name) const;

 private:
  struct Entry {
    std::string name;  // normal form
    Verdict verdict = Verdict::keep;
  };
  void add(const std::string& name, Verdict verdict);
  const Entry* find(std::string_view normal) const;

  bool finds_something(std::string_view json) const;
  std::string rewrite(std::string_view json) const;
  Verdict parameter_verdict(std::string_view name) const;
  bool parameters_hold_something(std::string_view parameters) const;
  void append_masked_parameters(std::string& out, std::string_view parameters) const;
  void mask_changes(std::vector<Change>& changes, bool& changed) const;

  std::vector<Entry> table_;   // open addressing; an empty name is a free place
  std::bitset<1025> endings_;  // of the names' last two bytes, to leave most keys at once
  std::size_t shortest_ = SIZE_MAX;
  bool card_numbers_;
};

// The first payment card number in the inside of a JSON string (escapes included): offset and
// length, or {npos, 0}.
struct Span {
  std::size_t offset = std::string_view::npos;
  std::size_t length = 0;
};
Span find_card_number(std::string_view text);

}  // namespace trailkeeper::event
