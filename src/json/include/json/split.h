#pragma once

#include <optional>
#include <string_view>
#include <vector>

namespace trailkeeper::json {

// The texts of an array's items, found by brackets, quotes and commas alone: so that one item that
// is no valid JSON value says nothing about the others. Whether each is one, only its own parse
// tells. Empty when the text is no array, ends within it or goes on behind it.
std::optional<std::vector<std::string_view>> split_array(std::string_view text);

// A member of an object as it stands in the text: the key without its quotes and not decoded.
struct MemberText {
  std::string_view key;
  std::string_view value;
};

// The same for an object's members.
std::optional<std::vector<MemberText>> split_object(std::string_view text);

}  // namespace trailkeeper::json
