#include "event/parquet_table.h"

#include <bit>
#include <utility>

#include "compress/gzip.h"
#include "compress/zstd.h"
#include "thrift.h"

// https://parquet.apache.org/docs/file-format/ and parquet-format's parquet.thrift, version 2.9.
namespace trailkeeper::event {
namespace {

static_assert(std::endian::native == std::endian::little, "PLAIN is written as memory lies");

using Type = ParquetColumn::Type;
using Meaning = ParquetColumn::Meaning;

constexpr std::size_t kGroupRowsMax = 50'000;
constexpr std::size_t kGroupBytesMax = 8u << 20;
constexpr std::string_view kMagic = "PAR1";

// parquet.thrift's numbers.
enum Encoding : int { kPlain = 0, kRle = 3 };

int physical_type(Type type) {
  switch (type) {
    case Type::boolean:
      return 0;
    case Type::int32:
      return 1;
    case Type::int64:
      return 2;
    case Type::real:
      return 5;
    case Type::bytes:
      return 6;
  }
  return 6;
}

// ConvertedType; -1 for none.
int converted_type(Meaning meaning) {
  switch (meaning) {
    case Meaning::none:
    case Meaning::local_timestamp:  // has a LogicalType only
      return -1;
    case Meaning::utf8:
      return 0;
    case Meaning::decimal:
      return 5;
    case Meaning::date:
      return 6;
    case Meaning::timestamp:
      return 10;
    case Meaning::json:
      return 19;
  }
  return -1;
}

int codec(ParquetPacking packing) {
  switch (packing) {
    case ParquetPacking::none:
      return 0;
    case ParquetPacking::gzip:
      return 2;
    case ParquetPacking::zstd:
      return 6;
  }
  return 0;
}

template <typename Number>
void put_number(std::string& out, Number number) {
  out.append(reinterpret_cast<const char*>(&number), sizeof number);
}

void put_varint(std::string& out, std::uint64_t value) {
  for (; value >= 0x80; value >>= 7) out += static_cast<char>(value | 0x80);
  out += static_cast<char>(value);
}

// Eight to a byte, the first in the lowest bit.
template <typename Bit>
std::string packed_bits(std::size_t count, Bit bit) {
  std::string out;
  for (std::size_t group = 0; group < (count + 7) / 8; ++group) {
    unsigned bits = 0;
    for (std::size_t i = 0; i < 8 && group * 8 + i < count; ++i)
      bits |= (bit(group * 8 + i) ? 1u : 0u) << i;
    out += static_cast<char>(bits);
  }
  return out;
}

// Which rows have a value: levels of at most 1, as a run or packed eight to a byte, with their size
// before them.
std::string encode_levels(const std::vector<bool>& there, std::size_t present) {
  std::string body;
  if (present == 0 || present == there.size()) {
    put_varint(body, there.size() << 1);
    body += static_cast<char>(present == 0 ? 0 : 1);
  } else {
    put_varint(body, ((there.size() + 7) / 8 << 1) | 1);
    body += packed_bits(there.size(), [&](std::size_t i) { return there[i]; });
  }
  std::string out;
  put_number(out, static_cast<std::uint32_t>(body.size()));
  return out + body;
}

// The values of one column in the present row group; booleans a byte each.
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
  std::vector<Chunk> chunks;
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

void write_column(ThriftWriter& out, const ParquetColumn& column) {
  out.begin_struct();
  out.field_i32(1, physical_type(column.type));
  out.field_i32(3, column.optional ? 1 : 0);
  out.field_text(4, column.name);
  const int converted = converted_type(column.meaning);
  if (converted >= 0) out.field_i32(6, converted);
  if (column.meaning == Meaning::decimal) {
    out.field_i32(7, column.scale);
    out.field_i32(8, column.precision);
  }
  if (column.meaning == Meaning::local_timestamp) {
    out.field_struct(10);  // LogicalType
    out.field_struct(8);   // TIMESTAMP
    out.field_bool(1, false);
    out.field_struct(2);  // TimeUnit
    out.field_struct(2);  // MICROS
    for (int i = 0; i < 4; ++i) out.end_struct();
  }
  out.end_struct();
}

}  // namespace

struct ParquetTable::Impl {
  Impl(std::string root_name, std::vector<ParquetColumn> of, ParquetPacking packed_by)
      : root(std::move(root_name)), columns(std::move(of)), packing(packed_by) {
    values.resize(columns.size());
    emit(kMagic);
  }

  void end_group();
  void write_page(std::size_t column, Chunk& chunk);
  std::string footer() const;
  void write_chunk(ThriftWriter& out, std::size_t column, const Group& group) const;
  void write_group(ThriftWriter& out, const Group& group) const;

  void note(std::size_t column, bool there) {
    values[column].there.push_back(there);
    values[column].present += there ? 1 : 0;
  }
  void emit(std::string_view bytes) {
    ready += bytes;
    offset += bytes.size();
  }

  const std::string root;
  const std::vector<ParquetColumn> columns;
  const ParquetPacking packing;
  std::vector<Values> values;
  std::size_t group_rows = 0;
  std::size_t group_bytes = 0;
  std::vector<Group> groups;
  std::uint64_t rows = 0;
  std::uint64_t offset = 0;
  std::string ready;
  compress::BlockPacker packer;
  std::string packed;  // used again and again
};

void ParquetTable::Impl::write_page(std::size_t column, Chunk& chunk) {
  Values& own = values[column];
  std::string page;
  if (columns[column].optional) page = encode_levels(own.there, own.present);
  if (columns[column].type == Type::boolean) {
    page += packed_bits(own.bytes.size(), [&](std::size_t i) { return own.bytes[i] != 0; });
  } else {
    page += own.bytes;
  }
  if (packing == ParquetPacking::zstd) {
    packer.pack(page, packed);
  } else {
    packed = packing == ParquetPacking::gzip ? compress::gzip(page) : page;
  }
  const std::string header = page_header(group_rows, page.size(), packed.size());
  chunk = {offset, header.size() + packed.size(), header.size() + page.size()};
  emit(header);
  emit(packed);
  own.bytes.clear();
  own.there.clear();
  own.present = 0;
}

void ParquetTable::Impl::end_group() {
  if (group_rows == 0) return;
  Group& group = groups.emplace_back(Group{.rows = group_rows, .chunks = {}});
  group.chunks.resize(columns.size());
  for (std::size_t i = 0; i < columns.size(); ++i) write_page(i, group.chunks[i]);
  group_rows = group_bytes = 0;
}

void ParquetTable::Impl::write_chunk(ThriftWriter& out, std::size_t column,
                                     const Group& group) const {
  const Chunk& chunk = group.chunks[column];
  out.begin_struct();
  out.field_i64(2, static_cast<std::int64_t>(chunk.offset));
  out.field_struct(3);
  out.field_i32(1, physical_type(columns[column].type));
  out.field_list(2, 2, ThriftWriter::Item::i32);
  out.i32(kPlain);
  out.i32(kRle);
  out.field_list(3, 1, ThriftWriter::Item::text);
  out.text(columns[column].name);
  out.field_i32(4, codec(packing));
  out.field_i64(5, static_cast<std::int64_t>(group.rows));
  out.field_i64(6, static_cast<std::int64_t>(chunk.plain_bytes));
  out.field_i64(7, static_cast<std::int64_t>(chunk.packed_bytes));
  out.field_i64(9, static_cast<std::int64_t>(chunk.offset));
  out.end_struct();
  out.end_struct();
}

void ParquetTable::Impl::write_group(ThriftWriter& out, const Group& group) const {
  std::uint64_t bytes = 0;
  for (const Chunk& chunk : group.chunks) bytes += chunk.plain_bytes;
  out.begin_struct();
  out.field_list(1, columns.size(), ThriftWriter::Item::structure);
  for (std::size_t i = 0; i < columns.size(); ++i) write_chunk(out, i, group);
  out.field_i64(2, static_cast<std::int64_t>(bytes));
  out.field_i64(3, static_cast<std::int64_t>(group.rows));
  out.end_struct();
}

std::string ParquetTable::Impl::footer() const {
  ThriftWriter out;
  out.begin_struct();
  out.field_i32(1, 2);
  out.field_list(2, columns.size() + 1, ThriftWriter::Item::structure);
  out.begin_struct();
  out.field_text(4, root);
  out.field_i32(5, static_cast<std::int64_t>(columns.size()));
  out.end_struct();
  for (const ParquetColumn& column : columns) write_column(out, column);
  out.field_i64(3, static_cast<std::int64_t>(rows));
  out.field_list(4, groups.size(), ThriftWriter::Item::structure);
  for (const Group& group : groups) write_group(out, group);
  out.field_text(6, "trailkeeper");
  out.end_struct();
  return out.take();
}

ParquetTable::ParquetTable(std::string name, std::vector<ParquetColumn> columns,
                           ParquetPacking packing)
    : impl_(std::make_unique<Impl>(std::move(name), std::move(columns), packing)) {}
ParquetTable::~ParquetTable() = default;

void ParquetTable::text(std::size_t column, std::string_view value) {
  std::string& bytes = impl_->values[column].bytes;
  put_number(bytes, static_cast<std::uint32_t>(value.size()));
  bytes += value;
  impl_->note(column, true);
  impl_->group_bytes += value.size() + sizeof(std::uint32_t);
}

void ParquetTable::integer(std::size_t column, std::int64_t value) {
  std::string& bytes = impl_->values[column].bytes;
  const std::size_t before = bytes.size();
  switch (impl_->columns[column].type) {
    case Type::boolean:
      bytes += static_cast<char>(value != 0 ? 1 : 0);
      break;
    case Type::int32:
      put_number(bytes, static_cast<std::int32_t>(value));
      break;
    default:
      put_number(bytes, value);
  }
  impl_->note(column, true);
  impl_->group_bytes += bytes.size() - before;
}

void ParquetTable::real(std::size_t column, double value) {
  put_number(impl_->values[column].bytes, value);
  impl_->note(column, true);
  impl_->group_bytes += sizeof value;
}

void ParquetTable::null(std::size_t column) { impl_->note(column, false); }

void ParquetTable::end_row() {
  ++impl_->rows;
  if (++impl_->group_rows >= kGroupRowsMax || impl_->group_bytes >= kGroupBytesMax)
    impl_->end_group();
}

void ParquetTable::end_group() { impl_->end_group(); }

void ParquetTable::finish() {
  impl_->end_group();
  const std::string metadata = impl_->footer();
  impl_->emit(metadata);
  std::string size;
  put_number(size, static_cast<std::uint32_t>(metadata.size()));
  impl_->emit(size);
  impl_->emit(kMagic);
}

std::string ParquetTable::take() { return std::exchange(impl_->ready, std::string()); }

std::uint64_t ParquetTable::rows() const { return impl_->rows; }

}  // namespace trailkeeper::event
