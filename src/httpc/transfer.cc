#include "transfer.h"

#include <arpa/inet.h>

#include <algorithm>
#include <exception>

#include "base/ascii.h"

namespace trailkeeper::httpc {

namespace {

constexpr std::size_t kHeaderBytesMax = 256 * 1024;
constexpr long kIdleSecondsMax = 60;  // a connection kept longer is not used again

// libcurl's options are checked by type only in C; a wrong one would be our own mistake.
template <typename T>
void set(CURL* handle, CURLoption option, T value) {
  curl_easy_setopt(handle, option, value);
}

Error bad_request(std::string message) {
  return {ErrorKind::invalid, "bad_request", std::move(message)};
}

bool is_numeric(const std::string& address) {
  unsigned char bytes[16];
  return ::inet_pton(AF_INET, address.c_str(), bytes) == 1 ||
         ::inet_pton(AF_INET6, address.c_str(), bytes) == 1;
}

bool is_line(std::string_view text) {
  return std::none_of(text.begin(), text.end(),
                      [](char c) { return c == '\r' || c == '\n' || c == '\0'; });
}

std::string_view trim(std::string_view text) {
  constexpr std::string_view kBlank = " \t\r\n";
  auto begin = text.find_first_not_of(kBlank);
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(kBlank) - begin + 1);
}

}  // namespace

Transfer::Transfer(CURL* handle, const Request& request, const BodySink* sink)
    : handle_(handle), request_(request), sink_(sink) {}

Result<Response> Transfer::run() {
  set(handle_, CURLOPT_URL, request_.url.c_str());
  set(handle_, CURLOPT_ERRORBUFFER, message_);
  set(handle_, CURLOPT_NOSIGNAL, 1L);
  set(handle_, CURLOPT_PROTOCOLS_STR, "http,https");
  set(handle_, CURLOPT_FOLLOWLOCATION, 0L);
  set(handle_, CURLOPT_PROXY, "");
  set(handle_, CURLOPT_NOPROXY, "*");
  set(handle_, CURLOPT_HTTP_VERSION, static_cast<long>(CURL_HTTP_VERSION_1_1));
  set(handle_, CURLOPT_PATH_AS_IS, 1L);
  set(handle_, CURLOPT_DISALLOW_USERNAME_IN_URL, 1L);
  set(handle_, CURLOPT_SSLVERSION, static_cast<long>(CURL_SSLVERSION_TLSv1_2));
  set(handle_, CURLOPT_TCP_KEEPALIVE, 1L);
  set(handle_, CURLOPT_MAXAGE_CONN, kIdleSecondsMax);
  set(handle_, CURLOPT_BUFFERSIZE, 128L * 1024);
  set(handle_, CURLOPT_UPLOAD_BUFFERSIZE, 256L * 1024);
  if (!request_.ca_file.empty()) set(handle_, CURLOPT_CAINFO, request_.ca_file.c_str());
  TRY(set_destination());
  TRY(set_headers());
  set_body();
  set_limits();
  set_callbacks();
  auto code = curl_easy_perform(handle_);
  if (code != CURLE_OK) return failure(code);
  long status = 0;
  curl_easy_getinfo(handle_, CURLINFO_RESPONSE_CODE, &status);
  response_.status = static_cast<int>(status);
  return std::move(response_);
}

Result<> Transfer::set_destination() {
  if (!is_line(request_.url) || !is_line(request_.method) || request_.method.empty()) {
    return bad_request("the URL or the method holds a line break");
  }
  if (!request_.unix_socket.empty()) {
    set(handle_, CURLOPT_UNIX_SOCKET_PATH, request_.unix_socket.c_str());
  }
  if (request_.connect_address.empty()) return {};
  if (!is_numeric(request_.connect_address)) {
    return bad_request("the address to connect to is not a numeric one");
  }
  bool v6 = request_.connect_address.find(':') != std::string::npos;
  auto entry = "::" + (v6 ? "[" + request_.connect_address + "]" : request_.connect_address) + ":";
  connect_to_.reset(curl_slist_append(nullptr, entry.c_str()));
  set(handle_, CURLOPT_CONNECT_TO, connect_to_.get());
  return {};
}

void Transfer::add_header(const std::string& line) {
  auto* longer = curl_slist_append(headers_.get(), line.c_str());
  if (!longer) return;
  headers_.release();
  headers_.reset(longer);
}

Result<> Transfer::set_headers() {
  bool typed = false;
  for (const auto& [name, value] : request_.headers) {
    if (!is_line(name) || !is_line(value) || name.empty() ||
        name.find_first_of(": ;") != std::string::npos) {
      return bad_request("the header \"" + lower_ascii(name.substr(0, 40)) + "\" cannot be sent");
    }
    typed = typed || lower_ascii(name) == "content-type";
    // libcurl's own form for a header without a value.
    add_header(trim(value).empty() ? name + ";" : name + ": " + value);
  }
  // What libcurl would add by itself: a signer could not know of it.
  add_header("Expect:");
  add_header("Accept:");
  if (!typed) add_header("Content-Type:");
  set(handle_, CURLOPT_HTTPHEADER, headers_.get());
  return {};
}

void Transfer::set_body() {
  const auto& method = request_.method;
  bool may_have_body = method != "GET" && method != "HEAD" && method != "DELETE";
  if (request_.body_source) {
    set(handle_, CURLOPT_UPLOAD, 1L);
    set(handle_, CURLOPT_READFUNCTION, &Transfer::on_read);
    set(handle_, CURLOPT_READDATA, this);
    auto length = request_.body_length ? static_cast<curl_off_t>(*request_.body_length) : -1;
    set(handle_, CURLOPT_INFILESIZE_LARGE, static_cast<curl_off_t>(length));
  } else if (may_have_body || !request_.body.empty()) {
    set(handle_, CURLOPT_POST, 1L);
    set(handle_, CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(request_.body.size()));
    set(handle_, CURLOPT_POSTFIELDS, request_.body.data());
  } else if (method == "HEAD") {
    set(handle_, CURLOPT_NOBODY, 1L);
  }
  if (method != "HEAD") set(handle_, CURLOPT_CUSTOMREQUEST, method.c_str());
}

void Transfer::set_limits() {
  auto connect = static_cast<long>(request_.connect_timeout.count());
  set(handle_, CURLOPT_CONNECTTIMEOUT_MS, std::max(1L, connect));
  set(handle_, CURLOPT_TIMEOUT_MS, static_cast<long>(request_.total_timeout.count()));
  if (request_.stall_timeout.count() > 0) {
    set(handle_, CURLOPT_LOW_SPEED_LIMIT, static_cast<long>(request_.bytes_per_second_min));
    set(handle_, CURLOPT_LOW_SPEED_TIME, static_cast<long>(request_.stall_timeout.count()));
  }
}

void Transfer::set_callbacks() {
  set(handle_, CURLOPT_HEADERFUNCTION, &Transfer::on_header);
  set(handle_, CURLOPT_HEADERDATA, this);
  set(handle_, CURLOPT_WRITEFUNCTION, &Transfer::on_body);
  set(handle_, CURLOPT_WRITEDATA, this);
  if (!request_.stop.stop_possible()) return;
  set(handle_, CURLOPT_NOPROGRESS, 0L);
  set(handle_, CURLOPT_XFERINFOFUNCTION, &Transfer::on_progress);
  set(handle_, CURLOPT_XFERINFODATA, this);
}

int Transfer::on_progress(void* self, curl_off_t, curl_off_t, curl_off_t, curl_off_t) {
  auto& transfer = *static_cast<Transfer*>(self);
  if (!transfer.request_.stop.stop_requested()) return 0;
  transfer.stop_ = Stop::cancelled;
  return 1;
}

std::size_t Transfer::on_header(char* data, std::size_t size, std::size_t count, void* self) {
  return static_cast<Transfer*>(self)->take_header({data, size * count}) ? size * count : 0;
}

bool Transfer::take_header(std::string_view line) {
  header_bytes_ += line.size();
  if (header_bytes_ > kHeaderBytesMax) {
    stop_ = Stop::too_large;
    return false;
  }
  if (body_begun_) return true;  // a trailer
  if (line.starts_with("HTTP/")) {
    // The last status line counts: 100 Continue comes before it.
    response_.headers.clear();
    return true;
  }
  auto colon = line.find(':');
  if (colon == std::string_view::npos) return true;
  response_.headers.emplace_back(lower_ascii(line.substr(0, colon)),
                                 std::string(trim(line.substr(colon + 1))));
  return true;
}

std::size_t Transfer::on_body(char* data, std::size_t size, std::size_t count, void* self) {
  return static_cast<Transfer*>(self)->take_body({data, size * count}) ? size * count : 0;
}

bool Transfer::take_body(std::string_view chunk) {
  body_begun_ = true;
  long status = 0;
  curl_easy_getinfo(handle_, CURLINFO_RESPONSE_CODE, &status);
  if (sink_ && status / 100 == 2) {
    try {
      if ((*sink_)(chunk)) return true;
    } catch (const std::exception&) {
    }
    stop_ = Stop::cancelled;
    return false;
  }
  if (chunk.size() > request_.response_bytes_max - response_.body.size()) {
    stop_ = Stop::too_large;
    return false;
  }
  response_.body.append(chunk);
  return true;
}

std::size_t Transfer::on_read(char* data, std::size_t size, std::size_t count, void* self) {
  auto& transfer = *static_cast<Transfer*>(self);
  const auto& request = transfer.request_;
  std::size_t room = size * count;
  if (request.body_length) {
    room = static_cast<std::size_t>(
        std::min<std::uint64_t>(room, *request.body_length - transfer.source_bytes_));
    if (room == 0) return 0;
  }
  std::size_t got = 0;
  try {
    got = request.body_source(data, room);
  } catch (const std::exception&) {
    got = room + 1;
  }
  bool ended_early = got == 0 && request.body_length;
  if (ended_early || got > room) {
    transfer.stop_ = Stop::cancelled;
    return CURL_READFUNC_ABORT;
  }
  transfer.source_bytes_ += got;
  return got;
}

// The text names the host and the reason, never what the other side sent.
Error Transfer::failure(CURLcode code) const {
  std::string reason = message_[0] ? message_ : curl_easy_strerror(code);
  auto unavailable = [&](const char* stable) {
    return Error{ErrorKind::unavailable, stable, reason};
  };
  if (stop_ == Stop::too_large) {
    reason = "the answer is larger than allowed here";
    return unavailable("too_large");
  }
  if (stop_ == Stop::cancelled) {
    reason = "the transfer was cancelled";
    return unavailable("cancelled");
  }
  // Zero until the connection, TLS included, was ready for the request.
  curl_off_t ready = 0;
  curl_easy_getinfo(handle_, CURLINFO_PRETRANSFER_TIME_T, &ready);
  bool timed_out = code == CURLE_OPERATION_TIMEDOUT;
  if (ready > 0) return unavailable(timed_out ? "timeout" : "cut");
  switch (code) {
    case CURLE_URL_MALFORMAT:
    case CURLE_UNSUPPORTED_PROTOCOL:
    case CURLE_LOGIN_DENIED:
      return bad_request(reason);
    case CURLE_COULDNT_RESOLVE_HOST:
      return unavailable("resolve");
    case CURLE_COULDNT_CONNECT:
    case CURLE_OPERATION_TIMEDOUT:
      return unavailable("connect");
    case CURLE_SSL_CONNECT_ERROR:
    case CURLE_PEER_FAILED_VERIFICATION:
    case CURLE_SSL_CERTPROBLEM:
    case CURLE_SSL_CIPHER:
    case CURLE_SSL_CACERT_BADFILE:
    case CURLE_SSL_ISSUER_ERROR:
      return unavailable("tls");
    default:
      return unavailable("cut");
  }
}

}  // namespace trailkeeper::httpc
