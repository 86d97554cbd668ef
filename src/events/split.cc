#include "split.h"

#include <algorithm>
#include <bit>
#include <charconv>
#include <cstring>

#include "base/bytes.h"

namespace trailkeeper::events {
namespace {

constexpr std::size_t kTimeSize = 27;  // 2026-11-22T14:02:58.420017Z
constexpr std::size_t kUuidSize = 36;
constexpr std::size_t kNonceSize = 22;

static_assert(std::endian::native == std::endian::little, "the first byte is the lowest");

// The first quote or backslash; eight bytes at a time, inline, because most texts are short.
const char* find_special(const char* from, const char* end) {
  constexpr std::uint64_t kOnes = 0x0101010101010101, kHighs = 0x8080808080808080;
  for (; end - from >= 8; from += 8) {
    std::uint64_t word;
    std::memcpy(&word, from, sizeof word);
    const std::uint64_t quotes = word ^ (kOnes * '"'), backslashes = word ^ (kOnes * '\\');
    const std::uint64_t found =
        (((quotes - kOnes) & ~quotes) | ((backslashes - kOnes) & ~backslashes)) & kHighs;
    if (found != 0) return from + std::countr_zero(found) / 8;
  }
  while (from != end && *from != '"' && *from != '\\') ++from;
  return from;
}

int hex_value(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  return c >= 'a' && c <= 'f' ? c - 'a' + 10 : 0;
}

// The inside of a JSON string without its escapes. Only those that a record has: of others, nothing
// sensible becomes, which comparing shows.
void append_unescaped(std::string& out, std::string_view text) {
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '\\' || i + 1 == text.size()) {
      out += text[i];
      continue;
    }
    switch (const char c = text[++i]) {
      case 'b':
        out += '\b';
        break;
      case 'f':
        out += '\f';
        break;
      case 'n':
        out += '\n';
        break;
      case 'r':
        out += '\r';
        break;
      case 't':
        out += '\t';
        break;
      case 'u':
        if (i + 4 < text.size()) {
          out += static_cast<char>(hex_value(text[i + 3]) * 16 + hex_value(text[i + 4]));
          i += 4;
        }
        break;
      default:
        out += c;
    }
  }
}

}  // namespace

bool RecordSplitter::split(std::string_view record, RowColumns& out) {
  record_ = record;
  at_ = copied_ = next_ = 0;
  out_ = &out;
  out.texts.fill({});
  out.http_status = 0;
  out.targets.clear();
  rest_.clear();
  texts_.clear();
  // Each text is copied once at most, with a letter; so what points into it stays.
  texts_.reserve(record.size() * 2);
  if (!head() || !object(Parent::record) || at_ != record.size()) return false;
  rest_.append(record_.substr(copied_));
  out.rest = rest_;
  return true;
}

// Up to organization_id, whose comma goes on.
bool RecordSplitter::head() {
  if (!expect("{\"v\":1,\"seq\":")) return false;
  const char* const digits = record_.data() + at_;
  const auto read = std::from_chars(digits, record_.data() + record_.size(), out_->seq.value);
  if (read.ec != std::errc()) return false;
  at_ += static_cast<std::size_t>(read.ptr - digits);
  if (!expect(",\"received_at\":\"")) return false;
  const auto received_at = parse_rfc3339(take(kTimeSize));
  if (!received_at || !expect("\",\"id\":\"")) return false;
  const auto id = Uuid::parse(take(kUuidSize));
  if (!id || !expect("\",\"nonce\":\"")) return false;
  const auto nonce = from_base64url(take(kNonceSize));
  if (!nonce || nonce->size() != out_->nonce.size()) return false;
  if (!expect("\",\"organization_id\":")) return false;
  bool escaped = false;
  if (!string(out_->org, escaped) || escaped) return false;
  out_->received_at = out_->occurred_at = *received_at;
  out_->id = *id;
  std::copy(nonce->begin(), nonce->end(), out_->nonce.begin());
  cut(0, kHeadMark);
  return true;
}

// The members of an object whose brace, or first members, were taken; with its closing brace.
bool RecordSplitter::object(Parent parent) {
  for (;;) {
    if (peek('}')) return ++at_, true;
    if (peek(',')) ++at_;
    const std::size_t start = at_;
    std::string_view key;
    bool escaped = false;
    if (!string(key, escaped) || !expect(":") || !member(parent, start, key)) return false;
  }
}

bool RecordSplitter::member(Parent parent, std::size_t start, std::string_view key) {
  // They come in that order, so the next one is mostly the one after the last.
  std::size_t column = next_;
  for (std::size_t i = 0; i < kTextMembers.size(); ++i) {
    const TextMember& known = kTextMembers[column];
    if (known.parent == parent && known.key == key) return text(start, column);
    column = column + 1 < kTextMembers.size() ? column + 1 : 0;
  }
  if (parent != Parent::record) return skip_value();
  if (key == "occurred_at") return occurred_at(start);
  if (key == "http_status") return http_status(start);
  if (key == "targets") return targets();
  if (!peek('{') || (key != "actor" && key != "context")) return skip_value();
  ++at_;
  return object(key == "actor" ? Parent::actor : Parent::context);
}

bool RecordSplitter::text(std::size_t start, std::size_t column) {
  std::string_view inside;
  bool escaped = false;
  if (!string(inside, escaped)) return false;
  next_ = column + 1 < kTextMembers.size() ? column + 1 : 0;
  out_->texts[column] = plain(inside, escaped);
  cut(start, static_cast<Mark>(kFirstTextMark + static_cast<char>(column)));
  return true;
}

bool RecordSplitter::occurred_at(std::size_t start) {
  std::string_view inside;
  bool escaped = false;
  if (!string(inside, escaped)) return false;
  const auto time = parse_rfc3339(inside);
  if (!time) return false;
  out_->occurred_at = *time;
  cut(start, kOccurredAtMark);
  return true;
}

bool RecordSplitter::http_status(std::size_t start) {
  const char* const digits = record_.data() + at_;
  const auto read = std::from_chars(digits, record_.data() + record_.size(), out_->http_status);
  if (read.ec != std::errc()) return false;
  at_ += static_cast<std::size_t>(read.ptr - digits);
  cut(start, kHttpStatusMark);
  return true;
}

bool RecordSplitter::targets() {
  if (!expect("[")) return false;
  for (;;) {
    if (peek(']')) return ++at_, true;
    if (peek(',')) ++at_;
    if (!expect("{") || !target()) return false;
  }
}

bool RecordSplitter::target() {
  for (;;) {
    if (peek('}')) return ++at_, true;
    if (peek(',')) ++at_;
    const std::size_t start = at_;
    std::string_view key;
    bool escaped = false;
    if (!string(key, escaped) || !expect(":")) return false;
    const bool done = key == "type"   ? target_text(start, kTargetTypeMark, kTargetType)
                      : key == "id"   ? target_text(start, kTargetIdMark, kTargetId)
                      : key == "name" ? target_text(start, kTargetNameMark, kTargetName)
                                      : skip_value();
    if (!done) return false;
  }
}

bool RecordSplitter::target_text(std::size_t start, Mark mark, TargetLetter letter) {
  std::string_view inside;
  bool escaped = false;
  if (!string(inside, escaped)) return false;
  out_->targets.push_back(plain(inside, escaped, letter));
  cut(start, mark);
  return true;
}

bool RecordSplitter::expect(std::string_view literal) {
  if (!record_.substr(at_).starts_with(literal)) return false;
  at_ += literal.size();
  return true;
}

std::string_view RecordSplitter::take(std::size_t size) {
  const std::string_view taken = record_.substr(at_, size);
  at_ += taken.size();
  return taken;
}

bool RecordSplitter::string(std::string_view& inside, bool& escaped) {
  if (!peek('"')) return false;
  const char* const begin = record_.data() + at_ + 1;
  const char* const end = record_.data() + record_.size();
  escaped = false;
  const char* quote = find_special(begin, end);
  while (quote != end && *quote == '\\') {
    escaped = true;
    if (end - quote < 2) return false;
    quote = find_special(quote + 2, end);  // whatever follows belongs to the text
  }
  if (quote == end) return false;
  const auto size = static_cast<std::size_t>(quote - begin);
  inside = std::string_view(begin, size);
  at_ += size + 2;
  return true;
}

bool RecordSplitter::skip_value() {
  if (at_ >= record_.size()) return false;
  std::string_view inside;
  bool escaped = false;
  switch (record_[at_]) {
    case '"':
      return string(inside, escaped);
    case '{':
    case '[':
      return skip_nested();
    default:
      at_ = std::min(record_.find_first_of(",]}", at_), record_.size());
      return true;
  }
}

bool RecordSplitter::skip_nested() {
  std::string_view inside;
  bool escaped = false;
  for (int depth = 0; at_ < record_.size();) {
    const char c = record_[at_];
    if (c == '"') {
      if (!string(inside, escaped)) return false;
      continue;
    }
    ++at_;
    if (c == '{' || c == '[') ++depth;
    if ((c == '}' || c == ']') && --depth == 0) return true;
  }
  return false;
}

// The text itself: a piece of the record where that is possible. `first` is put before it.
std::string_view RecordSplitter::plain(std::string_view inside, bool escaped, char first) {
  if (!escaped && first == 0) return inside;
  const std::size_t start = texts_.size();
  if (first != 0) texts_ += first;
  if (escaped) {
    append_unescaped(texts_, inside);
  } else {
    texts_ += inside;
  }
  return std::string_view(texts_).substr(start);
}

// What stands from `start` to here is a column's.
void RecordSplitter::cut(std::size_t start, Mark mark) {
  rest_.append(record_.substr(copied_, start - copied_));
  rest_ += mark;
  copied_ = at_;
}

}  // namespace trailkeeper::events
