#include "decode.h"

#include <algorithm>

#include "binary.h"

namespace trailkeeper::events {
namespace {

constexpr std::size_t kListMax = 65536;  // more items than a record can hold

template <std::size_t Size>
void copy(BinaryCursor& cursor, std::array<std::uint8_t, Size>& target) {
  const std::string_view bytes = cursor.fixed(Size);
  std::copy(bytes.begin(), bytes.end(), target.begin());
}

Error bad_row() {
  return Error{ErrorKind::failed, "bad_row", "the event store gave bytes that are no row"};
}

}  // namespace

Result<std::optional<std::size_t>> decode_row(std::string_view bytes, RowColumns& row) {
  BinaryCursor cursor(bytes);
  row.org = cursor.text();
  row.seq = Seq{cursor.number<std::uint64_t>()};
  row.received_at = from_micros(cursor.number<std::int64_t>());
  row.occurred_at = from_micros(cursor.number<std::int64_t>());
  row.batch = cursor.number<std::uint64_t>();
  copy(cursor, row.id.bytes);
  copy(cursor, row.nonce);
  for (std::string_view& text : row.texts) text = cursor.text();
  row.http_status = cursor.number<std::uint16_t>();
  const std::uint64_t targets = cursor.length();
  row.targets.clear();
  const bool broken = targets > kListMax;
  for (std::uint64_t i = 0; i < targets && !broken && !cursor.short_of_bytes(); ++i) {
    row.targets.push_back(cursor.text());
  }
  row.rest = cursor.text();
  // Beyond the end of the bytes nothing read makes sense, so being short comes first.
  if (cursor.short_of_bytes()) return std::optional<std::size_t>{};
  if (cursor.broken() || broken) return bad_row();
  return std::optional<std::size_t>(cursor.position());
}

std::uint64_t batch_of(std::string_view row) {
  BinaryCursor cursor(row);
  cursor.text();                           // org
  cursor.fixed(3 * sizeof(std::int64_t));  // seq and times
  return cursor.number<std::uint64_t>();
}

RowReader::RowReader() : row_(std::make_unique<RowColumns>()) {}
RowReader::~RowReader() = default;

void RowReader::feed(std::string_view chunk) {
  // What was read goes away in large steps, so that feeding stays linear.
  if (position_ > 0 && position_ * 2 >= buffer_.size()) {
    buffer_.erase(0, position_);
    position_ = 0;
  }
  buffer_ += chunk;
}

Result<std::optional<StoredRow>> RowReader::next() {
  if (waiting() == 0) return std::optional<StoredRow>{};
  const auto size = TRY(decode_row(std::string_view(buffer_).substr(position_), *row_));
  if (!size) return std::optional<StoredRow>{};
  position_ += *size;
  StoredRow row;
  row.org = row_->org;
  row.seq = row_->seq;
  row.received_at = row_->received_at;
  row.occurred_at = row_->occurred_at;
  row.id = row_->id;
  row.has_exact_line = row_->has_exact_line();
  row.has_columns = !row_->texts[kAction].empty();
  row.line.reserve(*size * 2);
  if (!append_record(row.line, *row_)) return bad_row();
  return std::optional<StoredRow>(std::move(row));
}

Result<std::string_view> RowReader::next_bytes() {
  if (waiting() == 0) return std::string_view{};
  const std::string_view rest = std::string_view(buffer_).substr(position_);
  const auto size = TRY(decode_row(rest, *row_));
  if (!size) return std::string_view{};
  position_ += *size;
  return rest.substr(0, *size);
}

}  // namespace trailkeeper::events
