#include "source_sql.h"

#include <charconv>
#include <chrono>

namespace trailkeeper::packs {

namespace {

constexpr std::int64_t kMicros = 1'000'000;
constexpr std::int64_t kDay = 86'400;

std::string quoted(const std::string& name, char quote) {
  std::string out(1, quote);
  for (char c : name) out.append(c == quote ? 2 : 1, c);
  return out + quote;
}

// Takes so many digits off the front.
std::optional<int> digits(std::string_view& text, std::size_t count) {
  if (text.size() < count) return std::nullopt;
  int value = 0;
  auto [end, error] = std::from_chars(text.data(), text.data() + count, value);
  if (error != std::errc() || end != text.data() + count || text.front() == '-') {
    return std::nullopt;
  }
  text.remove_prefix(count);
  return value;
}

bool take(std::string_view& text, char c) {
  if (text.empty() || text.front() != c) return false;
  text.remove_prefix(1);
  return true;
}

std::optional<std::int64_t> date_off(std::string_view& text) {
  auto dash = text.find('-');
  if (dash == std::string_view::npos || dash < 4 || dash > 6) return std::nullopt;
  auto year = digits(text, dash);
  if (!year || !take(text, '-')) return std::nullopt;
  auto month = digits(text, 2);
  if (!month || !take(text, '-')) return std::nullopt;
  auto day = digits(text, 2);
  if (!day || *year > 32767) return std::nullopt;
  std::chrono::year_month_day date{std::chrono::year(*year),
                                   std::chrono::month(static_cast<unsigned>(*month)),
                                   std::chrono::day(static_cast<unsigned>(*day))};
  if (!date.ok()) return std::nullopt;
  return std::chrono::sys_days(date).time_since_epoch().count();
}

std::int64_t fraction_off(std::string_view& text) {
  if (!take(text, '.')) return 0;
  std::int64_t micros = 0;
  for (int place = 0; place < 6; ++place) {
    bool digit = !text.empty() && text.front() >= '0' && text.front() <= '9';
    micros = micros * 10 + (digit ? text.front() - '0' : 0);
    if (digit) text.remove_prefix(1);
  }
  while (!text.empty() && text.front() >= '0' && text.front() <= '9') text.remove_prefix(1);
  return micros;
}

// Seconds east of UTC; zero without a zone.
std::optional<std::int64_t> zone_off(std::string_view& text) {
  if (text.empty() || take(text, 'Z')) return 0;
  int sign = text.front() == '-' ? -1 : 1;
  if (!take(text, '+') && !take(text, '-')) return std::nullopt;
  std::int64_t seconds = 0;
  for (std::int64_t unit : {3600, 60, 1}) {
    if (unit != 3600) {
      if (text.empty()) break;
      take(text, ':');
    }
    auto part = digits(text, 2);
    if (!part) return std::nullopt;
    seconds += *part * unit;
  }
  return sign * seconds;
}

}  // namespace

Result<BoundSql> compose(const Pull& pull, Ask ask, const SqlStyle& style) {
  ParsedQuery query = TRY(parse_query(pull.query, style.dialect));
  BoundSql out;
  auto bind = [&](Bind what) {
    out.binds.push_back(what);
    return style.mark(out.binds.size(), what);
  };
  std::string inner = query.texts.front();
  for (std::size_t i = 0; i < query.parameters.size(); ++i) {
    Bind what = query.parameters[i] == Parameter::org              ? Bind::org
                : query.parameters[i] == Parameter::interval_start ? Bind::interval_start
                                                                   : Bind::interval_end;
    inner += bind(what) + query.texts[i + 1];
  }
  bool whole = ask == Ask::rows && !pull.after && pull.rows_max == 0;
  if (whole) {
    out.sql = std::move(inner);
    return out;
  }
  std::string column = pull.after ? "pack." + quoted(pull.after->column, style.quote) : "";
  std::string what = ask == Ask::rows    ? "pack.*"
                     : ask == Ask::count ? "count(*)"
                                         : "CAST(" + column + " AS " + style.text_type + ")";
  // A comment at the query's end has to end before what follows.
  out.sql = "SELECT " + what + " FROM (\n" + inner + "\n) AS pack";
  if (pull.after) {
    out.sql += " WHERE " + column;
    out.sql += pull.after->value.empty() ? " IS NOT NULL" : " > " + bind(Bind::after);
  }
  if (ask == Ask::high_water) out.sql += " ORDER BY " + column + " DESC LIMIT 1";
  if (ask == Ask::rows && pull.rows_max > 0) {
    out.sql += " LIMIT " + std::to_string(pull.rows_max);
  }
  return out;
}

std::string sql_time(Timestamp time) {
  std::string text = format_rfc3339(time);
  text[10] = ' ';
  if (text.ends_with('Z')) text.pop_back();
  return text;
}

std::optional<std::int64_t> parse_date(std::string_view text) {
  auto days = date_off(text);
  return text.empty() ? days : std::nullopt;
}

std::optional<std::int64_t> parse_time(std::string_view text) {
  auto days = date_off(text);
  if (!days || (!take(text, ' ') && !take(text, 'T'))) return std::nullopt;
  auto hours = digits(text, 2);
  if (!hours || !take(text, ':')) return std::nullopt;
  auto minutes = digits(text, 2);
  if (!minutes || !take(text, ':')) return std::nullopt;
  auto seconds = digits(text, 2);
  if (!seconds || *hours > 24 || *minutes > 59 || *seconds > 60) return std::nullopt;
  std::int64_t micros = fraction_off(text);
  auto zone = zone_off(text);
  if (!zone || !text.empty()) return std::nullopt;
  return (*days * kDay + *hours * 3600 + *minutes * 60 + *seconds - *zone) * kMicros + micros;
}

Error bad_value(const Column& column) {
  return {ErrorKind::failed, "source_value",
          "Column " + column.name + " (" + column.native +
              ") holds a value that no file can hold, such as infinity or a date before the year "
              "1. Leave it out in the query, or cast the column to text."};
}

}  // namespace trailkeeper::packs
