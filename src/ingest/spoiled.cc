#include "spoiled.h"

#include "json/split.h"

namespace trailkeeper::ingest {
namespace {

using Path = std::span<const std::string_view>;

class Repair {
 public:
  // `limits` are those of an item alone.
  Repair(json::Document& document, const json::ParseLimits& limits, SpoiledItems& spoiled)
      : document_(document), limits_(limits), spoiled_(spoiled) {}

  // Appends `text` with null for each spoiled item below it. Text that is not of the path's shape
  // is left as it is; the parse of the whole will speak of it.
  void append(std::string& out, std::string_view text, Path path, const std::string& pointer);

 private:
  void append_item(std::string& out, std::string_view text, const std::string& pointer);
  bool append_array(std::string& out, std::string_view text, Path path, const std::string& pointer);
  bool append_object(std::string& out, std::string_view text, Path path,
                     const std::string& pointer);

  json::Document& document_;
  const json::ParseLimits limits_;
  SpoiledItems& spoiled_;
};

void Repair::append_item(std::string& out, std::string_view text, const std::string& pointer) {
  auto node = document_.parse(text, limits_);
  if (node) {
    out += text;
    return;
  }
  out += "null";
  spoiled_.emplace(pointer, std::move(node).error());
}

bool Repair::append_array(std::string& out, std::string_view text, Path path,
                          const std::string& pointer) {
  const auto items = json::split_array(text);
  if (!items) return false;
  out += '[';
  std::size_t index = 0;
  for (std::string_view item : *items) {
    if (index > 0) out += ',';
    append(out, item, path, json::pointer(pointer, index++));
  }
  out += ']';
  return true;
}

bool Repair::append_object(std::string& out, std::string_view text, Path path,
                           const std::string& pointer) {
  const auto members = json::split_object(text);
  if (!members) return false;
  out += '{';
  for (const json::MemberText& member : *members) {
    if (out.back() != '{') out += ',';
    ((out += '"') += member.key) += "\":";
    if (member.key == path.front()) {
      append(out, member.value, path.subspan(1), json::pointer(pointer, member.key));
    } else {
      out += member.value;
    }
  }
  out += '}';
  return true;
}

void Repair::append(std::string& out, std::string_view text, Path path,
                    const std::string& pointer) {
  if (path.empty()) return append_item(out, text, pointer);
  const bool shaped = path.front() == kEach ? append_array(out, text, path.subspan(1), pointer)
                                            : append_object(out, text, path, pointer);
  if (!shaped) out += text;
}

}  // namespace

Result<json::Node> parse_apart(json::Document& document, std::string_view body,
                               const json::ParseLimits& limits, Path path, SpoiledItems& spoiled) {
  auto whole = document.parse(body, limits);
  if (whole || whole.error().code == "malformed_json") return whole;
  std::string repaired;
  repaired.reserve(body.size());
  const json::ParseLimits of_item{.depth_max = limits.depth_max - static_cast<int>(path.size())};
  Repair(document, of_item, spoiled).append(repaired, body, path, "");
  if (spoiled.empty()) return whole;
  auto rest = document.parse(repaired, limits);
  return rest ? rest : whole;
}

std::string canonical(json::Node root, const SpoiledItems& spoiled, std::string_view body) {
  if (!spoiled.empty()) return std::string(body);
  std::string out;
  json::append(out, root);
  return out;
}

}  // namespace trailkeeper::ingest
