#include "entry_pack.h"

#include <algorithm>

#include "merkle/big_endian.h"

namespace trailkeeper::ledger {
namespace {

constexpr std::size_t kHeadSize = 10;

void append_leb128(std::string& out, std::uint64_t value) {
  for (; value >= 0x80; value >>= 7) out += static_cast<char>(value | 0x80);
  out += static_cast<char>(value);
}

// Takes from the front of `bytes`; what is not there makes it bad.
struct Reader {
  std::string_view bytes;
  bool good = true;

  std::uint64_t big_endian(std::size_t size) { return merkle::read_big_endian(take(size)); }
  std::uint64_t leb128() {
    std::uint64_t value = 0;
    for (int shift = 0; shift < 64; shift += 7) {
      const std::string_view byte = take(1);
      if (byte.empty()) break;
      const auto bits = static_cast<std::uint8_t>(byte.front());
      value |= static_cast<std::uint64_t>(bits & 0x7f) << shift;
      if (bits < 0x80) return value;
    }
    good = false;
    return 0;
  }
  std::string_view take(std::size_t size) {
    if (bytes.size() < size) good = false;
    if (!good) return {};
    const std::string_view taken = bytes.substr(0, size);
    bytes.remove_prefix(size);
    return taken;
  }
};

}  // namespace

std::string pack_entries(std::span<const merkle::LogEntry> entries) {
  std::string bytes;
  bytes.reserve(kHeadSize + entries.size() * 36);
  bytes += merkle::big_endian(entries.size(), 2);
  std::int64_t before = entries.empty() ? 0 : to_micros(entries.front().received_at);
  bytes += merkle::big_endian(static_cast<std::uint64_t>(before), 8);
  for (const merkle::LogEntry& entry : entries) {
    const std::int64_t time = to_micros(entry.received_at);
    append_leb128(bytes, static_cast<std::uint64_t>(time - before));
    before = time;
  }
  for (const merkle::LogEntry& entry : entries) bytes += as_text(entry.record);
  return bytes;
}

Result<> unpack_entries(Seq first, std::string_view bytes, std::vector<merkle::LogEntry>& out) {
  Reader reader{bytes};
  const std::size_t count = reader.big_endian(2);
  std::uint64_t time = reader.big_endian(8);
  const std::size_t start = out.size();
  for (std::size_t i = 0; i < count && reader.good; ++i) {
    time += reader.leb128();
    merkle::LogEntry entry;
    entry.seq = Seq{first.value + i};
    entry.received_at = from_micros(static_cast<std::int64_t>(time));
    out.push_back(entry);
  }
  for (std::size_t i = start; i < out.size() && reader.good; ++i) {
    const std::string_view hash = reader.take(sizeof out[i].record);
    std::copy(hash.begin(), hash.end(), out[i].record.begin());
  }
  if (reader.good && reader.bytes.empty()) return {};
  return Error{ErrorKind::fatal, "ledger_damaged", "entries of the ledger cannot be read"};
}

}  // namespace trailkeeper::ledger
