#include "location_session.h"

#include <algorithm>

#include "json/document.h"
#include "location_access.h"
#include "source_clickhouse.h"
#include "source_sql.h"

namespace trailkeeper::packs {
namespace {

constexpr int kFilesMax = 10'000;
// Files that changed so shortly before they were listed may change again with the same time.
constexpr int kYoungSeconds = 2;
constexpr std::chrono::seconds kAnswerMax{600};
constexpr std::size_t kWordsMax = 500;

// The same names as ClickHouse's own sources use.
std::string mark(std::size_t number, Bind bind) {
  return "{p" + std::to_string(number) + ":" +
         (bind == Bind::org ? "String}" : "DateTime64(6, 'UTC')}");
}

std::string encoded(std::string_view text) {
  constexpr char digits[] = "0123456789ABCDEF";
  std::string out;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
    if (plain)
      out += c;
    else
      out.append({'%', digits[byte >> 4], digits[byte & 15]});
  }
  return out;
}

bool holds(const std::string& text, std::string_view what) {
  return text.find(what) != std::string::npos;
}

bool holds_any(const std::string& text, std::initializer_list<std::string_view> all) {
  return std::any_of(all.begin(), all.end(),
                     [&](std::string_view one) { return holds(text, one); });
}

Error source_failed(std::string code, std::string words) {
  return {ErrorKind::failed, std::move(code), std::move(words)};
}

// An org's name in a path must mean itself: no other folder, no pattern, nothing encoded.
bool fits_path(const std::string& org) {
  return !org.starts_with('.') && std::all_of(org.begin(), org.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
           c == '-' || c == '.';
  });
}

}  // namespace

LocationSession::LocationSession(httpc::Client& http, SourceSettings settings,
                                 std::unique_ptr<LocationReader> reader)
    : http_(http),
      settings_(std::move(settings)),
      reader_(std::move(reader)),
      began_(std::chrono::steady_clock::now()) {}

Result<std::unique_ptr<LocationSession>> LocationSession::open(httpc::Client& http,
                                                               const SourceSettings& settings,
                                                               const LocationRules& rules) {
  const LocationAccess access = TRY(access_of(settings, rules));
  auto reader = TRY(rules.start(access));
  return std::unique_ptr<LocationSession>(new LocationSession(http, settings, std::move(reader)));
}

std::unique_ptr<Source> LocationSession::engine() {
  return make_clickhouse_source(http_, {.type = "clickhouse",
                                        .host = reader_->socket(),
                                        .database = "default",
                                        .user = "",
                                        .tls = Tls::off});
}

Result<std::string> LocationSession::send(const std::string& sql,
                                          const std::vector<std::string>& values) {
  const auto limit = time_max().count() > 0 ? time_max() : kAnswerMax;
  httpc::Request request{.method = "POST"};
  request.url = "http://localhost/?max_execution_time=" + std::to_string(limit.count());
  for (std::size_t i = 0; i < values.size(); ++i)
    request.url += "&param_p" + std::to_string(i + 1) + "=" + encoded(values[i]);
  request.unix_socket = reader_->socket();
  request.body = sql;
  request.total_timeout = limit + std::chrono::seconds(5);
  request.stall_timeout = limit + std::chrono::seconds(5);
  auto answer = http_.send(request);
  if (!answer) return explain({ErrorKind::unavailable, "source_cut", answer.error().message});
  if (answer->status != 200) return explain({ErrorKind::failed, "source_query", answer->body});
  std::string text = std::move(answer->body);
  while (text.ends_with('\n')) text.pop_back();
  return text;
}

Result<std::string> LocationSession::ask(const std::string& sql) { return send(sql, {}); }

Result<LocationSession::Bound> LocationSession::bound(const std::string& select) const {
  Pull pull = *pull_;
  pull.after.reset();
  pull.rows_max = 0;
  // The condition is always true; what lists binds the organization like what reads.
  pull.query = select + " WHERE :org != ''";
  const BoundSql sql =
      TRY(compose(pull, Ask::rows,
                  {.dialect = Dialect::clickhouse, .mark = mark, .quote = '`', .text_type = ""}));
  Bound bound{.sql = sql.sql, .values = {}};
  for (const Bind bind : sql.binds) {
    bound.values.push_back(bind == Bind::org              ? pull_->org.str()
                           : bind == Bind::interval_start ? sql_time(pull_->interval_start)
                                                          : sql_time(pull_->interval_end));
  }
  return bound;
}

Result<LocationSession::Bound> LocationSession::listing(const LocationPlace& place) const {
  const std::string etag = settings_.type == "s3" ? "_etag" : "''";
  return bound("SELECT _path AS path, " + etag +
               " AS etag, ifNull(_size, 0) AS size, ifNull(_time, toDateTime(0)) AS time FROM " +
               location_table(settings_, place, true));
}

Result<> LocationSession::list(std::size_t number) {
  const LocationPlace& place = query_.places[number];
  const std::string table = "listed_" + std::to_string(number + 1);
  const Bound files = TRY(listing(place));
  TRY(send("CREATE TABLE " + table + " ENGINE = Memory AS SELECT * FROM (" + files.sql +
               ") LIMIT " + std::to_string(kFilesMax + 1),
           files.values));
  const std::string found =
      TRY(ask("SELECT count(), countIf(toUnixTimestamp(time) = 0), "
              "countIf(time >= now() - " +
              std::to_string(kYoungSeconds) + ") FROM " + table));
  const auto tab = found.find('\t'), second = found.find('\t', tab + 1);
  if (tab == std::string::npos || second == std::string::npos)
    return source_failed("source_query", "The list of files cannot be read.");
  const long count = std::strtol(found.c_str(), nullptr, 10);
  const bool timeless = found.substr(tab + 1, second - tab - 1) != "0";
  const bool young = found.substr(second + 1) != "0";
  if (count > kFilesMax)
    return source_failed("source_objects",
                         "More than 10,000 files match " + place.path + " for one run.");
  if (timeless && settings_.type == "http") {
    // What a web server refuses shows when it is asked for content.
    LocationPlace lines = place;
    lines.format = "LineAsString";
    lines.structure.clear();
    const Bound some = TRY(bound("SELECT 1 FROM " + location_table(settings_, lines, false)));
    TRY(send(some.sql + " LIMIT 1", some.values));
  }
  if (timeless)
    return source_failed("source_no_objects",
                         "There is no file at " + place.path +
                             ", or its server does not say when it was last changed "
                             "(Last-Modified).");
  if (count == 0 && place.structure.empty())
    return source_failed("source_no_objects",
                         "No file matches " + place.path +
                             "; where that is no mistake, name the columns: objects(path, Format, "
                             "'id Int64, ...').");
  // S3's ETag changes with the content.
  if (young && settings_.type != "s3")
    return Error{ErrorKind::unavailable, "source_changed",
                 "A file was changed just now; it is read when it rests."};
  return {};
}

Result<Pull> LocationSession::begin(const Pull& pull) {
  pull_ = pull;
  query_ = TRY(parse_location_query(pull.query));
  Pull over = pull;
  over.query = query_.texts.front();
  for (std::size_t i = 0; i < query_.places.size(); ++i) {
    if (query_.places[i].of_org && !fits_path(pull.org.str()))
      return source_failed("source_query",
                           "The organization's id cannot stand in a path: it may hold letters, "
                           "digits and . _ - only, and not begin with a dot.");
    TRY(list(i));
    over.query += "(SELECT * FROM " + location_table(settings_, query_.places[i], false) +
                  " WHERE _path IN (SELECT path FROM listed_" + std::to_string(i + 1) + "))" +
                  query_.texts[i + 1];
  }
  return over;
}

Result<> LocationSession::unchanged() {
  for (std::size_t i = 0; i < query_.places.size(); ++i) {
    const Bound files = TRY(listing(query_.places[i]));
    const std::string other = TRY(
        send("SELECT count() FROM listed_" + std::to_string(i + 1) +
                 " WHERE (path, etag, size, time) NOT IN (SELECT path, etag, size, time FROM (" +
                 files.sql + "))",
             files.values));
    if (other != "0")
      return Error{ErrorKind::unavailable, "source_changed",
                   other + " files changed while they were read."};
  }
  return {};
}

// What the engine said of an answer that it had begun.
std::string LocationSession::broke_off() {
  httpc::Request request{.method = "GET"};
  request.url = "http://localhost/status";
  request.unix_socket = reader_->socket();
  request.total_timeout = std::chrono::seconds(5);
  const auto answer = http_.send(request);
  if (!answer || answer->status != 200) return {};
  json::Document document;
  const auto root = document.parse(answer->body);
  if (!root) return {};
  const auto words = root->find("broke_off");
  return words ? std::string(words->text()) : std::string();
}

std::string LocationSession::hidden(std::string text) const {
  for (const std::string& secret : {settings_.password}) {
    if (secret.empty()) continue;
    for (auto at = text.find(secret); at != std::string::npos; at = text.find(secret, at))
      text.replace(at, secret.size(), "[hidden]");
  }
  text = text.substr(0, text.find('\n'));
  if (const auto marked = text.find("DB::"); marked != std::string::npos) {
    const auto words = text.find(": ", marked);
    if (words != std::string::npos) text.erase(0, words + 2);
  }
  return text.substr(0, kWordsMax);
}

Error LocationSession::explain(const Error& error) {
  if (error.code == "cancelled") return error;
  if (auto ended = reader_->ended()) return *ended;
  const bool late =
      time_max().count() > 0 && std::chrono::steady_clock::now() - began_ >= time_max();
  std::string text = error.message;
  if (error.code == "source_cut") {
    if (std::string said = broke_off(); !said.empty()) text = std::move(said);
  }
  if (holds(text, "MEMORY_LIMIT_EXCEEDED") || holds(text, "emory limit"))
    return source_failed("source_memory", "Reading took more memory than it may.");
  if (error.code == "source_slow" || holds(text, "TIMEOUT_EXCEEDED") || late)
    return source_failed("source_slow", "Reading took longer than it may.");
  const std::string name = location_name(settings_) + ": ";
  if (holds_any(text, {"ertificate", "SSL Exception"}))
    return source_failed("source_refused", name + "its certificate cannot be verified.");
  if (const std::string connect = reader_->connect_error(); !connect.empty())
    return {ErrorKind::unavailable, "source_connect", name + connect};
  if (holds_any(text, {"code: 401", "code: 403", "AccessDenied", "InvalidAccessKeyId",
                       "SignatureDoesNotMatch"}))
    return source_failed("source_refused", name + "access is denied.");
  if (holds(text, "NoSuchBucket"))
    return source_failed("source_no_objects", name + "there is no such bucket.");
  if (holds_any(text, {"code: 404"}))
    return source_failed("source_no_objects", name + "there is no such file.");
  if (holds_any(text, {"code: 429", "code: 5", "Timeout", "Poco::Exception. Code: 1000"}))
    return {ErrorKind::unavailable, "source_cut", name + hidden(text)};
  return {error.kind, error.code, name + hidden(text)};
}

}  // namespace trailkeeper::packs
