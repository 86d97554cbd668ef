#include "send_jsonl.h"

namespace trailkeeper::cli {
namespace {

constexpr std::size_t kLineBytesMax = 1u << 20;
constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

bool is_blank(std::string_view text) {
  return text.find_first_not_of(" \t\r") == std::string_view::npos;
}

}  // namespace

void JsonLines::feed(std::string_view bytes) {
  buffer_.erase(0, position_);
  position_ = 0;
  buffer_ += bytes;
}

Result<bool> JsonLines::next(SendLine& line) {
  for (;;) {
    const std::string_view rest = std::string_view(buffer_).substr(position_);
    const std::size_t feed = rest.find('\n');
    if (feed == std::string_view::npos && (!finished_ || rest.empty())) {
      if (rest.size() <= 16 * kLineBytesMax) return false;
      return Error{
          ErrorKind::invalid, "line_too_long",
          "line " + std::to_string(number_ + 1) + " is longer than 16 MiB; is this JSON Lines?"};
    }
    const std::size_t size = std::min(feed, rest.size());
    const std::size_t taken = feed == std::string_view::npos ? size : size + 1;
    std::string_view text = rest.substr(0, size);
    if (number_ == 0 && text.starts_with(kByteOrderMark)) text.remove_prefix(kByteOrderMark.size());
    if (text.ends_with('\r')) text.remove_suffix(1);
    position_ += taken;
    consumed_ += taken;
    ++number_;
    if (is_blank(text)) continue;
    line = {number_, consumed_, std::string(text.substr(0, kLineBytesMax)), {}};
    if (text.size() > kLineBytesMax) line.problem = "The line is longer than 1 MiB.";
    return true;
  }
}

}  // namespace trailkeeper::cli
