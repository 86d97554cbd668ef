#include "origins.h"

namespace trailkeeper::ingest {
namespace {

constexpr char kItem = 'i';
constexpr char kRoot = 'r';

std::string_view take_text(std::string_view& rest) {
  const std::string_view text = rest.substr(0, rest.find('\0'));
  rest.remove_prefix(text.size() + 1);
  return text;
}

// Whether `wire` is `part` or lies below it.
bool is_within(std::string_view wire, std::string_view part) {
  return wire.starts_with(part) && (wire.size() == part.size() || wire[part.size()] == '/');
}

}  // namespace

void Origins::add(char from, std::string_view wire, std::string_view place, Below below) {
  // A key that holds a NUL never gets as far as an event.
  if (wire.find('\0') != std::string_view::npos || place.find('\0') != std::string_view::npos) {
    return;
  }
  entries_ += from;
  entries_ += static_cast<char>(below);
  entries_.append(wire) += '\0';
  entries_.append(place) += '\0';
}

void Origins::add(std::string_view wire, std::string_view place, Below below) {
  add(kItem, wire, place, below);
}

void Origins::add_absolute(std::string_view wire, std::string_view place, Below below) {
  add(kRoot, wire, place, below);
}

std::string Origins::find(std::string_view wire, std::string_view item_pointer) const {
  std::string best(item_pointer);
  std::size_t length = 0;
  for (std::string_view rest = entries_; !rest.empty();) {
    const bool absolute = rest[0] == kRoot;
    const bool same = rest[1] == static_cast<char>(Below::same);
    rest.remove_prefix(2);
    const std::string_view part = take_text(rest);
    const std::string_view place = take_text(rest);
    if (part.size() < length || !is_within(wire, part)) continue;
    length = part.size();
    best = absolute ? std::string() : std::string(item_pointer);
    best += place;
    if (same) best += wire.substr(part.size());
  }
  return best;
}

}  // namespace trailkeeper::ingest
