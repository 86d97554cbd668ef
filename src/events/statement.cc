#include "statement.h"

namespace trailkeeper::events {
namespace {

// ClickHouse reads a parameter's value in its escaped text form (that of TabSeparated).
std::string escaped(std::string_view value) {
  std::string out;
  out.reserve(value.size() + 8);
  for (const char c : value) {
    switch (c) {
      case '\\':
        out += "\\\\";
        break;
      case '\t':
        out += "\\t";
        break;
      case '\n':
        out += "\\n";
        break;
      case '\r':
        out += "\\r";
        break;
      case '\0':
        out += "\\0";
        break;
      default:
        out += c;
    }
  }
  return out;
}

// An item of an array's text form.
std::string quoted(std::string_view value) {
  std::string out = "'";
  for (const char c : escaped(value)) {
    if (c == '\'') out += '\\';
    out += c;
  }
  return out + "'";
}

}  // namespace

std::string percent_encode(std::string_view text) {
  static constexpr char kDigits[] = "0123456789ABCDEF";
  std::string out;
  out.reserve(text.size() + text.size() / 4);
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                       c == '-' || c == '_' || c == '.' || c == '~';
    if (plain) {
      out += c;
    } else {
      out += {'%', kDigits[byte >> 4], kDigits[byte & 15]};
    }
  }
  return out;
}

void Statement::append(std::string_view prefix, std::string_view name, std::string_view value) {
  if (!query_string_.empty()) query_string_ += '&';
  query_string_ += prefix;
  query_string_ += name;
  query_string_ += '=';
  query_string_ += percent_encode(value);
}

Statement& Statement::text(std::string_view name, std::string_view value) {
  append("param_", name, escaped(value));
  return *this;
}

Statement& Statement::integer(std::string_view name, std::int64_t value) {
  append("param_", name, std::to_string(value));
  return *this;
}

Statement& Statement::unsigned_integer(std::string_view name, std::uint64_t value) {
  append("param_", name, std::to_string(value));
  return *this;
}

Statement& Statement::texts(std::string_view name, const std::vector<std::string>& values) {
  std::string list = "[";
  for (const std::string& value : values) list += (list.size() > 1 ? "," : "") + quoted(value);
  append("param_", name, list + "]");
  return *this;
}

Statement& Statement::integers(std::string_view name, const std::vector<std::int64_t>& values) {
  std::string list = "[";
  for (const std::int64_t value : values)
    list += (list.size() > 1 ? "," : "") + std::to_string(value);
  append("param_", name, list + "]");
  return *this;
}

Statement& Statement::setting(std::string_view name, std::string_view value) {
  append("", name, value);
  return *this;
}

}  // namespace trailkeeper::events
