#include <charconv>

#include "base/bytes.h"
#include "otlp_model.h"
#include "spoiled.h"
#include "translation.h"

// OTLP's JSON form: proto3's mapping with lowerCamelCase names, trace and span ids in hex, enums as
// numbers, 64-bit numbers as texts or numbers. Unknown members are ignored and null is "absent", as
// that mapping asks for.
namespace trailkeeper::ingest::otlp {
namespace {

using json::Node;
using json::Type;

// A value one level down takes up to four levels of JSON; above the first there are ten.
constexpr int kJsonDepthMax = 10 + 4 * (kDepthMax + 1);

// What is wrong with a part of the document; `pointer` is filled in on the way up.
struct Wrong {
  std::string pointer;
  std::string code;
  std::string detail;
};
using Maybe = std::optional<Wrong>;

Wrong wrong_type(std::string_view name, const char* wanted) {
  return {json::pointer("", name), "wrong_type", std::string("must be ") + wanted};
}

Maybe below(std::string_view parent, Maybe found) {
  if (found) found->pointer.insert(0, parent);
  return found;
}

template <typename T>
std::optional<T> whole_number(Node node) {
  if (!node.is(Type::number) && !node.is(Type::string)) return std::nullopt;
  const std::string_view text = node.text();
  T value{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

bool append_real(std::string& out, Node node) {
  if (node.is(Type::number)) {
    out += node.text();
    return true;
  }
  if (!node.is(Type::string)) return false;
  const std::string_view text = node.text();
  if (text == "NaN" || text == "Infinity" || text == "-Infinity") {
    out += to_json(text);
    return true;
  }
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) return false;
  append_double(out, value);
  return true;
}

Maybe append_value(std::string& out, Node value, int depth, Kind& kind);

// `{"values": [...]}` of an array or a map.
Maybe find_values(Node holder, std::optional<Node>& values) {
  if (!holder.is(Type::object)) return wrong_type(holder.key(), "an object");
  values = holder.find("values");
  if (!values || values->is(Type::null)) {
    values.reset();
    return {};
  }
  if (values->is(Type::array)) return {};
  return below(json::pointer("", holder.key()), wrong_type("values", "an array"));
}

Maybe append_array(std::string& out, Node holder, int depth) {
  std::optional<Node> values;
  if (Maybe found = find_values(holder, values)) return found;
  out += '[';
  std::size_t index = 0;
  Kind kind{};
  if (values) {
    for (Node item : *values) {
      if (index > 0) out += ',';
      const std::string at = json::pointer("/arrayValue/values", index++);
      if (Maybe found = below(at, append_value(out, item, depth, kind))) return found;
    }
  }
  out += ']';
  return {};
}

// A KeyValue.
Maybe find_key(Node item, std::string_view& key) {
  if (!item.is(Type::object)) return Wrong{"", "wrong_type", "must be an object"};
  const auto name = item.find("key");
  if (!name || !name->is(Type::string)) return wrong_type("key", "a string");
  key = name->text();
  return {};
}

Maybe append_value_of(std::string& out, Node item, int depth, Kind& kind) {
  const auto value = item.find("value");
  if (!value || value->is(Type::null)) {
    out += "null";
    return {};
  }
  return below("/value", append_value(out, *value, depth, kind));
}

Maybe append_map(std::string& out, Node holder, int depth) {
  std::optional<Node> values;
  if (Maybe found = find_values(holder, values)) return found;
  out += '{';
  std::size_t index = 0;
  Kind kind{};
  if (values) {
    for (Node item : *values) {
      if (index > 0) out += ',';
      const std::string at = json::pointer("/kvlistValue/values", index++);
      std::string_view key;
      if (Maybe found = below(at, find_key(item, key))) return found;
      out += to_json(key);
      out += ':';
      if (Maybe found = below(at, append_value_of(out, item, depth, kind))) return found;
    }
  }
  out += '}';
  return {};
}

Maybe append_member(std::string& out, Node member, int depth, Kind& kind) {
  const std::string_view name = member.key();
  kind = Kind::other;
  if (name == "stringValue") {
    kind = Kind::text;
    if (!member.is(Type::string)) return wrong_type(name, "a string");
    json::append(out, member);
  } else if (name == "boolValue") {
    if (!member.is(Type::boolean)) return wrong_type(name, "true or false");
    json::append(out, member);
  } else if (name == "intValue") {
    kind = Kind::integer;
    const auto number = whole_number<std::int64_t>(member);
    if (!number) return wrong_type(name, "a whole number of 64 bits, as a string or a number");
    out += std::to_string(*number);
  } else if (name == "doubleValue") {
    if (!append_real(out, member)) return wrong_type(name, "a number");
  } else if (name == "bytesValue") {
    // Both alphabets, as proto3's mapping has it.
    if (!member.is(Type::string) ||
        (!from_base64(member.text()) && !from_base64url(member.text()))) {
      return wrong_type(name, "base64 in a string");
    }
    json::append(out, member);
  } else if (name == "arrayValue") {
    return append_array(out, member, depth + 1);
  } else {
    return append_map(out, member, depth + 1);
  }
  return {};
}

bool is_value(std::string_view name) {
  return name == "stringValue" || name == "boolValue" || name == "intValue" ||
         name == "doubleValue" || name == "bytesValue" || name == "arrayValue" ||
         name == "kvlistValue";
}

// An AnyValue.
Maybe append_value(std::string& out, Node value, int depth, Kind& kind) {
  if (depth > kDepthMax) return Wrong{"", "too_deep", "values are nested too deeply"};
  if (!value.is(Type::object)) return Wrong{"", "wrong_type", "must be an object"};
  kind = Kind::null;
  bool has_value = false;
  for (Node member : value) {
    if (!is_value(member.key()) || member.is(Type::null)) continue;
    if (has_value) return Wrong{"", "one_value", "must have one value"};
    has_value = true;
    if (Maybe found = append_member(out, member, depth, kind)) return found;
  }
  if (!has_value) out += "null";
  return {};
}

Maybe read_attributes(Node list, Attributes& out) {
  if (!list.is(Type::array)) return Wrong{"", "wrong_type", "must be an array"};
  std::size_t index = 0;
  for (Node item : list) {
    const std::size_t begin = out.json.size();
    std::string_view key;
    Kind kind = Kind::null;
    Maybe found = find_key(item, key);
    if (!found) found = append_value_of(out.json, item, 1, kind);
    if (found) return below(json::pointer("", index), std::move(found));
    out.items.push_back({std::string(key), kind, begin, out.json.size() - begin});
    ++index;
  }
  return {};
}

Maybe read_text(Node node, std::string& out) {
  if (!node.is(Type::string)) return Wrong{"", "wrong_type", "must be a string"};
  out = node.text();
  return {};
}

template <typename T>
Maybe read_number(Node node, T& out) {
  const auto number = whole_number<T>(node);
  if (!number) return Wrong{"", "wrong_type", "must be a whole number in its range"};
  out = *number;
  return {};
}

Maybe read_id(Node node, std::string& out, std::size_t size) {
  const auto bytes = node.is(Type::string) ? from_hex(node.text()) : std::nullopt;
  auto hex = bytes ? id_hex(*bytes, size) : std::nullopt;
  if (!hex) return Wrong{"", "invalid_id", "must be " + std::to_string(2 * size) + " hex digits"};
  out = *std::move(hex);
  return {};
}

Maybe read_field(Node member, LogRecord& out) {
  const std::string_view name = member.key();
  if (name == "timeUnixNano") return read_number(member, out.time_unix_nano);
  if (name == "observedTimeUnixNano") return read_number(member, out.observed_time_unix_nano);
  if (name == "severityNumber") return read_number(member, out.severity_number);
  if (name == "severityText") return read_text(member, out.severity_text);
  if (name == "attributes") return read_attributes(member, out.attributes);
  if (name == "droppedAttributesCount") return read_number(member, out.dropped_attributes_count);
  if (name == "flags") return read_number(member, out.flags);
  if (name == "traceId") return read_id(member, out.trace_id, 16);
  if (name == "spanId") return read_id(member, out.span_id, 8);
  if (name == "eventName") return read_text(member, out.event_name);
  if (name != "body") return {};
  Kind kind{};
  Maybe found = append_value(out.body, member, 1, kind);
  if (kind == Kind::null) out.body.clear();
  return found;
}

void read_record(Node node, LogRecord& out) {
  out.clear();
  if (!node.is(Type::object)) {
    out.problems.push_back({"", "wrong_type", "a log record must be an object"});
    return;
  }
  for (Node member : node) {
    if (member.is(Type::null)) continue;
    if (Maybe found = below(json::pointer("", member.key()), read_field(member, out))) {
      out.problems.push_back(
          {std::move(found->pointer), std::move(found->code), std::move(found->detail)});
    }
  }
}

Error request_error(std::string at, Wrong wrong) {
  return wrong_request(wrong.code.c_str(), wrong.detail, at + wrong.pointer);
}

// The items of a member that must be an array of objects; null and absent ones are empty.
template <typename Read>
Result<> each(Node parent, std::string_view name, const std::string& at, Read read) {
  const auto list = parent.find(name);
  if (!list || list->is(Type::null)) return {};
  if (!list->is(Type::array)) return request_error(at, wrong_type(name, "an array"));
  std::size_t index = 0;
  for (Node item : *list) TRY(read(item, index++));
  return {};
}

// `resource` or `scope`: what it says of itself.
template <typename Read>
Result<> self(Node parent, std::string_view name, const std::string& at, Read read) {
  const auto node = parent.find(name);
  if (!node || node->is(Type::null)) return {};
  if (!node->is(Type::object)) return request_error(at, wrong_type(name, "an object"));
  for (Node member : *node) {
    if (member.is(Type::null)) continue;
    const std::string here = at + json::pointer(json::pointer("", name), member.key());
    if (Maybe found = read(member)) return request_error(here, *std::move(found));
  }
  return {};
}

// What the records of a request are read with.
struct Reading {
  Sink& sink;
  SpoiledItems spoiled{};
  LogRecord record{};
};

void read_record(Node node, const Place& place, Reading& reading) {
  const auto spoiled = node.is(Type::null) && !reading.spoiled.empty()
                           ? reading.spoiled.find(record_pointer(place))
                           : reading.spoiled.end();
  if (spoiled == reading.spoiled.end()) return read_record(node, reading.record);
  reading.record.clear();
  reading.record.problems = spoiled->second.fields;
}

Result<> read_scope_logs(Node node, Place place, const Resource& resource, Reading& reading) {
  const std::string at = scope_pointer(place);
  if (!node.is(Type::object)) return request_error(at, {"", "wrong_type", "must be an object"});
  Scope scope;
  TRY(self(node, "scope", at, [&](Node member) -> Maybe {
    if (member.key() == "name") return read_text(member, scope.name);
    if (member.key() == "version") return read_text(member, scope.version);
    if (member.key() == "attributes") return read_attributes(member, scope.attributes);
    return {};
  }));
  return each(node, "logRecords", at, [&](Node item, std::size_t index) -> Result<> {
    place.record = index;
    read_record(item, place, reading);
    return reading.sink.record(place, resource, scope, reading.record);
  });
}

Result<> read_resource_logs(Node node, Place place, Reading& reading) {
  const std::string at = resource_pointer(place);
  if (!node.is(Type::object)) return request_error(at, {"", "wrong_type", "must be an object"});
  Resource resource;
  TRY(self(node, "resource", at, [&](Node member) -> Maybe {
    if (member.key() == "attributes") return read_attributes(member, resource.attributes);
    return {};
  }));
  return each(node, "scopeLogs", at, [&](Node item, std::size_t index) -> Result<> {
    place.scope = index;
    return read_scope_logs(item, place, resource, reading);
  });
}

}  // namespace

Result<> read_json(std::string_view body, Sink& sink, std::string* with_canonical) {
  constexpr std::string_view kRecords[] = {"resourceLogs", kEach,        "scopeLogs",
                                           kEach,          "logRecords", kEach};
  Reading reading{sink};
  Node root = TRY(
      parse_apart(sent_document(), body, {.depth_max = kJsonDepthMax}, kRecords, reading.spoiled));
  if (with_canonical) *with_canonical = canonical(root, reading.spoiled, body);
  if (!root.is(Type::object)) return wrong_request("wrong_type", "The body must be an object.");
  // An empty request is well; one of another shape is somebody's mistake and no empty request.
  if (root.size() > 0 && !root.find("resourceLogs")) {
    return wrong_request("required", "resourceLogs is required.", "/resourceLogs");
  }
  return each(root, "resourceLogs", "", [&](Node item, std::size_t index) -> Result<> {
    return read_resource_logs(item, Place{index, 0, 0}, reading);
  });
}

}  // namespace trailkeeper::ingest::otlp
