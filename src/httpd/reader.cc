// Beast's assertion on a final chunk that arrives in pieces of less than five bytes is wrong, and a
// client must not be able to end the process.
#define BOOST_DISABLE_ASSERTS

#include "reader.h"

#include <algorithm>
#include <boost/beast/http/basic_parser.hpp>
#include <boost/beast/http/error.hpp>

#include "text.h"

namespace trailkeeper::httpd {

namespace http = boost::beast::http;
using boost::beast::error_code;
using boost::beast::string_view;

namespace {

std::string_view view(string_view text) { return {text.data(), text.size()}; }

// Visible ASCII; everything else has to be percent-encoded (RFC 3986).
bool is_target(std::string_view target) {
  return !target.empty() && std::all_of(target.begin(), target.end(), [](char c) {
    return c > 0x20 && c < 0x7F && c != '#' && c != '\\' && c != '"' && c != '<' && c != '>';
  });
}

Refusal refusal_of(const error_code& ec) {
  if (ec == http::error::header_limit || ec == http::error::buffer_overflow) {
    return {431, "headers_too_large", "The headers of the request are too large."};
  }
  if (ec == http::error::bad_content_length || ec == http::error::multiple_content_length) {
    return {400, "bad_content_length", "Content-Length is malformed, repeated or conflicting."};
  }
  if (ec == http::error::bad_transfer_encoding) {
    return {400, "bad_transfer_encoding",
            "Transfer-Encoding is repeated or conflicts with Content-Length."};
  }
  if (ec == http::error::bad_chunk || ec == http::error::bad_chunk_extension) {
    return {400, "bad_chunk", "The chunked body is malformed."};
  }
  return {400, "bad_request", "The request is not well-formed HTTP/1.1."};
}

// Whether the request line names a version of HTTP, if not one of ours.
bool names_a_version(std::string_view bytes) {
  auto end = bytes.find('\n');
  if (end == std::string_view::npos || end < 10 || bytes[end - 1] != '\r') return false;
  auto version = bytes.substr(end - 10, 9);
  auto is_digit = [](char c) { return c >= '0' && c <= '9'; };
  return version.starts_with(" HTTP/") && is_digit(version[6]) && version[7] == '.' &&
         is_digit(version[8]);
}

}  // namespace

class RequestReader::Parser final : public http::basic_parser<true> {
 public:
  explicit Parser(const Limits& limits) : limits_(limits) {
    header_limit(static_cast<std::uint32_t>(limits.header_bytes_max));
    body_limit(boost::none);  // counted by the connection, which knows the route
    eager(false);
  }

  Head head;
  Refusal refusal;
  const BodySink* sink = nullptr;
  bool stopped = false;

  // Beast stops at the first error; ours travel beside it.
  void refuse(error_code& ec, Refusal why) {
    refusal = why;
    ec = http::error::bad_field;
  }
  void note(const error_code& ec) {
    if (refusal.status == 0) refusal = refusal_of(ec);
  }

 private:
  void on_request_impl(http::verb, string_view method, string_view target, int version,
                       error_code& ec) override {
    if (target.size() > limits_.target_bytes_max) {
      return refuse(ec, {414, "target_too_long", "The request's address is too long."});
    }
    head.method = view(method);
    head.target = view(target);
    head.http11 = version == 11;
    if (!take_target())
      return refuse(ec, {400, "bad_target", "The request's address is malformed."});
  }

  // Origin form, or absolute form as proxies send it (RFC 9112 section 3.2).
  bool take_target() {
    std::string_view target = head.target;
    if (!is_target(target)) return false;
    if (!target.starts_with('/')) {
      auto scheme = target.find("://");
      if (scheme == std::string_view::npos || scheme > 5) return false;
      auto slash = target.find('/', scheme + 3);
      if (slash == std::string_view::npos) return false;
      target.remove_prefix(slash);
    }
    auto mark = target.find('?');
    head.path = target.substr(0, mark);
    if (mark != std::string_view::npos) head.query = target.substr(mark + 1);
    return true;
  }

  void on_field_impl(http::field field, string_view name, string_view value,
                     error_code& ec) override {
    if (headers_done_) return;  // a trailer: read and dropped
    if (field == http::field::host) ++hosts_;
    if (field == http::field::content_length && ++lengths_ > 1) {
      return refuse(ec, {400, "bad_content_length", "Content-Length is repeated."});
    }
    if (field == http::field::transfer_encoding) {
      if (!equal_ignoring_case(view(value), "chunked")) {
        return refuse(ec, {501, "unknown_transfer_encoding",
                           "Of all transfer encodings only \"chunked\" is understood."});
      }
      coded_ = true;
    }
    if (!is_header_value(view(value))) {
      return refuse(ec, {400, "bad_header", "A header holds a control character."});
    }
    head.headers.push_back({std::string(view(name)), std::string(view(value))});
  }

  void on_header_impl(error_code& ec) override {
    headers_done_ = true;
    if (coded_ && !head.http11) {
      return refuse(ec, {400, "bad_transfer_encoding", "HTTP/1.0 has no transfer encoding."});
    }
    if (hosts_ > 1 || (hosts_ == 0 && head.http11)) {
      return refuse(ec, {400, "bad_host", "Exactly one Host header is needed."});
    }
    head.chunked = chunked();
    auto length = content_length();
    if (length) head.content_length = *length;
    head.keep_alive = keep_alive();
    take_expect(ec);
  }

  void take_expect(error_code& ec) {
    for (const auto& header : head.headers) {
      if (!equal_ignoring_case(header.name, "expect") || !head.http11) continue;
      if (!equal_ignoring_case(header.value, "100-continue")) {
        return refuse(ec, {417, "unknown_expectation", "Only \"100-continue\" can be expected."});
      }
      head.expects_continue = true;
    }
  }

  void on_body_init_impl(const boost::optional<std::uint64_t>&, error_code&) override {}
  void on_chunk_header_impl(std::uint64_t, string_view, error_code&) override {}
  void on_finish_impl(error_code&) override {}
  void on_response_impl(int, string_view, int, error_code&) override {}

  std::size_t on_body_impl(string_view body, error_code& ec) override { return take(body, ec); }
  std::size_t on_chunk_body_impl(std::uint64_t, string_view body, error_code& ec) override {
    return take(body, ec);
  }
  std::size_t take(string_view body, error_code& ec) {
    if (!(*sink)(view(body))) {
      stopped = true;
      ec = http::error::body_limit;
    }
    return body.size();
  }

  const Limits& limits_;
  int hosts_ = 0;
  int lengths_ = 0;
  bool coded_ = false;
  bool headers_done_ = false;
};

RequestReader::RequestReader(Limits limits) : limits_(limits) { reset(); }
RequestReader::~RequestReader() = default;

void RequestReader::reset() { parser_ = std::make_unique<Parser>(limits_); }

Head& RequestReader::head() { return parser_->head; }
const Refusal& RequestReader::refusal() const { return parser_->refusal; }
bool RequestReader::begun() const { return parser_->got_some(); }
bool RequestReader::body_complete() const { return parser_->is_done(); }

RequestReader::Step RequestReader::read_head(std::string_view bytes) {
  std::size_t consumed = 0;
  // An empty line before the request line is skipped (RFC 9112 section 2.2).
  while (!begun() && bytes.substr(consumed).starts_with("\r\n")) consumed += 2;
  if (!begun() && bytes.substr(consumed) == "\r") return {consumed, Status::need_more};
  if (consumed == bytes.size()) return {consumed, Status::need_more};
  error_code ec;
  consumed += parser_->put({bytes.data() + consumed, bytes.size() - consumed}, ec);
  if (ec == http::error::need_more) {
    // A request line that never ends is an address that is too long, whatever follows it.
    auto rest = bytes.substr(consumed);
    if (parser_->head.method.empty() && rest.size() > limits_.target_bytes_max + 64 &&
        rest.find('\n') == std::string_view::npos) {
      parser_->refusal = {414, "target_too_long", "The request's address is too long."};
      return {consumed, Status::refused};
    }
    return {consumed, Status::need_more};
  }
  if (ec) {
    if (ec == http::error::header_limit && parser_->head.method.empty()) {
      parser_->refusal = {414, "target_too_long", "The request's address is too long."};
    }
    if (ec == http::error::bad_version && names_a_version(bytes.substr(consumed))) {
      parser_->refusal = {505, "bad_version", "Only HTTP/1.1 and HTTP/1.0 are spoken here."};
    }
    parser_->note(ec);
    return {consumed, Status::refused};
  }
  return {consumed, parser_->is_header_done() ? Status::complete : Status::need_more};
}

RequestReader::Step RequestReader::read_body(std::string_view bytes, const BodySink& sink) {
  parser_->sink = &sink;
  std::size_t consumed = 0;
  while (!parser_->is_done() && consumed < bytes.size()) {
    error_code ec;
    consumed += parser_->put({bytes.data() + consumed, bytes.size() - consumed}, ec);
    if (ec == http::error::need_more) break;
    if (parser_->stopped) return {consumed, Status::stopped};
    if (ec) {
      parser_->note(ec);
      return {consumed, Status::refused};
    }
  }
  // A chunk's head or the trailer; bounded like the headers.
  if (!parser_->is_done() && bytes.size() - consumed > limits_.header_bytes_max) {
    parser_->refusal = {400, "bad_chunk", "A chunk's head or the trailer is too large."};
    return {consumed, Status::refused};
  }
  return {consumed, parser_->is_done() ? Status::complete : Status::need_more};
}

}  // namespace trailkeeper::httpd
