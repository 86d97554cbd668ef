#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

// OpenTelemetry's log records (OTLP 1.x, opentelemetry/proto/logs/v1/logs.proto), as both of its
// encodings are read. Texts of protobuf are taken as they are; whether they are UTF-8 shows when
// the event is read.
namespace trailkeeper::ingest::otlp {

enum class Kind : std::uint8_t { null, text, integer, other };

// Values are kept as JSON, one after the other in one string.
struct Attribute {
  std::string key;
  Kind kind = Kind::null;
  std::size_t begin = 0;
  std::size_t size = 0;
};

struct Attributes {
  std::vector<Attribute> items;
  std::string json;

  std::string_view value(const Attribute& attribute) const {
    return std::string_view(json).substr(attribute.begin, attribute.size);
  }
  void clear() {
    items.clear();
    json.clear();
  }
};

struct Resource {
  Attributes attributes;
};

struct Scope {
  std::string name;
  std::string version;
  Attributes attributes;
};

struct LogRecord {
  std::uint64_t time_unix_nano = 0;           // 0: not known
  std::uint64_t observed_time_unix_nano = 0;  // 0: not known
  std::int64_t severity_number = 0;           // 0: not given
  std::string severity_text;
  std::string body;  // JSON; empty: none
  Attributes attributes;
  std::uint64_t dropped_attributes_count = 0;
  std::uint64_t flags = 0;
  std::string trace_id;  // 32 lower-case hex digits, or empty
  std::string span_id;   // 16, or empty
  std::string event_name;
  // What cannot be read, with pointers from the record on; the record is then refused.
  std::vector<FieldProblem> problems;

  void clear();
};

// Where a record stands; as a pointer into the JSON form, for protobuf too.
struct Place {
  std::size_t resource = 0;
  std::size_t scope = 0;
  std::size_t record = 0;
};
std::string resource_pointer(const Place& place);
std::string scope_pointer(const Place& place);
std::string record_pointer(const Place& place);

// Takes the records, in order; an error ends the reading.
class Sink {
 public:
  virtual ~Sink() = default;
  virtual Result<> record(const Place& place, const Resource& resource, const Scope& scope,
                          const LogRecord& record) = 0;
};

// Values within each other, so that neither form can use up the stack.
inline constexpr int kDepthMax = 32;

// An ExportLogsServiceRequest. Errors concern the request as a whole: `malformed_protobuf`, or
// those of JSON and `wrong_type` with a pointer.
Result<> read_protobuf(std::string_view body, Sink& sink);
// `with_canonical`: the compact JSON of what was sent goes there; may be null.
Result<> read_json(std::string_view body, Sink& sink, std::string* with_canonical);

// What both use to write values.
void append_double(std::string& out, double value);  // NaN and the infinities as strings
// Lower-case hex of an id of that many bytes; empty for one of zeros, nothing for a wrong size.
std::optional<std::string> id_hex(std::string_view bytes, std::size_t size);

}  // namespace trailkeeper::ingest::otlp
