#include "segments.h"

#include "codec.h"

namespace trailkeeper::journal {
namespace {

std::string table_name(std::int64_t number) { return "segment_" + std::to_string(number); }

// Segments whose chunks may hold positions from `first` on, oldest first.
Result<std::vector<std::int64_t>> segments_from(db::Database& database, std::uint64_t first) {
  db::Statement select = TRY(database.prepare(
      "SELECT number FROM segments WHERE number >= "
      "coalesce((SELECT max(number) FROM segments WHERE first <= ?1), 0) ORDER BY number"));
  select.with(first);
  std::vector<std::int64_t> numbers;
  while (TRY(select.step())) numbers.push_back(select.integer(0));
  return numbers;
}

Chunk read_header(const db::Statement& row) {
  return Chunk{.position = static_cast<std::uint64_t>(row.integer(0)),
               .org = row.text(1),
               .received_at = row.time(2),
               .first_seq = static_cast<std::uint64_t>(row.integer(3)),
               .count = static_cast<std::uint64_t>(row.integer(4)),
               .bytes = static_cast<std::uint64_t>(row.integer(5))};
}

constexpr const char* kHeaderColumns = "position, org, received_at, first_seq, count, bytes";

Error damaged(std::uint64_t position) {
  return Error{ErrorKind::fatal, "journal_damaged",
               "The journal is damaged at position " + std::to_string(position) + "."};
}

// A smaller chunk is not worth the packing: one event alone hardly shrinks.
constexpr std::size_t kPackFrom = 2048;
// More than a group commit can hold.
constexpr std::size_t kUnpackedMax = std::size_t{1} << 30;

Result<> visit_chunk(const Chunk& chunk, std::string_view frames, std::uint64_t first,
                     std::uint64_t end, const EntryVisitor& visit) {
  const auto org = OrgId::parse(chunk.org);
  if (!org) return damaged(chunk.position);
  for (std::uint64_t i = 0; i < chunk.count; ++i) {
    const auto frame = next_frame(frames);
    if (!frame) return damaged(chunk.position + i);
    const std::uint64_t position = chunk.position + i;
    if (position < first || position >= end) continue;
    TRY(visit({position, *org, Seq{chunk.first_seq + i}, chunk.received_at, frame->sha256,
               frame->record}));
  }
  return {};
}

}  // namespace

Result<> Segments::create(std::int64_t number, std::uint64_t first) {
  TRY(database_.execute(
      "CREATE TABLE " + table_name(number) +
      " (position INTEGER PRIMARY KEY, org TEXT NOT NULL, received_at INTEGER NOT NULL, "
      "first_seq INTEGER NOT NULL, count INTEGER NOT NULL, bytes INTEGER NOT NULL, "
      "body BLOB NOT NULL) STRICT"));
  db::Statement insert =
      TRY(database_.prepare("INSERT INTO segments (number, first) VALUES (?1, ?2)"));
  TRY(insert.with(number, first).run());
  known_.push_back({number, first});
  return {};
}

Result<> Segments::open_newest() {
  insert_ = TRY(database_.prepare("INSERT INTO " + table_name(known_.back().number) +
                                  " (position, org, received_at, first_seq, count, bytes, body) "
                                  "VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)"));
  return {};
}

Result<> Segments::load() {
  known_.clear();
  insert_.reset();
  newest_bytes_ = 0;
  {
    db::Statement select =
        TRY(database_.prepare("SELECT number, first FROM segments ORDER BY number"));
    while (TRY(select.step())) {
      known_.push_back({select.integer(0), static_cast<std::uint64_t>(select.integer(1))});
    }
  }
  if (known_.empty()) TRY(create(1, 1));
  next_position_ = known_.back().first;
  db::Statement last = TRY(
      database_.prepare("SELECT coalesce(sum(bytes), 0), coalesce(max(position + count), 0) FROM " +
                        table_name(known_.back().number)));
  if (TRY(last.step())) {
    newest_bytes_ = static_cast<std::size_t>(last.integer(0));
    next_position_ = std::max(next_position_, static_cast<std::uint64_t>(last.integer(1)));
  }
  return open_newest();
}

Result<> Segments::scan(const std::function<void(const Chunk&)>& visit) {
  for (const Known& segment : known_) {
    db::Statement select =
        TRY(database_.prepare(std::string("SELECT ") + kHeaderColumns + " FROM " +
                              table_name(segment.number) + " ORDER BY position"));
    while (TRY(select.step())) visit(read_header(select));
  }
  return {};
}

Result<> Segments::append(const Chunk& chunk) {
  std::string_view body = chunk.body;
  if (body.size() >= kPackFrom) {
    packer_.pack(body, packed_);
    body = packed_;
  }
  TRY(insert_
          ->with(chunk.position, chunk.org, chunk.received_at, chunk.first_seq, chunk.count,
                 static_cast<std::uint64_t>(chunk.body.size()), db::Statement::Blob{body})
          .run());
  newest_bytes_ += body.size();
  next_position_ = chunk.position + chunk.count;
  return {};
}

Result<> Segments::begin() {
  TRY(create(known_.back().number + 1, next_position_));
  newest_bytes_ = 0;
  return open_newest();
}

Result<bool> Segments::drop_before(std::uint64_t position) {
  if (!may_drop(position)) return false;
  const std::int64_t number = known_.front().number;
  TRY(database_.execute("DROP TABLE " + table_name(number)));
  db::Statement remove = TRY(database_.prepare("DELETE FROM segments WHERE number = ?1"));
  TRY(remove.with(number).run());
  known_.erase(known_.begin());
  return true;
}

Result<std::vector<Chunk>> list_chunks(db::Database& reader, std::uint64_t first,
                                       std::size_t rows_max, std::uint64_t bytes_max) {
  std::vector<Chunk> chunks;
  std::uint64_t rows = 0;
  std::uint64_t bytes = 0;
  for (std::int64_t number : TRY(segments_from(reader, first))) {
    db::Statement select =
        TRY(reader.prepare(std::string("SELECT ") + kHeaderColumns + " FROM " + table_name(number) +
                           " WHERE position >= ?1 ORDER BY position"));
    select.with(first);
    while (TRY(select.step())) {
      Chunk chunk = read_header(select);
      const bool fits = rows + chunk.count <= rows_max && bytes + chunk.bytes <= bytes_max;
      if (!chunks.empty() && !fits) return chunks;
      rows += chunk.count;
      bytes += chunk.bytes;
      chunks.push_back(std::move(chunk));
    }
  }
  return chunks;
}

Result<> visit_entries(db::Database& reader, std::uint64_t first, std::uint64_t end,
                       const EntryVisitor& visit) {
  compress::BlockPacker packer;
  std::string frames;
  for (std::int64_t number : TRY(segments_from(reader, first))) {
    db::Statement select = TRY(reader.prepare(
        std::string("SELECT ") + kHeaderColumns + ", body FROM " + table_name(number) +
        " WHERE position >= coalesce((SELECT max(position) FROM " + table_name(number) +
        " WHERE position <= ?1), 0) AND position < ?2 ORDER BY position"));
    select.with(first, end);
    while (TRY(select.step())) {
      const Chunk chunk = read_header(select);
      std::string_view body = select.view(6);
      // Frames begin with a length, which is never as large as the mark of a packed block.
      if (compress::is_packed(body)) {
        if (!packer.unpack(body, kUnpackedMax, frames)) return damaged(chunk.position);
        body = frames;
      }
      TRY(visit_chunk(chunk, body, first, end, visit));
    }
  }
  return {};
}

}  // namespace trailkeeper::journal
