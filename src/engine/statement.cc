#include "statement.h"

#include <algorithm>
#include <cctype>

namespace trailkeeper::engine {
namespace {

bool is_word(char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_'; }

bool same_word(std::string_view word, std::string_view upper) {
  return std::ranges::equal(
      word, upper, [](char a, char b) { return std::toupper(static_cast<unsigned char>(a)) == b; });
}

// Gives the words of a statement that stand outside quotes, comments and brackets.
class Words {
 public:
  explicit Words(std::string_view sql) : sql_(sql) {}

  std::optional<std::string_view> next() {
    while (position_ < sql_.size()) {
      const char c = sql_[position_];
      if (starts("--") || c == '#') {
        skip_to("\n");
      } else if (starts("/*")) {
        position_ += 2;
        skip_to("*/");
      } else if (c == '\'' || c == '"' || c == '`') {
        skip_quoted(c);
      } else if (c == '(' || c == '[' || c == '{') {
        ++depth_;
        ++position_;
      } else if (c == ')' || c == ']' || c == '}') {
        --depth_;
        ++position_;
      } else if (is_word(c)) {
        const std::string_view word = take_word();
        if (depth_ == 0) return word;
      } else {
        ++position_;
      }
    }
    return std::nullopt;
  }
  std::size_t position() const { return position_; }

 private:
  bool starts(std::string_view text) const { return sql_.substr(position_).starts_with(text); }
  void skip_to(std::string_view end) {
    const auto found = sql_.find(end, position_);
    position_ = found == std::string_view::npos ? sql_.size() : found + end.size();
  }
  void skip_quoted(char quote) {
    for (++position_; position_ < sql_.size(); ++position_) {
      if (sql_[position_] == '\\') {
        ++position_;
      } else if (sql_[position_] == quote) {
        ++position_;  // a doubled quote simply opens the next text
        return;
      }
    }
    position_ = sql_.size();
  }
  std::string_view take_word() {
    const std::size_t start = position_;
    while (position_ < sql_.size() && is_word(sql_[position_])) ++position_;
    return sql_.substr(start, position_ - start);
  }

  std::string_view sql_;
  std::size_t position_ = 0;
  int depth_ = 0;
};

// What follows the format's name: the data begins after blanks and one line's end.
std::string_view inline_data(std::string_view rest) {
  std::size_t start = 0;
  while (start < rest.size() && (rest[start] == ' ' || rest[start] == '\t' || rest[start] == '\r'))
    ++start;
  if (start < rest.size() && rest[start] == '\n') ++start;
  return rest.substr(start);
}

}  // namespace

Statement classify(std::string_view sql) {
  Words words(sql);
  const auto first = words.next();
  Statement statement{StatementKind::other, sql, {}, {}};
  // A SELECT may stand in brackets, so a statement without any outer word is taken for one.
  if (!first || same_word(*first, "SELECT") || same_word(*first, "WITH")) {
    statement.kind = StatementKind::rows;
    return statement;
  }
  if (!same_word(*first, "INSERT")) return statement;
  while (const auto word = words.next()) {
    if (same_word(*word, "SELECT") || same_word(*word, "WITH") || same_word(*word, "VALUES"))
      return statement;
    if (!same_word(*word, "FORMAT")) continue;
    const auto before = static_cast<std::size_t>(word->data() - sql.data());
    const auto format = words.next();
    if (!format) return statement;
    statement.kind = StatementKind::insert;
    statement.text = sql.substr(0, before);
    statement.format = *format;
    statement.data = inline_data(sql.substr(words.position()));
    return statement;
  }
  return statement;
}

}  // namespace trailkeeper::engine
