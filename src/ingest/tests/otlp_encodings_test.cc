#include <rapidcheck.h>
#include <protozero/pbf_writer.hpp>

#include "base/bytes.h"
#include "forms_support.h"
#include "json/writer.h"

// The same records in both encodings of OTLP are the same events: each reader checks the other.
namespace trailkeeper::ingest {
namespace {

struct Any {
  int kind = 0;  // number of the AnyValue's field; 0: none
  std::string text;
  std::int64_t whole = 0;
  double real = 0;
  std::vector<std::pair<std::string, Any>> items;
};

std::string word() { return *rc::gen::container<std::string>(rc::gen::inRange('a', 'z')); }

Any random_value(int depth) {
  Any out;
  out.kind = *rc::gen::inRange(0, depth > 3 ? 5 : 8);
  out.text = *rc::gen::element<std::string>("", "x", "naïve ☃ 𝄞", "a\"b\\c\n", word());
  out.whole = *rc::gen::arbitrary<std::int64_t>();
  out.real = *rc::gen::element(0.0, 1.5, -2.25e-7, 1e300, 12345678.0);
  if (out.kind == 5 || out.kind == 6) {
    const int count = *rc::gen::inRange(0, 4);
    for (int i = 0; i < count; ++i) {
      out.items.emplace_back("k" + std::to_string(i), random_value(depth + 1));
    }
  }
  return out;
}

void write_json(json::Writer& out, const Any& value);

void write_json_items(json::Writer& out, const Any& value) {
  out.begin_object().key("values").begin_array();
  for (const auto& [key, item] : value.items) {
    if (value.kind == 6) out.begin_object().member("key", key).key("value");
    write_json(out, item);
    if (value.kind == 6) out.end_object();
  }
  out.end_array().end_object();
}

void write_json(json::Writer& out, const Any& value) {
  out.begin_object();
  switch (value.kind) {
    case 1:
      out.member("stringValue", value.text);
      break;
    case 2:
      out.member("boolValue", value.whole > 0);
      break;
    case 3:
      out.member("intValue", std::to_string(value.whole));
      break;
    case 4:
      out.key("doubleValue").real(value.real);
      break;
    case 5:
      write_json_items(out.key("arrayValue"), value);
      break;
    case 6:
      write_json_items(out.key("kvlistValue"), value);
      break;
    case 7:
      out.member("bytesValue", to_base64(value.text));
      break;
    default:
      break;
  }
  out.end_object();
}

void write_protobuf(protozero::pbf_writer& out, const Any& value);

// By way of texts, because a writer drops a message that stayed empty.
std::string protobuf_of(const Any& value) {
  std::string out;
  protozero::pbf_writer writer(out);
  write_protobuf(writer, value);
  return out;
}

std::string protobuf_items(const Any& value) {
  std::string out;
  protozero::pbf_writer list(out);
  for (const auto& [key, item] : value.items) {
    if (value.kind == 5) {
      list.add_message(1, protobuf_of(item));
      continue;
    }
    protozero::pbf_writer part(list, 1);
    part.add_string(1, key);
    part.add_message(2, protobuf_of(item));
  }
  return out;
}

void write_protobuf(protozero::pbf_writer& out, const Any& value) {
  switch (value.kind) {
    case 1:
      return out.add_string(1, value.text);
    case 2:
      return out.add_bool(2, value.whole > 0);
    case 3:
      return out.add_int64(3, value.whole);
    case 4:
      return out.add_double(4, value.real);
    case 5:
    case 6:
      return out.add_message(static_cast<protozero::pbf_tag_type>(value.kind),
                             protobuf_items(value));
    case 7:
      return out.add_bytes(7, value.text);
    default:
      return;
  }
}

struct Record {
  std::uint64_t time = 0;
  std::string event_name;
  Any body;
  std::vector<std::pair<std::string, Any>> attributes;
};

Record random_record() {
  Record out;
  out.time = *rc::gen::element<std::uint64_t>(0, 1763820000123456789, 1);
  out.event_name = *rc::gen::element<std::string>("", "a.b", "report.viewed");
  out.body = random_value(0);
  if (*rc::gen::inRange(0, 5) > 0) {
    Any id;
    id.kind = *rc::gen::element(1, 3);
    id.text = "u1";
    id.whole = 7;
    out.attributes.emplace_back("user.id", id);
  }
  const int count = *rc::gen::inRange(0, 4);
  for (int i = 0; i < count; ++i) {
    out.attributes.emplace_back("app." + std::to_string(i), random_value(1));
  }
  return out;
}

void write_json_record(json::Writer& out, const Record& record) {
  out.begin_object()
      .member("timeUnixNano", std::to_string(record.time))
      .member("eventName", record.event_name)
      .key("body");
  write_json(out, record.body);
  out.key("attributes").begin_array();
  for (const auto& [key, value] : record.attributes) {
    out.begin_object().member("key", key).key("value");
    write_json(out, value);
    out.end_object();
  }
  out.end_array().end_object();
}

std::string to_json(const std::vector<Record>& records) {
  json::Writer out;
  out.begin_object().key("resourceLogs").begin_array().begin_object();
  out.key("scopeLogs").begin_array().begin_object().key("logRecords").begin_array();
  for (const Record& record : records) write_json_record(out, record);
  out.end_array().end_object().end_array().end_object().end_array().end_object();
  return out.take();
}

std::string to_protobuf(const std::vector<Record>& records) {
  std::string out;
  protozero::pbf_writer request(out);
  protozero::pbf_writer resource_logs(request, 1);
  protozero::pbf_writer scope_logs(resource_logs, 2);
  for (const Record& record : records) {
    protozero::pbf_writer one(scope_logs, 2);
    one.add_fixed64(1, record.time);
    one.add_string(12, record.event_name);
    {
      protozero::pbf_writer body(one, 5);
      write_protobuf(body, record.body);
    }
    for (const auto& [key, value] : record.attributes) {
      protozero::pbf_writer attribute(one, 6);
      attribute.add_string(1, key);
      protozero::pbf_writer inner(attribute, 2);
      write_protobuf(inner, value);
    }
  }
  scope_logs.commit();
  resource_logs.commit();
  return out;
}

bool same(const KeptItem& a, const KeptItem& b) {
  if (a.pointer != b.pointer || a.event.has_value() != b.event.has_value()) return false;
  if (a.event) return *a.event == *b.event;
  const Error left = a.event.error();
  const Error right = b.event.error();
  if (left.message != right.message || left.fields.size() != right.fields.size()) return false;
  for (std::size_t i = 0; i < left.fields.size(); ++i) {
    if (left.fields[i].pointer != right.fields[i].pointer) return false;
  }
  return true;
}

TEST(OtlpEncodingsTest, BothSayTheSame) {
  std::size_t good = 0;
  const bool held = rc::check([&] {
    std::vector<Record> records(static_cast<std::size_t>(*rc::gen::inRange(1, 4)));
    for (Record& record : records) record = random_record();
    const auto from_json = parse(request_of(Form::otlp_json, to_json(records)));
    const auto from_protobuf = parse(request_of(Form::otlp_protobuf, to_protobuf(records)));
    RC_ASSERT(from_json.has_value());
    RC_ASSERT(from_protobuf.has_value());
    RC_ASSERT(from_json->items.size() == records.size());
    RC_ASSERT(from_protobuf->items.size() == records.size());
    for (std::size_t i = 0; i < records.size(); ++i) {
      RC_ASSERT(same(from_json->items[i], from_protobuf->items[i]));
      good += from_json->items[i].event ? 1 : 0;
    }
  });
  EXPECT_TRUE(held);
  EXPECT_GT(good, 0u);
}

}  // namespace
}  // namespace trailkeeper::ingest
