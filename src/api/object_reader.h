#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/time.h"
#include "json/document.h"

namespace trailkeeper::api {

struct TextRule {
  std::size_t bytes_max = 256;
  bool may_be_empty = false;
};

// Reads one JSON object strictly: every member is asked for by name, and what nobody asked for is a
// problem, as is a wrong type or a value outside its bounds. Problems are collected, so that a
// sender learns of all at once; the values returned after one are placeholders, good for nothing
// until finish() says ok. `null` counts as absent.
class ObjectReader {
 public:
  // `pointer` is the JSON pointer of `node` in the request.
  explicit ObjectReader(json::Node node, std::string pointer = "");

  std::string text(std::string_view key, const TextRule& rule = {});
  std::optional<std::string> optional_text(std::string_view key, const TextRule& rule = {});
  std::optional<bool> optional_boolean(std::string_view key);
  std::optional<std::int64_t> optional_integer(std::string_view key, std::int64_t min,
                                               std::int64_t max);
  std::optional<Timestamp> optional_time(std::string_view key);
  Timestamp time(std::string_view key);
  // A text that is one of `choices`.
  std::string choice(std::string_view key, const std::vector<std::string_view>& choices);
  std::optional<std::string> optional_choice(std::string_view key,
                                             const std::vector<std::string_view>& choices);
  // A text, or an array of texts.
  std::vector<std::string> texts(std::string_view key, std::size_t items_max = 50,
                                 const TextRule& rule = {});
  std::optional<json::Node> optional_object(std::string_view key);

  // Whether `key` is there and null, for members where that means "none" and not "as it is".
  bool is_null(std::string_view key);

  // Adds a problem that the caller found in `key`.
  void refuse(std::string_view key, std::string code, std::string detail);
  // Takes over the problems of a reader of a part.
  void join(ObjectReader& part);

  std::string pointer_of(std::string_view key) const { return json::pointer(pointer_, key); }

  // `invalid`, code `invalid_field`, with every problem found (at most 20).
  Result<> finish();

 private:
  std::optional<json::Node> take(std::string_view key);
  std::optional<std::string> checked_text(std::string_view key, json::Node node,
                                          const TextRule& rule);
  void missing(std::string_view key);
  void find_unknown();

  json::Node node_;
  std::string pointer_;
  std::vector<std::string> known_;
  std::vector<FieldProblem> problems_;
};

}  // namespace trailkeeper::api
