#include "clickhouse.h"

#include <charconv>
#include <optional>

namespace trailkeeper::events {
namespace {

constexpr std::chrono::seconds kRetryAfter{1};

Error unavailable(std::string code, std::string message) {
  return Error{ErrorKind::unavailable, std::move(code), std::move(message), {}, kRetryAfter};
}

Error transport_error(const Error& error) {
  if (error.code == "timeout")
    return unavailable("store_timeout", "the event store did not answer in time");
  if (error.code == "too_large") return Error{ErrorKind::failed, "store_refused", error.message};
  return unavailable("store_down", "the event store cannot be reached (" + error.code + ")");
}

std::optional<Error> answer_error(const httpc::Response& response) {
  if (response.status == 200) return std::nullopt;
  int code = 0;
  if (const auto header = response.header("x-clickhouse-exception-code")) {
    std::from_chars(header->data(), header->data() + header->size(), code);
  } else if (response.status == 502 || response.status == 503 || response.status == 504) {
    return unavailable("store_busy", "the event store is too busy");
  }
  return store_error(code, response.body);
}

}  // namespace

Error store_error(int code, std::string_view text) {
  // The message may quote what a sender wrote: it is for the operator's log, cut short.
  std::string message = "the event store refused the query (" + std::to_string(code) + "): ";
  message += text.substr(0, 400);
  switch (code) {
    case 159:  // TIMEOUT_EXCEEDED
      return Error{ErrorKind::too_large, "store_limit", "the query takes too long; narrow it"};
    case 241:  // MEMORY_LIMIT_EXCEEDED: the whole server's is a matter of the moment, the query's
               // own is not
      if (text.find("(total)") != std::string_view::npos) {
        return unavailable("store_busy", "the event store is short of memory");
      }
      return Error{ErrorKind::too_large, "store_limit",
                   "the query needs too much memory; narrow it"};
    case 202:
    case 203:
    case 209:
    case 210:
    case 243:
    case 252:
    case 394:
    case 439:
    case 999:
      // too many queries, no thread, network, no disk space, too many parts, cancelled, no
      // schedule, Keeper
      return unavailable("store_busy", std::move(message));
    case 74:
    case 75:
    case 76:
    case 77:
    case 87:
    case 88:
    case 172:
    case 204:
    case 294:
    case 458:
    case 566:
    case 586:
    case 641:
      // a file cannot be read, written, opened, closed, sought, cut, made, synced or removed: of
      // the disk, not of the rows
      return unavailable("store_disk", std::move(message));
    case 1001:  // anything of C++'s library
      if (text.find("filesystem error") != std::string_view::npos) {
        return unavailable("store_disk", std::move(message));
      }
      return Error{ErrorKind::failed, "store_refused", std::move(message)};
    default:
      return Error{ErrorKind::failed, "store_refused", std::move(message)};
  }
}

httpc::Request ClickHouse::request(const Statement& statement,
                                   std::chrono::milliseconds time_max) const {
  httpc::Request request;
  request.method = "POST";
  request.url = settings_.url + "/?" + statement.query_string();
  const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(time_max).count();
  if (request.url.back() != '?') request.url += '&';
  request.url += "max_execution_time=" + std::to_string(std::max<std::int64_t>(seconds, 1));
  request.unix_socket = settings_.unix_socket;
  request.connect_timeout = std::chrono::milliseconds(2000);
  // The store's own limit speaks first; this one is for a store that hangs.
  request.total_timeout = time_max + std::chrono::milliseconds(5000);
  request.stall_timeout =
      std::chrono::duration_cast<std::chrono::seconds>(time_max) + std::chrono::seconds(5);
  if (!settings_.user.empty()) {
    request.headers.emplace_back("X-ClickHouse-User", settings_.user);
    request.headers.emplace_back("X-ClickHouse-Key", settings_.password);
  }
  return request;
}

std::optional<Error> ClickHouse::known_down() const {
  if (!settings_.up || settings_.up()) return std::nullopt;
  return unavailable("store_down", "the event store is starting");
}

Result<> ClickHouse::ping() {
  if (auto down = known_down()) return *std::move(down);
  httpc::Request request;
  request.url = settings_.url + "/ping";
  request.unix_socket = settings_.unix_socket;
  request.connect_timeout = std::chrono::milliseconds(1000);
  request.total_timeout = std::chrono::milliseconds(2000);
  auto response = client_.send(request);
  if (!response) return transport_error(response.error());
  if (auto error = answer_error(*response)) return *std::move(error);
  return boost::system::in_place_value;
}

Result<std::string> ClickHouse::run(const Statement& statement,
                                    std::chrono::milliseconds time_max) {
  if (auto down = known_down()) return *std::move(down);
  httpc::Request sent = request(statement, time_max);
  sent.body = statement.sql();
  sent.response_bytes_max = 64u << 20;
  auto response = client_.send(sent);
  if (!response) return transport_error(response.error());
  if (auto error = answer_error(*response)) return *std::move(error);
  return std::move(response->body);
}

Result<> ClickHouse::insert(const Statement& statement, const std::vector<std::string_view>& data,
                            std::chrono::milliseconds time_max) {
  if (auto down = known_down()) return *std::move(down);
  httpc::Request sent = request(statement, time_max);
  sent.url += "&query=" + percent_encode(statement.sql());
  sent.body_length = 0;
  for (const std::string_view piece : data) *sent.body_length += piece.size();
  auto next = data.begin();
  std::size_t position = 0;  // in *next
  sent.body_source = [&](char* target, std::size_t size) {
    std::size_t taken = 0;
    while (taken < size && next != data.end()) {
      const std::size_t part = next->copy(target + taken, size - taken, position);
      taken += part;
      position += part;
      if (position < next->size()) continue;
      ++next;
      position = 0;
    }
    return taken;
  };
  auto response = client_.send(sent);
  if (!response) return transport_error(response.error());
  if (auto error = answer_error(*response)) return *std::move(error);
  return boost::system::in_place_value;
}

Result<> ClickHouse::stream(const Statement& statement, std::chrono::milliseconds time_max,
                            const std::function<Result<bool>(std::string_view)>& sink) {
  if (auto down = known_down()) return *std::move(down);
  httpc::Request sent = request(statement, time_max);
  sent.body = statement.sql();
  bool ended = false;
  std::optional<Error> refused;
  auto response = client_.stream(sent, [&](std::string_view chunk) {
    Result<bool> more = sink(chunk);
    if (!more) {
      refused = std::move(more).error();
      return false;
    }
    ended = !*more;
    return *more;
  });
  if (refused) return *std::move(refused);
  if (ended) return boost::system::in_place_value;
  if (!response) return transport_error(response.error());
  if (auto error = answer_error(*response)) return *std::move(error);
  return boost::system::in_place_value;
}

}  // namespace trailkeeper::events
