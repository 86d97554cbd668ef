#include <bit>
#include <protozero/pbf_reader.hpp>

#include "base/bytes.h"
#include "json/writer.h"
#include "otlp_model.h"

// The messages of opentelemetry/proto/{collector/logs,logs,resource,common}/v1. Fields are taken
// only with the wire type that the schema gives them; others are skipped, as protobuf asks for
// unknown ones.
namespace trailkeeper::ingest::otlp {
namespace {

using protozero::pbf_reader;
using protozero::pbf_wire_type;

constexpr std::uint32_t bytes(std::uint32_t tag) {
  return protozero::tag_and_type(tag, pbf_wire_type::length_delimited);
}
constexpr std::uint32_t varint(std::uint32_t tag) {
  return protozero::tag_and_type(tag, pbf_wire_type::varint);
}
constexpr std::uint32_t fixed32(std::uint32_t tag) {
  return protozero::tag_and_type(tag, pbf_wire_type::fixed32);
}
constexpr std::uint32_t fixed64(std::uint32_t tag) {
  return protozero::tag_and_type(tag, pbf_wire_type::fixed64);
}

std::string_view view(pbf_reader& message) {
  const auto data = message.get_view();
  return {data.data(), data.size()};
}

struct TooDeep {};

Kind append_value(std::string& out, pbf_reader message, int depth);

void append_array(std::string& out, pbf_reader message, int depth) {
  out += '[';
  while (message.next()) {
    if (message.tag_and_type() != bytes(1)) {
      message.skip();
      continue;
    }
    if (out.back() != '[') out += ',';
    append_value(out, message.get_message(), depth);
  }
  out += ']';
}

struct KeyValue {
  std::string_view key;
  pbf_reader value;
};

KeyValue key_value(pbf_reader message) {
  KeyValue out;
  while (message.next()) {
    switch (message.tag_and_type()) {
      case bytes(1):
        out.key = view(message);
        break;
      case bytes(2):
        out.value = message.get_message();
        break;
      default:
        message.skip();
    }
  }
  return out;
}

void append_map(std::string& out, pbf_reader message, int depth) {
  out += '{';
  while (message.next()) {
    if (message.tag_and_type() != bytes(1)) {
      message.skip();
      continue;
    }
    const KeyValue item = key_value(message.get_message());
    if (out.back() != '{') out += ',';
    json::append_string(out, item.key);
    out += ':';
    append_value(out, item.value, depth);
  }
  out += '}';
}

// An AnyValue; of a repeated member of its oneof the last one counts.
Kind append_value(std::string& out, pbf_reader message, int depth) {
  if (depth > kDepthMax) throw TooDeep{};
  const std::size_t start = out.size();
  Kind kind = Kind::null;
  out += "null";
  while (message.next()) {
    const std::uint32_t field = message.tag_and_type();
    if (field != bytes(1) && field != varint(2) && field != varint(3) && field != fixed64(4) &&
        field != bytes(5) && field != bytes(6) && field != bytes(7)) {
      message.skip();
      continue;
    }
    out.resize(start);
    kind = Kind::other;
    if (field == bytes(1)) {
      kind = Kind::text;
      json::append_string(out, view(message));
    } else if (field == varint(2)) {
      out += message.get_bool() ? "true" : "false";
    } else if (field == varint(3)) {
      kind = Kind::integer;
      out += std::to_string(message.get_int64());
    } else if (field == fixed64(4)) {
      append_double(out, std::bit_cast<double>(message.get_fixed64()));
    } else if (field == bytes(5)) {
      append_array(out, message.get_message(), depth + 1);
    } else if (field == bytes(6)) {
      append_map(out, message.get_message(), depth + 1);
    } else {
      json::append_string(out, to_base64(view(message)));
    }
  }
  return kind;
}

void add_attribute(Attributes& out, pbf_reader message) {
  const KeyValue item = key_value(message);
  Attribute& attribute = out.items.emplace_back();
  attribute.key = item.key;
  attribute.begin = out.json.size();
  attribute.kind = append_value(out.json, item.value, 1);
  attribute.size = out.json.size() - attribute.begin;
}

void read_resource(Resource& out, pbf_reader message) {
  while (message.next(1, pbf_wire_type::length_delimited)) {
    add_attribute(out.attributes, message.get_message());
  }
}

void read_scope(Scope& out, pbf_reader message) {
  while (message.next()) {
    switch (message.tag_and_type()) {
      case bytes(1):
        out.name = view(message);
        break;
      case bytes(2):
        out.version = view(message);
        break;
      case bytes(3):
        add_attribute(out.attributes, message.get_message());
        break;
      default:
        message.skip();
    }
  }
}

std::string read_id(LogRecord& record, std::string_view name, std::string_view id,
                    std::size_t size) {
  auto hex = id_hex(id, size);
  if (hex) return *std::move(hex);
  record.problems.push_back(
      {"/" + std::string(name), "invalid_id",
       "must have " + std::to_string(size) + " bytes, not " + std::to_string(id.size())});
  return {};
}

void read_field(LogRecord& out, pbf_reader& message) {
  switch (message.tag_and_type()) {
    case fixed64(1):
      out.time_unix_nano = message.get_fixed64();
      break;
    case varint(2):
      out.severity_number = message.get_enum();
      break;
    case bytes(3):
      out.severity_text = view(message);
      break;
    case bytes(5):
      out.body.clear();
      if (append_value(out.body, message.get_message(), 1) == Kind::null) out.body.clear();
      break;
    case bytes(6):
      add_attribute(out.attributes, message.get_message());
      break;
    case varint(7):
      out.dropped_attributes_count = message.get_uint32();
      break;
    case fixed32(8):
      out.flags = message.get_fixed32();
      break;
    case bytes(9):
      out.trace_id = read_id(out, "traceId", view(message), 16);
      break;
    case bytes(10):
      out.span_id = read_id(out, "spanId", view(message), 8);
      break;
    case fixed64(11):
      out.observed_time_unix_nano = message.get_fixed64();
      break;
    case bytes(12):
      out.event_name = view(message);
      break;
    default:
      message.skip();
  }
}

void read_record(LogRecord& out, pbf_reader message) {
  out.clear();
  try {
    while (message.next()) read_field(out, message);
  } catch (const TooDeep&) {
    out.problems.push_back({"", "too_deep", "values are nested too deeply"});
  }
}

// Fields of a message may come in any order: what the records share is read before them.
Result<> read_scope_logs(pbf_reader message, Place place, const Resource& resource, Sink& sink) {
  Scope scope;
  for (pbf_reader first = message; first.next(1, pbf_wire_type::length_delimited);) {
    read_scope(scope, first.get_message());
  }
  LogRecord record;
  for (; message.next(2, pbf_wire_type::length_delimited); ++place.record) {
    read_record(record, message.get_message());
    TRY(sink.record(place, resource, scope, record));
  }
  return {};
}

Result<> read_resource_logs(pbf_reader message, Place place, Sink& sink) {
  Resource resource;
  for (pbf_reader first = message; first.next(1, pbf_wire_type::length_delimited);) {
    read_resource(resource, first.get_message());
  }
  for (; message.next(2, pbf_wire_type::length_delimited); ++place.scope) {
    TRY(read_scope_logs(message.get_message(), place, resource, sink));
  }
  return {};
}

Error malformed(std::string detail) {
  Error error{ErrorKind::invalid, "malformed_protobuf", detail};
  error.fields.push_back({"", "malformed_protobuf", std::move(detail)});
  return error;
}

}  // namespace

Result<> read_protobuf(std::string_view body, Sink& sink) {
  try {
    pbf_reader message(body.data(), body.size());
    Place place;
    for (; message.next(1, pbf_wire_type::length_delimited); ++place.resource) {
      TRY(read_resource_logs(message.get_message(), place, sink));
    }
    // An empty request is well; one of another shape is somebody's mistake and no empty request.
    if (place.resource > 0 || body.empty()) return {};
    return malformed("The body is no ExportLogsServiceRequest in protobuf.");
  } catch (const protozero::exception& error) {
    return malformed(std::string("The body is no ExportLogsServiceRequest in protobuf: ") +
                     error.what() + ".");
  } catch (const TooDeep&) {
    return malformed("Values of a resource or scope are nested too deeply.");
  }
}

}  // namespace trailkeeper::ingest::otlp
