#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

namespace trailkeeper::json {

// Appends `text` as a JSON string with minimal escaping (RFC 8259: quote, backslash and control
// characters; the short escapes where there are some). `text` must be valid UTF-8.
void append_string(std::string& out, std::string_view text);

// The same for text of unknown origin: invalid bytes become U+FFFD.
void append_string_lossy(std::string& out, std::string_view text);

// Writes one JSON value piece by piece; commas and colons are its business, balance is the
// caller's.
class Writer {
 public:
  Writer& begin_object();
  Writer& end_object();
  Writer& begin_array();
  Writer& end_array();
  Writer& key(std::string_view name);
  Writer& string(std::string_view text);
  Writer& integer(std::int64_t value);
  Writer& unsigned_integer(std::uint64_t value);
  Writer& real(double value);  // null when it is not finite
  Writer& boolean(bool value);
  Writer& null();
  // A value that is JSON already.
  Writer& raw(std::string_view json);

  // key() and a value.
  Writer& member(std::string_view name, std::string_view text) { return key(name).string(text); }
  Writer& member(std::string_view name, const char* text) { return key(name).string(text); }
  Writer& member(std::string_view name, std::int64_t value) { return key(name).integer(value); }
  Writer& member(std::string_view name, std::uint64_t value) {
    return key(name).unsigned_integer(value);
  }
  Writer& member(std::string_view name, int value) { return key(name).integer(value); }
  Writer& member(std::string_view name, bool value) { return key(name).boolean(value); }

  const std::string& str() const { return out_; }
  std::string take() { return std::move(out_); }

 private:
  void separate();
  std::string out_;
  bool comma_ = false;
};

}  // namespace trailkeeper::json
