#include "httpd/message.h"

#include <algorithm>

#include "text.h"

namespace trailkeeper::httpd {

std::optional<std::string_view> Request::header(std::string_view name) const {
  for (const auto& one : headers) {
    if (equal_ignoring_case(one.name, name)) return one.value;
  }
  return std::nullopt;
}

static std::optional<std::string_view> find(
    const std::vector<std::pair<std::string, std::string>>& pairs, std::string_view name) {
  for (const auto& [key, value] : pairs) {
    if (key == name) return value;
  }
  return std::nullopt;
}

std::optional<std::string_view> Request::parameter(std::string_view name) const {
  return find(parameters, name);
}

std::optional<std::string_view> Request::query_value(std::string_view name) const {
  return find(query, name);
}

// RFC 6265 section 4.2.1: pairs separated by "; ". A browser may send several Cookie headers over
// HTTP/2 proxies.
std::optional<std::string_view> Request::cookie(std::string_view name) const {
  for (const auto& one : headers) {
    if (!equal_ignoring_case(one.name, "cookie")) continue;
    std::string_view left = one.value;
    while (!left.empty()) {
      auto end = std::min(left.find(';'), left.size());
      auto pair = trim(left.substr(0, end));
      left.remove_prefix(std::min(end + 1, left.size()));
      auto equals = pair.find('=');
      if (equals != std::string_view::npos && pair.substr(0, equals) == name) {
        return pair.substr(equals + 1);
      }
    }
  }
  return std::nullopt;
}

void Response::set(std::string name, std::string value) {
  std::erase_if(headers, [&](const Header& h) { return equal_ignoring_case(h.name, name); });
  headers.push_back({std::move(name), std::move(value)});
}

void Responder::Target::abandoned() {
  Response response;
  response.status = 500;
  send(std::move(response));
}

Responder& Responder::operator=(Responder&& other) noexcept {
  if (this != &other) {
    if (target_) target_->abandoned();
    target_ = std::move(other.target_);
  }
  return *this;
}

Responder::~Responder() {
  if (target_) target_->abandoned();
}

void Responder::send(Response response) {
  if (auto target = std::exchange(target_, nullptr)) target->send(std::move(response));
}

}  // namespace trailkeeper::httpd
