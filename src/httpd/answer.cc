#include "answer.h"

#include <array>
#include <charconv>
#include <ctime>

#include "base/ids.h"
#include "base/log.h"
#include "base/time.h"
#include "json/writer.h"
#include "text.h"

namespace trailkeeper::httpd {

namespace {

// An HTTP-date of the present second, made once a second and thread.
std::string_view date_now() {
  thread_local std::time_t second = 0;
  thread_local std::string text;
  std::time_t now = std::time(nullptr);
  if (now != second) {
    text = format_http_date(from_micros(static_cast<std::int64_t>(now) * 1'000'000));
    second = now;
  }
  return text;
}

void append_number(std::string& out, std::uint64_t value) {
  std::array<char, 20> digits;
  auto end = std::to_chars(digits.data(), digits.data() + digits.size(), value).ptr;
  out.append(digits.data(), end);
}

void append_header(std::string& out, std::string_view name, std::string_view value) {
  out.append(name).append(": ").append(value).append("\r\n");
}

// These are the server's business: a handler cannot set them.
bool is_framing(std::string_view name) {
  for (std::string_view own : {"content-length", "transfer-encoding", "connection", "keep-alive"}) {
    if (equal_ignoring_case(name, own)) return true;
  }
  return false;
}

bool has_header(const Response& response, std::string_view name) {
  for (const auto& header : response.headers) {
    if (equal_ignoring_case(header.name, name)) return true;
  }
  return false;
}

void append_headers(std::string& out, const Response& response, const AnswerContext& context,
                    const ServerSettings& settings) {
  for (const auto& header : response.headers) {
    // An empty one stands for "not the default either".
    if (is_framing(header.name) || header.value.empty()) continue;
    if (!is_token(header.name) || !is_header_value(header.value)) {
      log::error("a response header was left out: it would break the message",
                 {{"request_id", context.request_id}, {"header", header.name}});
      continue;
    }
    append_header(out, header.name, header.value);
  }
  for (const auto& header : settings.default_headers) {
    if (!has_header(response, header.name)) append_header(out, header.name, header.value);
  }
  if (!has_header(response, "x-request-id")) {
    append_header(out, "X-Request-Id", context.request_id);
  }
}

bool forbids_body(int status) { return status == 204 || status == 304 || status < 200; }

void append_framing(Answer& answer, const AnswerContext& context) {
  if (!forbids_body(answer.status)) {
    if (answer.length) {
      answer.head.append("Content-Length: ");
      append_number(answer.head, *answer.length);
      answer.head.append("\r\n");
    } else if (context.http11) {
      answer.chunked = true;
      answer.head.append("Transfer-Encoding: chunked\r\n");
    } else {
      answer.keep_alive = false;  // HTTP/1.0: the end of the connection ends the body
    }
  }
  if (!answer.keep_alive) {
    answer.head.append("Connection: close\r\n");
  } else if (!context.http11) {
    answer.head.append("Connection: keep-alive\r\n");
  }
}

}  // namespace

Answer render(Response response, const AnswerContext& context, const ServerSettings& settings) {
  Answer answer;
  answer.status = response.status >= 200 && response.status <= 999 ? response.status : 500;
  answer.keep_alive = context.keep_alive;
  if (auto* text = std::get_if<std::string>(&response.body)) {
    answer.length = text->size();
    answer.body = std::move(*text);
  } else {
    answer.length = response.length;
    answer.source = std::move(std::get<std::unique_ptr<BodySource>>(response.body));
  }
  answer.head.reserve(512);
  answer.head.append("HTTP/1.1 ");
  append_number(answer.head, static_cast<std::uint64_t>(answer.status));
  answer.head.append(" ").append(reason_phrase(answer.status)).append("\r\n");
  append_headers(answer.head, response, context, settings);
  if (!has_header(response, "date")) append_header(answer.head, "Date", date_now());
  append_framing(answer, context);
  answer.head.append("\r\n");
  if (context.head || forbids_body(answer.status)) {
    answer.body.clear();
    answer.source.reset();
    answer.chunked = false;
  }
  return answer;
}

Response make_problem(const ServerSettings& settings, int status, std::string_view code,
                      std::string_view detail, const Request& request) {
  Response response;
  if (settings.problem) {
    response = settings.problem(status, code, detail, request);
    response.status = status;
  } else {
    json::Writer writer;
    writer.begin_object()
        .member("type", "about:blank")
        .member("title", reason_phrase(status))
        .member("status", status)
        .member("code", code)
        .member("detail", detail)
        .member("request_id", std::string_view(request.request_id))
        .end_object();
    response.status = status;
    response.set("Content-Type", "application/problem+json");
    response.body = writer.take();
  }
  if (status == 503 && !has_header(response, "retry-after")) response.set("Retry-After", "1");
  return response;
}

std::string_view reason_phrase(int status) {
  switch (status) {
    case 200:
      return "OK";
    case 201:
      return "Created";
    case 202:
      return "Accepted";
    case 204:
      return "No Content";
    case 206:
      return "Partial Content";
    case 301:
      return "Moved Permanently";
    case 302:
      return "Found";
    case 303:
      return "See Other";
    case 304:
      return "Not Modified";
    case 307:
      return "Temporary Redirect";
    case 308:
      return "Permanent Redirect";
    case 400:
      return "Bad Request";
    case 401:
      return "Unauthorized";
    case 403:
      return "Forbidden";
    case 404:
      return "Not Found";
    case 405:
      return "Method Not Allowed";
    case 406:
      return "Not Acceptable";
    case 408:
      return "Request Timeout";
    case 409:
      return "Conflict";
    case 410:
      return "Gone";
    case 411:
      return "Length Required";
    case 412:
      return "Precondition Failed";
    case 413:
      return "Content Too Large";
    case 414:
      return "URI Too Long";
    case 415:
      return "Unsupported Media Type";
    case 416:
      return "Range Not Satisfiable";
    case 417:
      return "Expectation Failed";
    case 422:
      return "Unprocessable Content";
    case 428:
      return "Precondition Required";
    case 429:
      return "Too Many Requests";
    case 431:
      return "Request Header Fields Too Large";
    case 500:
      return "Internal Server Error";
    case 501:
      return "Not Implemented";
    case 502:
      return "Bad Gateway";
    case 503:
      return "Service Unavailable";
    case 504:
      return "Gateway Timeout";
    case 505:
      return "HTTP Version Not Supported";
    case 507:
      return "Insufficient Storage";
    default:
      return "Status";
  }
}

std::string make_request_id() {
  // One call to the kernel for many ids.
  thread_local std::array<std::uint8_t, 4096> random;
  thread_local std::size_t used = random.size();
  constexpr std::size_t kLength = 16;
  if (used + kLength > random.size()) {
    fill_random(random.data(), random.size());
    used = 0;
  }
  constexpr std::string_view kAlphabet = "abcdefghijklmnopqrstuvwxyz234567";
  std::string id(kLength, ' ');
  for (char& c : id) c = kAlphabet[random[used++] & 31];
  return id;
}

}  // namespace trailkeeper::httpd
