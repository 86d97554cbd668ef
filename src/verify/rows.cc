#include "rows.h"

#include <array>
#include <charconv>

#include "base/bytes.h"
#include "base/time.h"
#include "crypto/hash.h"
#include "merkle/log_entry.h"

namespace trailkeeper::verify {
namespace {

constexpr std::size_t kLineBytesMax = 64 * 1024;
constexpr std::size_t kTimeBytes = 27;  // 2026-11-22T14:02:58.420017Z

// A cursor over one line.
struct Line {
  std::string_view rest;

  bool take(std::string_view wanted) {
    if (!rest.starts_with(wanted)) return false;
    rest.remove_prefix(wanted.size());
    return true;
  }
  std::optional<std::uint64_t> number() {
    std::uint64_t value = 0;
    const auto [end, error] = std::from_chars(rest.data(), rest.data() + rest.size(), value);
    if (error != std::errc() || rest.front() == '0') return std::nullopt;
    rest.remove_prefix(static_cast<std::size_t>(end - rest.data()));
    return value;
  }
  std::optional<Timestamp> time() {
    const std::string_view text = rest.substr(0, kTimeBytes);
    if (text.size() != kTimeBytes || text.back() != 'Z') return std::nullopt;
    const auto time = parse_rfc3339(text);
    if (time) rest.remove_prefix(kTimeBytes);
    return time;
  }
};

// `"erased":{"sha256":"...","reason":"...","at":"..."}}`: the digest.
std::optional<Sha256Digest> read_erased(Line line) {
  Sha256Digest digest;
  if (!line.take("\"erased\":{\"sha256\":\"")) return std::nullopt;
  const auto bytes = from_hex(line.rest.substr(0, digest.size() * 2));
  if (!bytes || bytes->size() != digest.size()) return std::nullopt;
  std::copy(bytes->begin(), bytes->end(), digest.begin());
  line.rest.remove_prefix(digest.size() * 2);
  if (!line.take("\",\"reason\":\"") || !(line.take("erasure") || line.take("retention")) ||
      !line.take("\",\"at\":\"") || !line.time() || line.rest != "\"}}") {
    return std::nullopt;
  }
  return digest;
}

}  // namespace

RowReader::RowReader(std::uint64_t rows_max) : rows_max_(rows_max) {}

Error RowReader::wrong(const std::string& what) const {
  return Error{ErrorKind::invalid, "row",
               "line " + std::to_string(rows_.leaves.size() + 1) + " " + what};
}

Result<> RowReader::add(std::string_view line) {
  if (rows_.leaves.size() == rows_max_) return wrong("is one too many");
  Line in{line};
  if (!in.take("{\"v\":1,\"seq\":")) {
    if (!in.take("{\"v\":")) return wrong("is no record");
    return Error{ErrorKind::failed, "row_version",
                 "its rows are of a version that this program does not know"};
  }
  merkle::LogEntry entry;
  const auto seq = in.number();
  if (!seq || !in.take(",\"received_at\":\"")) return wrong("is no record");
  const auto time = in.time();
  if (!time || !in.take("\",")) return wrong("is no record");
  if (!rows_.seqs.empty() && *seq <= rows_.seqs.back()) {
    return wrong("has seq " + std::to_string(*seq) + " after " + std::to_string(rows_.seqs.back()));
  }
  entry.seq = Seq{*seq};
  entry.received_at = *time;
  if (in.rest.starts_with("\"erased\":")) {
    const auto digest = read_erased(in);
    if (!digest) return wrong("is no record and no erased one");
    entry.record = *digest;
    ++rows_.erased;
  } else {
    entry.record = crypto::sha256(line);
  }
  rows_.seqs.push_back(*seq);
  rows_.leaves.push_back(merkle::leaf_hash(merkle::encode_log_entry(entry)));
  return {};
}

Result<> RowReader::feed(std::string_view piece) {
  for (;;) {
    const std::size_t end = piece.find('\n');
    const std::string_view part = piece.substr(0, end);
    if (carry_.size() + part.size() > kLineBytesMax) return wrong("is too long");
    if (end == std::string_view::npos) {
      carry_ += part;
      return {};
    }
    if (carry_.empty()) {
      TRY(add(part));
    } else {
      carry_ += part;
      TRY(add(carry_));
      carry_.clear();
    }
    piece.remove_prefix(end + 1);
  }
}

Result<> RowReader::finish() {
  if (!carry_.empty()) return wrong("does not end");
  return {};
}

}  // namespace trailkeeper::verify
