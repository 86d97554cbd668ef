#include "parser.h"

#include <simdjson.h>

#include <algorithm>
#include <cstring>

#include "json/scan.h"
#include "number.h"

namespace trailkeeper::json {
namespace {

constexpr std::size_t kPadding = 32;
constexpr std::size_t kTextMax = std::size_t{1} << 30;
// Larger objects are checked for equal keys by sorting, at their end.
constexpr std::uint32_t kSmallObject = 32;
// Memory kept for the next text, at most, unless that is large again.
constexpr std::size_t kKeepItems = std::size_t{1} << 16;
constexpr std::size_t kKeepBytes = std::size_t{1} << 20;

std::uint64_t key_bit(std::string_view key) {
  if (key.empty()) return 1;
  const auto first = static_cast<std::uint8_t>(key.front());
  const auto last = static_cast<std::uint8_t>(key.back());
  const std::uint32_t mixed = (first * 31u + last) * 37u + static_cast<std::uint32_t>(key.size());
  return std::uint64_t{1} << (mixed * 0x9e3779b1u >> 26);
}

}  // namespace

std::optional<Error> Parser::parse(std::string_view text, int depth_max) {
  items_.clear();
  open_.clear();
  error_.reset();
  current_ = 0;
  if (text.size() > kTextMax) {
    return Error{ErrorKind::too_large, "too_large", "A JSON text of more than 1 GiB is not read."};
  }
  depth_max_ = static_cast<std::size_t>(std::clamp(depth_max, 0, 1024));
  if (items_.capacity() > kKeepItems && text.size() < kKeepItems) items_ = {};
  suspect_ = !simdjson::validate_utf8(text.data(), text.size());
  take_copy(text);
  (void)parse_root();
  return std::move(error_);
}

// Zeros behind the text end every loop that looks for something, and let 16 bytes be read at once.
void Parser::take_copy(std::string_view text) {
  const std::size_t needed = text.size() + kPadding;
  if (capacity_ < needed || (capacity_ > kKeepBytes && needed < kKeepBytes)) {
    capacity_ = std::max<std::size_t>(needed + needed / 2, 4096);
    buffer_.reset(new char[capacity_]);
  }
  if (!text.empty()) std::memcpy(buffer_.get(), text.data(), text.size());
  std::memset(buffer_.get() + text.size(), 0, kPadding);
  at_ = buffer_.get();
  end_ = at_ + text.size();
}

bool Parser::parse_root() {
  if (std::string_view(at_, 3) == "\xef\xbb\xbf") {
    return fail_in_container("malformed_json", "A byte order mark is not allowed.");
  }
  skip_space();
  items_.emplace_back();
  if (!parse_value(0)) return false;
  skip_space();
  if (at_ != end_) return fail_in_container("malformed_json", "Something follows the value.");
  return true;
}

void Parser::skip_space() {
  while (*at_ == ' ' || *at_ == '\n' || *at_ == '\r' || *at_ == '\t') ++at_;
}

bool Parser::parse_value(std::uint32_t index) {
  current_ = index;
  switch (*at_) {
    case '{':
      return parse_object(index);
    case '[':
      return parse_array(index);
    case '"': {
      std::uint32_t at = 0;
      std::uint32_t size = 0;
      if (!parse_string(at, size)) return false;
      Item& item = items_[index];
      item.type = Type::string;
      item.text_at = at;
      item.text_size = size;
      item.next = index + 1;
      return true;
    }
    case 't':
      return parse_literal(index, "true", Type::boolean, true);
    case 'f':
      return parse_literal(index, "false", Type::boolean, false);
    case 'n':
      return parse_literal(index, "null", Type::null, false);
    default:
      return parse_number(index);
  }
}

bool Parser::open(std::uint32_t index) {
  if (open_.size() >= depth_max_) {
    return fail("too_deep", "Arrays and objects are nested too deeply.");
  }
  open_.push_back(index);
  ++at_;
  skip_space();
  return true;
}

void Parser::close(std::uint32_t index) {
  ++at_;
  open_.pop_back();
  items_[index].next = static_cast<std::uint32_t>(items_.size());
}

std::uint32_t Parser::add_child(std::uint32_t parent) {
  ++items_[parent].count;
  items_.emplace_back();
  return static_cast<std::uint32_t>(items_.size() - 1);
}

bool Parser::parse_object(std::uint32_t index) {
  items_[index].type = Type::object;
  if (!open(index)) return false;
  std::uint64_t seen = 0;
  if (*at_ != '}') {
    while (true) {
      if (!parse_member(index, seen)) return false;
      skip_space();
      if (*at_ == '}') break;
      if (*at_ != ',') return malformed("A comma or the end of the object is missing.");
      ++at_;
      skip_space();
    }
  }
  if (items_[index].count > kSmallObject && !check_duplicates_sorted(index)) return false;
  close(index);
  return true;
}

bool Parser::parse_member(std::uint32_t parent, std::uint64_t& seen) {
  if (*at_ != '"') return malformed("A member's name is missing.");
  current_ = parent;
  std::uint32_t at = 0;
  std::uint32_t size = 0;
  if (!parse_string(at, size)) return false;
  const std::uint32_t member = add_child(parent);
  items_[member].key_at = at;
  items_[member].key_size = size;
  if (items_[parent].count <= kSmallObject && !check_duplicate(parent, member, seen)) return false;
  skip_space();
  if (*at_ != ':') return malformed("A colon is missing.");
  ++at_;
  skip_space();
  return parse_value(member);
}

bool Parser::parse_array(std::uint32_t index) {
  items_[index].type = Type::array;
  if (!open(index)) return false;
  if (*at_ != ']') {
    while (true) {
      if (!parse_value(add_child(index))) return false;
      skip_space();
      if (*at_ == ']') break;
      if (*at_ != ',') return malformed("A comma or the end of the array is missing.");
      ++at_;
      skip_space();
    }
  }
  close(index);
  return true;
}

bool Parser::parse_literal(std::uint32_t index, std::string_view word, Type type, bool boolean) {
  if (std::memcmp(at_, word.data(), word.size()) != 0)
    return fail("malformed_json", "Not a JSON value.");
  at_ += word.size();
  items_[index].type = type;
  items_[index].boolean = boolean;
  items_[index].next = index + 1;
  return true;
}

bool Parser::parse_number(std::uint32_t index) {
  const auto is_digit = [](char c) { return c >= '0' && c <= '9'; };
  const char* const start = at_;
  if (*at_ == '-') ++at_;
  if (!is_digit(*at_)) {
    return fail("malformed_json", at_ == end_ ? "A value is missing." : "Not a JSON value.");
  }
  if (*at_ == '0') {
    ++at_;
  } else {
    while (is_digit(*at_)) ++at_;
  }
  bool doubtful = at_ - start > 300;
  if (*at_ == '.') {
    ++at_;
    if (!is_digit(*at_)) return fail("malformed_json", "Digits are missing after the point.");
    while (is_digit(*at_)) ++at_;
  }
  if (*at_ == 'e' || *at_ == 'E') {
    doubtful = true;
    ++at_;
    if (*at_ == '+' || *at_ == '-') ++at_;
    if (!is_digit(*at_)) return fail("malformed_json", "Digits are missing in the exponent.");
    while (is_digit(*at_)) ++at_;
  }
  const auto size = static_cast<std::uint32_t>(at_ - start);
  if (doubtful && is_beyond_double({start, size})) {
    return fail("number_out_of_range", "The number is larger than any double.");
  }
  Item& item = items_[index];
  item.type = Type::number;
  item.text_at = offset(start);
  item.text_size = size;
  item.next = index + 1;
  return true;
}

bool Parser::check_duplicate(std::uint32_t parent, std::uint32_t member, std::uint64_t& seen) {
  const std::string_view name = key(items_[member]);
  const std::uint64_t bit = key_bit(name);
  if ((seen & bit) != 0) {
    for (std::uint32_t other = parent + 1; other != member; other = items_[other].next) {
      if (key(items_[other]) != name) continue;
      current_ = member;
      return fail("duplicate_key", "The object has two members of this name.");
    }
  }
  seen |= bit;
  return true;
}

bool Parser::check_duplicates_sorted(std::uint32_t parent) {
  sorted_.clear();
  const auto end = static_cast<std::uint32_t>(items_.size());
  for (std::uint32_t i = parent + 1; i != end; i = items_[i].next) sorted_.push_back(i);
  std::sort(sorted_.begin(), sorted_.end(), [this](std::uint32_t a, std::uint32_t b) {
    const Item& x = items_[a];
    const Item& y = items_[b];
    if (x.key_size != y.key_size) return x.key_size < y.key_size;
    return key(x) < key(y);
  });
  const auto equal = [this](std::uint32_t a, std::uint32_t b) {
    return key(items_[a]) == key(items_[b]);
  };
  const auto found = std::adjacent_find(sorted_.begin(), sorted_.end(), equal);
  if (found == sorted_.end()) return true;
  current_ = std::max(found[0], found[1]);
  return fail("duplicate_key", "The object has two members of this name.");
}

bool Parser::malformed(const char* detail) { return fail_in_container("malformed_json", detail); }

bool Parser::fail_in_container(const char* code, const char* detail) {
  current_ = open_.empty() ? 0 : open_.back();
  return fail(code, detail);
}

bool Parser::fail(const char* code, const char* detail) {
  // The place of a NUL or of a wrong byte says more than "a comma is missing" would.
  if (suspect_ && at_ < end_ && static_cast<std::uint8_t>(*at_) >= 0x80) {
    code = "invalid_utf8";
    detail = "The text is not valid UTF-8.";
  }
  const std::string place = " (at byte " + std::to_string(offset(at_)) + ")";
  Error error{ErrorKind::invalid, code, detail + place};
  const bool in_container = !open_.empty() && open_.back() == current_;
  error.fields.push_back(
      {path_to(in_container ? std::nullopt : std::optional(current_)), code, detail});
  error_ = std::move(error);
  return false;
}

// Of the containers that are open, and of `last`, a child of the innermost, if given.
std::string Parser::path_to(std::optional<std::uint32_t> last) const {
  std::string path;
  for (std::size_t i = 1; i < open_.size(); ++i) path = step(path, open_[i - 1], open_[i]);
  if (last && !open_.empty()) path = step(path, open_.back(), *last);
  return path;
}

// REQUIRES: `child` is in an object, or the last one of its array.
std::string Parser::step(std::string_view base, std::uint32_t parent, std::uint32_t child) const {
  if (items_[parent].type == Type::object) return pointer(base, key(items_[child]));
  return pointer(base, std::size_t{items_[parent].count} - 1);
}

}  // namespace trailkeeper::json
