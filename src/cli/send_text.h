#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"

// From the bytes of a file to its lines or records, piece by piece.
namespace trailkeeper::cli {

// One entry of the file, ready to be sent.
struct SendLine {
  std::uint64_t number = 0;  // of the line on which it begins, from 1
  std::uint64_t end = 0;     // bytes of the (unpacked) file up to and with its line end
  std::string text;          // one JSON object
  std::string problem;       // why it cannot be sent; then `text` is what was found
};

// Takes what a file holds in pieces of any size and gives its entries one by one.
class LineReader {
 public:
  virtual ~LineReader() = default;
  virtual void feed(std::string_view bytes) = 0;
  // No more bytes come.
  virtual void finish() = 0;
  // False when more bytes are needed. Errors: the file as a whole cannot be read (no header, a
  // quote that never ends).
  virtual Result<bool> next(SendLine& line) = 0;
};

}  // namespace trailkeeper::cli
