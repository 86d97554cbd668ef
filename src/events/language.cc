#include "events/language.h"

#include <algorithm>
#include <array>

#include "base/ascii.h"
#include "base/ids.h"

namespace trailkeeper::events {
namespace {

struct FieldRow {
  std::string_view name;
  Field field;
};

constexpr std::array<FieldRow, 16> kFields{{
    {"actor", Field::actor},
    {"name", Field::name},
    {"email", Field::email},
    {"action", Field::action},
    {"area", Field::area},
    {"application", Field::application},
    {"target", Field::target},
    {"category", Field::category},
    {"outcome", Field::outcome},
    {"crud", Field::crud},
    {"ip", Field::ip},
    {"status", Field::status},
    {"request", Field::request},
    {"session", Field::session},
    {"id", Field::id},
    {"is", Field::is},
}};

bool is_space(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }

// Bytes of the character that begins `text`, 0 when it is no UTF-8 (RFC 3629).
std::size_t character_bytes(std::string_view text) {
  const auto byte = [&](std::size_t i) {
    return i < text.size() ? static_cast<unsigned char>(text[i]) : 0u;
  };
  const auto follows = [&](std::size_t i) { return (byte(i) & 0xC0u) == 0x80u; };
  const unsigned first = byte(0);
  if (first < 0x80) return 1;
  if (first >= 0xC2 && first <= 0xDF) return follows(1) ? 2 : 0;
  if ((first & 0xF0) == 0xE0) {
    const bool overlong = first == 0xE0 && byte(1) < 0xA0;
    const bool surrogate = first == 0xED && byte(1) >= 0xA0;
    return follows(1) && follows(2) && !overlong && !surrogate ? 3 : 0;
  }
  if (first < 0xF0 || first > 0xF4) return 0;
  const bool overlong = first == 0xF0 && byte(1) < 0x90;
  const bool beyond = first == 0xF4 && byte(1) >= 0x90;
  return follows(1) && follows(2) && follows(3) && !overlong && !beyond ? 4 : 0;
}

std::string listed(const std::vector<std::string_view>& choices) {
  std::string out;
  for (const std::string_view choice : choices) out.append(out.empty() ? "" : ", ").append(choice);
  return out;
}

// What is wrong, and at which byte.
struct Fault {
  std::size_t at;
  std::string code;
  std::string detail;
};

class Parser {
 public:
  explicit Parser(std::string_view text) : text_(text) {}

  // Empty when all went well.
  std::optional<Fault> parse(std::vector<Term>& terms) {
    check_characters();
    while (!fault_) {
      skip_space();
      if (at_ == text_.size()) break;
      if (terms.size() == kTermsMax) {
        refuse(at_, "too_many", "At most 40 conditions are allowed.");
        break;
      }
      term(terms.emplace_back());
    }
    return fault_;
  }

 private:
  void refuse(std::size_t at, std::string code, std::string detail) {
    if (!fault_) fault_ = Fault{at, std::move(code), std::move(detail)};
  }

  void check_characters() {
    if (text_.size() > kQueryBytesMax)
      return refuse(0, "too_long", "At most 2,048 bytes are allowed.");
    for (std::size_t at = 0; at < text_.size();) {
      const std::size_t bytes = character_bytes(text_.substr(at));
      if (bytes == 0 || text_[at] == '\0')
        return refuse(at, "invalid_text", "This is no UTF-8 text.");
      at += bytes;
    }
  }

  bool ended() const { return at_ == text_.size() || is_space(text_[at_]); }
  bool next_is(char c) const { return at_ < text_.size() && text_[at_] == c; }
  void skip_space() {
    while (at_ < text_.size() && is_space(text_[at_])) ++at_;
  }

  void term(Term& term) {
    const std::size_t start = at_;
    if (next_is('-')) {
      term.none = true;
      ++at_;
      if (ended()) return refuse(start, "missing_value", "A minus has to stand before something.");
    }
    if (next_is('"')) {
      text_term(term, quoted());
    } else if (const auto field = field_here()) {
      term.field = *field;
      values(term);
    } else if (!fault_) {
      text_term(term, word());
    }
    if (!fault_ && !ended())
      refuse(at_, "invalid_text", "After the closing quote a space has to come.");
  }

  // The field named here, with its colon behind us; empty when a plain word begins.
  std::optional<Field> field_here() {
    std::size_t end = at_;
    const auto letter = [](char c) {
      return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
    };
    while (end < text_.size() && letter(text_[end])) ++end;
    if (end == at_ || end == text_.size() || text_[end] != ':') return std::nullopt;
    const std::string_view name = text_.substr(at_, end - at_);
    const auto field = find_field(name);
    if (!field) {
      refuse(at_, "unknown_field",
             "There is no field '" + std::string(name) +
                 "'. To search for these words, put them into quotes.");
      return std::nullopt;
    }
    at_ = end + 1;
    return field;
  }

  void text_term(Term& term, std::string text) {
    if (fault_) return;
    term.any_of.push_back({std::move(text), false});
  }

  std::string word() {
    const std::size_t start = at_;
    while (!ended()) ++at_;
    const std::string_view text = text_.substr(start, at_ - start);
    if (text == "AND" || text == "OR" || text == "NOT") {
      refuse(start, "no_operator",
             "All conditions hold together; any of several values is field:a,b and none is "
             "-field:a. To search for the word, put it into quotes.");
    }
    return checked(start, std::string(text));
  }

  std::string checked(std::size_t at, std::string value) {
    if (value.empty()) refuse(at, "missing_value", "A value is missing here.");
    if (value.size() > kValueBytesMax) refuse(at, "too_long", "A value has at most 256 bytes.");
    return value;
  }

  std::string quoted() {
    const std::size_t start = at_++;
    std::string value;
    while (at_ < text_.size() && text_[at_] != '"') {
      if (text_[at_] == '\\' && at_ + 1 < text_.size()) ++at_;
      value += text_[at_++];
    }
    if (at_ == text_.size()) {
      refuse(start, "open_quote", "This quote is not closed.");
    } else {
      ++at_;
    }
    return checked(start, std::move(value));
  }

  void values(Term& term) {
    for (;;) {
      const std::size_t start = at_;
      if (term.any_of.size() == kValuesMax)
        return refuse(start, "too_many", "At most 50 values are allowed.");
      Wanted wanted;
      if (next_is('=')) {
        wanted.whole = true;
        ++at_;
      }
      const bool in_quotes = next_is('"');
      wanted.text = in_quotes ? quoted() : bare(start);
      if (fault_) return;
      settle(term.field, wanted, start);
      if (fault_) return;
      term.any_of.push_back(std::move(wanted));
      if (!next_is(',')) return;
      ++at_;
    }
  }

  std::string bare(std::size_t start) {
    const std::size_t from = at_;
    while (!ended() && text_[at_] != ',') ++at_;
    return checked(start, std::string(text_.substr(from, at_ - from)));
  }

  // What a value means in its field.
  void settle(Field field, Wanted& wanted, std::size_t at) {
    switch (field) {
      case Field::category:
      case Field::outcome:
      case Field::crud:
      case Field::is:
        return choice(field, wanted, at);
      case Field::status:
        return status(wanted, at);
      case Field::ip:
        return address(wanted, at);
      case Field::id:
        return entry_id(wanted, at);
      case Field::request:
      case Field::session:
        wanted.whole = true;
        return;
      default:
        return;
    }
  }

  void choice(Field field, Wanted& wanted, std::size_t at) {
    std::string value = lower_ascii(wanted.text);
    if (field == Field::is && value == "unauthorized") value = kUnauthorised;
    const auto& choices = choices_of(field);
    if (std::ranges::find(choices, value) == choices.end()) {
      return refuse(at, "not_a_choice",
                    "'" + std::string(field_name(field)) + "' is one of: " + listed(choices) + ".");
    }
    wanted = {std::move(value), true};
  }

  // 404, or 4xx.
  void status(Wanted& wanted, std::size_t at) {
    const std::string value = lower_ascii(wanted.text);
    const auto digit = [](char c) { return c >= '0' && c <= '9'; };
    const bool good = value.size() == 3 && value[0] >= '1' && value[0] <= '5';
    if (good && value.substr(1) == "xx" && !wanted.whole) {
      wanted = {value.substr(0, 1), false};
    } else if (good && digit(value[1]) && digit(value[2])) {
      wanted = {value, true};
    } else {
      refuse(at, "out_of_range", "A status is a number from 100 to 599, or such as 4xx.");
    }
  }

  // An address, or how it begins: 10.1.*
  void address(Wanted& wanted, std::size_t at) {
    wanted.text = lower_ascii(wanted.text);
    if (wanted.whole) return;
    wanted.whole = true;
    if (!wanted.text.ends_with('*')) return;
    wanted.text.pop_back();
    wanted.whole = false;
    if (wanted.text.empty())
      refuse(at, "missing_value", "Before the star the address has to begin.");
  }

  void entry_id(Wanted& wanted, std::size_t at) {
    const auto id = Uuid::parse(wanted.text);
    if (!id) return refuse(at, "invalid_id", "This is no id of an entry.");
    wanted = {id->str(), true};
  }

  const std::string_view text_;
  std::size_t at_ = 0;
  std::optional<Fault> fault_{};
};

std::size_t character_at(std::string_view text, std::size_t byte) {
  std::size_t count = 1;
  for (std::size_t at = 0; at < byte && at < text.size();) {
    at += std::max<std::size_t>(1, character_bytes(text.substr(at)));
    ++count;
  }
  return count;
}

std::string in_quotes(std::string_view text) {
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') out += '\\';
    out += c;
  }
  return out + '"';
}

std::string write_value(Field field, const Wanted& wanted) {
  switch (field) {
    case Field::category:
    case Field::outcome:
    case Field::crud:
    case Field::is:
    case Field::id:
      return wanted.text;
    case Field::status:
      return wanted.whole ? wanted.text : wanted.text + "xx";
    case Field::ip:
      return wanted.whole ? "=" + in_quotes(wanted.text) : in_quotes(wanted.text + "*");
    case Field::text:
      return in_quotes(wanted.text);
    default:
      return (wanted.whole ? "=" : "") + in_quotes(wanted.text);
  }
}

}  // namespace

Result<std::vector<Term>> parse_terms(std::string_view text, std::string_view pointer) {
  std::vector<Term> terms;
  const auto fault = Parser(text).parse(terms);
  if (!fault) return terms;
  const std::string detail =
      "At character " + std::to_string(character_at(text, fault->at)) + ": " + fault->detail;
  return Error{ErrorKind::invalid,
               "invalid_query",
               "The search cannot be read. " + detail,
               {{std::string(pointer), fault->code, detail}}};
}

Result<> set_query(Filter& filter, std::string_view text, std::string_view pointer) {
  filter.terms = TRY(parse_terms(text, pointer));
  filter.query = text;
  return {};
}

std::string write_terms(const std::vector<Term>& terms) {
  std::string out;
  for (const Term& term : terms) {
    if (!out.empty()) out += ' ';
    if (term.none) out += '-';
    if (term.field != Field::text) out.append(field_name(term.field)).append(":");
    for (const Wanted& wanted : term.any_of) {
      if (&wanted != &term.any_of.front()) out += ',';
      out += write_value(term.field, wanted);
    }
  }
  return out;
}

std::string_view field_name(Field field) {
  for (const FieldRow& row : kFields) {
    if (row.field == field) return row.name;
  }
  return "text";
}

std::optional<Field> find_field(std::string_view name) {
  const std::string wanted = lower_ascii(name);
  for (const FieldRow& row : kFields) {
    if (row.name == wanted) return row.field;
  }
  return std::nullopt;
}

const std::vector<std::string_view>& choices_of(Field field) {
  static const std::vector<std::string_view> categories{
      "authentication", "data", "permission", "configuration", "export", "error", "other"};
  static const std::vector<std::string_view> outcomes{"success", "failure", "unknown"};
  static const std::vector<std::string_view> cruds{"create", "read", "update", "delete", "none"};
  static const std::vector<std::string_view> signs{kUnauthorised, kCriticalChange, kUnusualSource};
  static const std::vector<std::string_view> none;
  switch (field) {
    case Field::category:
      return categories;
    case Field::outcome:
      return outcomes;
    case Field::crud:
      return cruds;
    case Field::is:
      return signs;
    default:
      return none;
  }
}

}  // namespace trailkeeper::events
