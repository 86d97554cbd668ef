#include "export/store_rows.h"

#include <limits>
#include <string>

#include "event/csv.h"
#include "event/parquet.h"
#include "event/record.h"

namespace trailkeeper::exports {

namespace {

constexpr std::size_t kChunkBytes = 256 * 1024;
constexpr auto kOrder = events::Order::newest_first;

// Collects what is rendered into pieces of a size that is worth writing.
class Pieces {
 public:
  explicit Pieces(const ChunkSink& sink) : sink_(sink) {}
  std::string& text() { return text_; }
  // A row is behind us: whether more are wanted.
  bool add_row() {
    ++rows_;
    if (text_.size() < kChunkBytes) return true;
    return give();
  }
  void end() {
    if (wanted_) give();
  }

 private:
  bool give() {
    wanted_ = sink_(text_, rows_);
    text_.clear();
    rows_ = 0;
    return wanted_;
  }

  const ChunkSink& sink_;
  std::string text_;
  std::uint64_t rows_ = 0;
  bool wanted_ = true;
};

}  // namespace

std::string_view format_name(Format format) {
  switch (format) {
    case Format::jsonl:
      return "jsonl";
    case Format::parquet:
      return "parquet";
    default:
      return "csv";
  }
}

std::optional<Format> find_format(std::string_view name) {
  for (const Format format : {Format::csv, Format::jsonl, Format::parquet}) {
    if (format_name(format) == name) return format;
  }
  return std::nullopt;
}

events::Filter StoreRows::filter_of(const RowQuery& query) const {
  events::Filter filter = query.filter;
  filter.critical_actions = critical_();
  return filter;
}

Seq StoreRows::last_seq(const OrgId& org) { return journal_.last_seq(org); }

bool StoreRows::holds_until(Timestamp time) { return journal_.watermark() > time; }

Result<std::uint64_t> StoreRows::count_rows(const RowQuery& query) {
  // Far above any trail, and still a number that every column type takes.
  constexpr std::uint64_t kAll = 1'000'000'000'000;
  return TRY(store_.count(query.org, filter_of(query), kAll)).value;
}

Result<> StoreRows::stream(const RowQuery& query, Format format, const ChunkSink& sink) {
  switch (format) {
    case Format::jsonl:
      return stream_lines(query, sink);
    case Format::parquet:
      return stream_parquet(query, sink);
    default:
      return stream_csv(query, sink);
  }
}

Result<> StoreRows::stream_csv(const RowQuery& query, const ChunkSink& sink) {
  Pieces pieces(sink);
  pieces.text() = event::csv_header();
  TRY(store_.stream_shown(query.org, filter_of(query), kOrder, [&](const event::EventView& event) {
    event::append_csv_row(pieces.text(), event);
    return pieces.add_row();
  }));
  pieces.end();
  return {};
}

Result<> StoreRows::stream_lines(const RowQuery& query, const ChunkSink& sink) {
  Pieces pieces(sink);
  TRY(store_.stream_matches(query.org, filter_of(query), kOrder, [&](events::StoredRow&& row) {
    pieces.text().append(row.record()).push_back('\n');
    return pieces.add_row();
  }));
  pieces.end();
  return {};
}

Result<> StoreRows::stream_parquet(const RowQuery& query, const ChunkSink& sink) {
  Pieces pieces(sink);
  event::RecordParser parser;
  event::ParquetWriter writer;
  Result<> read;
  TRY(store_.stream_matches(query.org, filter_of(query), kOrder, [&](events::StoredRow&& row) {
    const auto record = parser.parse(row.record());
    if (!record) {
      read = record.error();
      return false;
    }
    writer.add(**record);
    pieces.text() += writer.take();
    return pieces.add_row();
  }));
  TRY(read);
  writer.finish();
  pieces.text() += writer.take();
  pieces.end();
  return {};
}

Result<Sample> StoreRows::sample(const RowQuery& query) {
  constexpr std::size_t kRows = 200;
  const events::Page page =
      TRY(store_.search(query.org, filter_of(query), {.order = kOrder, .limit = kRows}));
  Sample sample{.rows = page.rows.size()};
  std::string csv;
  event::RecordParser parser;
  event::ParquetWriter writer;
  for (const events::StoredRow& row : page.rows) {
    sample.jsonl_bytes += row.record().size() + 1;
    const event::StoredView& record = *TRY(parser.parse(row.record()));
    event::append_csv_row(csv, record.event);
    writer.add(record);
  }
  sample.csv_bytes = csv.size();
  writer.end_group();
  sample.parquet_bytes = writer.take().size();
  return sample;
}

}  // namespace trailkeeper::exports
