#include "packs/parameters.h"

#include <algorithm>
#include <array>
#include <optional>

namespace trailkeeper::packs {
namespace {

constexpr std::array<std::string_view, 3> kNames{"org", "interval_start", "interval_end"};

Error bad_query(std::string code, std::string detail) {
  return Error{ErrorKind::invalid,
               "invalid_field",
               "The query cannot be used: " + detail,
               {{"/query", std::move(code), detail}}};
}

bool is_name(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
         static_cast<unsigned char>(c) >= 0x80;
}

class Reader {
 public:
  Reader(std::string_view text, Dialect dialect) : text_(text), dialect_(dialect) {}

  Result<ParsedQuery> read() {
    while (at_ < text_.size()) {
      const std::size_t begin = at_;
      if (text_[at_] == '\0') return bad_query("nul", "it holds a NUL.");
      if (!TRY(skip_quiet())) TRY(read_active());
      piece_ += text_.substr(begin, at_ - begin - taken_);
      taken_ = 0;
      if (parameter_) {
        query_.texts.push_back(std::exchange(piece_, {}));
        query_.parameters.push_back(*parameter_);
        parameter_.reset();
      }
    }
    query_.texts.push_back(std::move(piece_));
    if (std::find(query_.parameters.begin(), query_.parameters.end(), Parameter::org) ==
        query_.parameters.end())
      return bad_query("no_org", "it must hold :org, so that it gives one organization's rows.");
    return std::move(query_);
  }

 private:
  bool starts(std::string_view with) const { return text_.substr(at_).starts_with(with); }
  bool mysql() const { return dialect_ != Dialect::postgresql; }

  // Quotes and comments, whole. False when there is none here.
  Result<bool> skip_quiet() {
    if (starts("--") || (dialect_ == Dialect::mysql && starts("#"))) {
      at_ = std::min(text_.find('\n', at_), text_.size());
      return true;
    }
    if (starts("/*")) return skip_comment();
    const char c = text_[at_];
    if (c == '\'') return skip_quote(c, mysql() || escape_string());
    if (c == '"') return skip_quote(c, mysql());
    if (c == '`' && mysql()) return skip_quote(c, false);
    if (c == '$' && !mysql()) return skip_dollar();
    return false;
  }

  // E'...' with backslashes.
  bool escape_string() const {
    if (at_ == 0 || (text_[at_ - 1] != 'E' && text_[at_ - 1] != 'e')) return false;
    return at_ == 1 || !is_name(text_[at_ - 2]);
  }

  Result<bool> skip_comment() {
    int depth = 1;
    at_ += 2;
    while (depth > 0) {
      if (at_ >= text_.size()) return bad_query("open_comment", "a comment has no end.");
      if (starts("*/")) {
        --depth;
        at_ += 2;
      } else if (!mysql() && starts("/*")) {
        ++depth;
        at_ += 2;
      } else {
        ++at_;
      }
    }
    return true;
  }

  Result<bool> skip_quote(char quote, bool backslashes) {
    for (++at_; at_ < text_.size(); ++at_) {
      if (text_[at_] == '\0') break;
      if (backslashes && text_[at_] == '\\') {
        ++at_;
      } else if (text_[at_] == quote) {
        ++at_;
        if (at_ >= text_.size() || text_[at_] != quote) return true;
      }
    }
    return bad_query("open_quote", "a quote has no end.");
  }

  Result<bool> skip_dollar() {
    if (at_ > 0 && is_name(text_[at_ - 1])) return false;
    std::size_t end = at_ + 1;
    if (end < text_.size() && text_[end] >= '0' && text_[end] <= '9')
      return bad_query("parameter", "write parameters as :org, :interval_start, :interval_end.");
    while (end < text_.size() && is_name(text_[end])) ++end;
    if (end >= text_.size() || text_[end] != '$') return false;
    const std::string_view tag = text_.substr(at_, end + 1 - at_);
    const std::size_t close = text_.find(tag, end + 1);
    if (close == std::string_view::npos) return bad_query("open_quote", "a quote has no end.");
    at_ = close + tag.size();
    return true;
  }

  Result<> read_active() {
    if (text_[at_] == ';') {
      if (text_.find_first_not_of(" \t\r\n;", at_) != std::string_view::npos)
        return bad_query("several", "it must be one SELECT.");
      taken_ = text_.size() - at_;
      at_ = text_.size();
      return {};
    }
    if (starts("::")) {
      at_ += 2;
      return {};
    }
    const bool named = text_[at_] == ':' && at_ + 1 < text_.size() && is_name(text_[at_ + 1]) &&
                       !(text_[at_ + 1] >= '0' && text_[at_ + 1] <= '9');
    if (!named) {
      ++at_;
      return {};
    }
    std::size_t end = at_ + 1;
    while (end < text_.size() && is_name(text_[end])) ++end;
    const std::string_view name = text_.substr(at_ + 1, end - at_ - 1);
    const auto found = std::find(kNames.begin(), kNames.end(), name);
    if (found == kNames.end())
      return bad_query("parameter", "there is no parameter :" + std::string(name) +
                                        "; there are :org, :interval_start and :interval_end.");
    parameter_ = static_cast<Parameter>(found - kNames.begin());
    taken_ = end - at_;
    at_ = end;
    return {};
  }

  const std::string_view text_;
  const Dialect dialect_;
  std::size_t at_ = 0;
  std::size_t taken_ = 0;  // of what was read last, not part of the text
  std::string piece_;
  std::optional<Parameter> parameter_;
  ParsedQuery query_;
};

}  // namespace

Result<ParsedQuery> parse_query(std::string_view query, Dialect dialect) {
  return Reader(query, dialect).read();
}

}  // namespace trailkeeper::packs
