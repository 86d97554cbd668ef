#include "parts.h"

#include <charconv>
#include <cmath>
#include <optional>

#include "base/bytes.h"
#include "compress/gzip.h"
#include "compress/zstd_writer.h"
#include "event/parquet_table.h"
#include "json/writer.h"

namespace trailkeeper::packs {
namespace {

constexpr std::size_t kFlushBytes = 1u << 18;
constexpr int kZstdLevel = 3;
constexpr int kDecimalDigitsMax = 18;  // of a DECIMAL in 64 bits
constexpr std::int64_t kDayMicros = 86'400'000'000;

bool is_bounded_decimal(const Column& column) {
  return column.type == ColumnType::decimal && column.precision > 0 &&
         column.precision <= kDecimalDigitsMax && column.scale >= 0 &&
         column.scale <= column.precision;
}

std::string time_text(ColumnType type, std::int64_t value) {
  if (type == ColumnType::date) return format_date(from_micros(value * kDayMicros));
  std::string text = format_rfc3339(from_micros(value));
  if (type == ColumnType::local_timestamp) text.pop_back();  // it has no zone
  return text;
}

void append_real(std::string& out, double value) {
  char buffer[32];
  const auto end = std::to_chars(buffer, buffer + sizeof buffer, value);
  out.append(buffer, end.ptr);
}

// RFC 4180, for programs: nothing is put before a value. An empty text is quoted, so that it
// differs from null.
void append_csv(std::string& out, const Column& column, const Cell& cell) {
  if (cell.null) return;
  const std::size_t begin = out.size();
  append_text(out, column, cell);
  const std::string_view text = std::string_view(out).substr(begin);
  if (!text.empty() && text.find_first_of(",\"\r\n") == std::string_view::npos) return;
  std::string quoted = "\"";
  for (const char c : text) {
    if (c == '"') quoted += '"';
    quoted += c;
  }
  out.resize(begin);
  out += quoted;
  out += '"';
}

void append_json(std::string& out, const Column& column, const Cell& cell) {
  const bool number = column.type == ColumnType::integer ||
                      (column.type == ColumnType::real && std::isfinite(cell.real)) ||
                      column.type == ColumnType::json;
  if (cell.null) {
    out += "null";
  } else if (column.type == ColumnType::boolean) {
    out += cell.integer != 0 ? "true" : "false";
  } else if (number) {
    append_text(out, column, cell);
  } else if (column.type == ColumnType::text) {
    json::append_string_lossy(out, cell.text);
  } else {
    std::string text;
    append_text(text, column, cell);
    json::append_string_lossy(out, text);
  }
}

// A stream of bytes, packed, to a hashed file.
class Packer {
 public:
  static Result<std::unique_ptr<Packer>> make(const std::string& path, Packing packing) {
    auto file = TRY(crypto::HashedFile::create(path));
    return std::unique_ptr<Packer>(new Packer(std::move(file), packing));
  }
  Result<> write(std::string_view bytes) {
    if (gzip_) return gzip_->write(bytes);
    if (zstd_) return zstd_->write(bytes);
    return file_.write(bytes);
  }
  Result<crypto::FileDigest> finish() {
    if (gzip_) TRY(gzip_->finish());
    if (zstd_) TRY(zstd_->finish());
    return file_.finish();
  }

 private:
  Packer(crypto::HashedFile file, Packing packing) : file_(std::move(file)) {
    const auto sink = [this](std::string_view bytes) { return file_.write(bytes); };
    if (packing == Packing::gzip) gzip_.emplace(sink);
    if (packing == Packing::zstd) zstd_.emplace(sink, kZstdLevel);
  }

  crypto::HashedFile file_;
  std::optional<compress::GzipWriter> gzip_;
  std::optional<compress::ZstdWriter> zstd_;
};

// CSV and JSON Lines.
class TextPart final : public Part {
 public:
  TextPart(std::unique_ptr<Packer> out, const std::vector<Column>& columns, bool csv)
      : out_(std::move(out)), columns_(columns), csv_(csv) {
    if (csv_) append_header();
    for (const Column& column : columns_) {
      std::string& key = keys_.emplace_back();
      json::append_string_lossy(key, column.name);
      key += ':';
    }
  }

  Result<> add(const Cell* row) override {
    if (!csv_) buffer_ += '{';
    for (std::size_t i = 0; i < columns_.size(); ++i) {
      if (i > 0) buffer_ += ',';
      if (csv_) {
        append_csv(buffer_, columns_[i], row[i]);
      } else {
        buffer_ += keys_[i];
        append_json(buffer_, columns_[i], row[i]);
      }
    }
    buffer_ += csv_ ? "\r\n" : "}\n";
    ++rows_;
    return buffer_.size() >= kFlushBytes ? flush() : Result<>();
  }
  std::uint64_t rows() const override { return rows_; }
  std::uint64_t bytes_in() const override { return flushed_ + buffer_.size(); }
  Result<crypto::FileDigest> finish() override {
    TRY(flush());
    return out_->finish();
  }

 private:
  void append_header() {
    const Column text{.name = "", .type = ColumnType::text};
    for (std::size_t i = 0; i < columns_.size(); ++i) {
      if (i > 0) buffer_ += ',';
      append_csv(buffer_, text, Cell{.null = false, .text = columns_[i].name});
    }
    buffer_ += "\r\n";
  }
  Result<> flush() {
    TRY(out_->write(buffer_));
    flushed_ += buffer_.size();
    buffer_.clear();
    return {};
  }

  std::unique_ptr<Packer> out_;
  const std::vector<Column>& columns_;
  const bool csv_;
  std::vector<std::string> keys_;
  std::string buffer_;
  std::uint64_t flushed_ = 0;
  std::uint64_t rows_ = 0;
};

event::ParquetColumn parquet_column(const Column& column) {
  using Type = event::ParquetColumn::Type;
  using Meaning = event::ParquetColumn::Meaning;
  event::ParquetColumn out{.name = column.name};
  switch (column.type) {
    case ColumnType::boolean:
      out.type = Type::boolean, out.meaning = Meaning::none;
      break;
    case ColumnType::integer:
      out.type = Type::int64, out.meaning = Meaning::none;
      break;
    case ColumnType::real:
      out.type = Type::real, out.meaning = Meaning::none;
      break;
    case ColumnType::date:
      out.type = Type::int32, out.meaning = Meaning::date;
      break;
    case ColumnType::timestamp:
      out.type = Type::int64, out.meaning = Meaning::timestamp;
      break;
    case ColumnType::local_timestamp:
      out.type = Type::int64, out.meaning = Meaning::local_timestamp;
      break;
    case ColumnType::bytes:
      out.meaning = Meaning::none;
      break;
    case ColumnType::json:
      out.meaning = Meaning::json;
      break;
    case ColumnType::decimal:
      if (is_bounded_decimal(column)) {
        out.type = Type::int64, out.meaning = Meaning::decimal;
        out.precision = column.precision, out.scale = column.scale;
      }
      break;
    case ColumnType::text:
      break;
  }
  return out;
}

// "-12.5" with a scale of 2 is -1250.
Result<std::int64_t> scaled_decimal(const Column& column, std::string_view text) {
  const Error wrong{ErrorKind::failed, "decimal_value",
                    "The column " + column.name + " holds a value that is no number of its type."};
  const bool negative = text.starts_with('-');
  if (negative || text.starts_with('+')) text.remove_prefix(1);
  const std::size_t point = text.find('.');
  std::string digits(text.substr(0, point));
  std::string fraction;
  if (point != std::string_view::npos) fraction = text.substr(point + 1);
  while (fraction.size() > static_cast<std::size_t>(column.scale) && fraction.back() == '0')
    fraction.pop_back();
  if (fraction.size() > static_cast<std::size_t>(column.scale)) return wrong;
  fraction.resize(static_cast<std::size_t>(column.scale), '0');
  digits += fraction;
  std::int64_t value = 0;
  const auto read = std::from_chars(digits.data(), digits.data() + digits.size(), value);
  if (read.ec != std::errc() || read.ptr != digits.data() + digits.size() || digits.front() == '-')
    return wrong;
  return negative ? -value : value;
}

class ParquetPart final : public Part {
 public:
  ParquetPart(std::unique_ptr<Packer> out, const std::vector<Column>& columns, Packing packing)
      : out_(std::move(out)),
        columns_(columns),
        table_("row", table_columns(columns), table_packing(packing)) {}

  Result<> add(const Cell* row) override {
    for (std::size_t i = 0; i < columns_.size(); ++i) TRY(add_cell(i, row[i]));
    table_.end_row();
    const std::string ready = table_.take();
    return ready.empty() ? Result<>() : out_->write(ready);
  }
  std::uint64_t rows() const override { return table_.rows(); }
  std::uint64_t bytes_in() const override { return bytes_in_; }
  Result<crypto::FileDigest> finish() override {
    table_.finish();
    TRY(out_->write(table_.take()));
    return out_->finish();
  }

 private:
  static std::vector<event::ParquetColumn> table_columns(const std::vector<Column>& columns) {
    std::vector<event::ParquetColumn> out;
    for (const Column& column : columns) out.push_back(parquet_column(column));
    return out;
  }
  static event::ParquetPacking table_packing(Packing packing) {
    return static_cast<event::ParquetPacking>(packing);
  }

  Result<> add_cell(std::size_t i, const Cell& cell) {
    const Column& column = columns_[i];
    bytes_in_ += sizeof(std::int64_t) + cell.text.size();
    if (cell.null) {
      table_.null(i);
    } else if (is_bounded_decimal(column)) {
      table_.integer(i, TRY(scaled_decimal(column, cell.text)));
    } else if (column.type == ColumnType::real) {
      table_.real(i, cell.real);
    } else if (column.type == ColumnType::text || column.type == ColumnType::bytes ||
               column.type == ColumnType::json || column.type == ColumnType::decimal) {
      table_.text(i, cell.text);
    } else {
      table_.integer(i, cell.integer);
    }
    return {};
  }

  std::unique_ptr<Packer> out_;
  const std::vector<Column>& columns_;
  event::ParquetTable table_;
  std::uint64_t bytes_in_ = 0;
};

}  // namespace

void append_text(std::string& out, const Column& column, const Cell& cell) {
  if (cell.null) return;
  switch (column.type) {
    case ColumnType::boolean:
      out += cell.integer != 0 ? "true" : "false";
      return;
    case ColumnType::integer:
      out += std::to_string(cell.integer);
      return;
    case ColumnType::real:
      append_real(out, cell.real);
      return;
    case ColumnType::date:
    case ColumnType::timestamp:
    case ColumnType::local_timestamp:
      out += time_text(column.type, cell.integer);
      return;
    case ColumnType::bytes:
      out += to_base64(cell.text);
      return;
    case ColumnType::decimal:
    case ColumnType::text:
    case ColumnType::json:
      out += cell.text;
      return;
  }
}

Result<std::unique_ptr<Part>> make_part(const std::string& path, const std::vector<Column>& columns,
                                        Format format, Packing packing) {
  if (format == Format::parquet) {
    auto out = TRY(Packer::make(path, Packing::none));
    return std::unique_ptr<Part>(new ParquetPart(std::move(out), columns, packing));
  }
  auto out = TRY(Packer::make(path, packing));
  return std::unique_ptr<Part>(new TextPart(std::move(out), columns, format == Format::csv));
}

}  // namespace trailkeeper::packs
