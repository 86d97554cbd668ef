#pragma once

#include <string>

#include "send_text.h"

namespace trailkeeper::cli {

// JSON Lines: an event a line; empty lines are passed over. What a line says is the server's
// business.
class JsonLines final : public LineReader {
 public:
  void feed(std::string_view bytes) override;
  void finish() override { finished_ = true; }
  Result<bool> next(SendLine& line) override;

 private:
  std::string buffer_;
  std::size_t position_ = 0;
  std::uint64_t consumed_ = 0;  // bytes of the file before `position_`
  std::uint64_t number_ = 0;
  bool finished_ = false;
};

}  // namespace trailkeeper::cli
