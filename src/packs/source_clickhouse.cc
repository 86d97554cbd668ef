#include "source_clickhouse.h"

#include <algorithm>
#include <charconv>
#include <chrono>
#include <deque>
#include <vector>

#include "chunk_queue.h"
#include "source_sql.h"

// ClickHouse over HTTP: one SELECT sees the parts that were there when it began. Rows come as text
// separated by tabs, which has a form for every type.
namespace trailkeeper::packs {

namespace {

constexpr std::size_t kBatchRows = 2'000;
constexpr std::size_t kBatchBytes = 1u << 20;
constexpr std::size_t kAhead = 4u << 20;  // bytes that may wait for us

std::string encoded(std::string_view text) {
  constexpr char kDigits[] = "0123456789ABCDEF";
  std::string out;
  for (unsigned char c : text) {
    bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                 c == '-' || c == '_' || c == '.' || c == '~';
    if (plain) {
      out += static_cast<char>(c);
    } else {
      out += '%';
      out += kDigits[c >> 4];
      out += kDigits[c & 15];
    }
  }
  return out;
}

// A parameter's value is read like a field of tab-separated text.
std::string escaped(std::string_view text) {
  std::string out;
  for (char c : text) {
    if (c == '\\')
      out += "\\\\";
    else if (c == '\t')
      out += "\\t";
    else if (c == '\n')
      out += "\\n";
    else
      out += c;
  }
  return out;
}

std::string unescaped(std::string_view text) {
  constexpr std::string_view kFrom = "bfrnt0", kTo{"\b\f\r\n\t\0", 6};
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '\\' || i + 1 == text.size()) {
      out += text[i];
      continue;
    }
    auto known = kFrom.find(text[++i]);
    out += known == std::string_view::npos ? text[i] : kTo[known];
  }
  return out;
}

// What is inside `word(...)`; the text itself without.
std::string_view inside(std::string_view type, std::string_view word) {
  if (!type.starts_with(word) || !type.ends_with(')')) return type;
  type.remove_prefix(word.size());
  type.remove_suffix(1);
  return type;
}

Column column_of(std::string name, std::string native) {
  Column column{.name = std::move(name), .native = std::move(native)};
  std::string_view type = inside(inside(column.native, "LowCardinality("), "Nullable(");
  auto starts = [&](std::string_view with) { return type.starts_with(with); };
  bool wide = type == "UInt64" || type.ends_with("128") || type.ends_with("256");
  if (type == "Bool") {
    column.type = ColumnType::boolean;
  } else if ((starts("Int") || starts("UInt")) && !starts("Interval")) {
    column.type = wide ? ColumnType::decimal : ColumnType::integer;
    if (type == "UInt64") column.precision = 20;
  } else if (starts("Float")) {
    column.type = ColumnType::real;
  } else if (starts("Decimal(")) {
    column.type = ColumnType::decimal;
    std::string_view bounds = inside(type, "Decimal(");
    auto comma = bounds.find(',');
    std::from_chars(bounds.data(), bounds.data() + comma, column.precision);
    auto scale = bounds.substr(std::min(bounds.size(), bounds.find_first_not_of(", ", comma)));
    std::from_chars(scale.data(), scale.data() + scale.size(), column.scale);
  } else if (type == "Date" || type == "Date32") {
    column.type = ColumnType::date;
  } else if (starts("DateTime")) {
    column.type = ColumnType::timestamp;
  } else if (starts("JSON") || starts("Object(")) {
    column.type = ColumnType::json;
  }
  return column;
}

// Seconds since 1970 with a fraction, as date_time_output_format=unix_timestamp writes moments.
std::optional<std::int64_t> parse_unix(std::string_view text) {
  auto point = std::min(text.find('.'), text.size());
  std::int64_t seconds = 0, micros = 0;
  auto [end, error] = std::from_chars(text.data(), text.data() + point, seconds);
  if (error != std::errc() || end != text.data() + point) return std::nullopt;
  std::string_view fraction = text.substr(std::min(text.size(), point + 1));
  for (std::size_t i = 0; i < 6; ++i) {
    char digit = i < fraction.size() ? fraction[i] : '0';
    if (digit < '0' || digit > '9') return std::nullopt;
    micros = micros * 10 + (digit - '0');
  }
  return seconds * 1'000'000 + (text.starts_with('-') ? -micros : micros);
}

Error refused(const httpc::Response& response) {
  std::string words = response.body.substr(0, response.body.find('\n'));
  auto code = response.header("x-clickhouse-exception-code").value_or("");
  // Values that cannot be read are named in these (CANNOT_PARSE_..., TYPE_MISMATCH and the like).
  for (std::string_view quiet : {"6", "26", "27", "38", "41", "53", "72", "457"}) {
    if (code == quiet) words = "a value does not fit (error " + std::string(code) + ")";
  }
  std::string message = "ClickHouse: " + words.substr(0, 500);
  if (response.status == 401 || response.status == 403 || code == "516" || code == "497") {
    return {ErrorKind::failed, "source_refused", message};
  }
  if (code == "159" || code == "160") {
    return {ErrorKind::failed, "source_slow", "ClickHouse stopped a slow query."};
  }
  if (response.status >= 502 || code == "202" || code == "241") {
    return {ErrorKind::unavailable, "source_busy", message};
  }
  return {ErrorKind::failed, "source_query", message};
}

struct Question {
  std::string sql;
  std::vector<std::string> values{};  // of {p1:...}, {p2:...} ...
  std::chrono::seconds time_max{0};
};

Question question(BoundSql sql, const Pull& pull) {
  Question out{.sql = std::move(sql.sql), .time_max = pull.time_max};
  for (Bind bind : sql.binds) {
    out.values.push_back(bind == Bind::org              ? pull.org.str()
                         : bind == Bind::interval_start ? sql_time(pull.interval_start)
                         : bind == Bind::interval_end   ? sql_time(pull.interval_end)
                                                        : pull.after->value);
  }
  return out;
}

// One server, asked by POST.
class Server {
 public:
  Server(httpc::Client& http, SourceSettings settings)
      : http_(http), settings_(std::move(settings)) {}

  Result<> ask(const Question& question, const std::string& format,
               const httpc::BodySink& sink) const {
    httpc::Request request = request_for(question, format);
    auto answer = http_.stream(request, sink);
    if (!answer) {
      std::string code = answer.error().code == "cut" || answer.error().code == "timeout"
                             ? "source_cut"
                             : "source_connect";
      return Error{ErrorKind::unavailable, code, "ClickHouse: " + answer.error().message};
    }
    if (answer->status != 200) return refused(*answer);
    return {};
  }

  Result<std::string> text(const Question& question) const {
    std::string body;
    TRY(ask(question, "TabSeparated", [&](std::string_view chunk) {
      body += chunk;
      return body.size() <= kAhead;
    }));
    while (body.ends_with('\n')) body.pop_back();
    return body;
  }

 private:
  httpc::Request request_for(const Question& question, const std::string& format) const {
    bool socket = settings_.host.starts_with('/');
    bool tls = settings_.tls != Tls::off && !socket;
    int port = settings_.port != 0 ? settings_.port : tls ? 8443 : 8123;
    httpc::Request request{.method = "POST"};
    request.url = std::string(tls ? "https://" : "http://") +
                  (socket ? "localhost" : settings_.host + ":" + std::to_string(port)) +
                  "/?default_format=" + format +
                  "&readonly=2&date_time_output_format=unix_timestamp"
                  "&cancel_http_readonly_queries_on_client_close=1";
    if (question.time_max.count() > 0) {
      request.url += "&max_execution_time=" + std::to_string(question.time_max.count());
      request.total_timeout = question.time_max + std::chrono::seconds(5);
    } else {
      request.total_timeout = std::chrono::milliseconds(0);
    }
    request.stall_timeout = std::chrono::seconds(3600);
    for (std::size_t i = 0; i < question.values.size(); ++i) {
      request.url +=
          "&param_p" + std::to_string(i + 1) + "=" + encoded(escaped(question.values[i]));
    }
    if (socket) request.unix_socket = settings_.host;
    request.headers = {{"X-ClickHouse-User", settings_.user},
                       {"X-ClickHouse-Key", settings_.password},
                       {"X-ClickHouse-Database", settings_.database},
                       {"Content-Type", "text/plain"}};
    request.body = question.sql;
    return request;
  }

  httpc::Client& http_;
  const SourceSettings settings_;
};

// `after_type` is what the server calls the type of the column of high water.
SqlStyle style_for(const std::string& after_type) {
  return {.dialect = Dialect::clickhouse,
          .mark =
              [after_type](std::size_t number, Bind bind) {
                std::string type = bind == Bind::org     ? "String"
                                   : bind == Bind::after ? after_type
                                                         : "DateTime64(6, 'UTC')";
                return "{p" + std::to_string(number) + ":" + type + "}";
              },
          .quote = '`',
          .text_type = "String"};
}

// Lines of tab-separated text out of chunks.
class Lines {
 public:
  explicit Lines(std::unique_ptr<ChunkQueue> queue) : queue_(std::move(queue)) {}
  void stop() { queue_->stop(); }

  // The next line without its end; nothing after the last.
  Result<std::optional<std::string>> next() {
    std::size_t end;
    while ((end = buffer_.find('\n', at_)) == std::string::npos) {
      buffer_.erase(0, at_);
      at_ = 0;
      std::string chunk = TRY(queue_->next());
      if (chunk.empty()) {
        if (buffer_.empty()) return std::optional<std::string>();
        return Error{ErrorKind::unavailable, "source_cut", "ClickHouse: the answer is cut."};
      }
      buffer_ += chunk;
    }
    std::string line = buffer_.substr(at_, end - at_);
    at_ = end + 1;
    return std::optional<std::string>(std::move(line));
  }

 private:
  std::unique_ptr<ChunkQueue> queue_;
  std::string buffer_;
  std::size_t at_ = 0;
};

std::vector<std::string_view> fields_of(std::string_view line) {
  std::vector<std::string_view> fields;
  while (true) {
    auto tab = line.find('\t');
    fields.push_back(line.substr(0, tab));
    if (tab == std::string_view::npos) return fields;
    line.remove_prefix(tab + 1);
  }
}

// As the server names it; empty where nothing is asked for by a column.
Result<std::string> type_of_after(const Server& server, const Pull& pull) {
  if (!pull.after) return std::string();
  Pull whole = pull;
  whole.after.reset();
  BoundSql sql = TRY(compose(whole, Ask::rows, style_for("")));
  sql.sql = "DESCRIBE TABLE (\n" + sql.sql + "\n)";
  std::string answer = TRY(server.text(question(std::move(sql), whole)));
  for (std::size_t at = 0; at < answer.size();) {
    auto end = std::min(answer.find('\n', at), answer.size());
    auto fields = fields_of(std::string_view(answer).substr(at, end - at));
    if (fields.size() > 1 && unescaped(fields[0]) == pull.after->column) {
      return std::string(inside(unescaped(fields[1]), "Nullable("));
    }
    at = end + 1;
  }
  return Error{ErrorKind::failed, "source_query",
               "ClickHouse: the query has no column " + pull.after->column + "."};
}

class ClickhouseExtract final : public Extract {
 public:
  ClickhouseExtract(Server server, Pull pull)
      : server_(std::move(server)), pull_(std::move(pull)) {}

  Result<> start() {
    SqlStyle style = style_for(TRY(type_of_after(server_, pull_)));
    // The highest value is asked for first and bounds what is read after it: rows that come in
    // between belong to the next run.
    if (pull_.after) {
      BoundSql highest = TRY(compose(pull_, Ask::high_water, style));
      high_water_ = unescaped(TRY(server_.text(question(std::move(highest), pull_))));
    }
    TRY(read_time());
    Question rows = question(TRY(compose(pull_, Ask::rows, style)), pull_);
    if (!high_water_.empty()) bound_above(rows, style);
    auto transfer = [server = server_, rows](const ChunkQueue::Push& push) {
      return server.ask(rows, "TabSeparatedWithNamesAndTypes", push);
    };
    lines_ = std::make_unique<Lines>(std::make_unique<ChunkQueue>(transfer, kAhead));
    auto names = TRY(lines_->next());
    auto types = TRY(lines_->next());
    if (!names || !types) {
      return Error{ErrorKind::failed, "source_query", "ClickHouse: the query gives no table."};
    }
    auto name_fields = fields_of(*names), type_fields = fields_of(*types);
    for (std::size_t i = 0; i < name_fields.size() && i < type_fields.size(); ++i) {
      columns_.push_back(column_of(unescaped(name_fields[i]), unescaped(type_fields[i])));
    }
    return {};
  }

  const std::vector<Column>& columns() const override { return columns_; }
  Timestamp snapshot_at() const override { return snapshot_at_; }
  void cancel() override { lines_->stop(); }
  Result<std::string> high_water() override { return high_water_; }

  Result<bool> next(Batch& batch) override {
    batch.clear();
    texts_.clear();
    for (std::size_t bytes = 0; batch.rows < kBatchRows && bytes < kBatchBytes; ++batch.rows) {
      auto line = TRY(lines_->next());
      if (!line) break;
      bytes += line->size();
      TRY(add(batch, *line));
    }
    return batch.rows > 0;
  }

 private:
  Result<> read_time() {
    std::string now =
        TRY(server_.text({.sql = "SELECT toUnixTimestamp(now())", .time_max = pull_.time_max}));
    std::int64_t seconds = 0;
    std::from_chars(now.data(), now.data() + now.size(), seconds);
    snapshot_at_ = from_micros(seconds * 1'000'000);
    return {};
  }

  // The wrapped query gets a second bound; its mark stands last.
  void bound_above(Question& rows, const SqlStyle& style) const {
    std::string limit = pull_.rows_max > 0 ? " LIMIT " + std::to_string(pull_.rows_max) : "";
    rows.sql.resize(rows.sql.size() - limit.size());
    rows.values.push_back(high_water_);
    rows.sql += " AND pack.`" + pull_.after->column +
                "` <= " + style.mark(rows.values.size(), Bind::after) + limit;
  }

  Result<> add(Batch& batch, std::string_view line) {
    auto fields = fields_of(line);
    if (fields.size() != columns_.size() ||
        (fields.size() == 1 && line.starts_with("Code: ") &&
         line.find("DB::Exception") != std::string_view::npos)) {
      return Error{ErrorKind::unavailable, "source_cut", "ClickHouse stopped in the middle."};
    }
    for (std::size_t i = 0; i < fields.size(); ++i) {
      Cell& cell = batch.cells.emplace_back();
      cell.null = fields[i] == "\\N";
      if (!cell.null && !fill(cell, columns_[i].type, fields[i])) return bad_value(columns_[i]);
    }
    return {};
  }

  bool fill(Cell& cell, ColumnType type, std::string_view text) {
    auto given = [&](std::optional<std::int64_t> value) {
      cell.integer = value.value_or(0);
      return value.has_value();
    };
    auto number = [&](auto& value) {
      return std::from_chars(text.data(), text.data() + text.size(), value).ec == std::errc();
    };
    switch (type) {
      case ColumnType::boolean:
        cell.integer = text == "true" || text == "1";
        return true;
      case ColumnType::integer:
        return number(cell.integer);
      case ColumnType::real:
        return number(cell.real);  // inf and nan too
      case ColumnType::date:
        return given(parse_date(text));
      case ColumnType::timestamp:
      case ColumnType::local_timestamp:
        return given(parse_unix(text));
      default:
        cell.text = texts_.emplace_back(unescaped(text));
        return true;
    }
  }

  Server server_;
  const Pull pull_;
  std::unique_ptr<Lines> lines_;
  std::vector<Column> columns_;
  Timestamp snapshot_at_{};
  std::string high_water_;
  std::deque<std::string> texts_;  // of the batch; a deque, so that none of them moves
};

class ClickhouseSource final : public Source {
 public:
  ClickhouseSource(httpc::Client& http, const SourceSettings& settings) : server_(http, settings) {}

  Result<SourceCheck> check() override {
    auto began = std::chrono::steady_clock::now();
    std::chrono::seconds limit{15};
    SourceCheck check{.version = "ClickHouse " +
                                 TRY(server_.text({.sql = "SELECT version()", .time_max = limit}))};
    check.warning = "Whether this user may write is not known. Packs are read with readonly=2.";
    check.duration_ms = std::chrono::duration_cast<std::chrono::milliseconds>(
                            std::chrono::steady_clock::now() - began)
                            .count();
    return check;
  }

  Result<std::unique_ptr<Extract>> open(const Pull& pull) override {
    auto extract = std::make_unique<ClickhouseExtract>(server_, pull);
    TRY(extract->start());
    return std::unique_ptr<Extract>(std::move(extract));
  }

  Result<std::uint64_t> count(const Pull& pull) override {
    SqlStyle style = style_for(TRY(type_of_after(server_, pull)));
    std::string text = TRY(server_.text(question(TRY(compose(pull, Ask::count, style)), pull)));
    std::uint64_t count = 0;
    std::from_chars(text.data(), text.data() + text.size(), count);
    return count;
  }

 private:
  Server server_;
};

}  // namespace

std::unique_ptr<Source> make_clickhouse_source(httpc::Client& http,
                                               const SourceSettings& settings) {
  return std::make_unique<ClickhouseSource>(http, settings);
}

}  // namespace trailkeeper::packs
