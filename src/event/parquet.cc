#include "event/parquet.h"

#include <array>
#include <bit>
#include <cstring>
#include <utility>
#include <vector>

#include "base/bytes.h"
#include "compress/zstd.h"
#include "json/writer.h"
#include "thrift.h"

// https://parquet.apache.org/docs/file-format/ and parquet-format's parquet.thrift, version 2.9:
// one data page (version 1) a column and row group.
namespace trailkeeper::event {
namespace {

static_assert(std::endian::native == std::endian::little, "PLAIN is written as memory lies");

constexpr std::size_t kGroupRowsMax = 50'000;
constexpr std::size_t kGroupBytesMax = 8u << 20;
constexpr std::string_view kMagic = "PAR1";

// parquet.thrift's numbers.
enum PhysicalType : int { kInt32 = 1, kInt64 = 2, kByteArray = 6 };
enum ConvertedType : int { kNone = -1, kUtf8 = 0, kTimestampMicros = 10 };
enum Encoding : int { kPlain = 0, kRle = 3 };
constexpr int kZstd = 6;

struct Column {
  std::string_view name;
  PhysicalType type = kByteArray;
  ConvertedType converted = kUtf8;
  bool optional = true;
};

enum ColumnPlace : std::size_t {
  kSeq,
  kReceivedAt,
  kId,
  kNonce,
  kOrganization,
  kAction,
  kActionLabel,
  kArea,
  kApplication,
  kCategory,
  kCrud,
  kOccurredAt,
  kActorType,
  kActorId,
  kActorName,
  kActorUsername,
  kActorEmail,
  kActorRole,
  kActorMetadata,
  kTargets,
  kIp,
  kLocation,
  kUserAgent,
  kUrl,
  kRequestId,
  kSessionId,
  kOutcome,
  kHttpStatus,
  kErrorCode,
  kErrorMessage,
  kChanges,
  kMetadata,
  kExternalId,
  kVersion,
  kColumnCount
};

// In the order of ColumnPlace.
constexpr std::array<Column, kColumnCount> kColumns{{
    {"seq", kInt64, kNone, false},
    {"received_at", kInt64, kTimestampMicros, false},
    {"id", kByteArray, kUtf8, false},
    {"nonce", kByteArray, kUtf8, false},
    {"organization_id", kByteArray, kUtf8, false},
    {"action", kByteArray, kUtf8, false},
    {"action_label"},
    {"area"},
    {"application"},
    {"category"},
    {"crud"},
    {"occurred_at", kInt64, kTimestampMicros, false},
    {"actor_type"},
    {"actor_id", kByteArray, kUtf8, false},
    {"actor_name"},
    {"actor_username"},
    {"actor_email"},
    {"actor_role"},
    {"actor_metadata"},
    {"targets"},
    {"ip"},
    {"location"},
    {"user_agent"},
    {"url"},
    {"request_id"},
    {"session_id"},
    {"outcome"},
    {"http_status", kInt32, kNone, true},
    {"error_code"},
    {"error_message"},
    {"changes"},
    {"metadata"},
    {"external_id"},
    {"version", kInt64, kNone, true},
}};

template <typename Number>
void put_number(std::string& out, Number number) {
  out.append(reinterpret_cast<const char*>(&number), sizeof number);
}

void put_varint(std::string& out, std::uint64_t value) {
  for (; value >= 0x80; value >>= 7) out += static_cast<char>(value | 0x80);
  out += static_cast<char>(value);
}

// Which rows have a value: levels of at most 1, as a run or packed eight to a byte, with their size
// before them.
std::string encode_levels(const std::vector<bool>& there, std::size_t present) {
  std::string body;
  if (present == 0 || present == there.size()) {
    put_varint(body, there.size() << 1);
    body += static_cast<char>(present == 0 ? 0 : 1);
  } else {
    const std::size_t groups = (there.size() + 7) / 8;
    put_varint(body, (groups << 1) | 1);
    for (std::size_t group = 0; group < groups; ++group) {
      unsigned bits = 0;
      for (std::size_t bit = 0; bit < 8 && group * 8 + bit < there.size(); ++bit)
        bits |= (there[group * 8 + bit] ? 1u : 0u) << bit;
      body += static_cast<char>(bits);
    }
  }
  std::string out;
  put_number(out, static_cast<std::uint32_t>(body.size()));
  return out + body;
}

// The values of one column in the present row group.
struct Values {
  std::string bytes;
  std::vector<bool> there;
  std::size_t present = 0;
};

struct Chunk {
  std::uint64_t offset = 0;
  std::uint64_t packed_bytes = 0;  // headers included
  std::uint64_t plain_bytes = 0;
};

struct Group {
  std::uint64_t rows = 0;
  std::array<Chunk, kColumnCount> chunks{};
};

std::string page_header(std::size_t values, std::size_t plain_bytes, std::size_t packed_bytes) {
  ThriftWriter out;
  out.begin_struct();
  out.field_i32(1, 0);  // a data page
  out.field_i32(2, static_cast<std::int64_t>(plain_bytes));
  out.field_i32(3, static_cast<std::int64_t>(packed_bytes));
  out.field_struct(5);
  out.field_i32(1, static_cast<std::int64_t>(values));
  out.field_i32(2, kPlain);
  out.field_i32(3, kRle);
  out.field_i32(4, kRle);
  out.end_struct();
  out.end_struct();
  return out.take();
}

void write_schema(ThriftWriter& out) {
  out.field_list(2, kColumns.size() + 1, ThriftWriter::Item::structure);
  out.begin_struct();
  out.field_text(4, "entry");
  out.field_i32(5, static_cast<std::int64_t>(kColumns.size()));
  out.end_struct();
  for (const Column& column : kColumns) {
    out.begin_struct();
    out.field_i32(1, column.type);
    out.field_i32(3, column.optional ? 1 : 0);
    out.field_text(4, column.name);
    if (column.converted != kNone) out.field_i32(6, column.converted);
    out.end_struct();
  }
}

void write_chunk(ThriftWriter& out, const Column& column, const Chunk& chunk, std::uint64_t rows) {
  out.begin_struct();
  out.field_i64(2, static_cast<std::int64_t>(chunk.offset));
  out.field_struct(3);
  out.field_i32(1, column.type);
  out.field_list(2, 2, ThriftWriter::Item::i32);
  out.i32(kPlain);
  out.i32(kRle);
  out.field_list(3, 1, ThriftWriter::Item::text);
  out.text(column.name);
  out.field_i32(4, kZstd);
  out.field_i64(5, static_cast<std::int64_t>(rows));
  out.field_i64(6, static_cast<std::int64_t>(chunk.plain_bytes));
  out.field_i64(7, static_cast<std::int64_t>(chunk.packed_bytes));
  out.field_i64(9, static_cast<std::int64_t>(chunk.offset));
  out.end_struct();
  out.end_struct();
}

void write_group(ThriftWriter& out, const Group& group) {
  std::uint64_t bytes = 0;
  for (const Chunk& chunk : group.chunks) bytes += chunk.plain_bytes;
  out.begin_struct();
  out.field_list(1, kColumns.size(), ThriftWriter::Item::structure);
  for (std::size_t i = 0; i < kColumns.size(); ++i)
    write_chunk(out, kColumns[i], group.chunks[i], group.rows);
  out.field_i64(2, static_cast<std::int64_t>(bytes));
  out.field_i64(3, static_cast<std::int64_t>(group.rows));
  out.end_struct();
}

std::string footer(const std::vector<Group>& groups, std::uint64_t rows) {
  ThriftWriter out;
  out.begin_struct();
  out.field_i32(1, 2);
  write_schema(out);
  out.field_i64(3, static_cast<std::int64_t>(rows));
  out.field_list(4, groups.size(), ThriftWriter::Item::structure);
  for (const Group& group : groups) write_group(out, group);
  out.field_text(6, "trailkeeper");
  out.end_struct();
  return out.take();
}

// As in the record.
std::string targets_json(const std::vector<TargetView>& targets) {
  json::Writer out;
  out.begin_array();
  for (const TargetView& target : targets) {
    out.begin_object();
    if (target.type) out.member("type", *target.type);
    if (target.id) out.member("id", *target.id);
    if (target.name) out.member("name", *target.name);
    if (target.metadata) out.key("metadata").raw(*target.metadata);
    out.end_object();
  }
  return out.end_array().take();
}

std::string changes_json(const std::vector<ChangeView>& changes) {
  json::Writer out;
  out.begin_array();
  for (const ChangeView& change : changes) {
    out.begin_object().member("field", change.field);
    if (change.before) out.key("before").raw(*change.before);
    if (change.after) out.key("after").raw(*change.after);
    out.end_object();
  }
  return out.end_array().take();
}

}  // namespace

struct ParquetWriter::Impl {
  void add(const StoredView& stored);
  void end_group();

  // One value for `place` in this row; the optional ones may have none.
  void text(ColumnPlace place, std::string_view value) {
    Values& values = columns[place];
    put_number(values.bytes, static_cast<std::uint32_t>(value.size()));
    values.bytes += value;
    note(values, true);
    group_bytes += value.size() + sizeof(std::uint32_t);
  }
  void text(ColumnPlace place, const TextView& value) {
    if (value) return text(place, *value);
    note(columns[place], false);
  }
  template <typename Number>
  void number(ColumnPlace place, Number value) {
    put_number(columns[place].bytes, value);
    note(columns[place], true);
    group_bytes += sizeof value;
  }
  static void note(Values& values, bool there) {
    values.there.push_back(there);
    values.present += there ? 1 : 0;
  }
  void emit(std::string_view bytes) {
    ready += bytes;
    offset += bytes.size();
  }

  std::array<Values, kColumnCount> columns{};
  std::size_t group_rows = 0;
  std::size_t group_bytes = 0;
  std::vector<Group> groups;
  std::uint64_t rows = 0;
  std::uint64_t offset = 0;
  std::string ready;
  compress::BlockPacker packer;
  std::string packed;  // used again and again
};

void ParquetWriter::Impl::add(const StoredView& stored) {
  const EventView& event = stored.event;
  number(kSeq, static_cast<std::int64_t>(stored.seq.value));
  number(kReceivedAt, to_micros(stored.received_at));
  text(kId, std::string_view(stored.id.str()));
  text(kNonce, std::string_view(to_base64url(as_text(stored.nonce))));
  text(kOrganization, event.organization_id);
  text(kAction, event.action);
  text(kActionLabel, event.action_label);
  text(kArea, event.area);
  text(kApplication, event.application);
  text(kCategory, event.category);
  text(kCrud, event.crud);
  number(kOccurredAt, to_micros(event.occurred_at));
  text(kActorType, event.actor.type);
  text(kActorId, event.actor.id);
  text(kActorName, event.actor.name);
  text(kActorUsername, event.actor.username);
  text(kActorEmail, event.actor.email);
  text(kActorRole, event.actor.role);
  text(kActorMetadata, event.actor.metadata);
  if (event.targets) {
    text(kTargets, std::string_view(targets_json(*event.targets)));
  } else {
    note(columns[kTargets], false);
  }
  const ContextView context = event.context.value_or(ContextView{});
  text(kIp, context.ip);
  text(kLocation, context.location);
  text(kUserAgent, context.user_agent);
  text(kUrl, context.url);
  text(kRequestId, context.request_id);
  text(kSessionId, context.session_id);
  text(kOutcome, event.outcome);
  if (event.http_status) {
    number(kHttpStatus, static_cast<std::int32_t>(*event.http_status));
  } else {
    note(columns[kHttpStatus], false);
  }
  const ErrorDetailView error = event.error.value_or(ErrorDetailView{});
  text(kErrorCode, error.code);
  text(kErrorMessage, error.message);
  if (event.changes) {
    text(kChanges, std::string_view(changes_json(*event.changes)));
  } else {
    note(columns[kChanges], false);
  }
  text(kMetadata, event.metadata);
  text(kExternalId, event.external_id);
  if (event.version) {
    number(kVersion, *event.version);
  } else {
    note(columns[kVersion], false);
  }
  ++rows;
  if (++group_rows >= kGroupRowsMax || group_bytes >= kGroupBytesMax) end_group();
}

void ParquetWriter::Impl::end_group() {
  if (group_rows == 0) return;
  Group& group = groups.emplace_back(Group{.rows = group_rows});
  for (std::size_t i = 0; i < kColumns.size(); ++i) {
    Values& values = columns[i];
    std::string page;
    if (kColumns[i].optional) page = encode_levels(values.there, values.present);
    page += values.bytes;
    packer.pack(page, packed);
    const std::string header = page_header(group_rows, page.size(), packed.size());
    group.chunks[i] = {offset, header.size() + packed.size(), header.size() + page.size()};
    emit(header);
    emit(packed);
    values.bytes.clear();
    values.there.clear();
    values.present = 0;
  }
  group_rows = group_bytes = 0;
}

ParquetWriter::ParquetWriter() : impl_(std::make_unique<Impl>()) { impl_->emit(kMagic); }
ParquetWriter::~ParquetWriter() = default;

void ParquetWriter::add(const StoredView& stored) { impl_->add(stored); }

void ParquetWriter::end_group() { impl_->end_group(); }

void ParquetWriter::finish() {
  impl_->end_group();
  const std::string metadata = footer(impl_->groups, impl_->rows);
  impl_->emit(metadata);
  std::string size;
  put_number(size, static_cast<std::uint32_t>(metadata.size()));
  impl_->emit(size);
  impl_->emit(kMagic);
}

std::string ParquetWriter::take() { return std::exchange(impl_->ready, std::string()); }

std::uint64_t ParquetWriter::rows() const { return impl_->rows; }

}  // namespace trailkeeper::event
