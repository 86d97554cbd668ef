#pragma once

#include <map>
#include <span>
#include <string>
#include <string_view>

#include "json/document.h"

namespace trailkeeper::ingest {

// Items of a request that are no valid values by themselves (a NUL in a text, a key twice), by
// their pointers, with what is wrong in each; pointers there start at the item. One such item must
// not take the others with it: whoever can put a NUL into a user agent could keep a whole batch
// out.
using SpoiledItems = std::map<std::string, Error, std::less<>>;

// Any item of an array, in a path to the items.
inline constexpr std::string_view kEach = "*";

// Parses `body` into `document`. `path` leads to its items, such as "events", kEach; each of its
// steps is a level of the limits. Where spoiled
// items keep the whole from being valid, null stands in their places and they are in `spoiled`. An
// error when the rest is not valid either, or when it is not clear where an item ends.
Result<json::Node> parse_apart(json::Document& document, std::string_view body,
                               const json::ParseLimits& limits,
                               std::span<const std::string_view> path, SpoiledItems& spoiled);

// What a request's fingerprint is made of: its JSON however it is spelled, or its bytes when what
// was spoiled would be missing there.
std::string canonical(json::Node root, const SpoiledItems& spoiled, std::string_view body);

}  // namespace trailkeeper::ingest
