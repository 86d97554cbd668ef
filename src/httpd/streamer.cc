#include "streamer.h"

#include <algorithm>
#include <charconv>
#include <exception>

namespace trailkeeper::httpd {

namespace {

constexpr std::size_t kPieceBytes = 128 * 1024;
constexpr std::size_t kFront = 18;  // 16 hexadecimal digits, CR LF
constexpr std::size_t kBack = 2;

Error broken(std::string message) { return {ErrorKind::failed, "body_source", std::move(message)}; }

Result<std::size_t> read_from(BodySource& source, char* data, std::size_t size) {
  try {
    return source.read(data, size);
  } catch (const std::exception& e) {
    return broken(std::string("the body's source threw: ") + e.what());
  }
}

}  // namespace

Streamer::Streamer(std::unique_ptr<BodySource> source, std::optional<std::uint64_t> length,
                   bool chunked)
    : source_(std::move(source)),
      left_(length),
      chunked_(chunked),
      buffer_(kFront + kPieceBytes + kBack) {}

Result<> Streamer::fill() {
  if (left_ == 0u) {
    finished_ = true;
    piece_ = {};
    return {};
  }
  std::size_t room = kPieceBytes;
  if (left_) room = static_cast<std::size_t>(std::min<std::uint64_t>(room, *left_));
  auto got = TRY(read_from(*source_, buffer_.data() + kFront, room));
  if (got > room) return broken("the body's source wrote more than it was asked for");
  if (left_) {
    if (got == 0) return broken("the body's source ended before its announced length");
    *left_ -= got;
    finished_ = *left_ == 0;
  } else {
    finished_ = got == 0;
  }
  frame(got);
  return {};
}

// RFC 9112 section 7.1: size in hexadecimal before, CR LF behind; a chunk of size 0 ends the body.
void Streamer::frame(std::size_t size) {
  char* data = buffer_.data() + kFront;
  if (!chunked_) {
    piece_ = {data, size};
    return;
  }
  if (size == 0) {
    piece_ = "0\r\n\r\n";
    return;
  }
  char digits[16];
  char* end = std::to_chars(digits, digits + sizeof(digits), size, 16).ptr;
  char* start = data - 2 - (end - digits);
  std::copy(digits, end, start);
  data[-2] = '\r';
  data[-1] = '\n';
  data[size] = '\r';
  data[size + 1] = '\n';
  piece_ = {start, static_cast<std::size_t>(data + size + 2 - start)};
}

}  // namespace trailkeeper::httpd
