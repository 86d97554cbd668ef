#include "encode.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <utility>

#include "base/ascii.h"
#include "binary.h"
#include "event/fold.h"
#include "events/row.h"
#include "native.h"
#include "split.h"

namespace trailkeeper::events {
namespace {

bool is_ascii(std::string_view text) {
  std::size_t at = 0;
  for (; text.size() - at >= sizeof(std::uint64_t); at += sizeof(std::uint64_t)) {
    std::uint64_t word;
    std::memcpy(&word, text.data() + at, sizeof word);
    if ((word & 0x8080808080808080) != 0) return false;
  }
  return std::all_of(text.begin() + static_cast<std::ptrdiff_t>(at), text.end(),
                     [](char c) { return static_cast<unsigned char>(c) < 0x80; });
}

constexpr std::array kFoldedColumns{kActorName, kActorUsername, kActorEmail,
                                    kAction,    kActionLabel,   kArea};

// Whether lower-casing ASCII does not do the same.
bool folding_matters(std::string_view text) {
  return !is_ascii(text) && !std::ranges::equal(event::fold(text), text, {}, {},
                                                [](char c) { return lower_ascii(c); });
}

bool folding_matters(const RowColumns& row) {
  return std::ranges::any_of(kFoldedColumns,
                             [&](TextColumn c) { return folding_matters(row.texts[c]); }) ||
         std::ranges::any_of(row.targets, [](std::string_view target) {
           return folding_matters(target.substr(1));
         });
}

// What is searched, folded: see docs/decisions/0025. Nothing where lower-casing ASCII does the same
// to all of it: a search then uses the texts themselves.
std::string folded(const RowColumns& row) {
  if (!folding_matters(row)) return {};
  std::string out;
  for (const TextColumn column : kFoldedColumns) {
    out += event::fold(row.texts[column]);
    out += '\xff';  // no text has it, nor has a needle
  }
  out += '\xfe';
  for (const std::string_view target : row.targets) {
    out += event::fold(target.substr(1));
    out += '\xfe';
  }
  return out;
}

__extension__ using Product = unsigned __int128;

std::uint64_t mix(std::uint64_t a, std::uint64_t b) {
  const Product product = static_cast<Product>(a) * b;
  return static_cast<std::uint64_t>(product) ^ static_cast<std::uint64_t>(product >> 64);
}

// Two chains of multiplications, each over all of the bytes (as wyhash does): a tenth of what
// SHA-256 takes.
std::pair<std::uint64_t, std::uint64_t> hash(std::string_view bytes) {
  constexpr std::uint64_t k1 = 0xa0761d6478bd642f, k2 = 0xe7037ed1a0b428db, k3 = 0x8ebc6af09c88c6e3,
                          k4 = 0x589965cc75374cc3;
  std::uint64_t low = k1 ^ bytes.size(), high = k2 ^ bytes.size();
  for (; !bytes.empty(); bytes.remove_prefix(std::min<std::size_t>(bytes.size(), 16))) {
    std::array<std::uint64_t, 2> words{};
    std::memcpy(words.data(), bytes.data(), std::min<std::size_t>(bytes.size(), sizeof words));
    low = mix(words[0] ^ k3, words[1] ^ low);
    high = mix(words[0] ^ high, words[1] ^ k4);
  }
  return {mix(low, k2), mix(high, k1)};
}

void put_head(std::string& out, const RowColumns& row) {
  put_text(out, row.org);
  put_number(out, row.seq.value);
  put_number(out, to_micros(row.received_at));
  put_number(out, to_micros(row.occurred_at));
  put_number(out, row.batch);
  out.append(reinterpret_cast<const char*>(row.id.bytes.data()), row.id.bytes.size());
  out.append(reinterpret_cast<const char*>(row.nonce.data()), row.nonce.size());
}

}  // namespace

const std::string& selected_columns() {
  static const std::string columns = [] {
    std::string names = "org, seq, received_at, occurred_at, batch, id, nonce, ";
    for (const TextMember& member : kTextMembers) names += std::string(member.column) + ", ";
    return names + "http_status, targets, rest";
  }();
  return columns;
}

const std::string& inserted_columns() {
  static const std::string columns = selected_columns() + ", folded";
  return columns;
}

void append_row(std::string& out, const RowColumns& row) {
  put_head(out, row);
  for (const std::string_view text : row.texts) put_text(out, text);
  put_number(out, row.http_status);
  put_length(out, row.targets.size());
  for (const std::string_view target : row.targets) put_text(out, target);
  put_text(out, row.rest);
}

void RowsPrint::add(std::string_view row) {
  const auto [low, high] = hash(row);
  sum[0] += low;
  sum[1] += high;
  ++rows;
}

struct BatchBuilder::Work {
  explicit Work(std::size_t rows) : block(rows) {}
  NativeBlock block;
  // Used again and again.
  RecordSplitter splitter;
  RowColumns row;
  std::string line;
  std::string encoded;
};

BatchBuilder::BatchBuilder(std::uint64_t batch, std::size_t rows)
    : batch_(batch), work_(std::make_unique<Work>(rows)) {}
BatchBuilder::~BatchBuilder() = default;
BatchBuilder::BatchBuilder(BatchBuilder&&) noexcept = default;

std::size_t BatchBuilder::bytes() const { return work_->block.bytes(); }

std::vector<std::string_view> BatchBuilder::pieces(std::string& head) const {
  return work_->block.pieces(head);
}

void BatchBuilder::put(bool folding) {
  RowColumns& row = work_->row;
  row.batch = batch_;
  work_->encoded.clear();
  append_row(work_->encoded, row);
  print_.add(work_->encoded);
  work_->block.add(row, folding ? folded(row) : std::string());
  auto head = heads_.find(row.org);
  if (head == heads_.end()) head = heads_.emplace(row.org, row.seq).first;
  head->second = std::max(head->second, row.seq);
}

// Adds the row with the exact line instead of what is left of it.
void BatchBuilder::put_exact(std::string_view record) {
  work_->line.assign(1, kExactLineMark).append(record);
  work_->row.rest = work_->line;
  put(!is_ascii(record));
}

bool BatchBuilder::add(const RowKey& key, std::string_view record) {
  RowColumns& row = work_->row;
  const bool taken = work_->splitter.split(record, row) && row.org == key.org &&
                     row.seq == key.seq && row.received_at == key.received_at;
  if (!taken) {
    add_raw_only(key, record);
    return false;
  }
  work_->line.clear();
  const bool same = append_record(work_->line, row) && work_->line == record;
  if (same) {
    put(!is_ascii(record));
  } else {
    put_exact(record);
  }
  return same;
}

bool BatchBuilder::add(const event::StoredEvent& stored, std::string_view record) {
  return add({stored.event.organization_id, stored.seq, stored.received_at}, record);
}

void BatchBuilder::add_raw_only(const RowKey& key, std::string_view record) {
  RowColumns& row = work_->row;
  RowColumns read;
  row = {};
  row.org = key.org;
  row.seq = key.seq;
  row.received_at = row.occurred_at = key.received_at;
  if (work_->splitter.split(record, read)) {
    row.occurred_at = read.occurred_at;
    row.id = read.id;
    row.nonce = read.nonce;
  }
  put_exact(record);
}

}  // namespace trailkeeper::events
