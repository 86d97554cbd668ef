#include "service.h"

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <cstring>

#include "base/log.h"
#include "folders.h"
#include "json/writer.h"
#include "statement.h"

namespace trailkeeper::engine {

struct Service::Call {
  std::string sql;
  std::string format = "TabSeparated";
  std::string query_id;
  Parameters parameters;
  Settings settings;
  bool data_in_body = false;  // the SQL came in the query string
};

namespace {

constexpr std::size_t kSqlBytesMax = 1u << 20;
constexpr std::uint64_t kBodyBytesMax = 512u << 20;

// Options of ClickHouse's HTTP interface that are no query settings. Those that would change what
// we send are refused by the engine as unknown settings.
bool is_ignored(std::string_view name) {
  return name == "wait_end_of_query" || name == "buffer_size";
}

bool is_setting_name(std::string_view name) {
  return !name.empty() && name.size() <= 100 && std::ranges::all_of(name, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
  });
}

httpd::Response error_response(const QueryError& error, const std::string& query_id) {
  httpd::Response response;
  response.status = http_status(error.code);
  response.set("Content-Type", "text/plain; charset=UTF-8");
  response.set("X-ClickHouse-Exception-Code", std::to_string(error.code));
  if (!query_id.empty()) response.set("X-ClickHouse-Query-Id", query_id);
  if (response.status == 503) response.set("Retry-After", "1");
  response.body = error.message + "\n";
  return response;
}

// The change took effect, but a power cut could take it back: the caller must not count on it.
httpd::Response not_durable(const Error& error, const std::string& query_id) {
  log::error("the engine's folder cannot be synced", {{"error", error.message}});
  return error_response({243, "Code: 243. " + error.message}, query_id);
}

httpd::Response text_response(std::string text, const std::string& query_id) {
  httpd::Response response;
  response.set("Content-Type", "text/plain; charset=UTF-8");
  if (!query_id.empty()) response.set("X-ClickHouse-Query-Id", query_id);
  response.body = std::move(text);
  return response;
}

// Reads the body wherever the server put it, piece by piece.
class BodyReader {
 public:
  explicit BodyReader(const httpd::Request& request) : request_(request) {}

  // Empty at the end.
  Result<std::string_view> next() {
    if (!request_.body_file) {
      return done_ ? std::string_view{} : (done_ = true, std::string_view(request_.body));
    }
    buffer_.resize(1u << 20);
    const ssize_t size = pread(request_.body_file.get(), buffer_.data(), buffer_.size(), offset_);
    if (size < 0) return system_error("read body", errno);
    offset_ += size;
    return std::string_view(buffer_.data(), static_cast<std::size_t>(size));
  }

  Result<std::string> all(std::size_t limit) {
    std::string text;
    for (;;) {
      const std::string_view piece = TRY(next());
      if (piece.empty()) return text;
      if (text.size() + piece.size() > limit) {
        return Error{ErrorKind::too_large, "query_too_large", "the query text is too long"};
      }
      text += piece;
    }
  }

 private:
  const httpd::Request& request_;
  std::string buffer_;
  off_t offset_ = 0;
  bool done_ = false;
};

// The library writes a format's head before each piece of a stream; the lines that have to go from
// all pieces but the first. Names in tab-separated text hold no line's end.
std::size_t head_lines(std::string_view format) {
  if (!format.starts_with("TabSeparated") && !format.starts_with("TSV")) return 0;
  return format.ends_with("WithNamesAndTypes") ? 2 : format.ends_with("WithNames") ? 1 : 0;
}

std::string_view without_head(std::string_view piece, std::size_t lines) {
  for (; lines > 0; --lines) {
    const auto end = piece.find('\n');
    if (end == std::string_view::npos) return {};
    piece.remove_prefix(end + 1);
  }
  return piece;
}

// A running SELECT as an answer's body. Holds the session until the answer is sent or broken off.
class StreamBody final : public httpd::BodySource {
 public:
  StreamBody(Pool::Lease lease, QueryStream stream, std::string_view first, std::size_t head_lines,
             std::shared_ptr<LastBreak> last_break)
      : lease_(std::move(lease)),
        stream_(std::move(stream)),
        chunk_(first),
        head_lines_(head_lines),
        last_break_(std::move(last_break)) {}

  Result<std::size_t> read(char* data, std::size_t size) override {
    while (chunk_.empty() && !ended_) {
      auto fetched = stream_.fetch();
      if (!fetched) {
        // The status is sent already: breaking the connection is what is left to say so.
        last_break_->note(fetched.error());
        log::warn("query broke off",
                  {{"code", fetched.error().code}, {"error", fetched.error().message}});
        return Error{ErrorKind::failed, "query_broke_off", fetched.error().message};
      }
      ended_ = fetched->empty();
      chunk_ = without_head(*fetched, head_lines_);
    }
    const std::size_t taken = std::min(size, chunk_.size());
    std::memcpy(data, chunk_.data(), taken);
    chunk_.remove_prefix(taken);
    return taken;
  }

 private:
  // Destroyed in the reverse order: the stream ends before its session goes back to the pool.
  Pool::Lease lease_;
  QueryStream stream_;
  std::string_view chunk_;
  const std::size_t head_lines_;
  std::shared_ptr<LastBreak> last_break_;
  bool ended_ = false;
};

httpd::Response run_rows(Pool::Lease lease, const Statement& statement, const std::string& format,
                         const Parameters& parameters, const std::string& query_id,
                         std::shared_ptr<LastBreak> last_break) {
  auto stream = lease->stream(statement.text, format, parameters);
  if (!stream) return error_response(stream.error(), query_id);
  // Most errors show with the first piece, while there is still a status to give.
  auto first = stream->fetch();
  if (!first) return error_response(first.error(), query_id);
  httpd::Response response = text_response({}, query_id);
  if (first->empty()) return response;
  response.body = std::make_unique<StreamBody>(std::move(lease), *std::move(stream), *first,
                                               head_lines(format), std::move(last_break));
  return response;
}

httpd::Response run_insert(Connection& connection, const Statement& statement,
                           const Parameters& parameters, BodyReader* body,
                           const std::string& query_id, const std::string& data_folder) {
  auto insert = connection.insert(statement.text, statement.format, parameters);
  if (!insert) return error_response(insert.error(), query_id);
  if (!statement.data.empty()) {
    auto appended = insert->append(statement.data);
    if (!appended) return error_response(appended.error(), query_id);
  }
  while (body != nullptr) {
    auto piece = body->next();
    if (!piece) return error_response({0, piece.error().message}, query_id);
    if (piece->empty()) break;
    auto appended = insert->append(*piece);
    if (!appended) return error_response(appended.error(), query_id);
  }
  auto written = insert->finish();
  if (!written) return error_response(written.error(), query_id);
  if (auto synced = sync_parts(data_folder); !synced) return not_durable(synced.error(), query_id);
  httpd::Response response = text_response({}, query_id);
  response.set("X-ClickHouse-Summary", "{\"written_rows\":\"" + std::to_string(*written) + "\"}");
  return response;
}

}  // namespace

int http_status(int code) {
  switch (code) {
    case 46:
    case 47:
    case 50:
    case 56:
    case 60:
    case 63:
    case 73:
    case 78:
    case 81:
    case 115:
    case 336:
      return 404;  // an unknown function, identifier, type, table, format, database, setting ...
    case 6:
    case 25:
    case 26:
    case 27:
    case 33:
    case 38:
    case 41:
    case 53:
    case 62:
    case 72:
    case 117:
    case 167:
    case 168:
    case 456:
    case 457:
      return 400;  // not parseable: syntax, literals, parameters, data
    case 48:
      return 501;
    case 202:
    case 203:
    case 209:
    case 439:
      return 503;  // too many queries, no thread
    default:
      return 500;
  }
}

void Service::add_routes(httpd::Router& router) {
  const auto post = [this](httpd::Request request, httpd::Responder responder) {
    responder.send(answer(request));
  };
  router.add("POST", "/", post, {.body_bytes_max = kBodyBytesMax, .spool = true});
  router.add("GET", "/ping", [](httpd::Request, httpd::Responder responder) {
    responder.send(text_response("Ok.\n", {}));
  });
  router.add("GET", "/status",
             [this](httpd::Request, httpd::Responder responder) { responder.send(status()); });
}

httpd::Response Service::status() const {
  const QueryError broke = last_break_->get();
  json::Writer writer;
  writer.begin_object()
      .member("version", settings_.version)
      .member("files_confined", settings_.confinement.files)
      .member("sockets_confined", settings_.confinement.sockets)
      .member("connections", static_cast<std::uint64_t>(pool_.size()))
      .member("connections_idle", static_cast<std::uint64_t>(pool_.idle()))
      .member("broke_off_code", broke.code)
      .member("broke_off", broke.message)
      .end_object();
  httpd::Response response;
  response.set("Content-Type", "application/json");
  response.body = writer.take() + "\n";
  return response;
}

httpd::Response Service::answer(const httpd::Request& request) {
  Call call;
  call.settings = settings_.query_defaults;
  call.settings["max_memory_usage"] = std::to_string(settings_.query_memory_max);
  call.settings["max_execution_time"] = std::to_string(settings_.query_time_default.count());
  for (const auto& [name, value] : request.query) {
    if (name == "query") {
      call.sql = value;
      call.data_in_body = true;
    } else if (name == "query_id") {
      call.query_id = value;
    } else if (name == "default_format") {
      call.format = value;
    } else if (name.starts_with("param_")) {
      call.parameters.emplace_back(name.substr(6), value);
    } else if (is_setting_name(name)) {
      const bool ignored = is_ignored(name) || (settings_.readonly_ignored && name == "readonly");
      if (!ignored) call.settings[name] = value;
    } else {
      return error_response({115, "Code: 115. Unknown setting"}, call.query_id);
    }
  }
  return run(std::move(call), request);
}

httpd::Response Service::run(Call call, const httpd::Request& request) {
  BodyReader body(request);
  if (!call.data_in_body) {
    auto text = body.all(kBodyBytesMax);
    if (!text) return error_response({0, text.error().message}, call.query_id);
    call.sql = *std::move(text);
  }
  Statement statement = classify(call.sql);
  if (statement.kind != StatementKind::insert) {
    if (call.data_in_body) {
      // As ClickHouse does: what the query string begins, the body goes on with.
      auto rest = body.all(kSqlBytesMax);
      if (!rest) return error_response({62, rest.error().message}, call.query_id);
      if (!rest->empty()) call.sql += "\n" + *rest;
      statement = classify(call.sql);
    }
    if (statement.text.size() > kSqlBytesMax)
      return error_response({62, "the query text is too long"}, call.query_id);
  }
  auto lease = pool_.acquire(settings_.connection_wait, call.settings);
  if (!lease)
    return error_response({202, "Code: 202. Too many simultaneous queries"}, call.query_id);
  auto applied = (*lease)->apply(call.settings);
  if (!applied) return error_response(applied.error(), call.query_id);

  switch (statement.kind) {
    case StatementKind::rows:
      return run_rows(*std::move(lease), statement, call.format, call.parameters, call.query_id,
                      last_break_);
    case StatementKind::insert:
      return run_insert(**lease, statement, call.parameters, call.data_in_body ? &body : nullptr,
                        call.query_id, settings_.data_folder);
    case StatementKind::other:
      break;
  }
  auto text = (*lease)->query(statement.text, call.format, call.parameters);
  if (!text) return error_response(text.error(), call.query_id);
  if (auto synced = sync_all_folders(settings_.data_folder); !synced)
    return not_durable(synced.error(), call.query_id);
  return text_response(*std::move(text), call.query_id);
}

}  // namespace trailkeeper::engine
