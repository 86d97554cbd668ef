#include "merkle/checkpoint.h"

#include <algorithm>
#include <charconv>

namespace trailkeeper::merkle {
namespace {

// Takes a line without its LF; empty at the end of `text` or where no LF ends it.
std::string_view take_line(std::string_view& text) {
  const auto end = text.find('\n');
  if (end == std::string_view::npos) return {};
  const std::string_view line = text.substr(0, end);
  text.remove_prefix(end + 1);
  return line;
}

}  // namespace

std::string render_checkpoint(const Checkpoint& checkpoint) {
  return checkpoint.origin + "\n" + std::to_string(checkpoint.size) + "\n" +
         to_base64(as_text(checkpoint.root)) + "\n";
}

Result<Checkpoint> parse_checkpoint(std::string_view text) {
  const Error broken{ErrorKind::invalid, "checkpoint", "this is no checkpoint of a log"};
  Checkpoint checkpoint;
  checkpoint.origin = take_line(text);
  const std::string_view size = take_line(text);
  const auto root = from_base64(take_line(text));
  const auto [at, failed] =
      std::from_chars(size.data(), size.data() + size.size(), checkpoint.size);
  if (checkpoint.origin.empty() || failed != std::errc{} || at != size.data() + size.size() ||
      std::to_string(checkpoint.size) != size)
    return broken;
  if (!root || root->size() != checkpoint.root.size()) return broken;
  std::copy(root->begin(), root->end(), checkpoint.root.begin());
  if (checkpoint.size == 0 && checkpoint.root != empty_root()) return broken;
  // Extension lines may follow, none of them empty.
  while (!text.empty()) {
    if (take_line(text).empty()) return broken;
  }
  return checkpoint;
}

}  // namespace trailkeeper::merkle
