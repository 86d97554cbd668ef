#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "httpd/message.h"

namespace trailkeeper::httpd {

// Turns a body source into pieces ready for the wire. Goes back and forth between the pool, where
// fill() runs, and the connection, which sends piece(): one of them has it at a time.
class Streamer {
 public:
  Streamer(std::unique_ptr<BodySource> source, std::optional<std::uint64_t> length, bool chunked);

  // Reads the next piece; may block. After an error nothing more can be sent.
  Result<> fill();
  // What the last fill() made; valid until the next.
  std::string_view piece() const { return piece_; }
  // True when piece() is the last.
  bool finished() const { return finished_; }

 private:
  void frame(std::size_t size);

  std::unique_ptr<BodySource> source_;
  std::optional<std::uint64_t> left_;
  const bool chunked_;
  bool finished_ = false;
  std::vector<char> buffer_;
  std::string_view piece_;
};

}  // namespace trailkeeper::httpd
