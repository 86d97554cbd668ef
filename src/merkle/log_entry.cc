#include "merkle/log_entry.h"

#include <algorithm>

#include "merkle/big_endian.h"

namespace trailkeeper::merkle {

std::string encode_log_entry(const LogEntry& entry) {
  std::string bytes = big_endian(entry.seq.value, 8);
  bytes += big_endian(static_cast<std::uint64_t>(to_micros(entry.received_at)), 8);
  bytes += as_text(entry.record);
  return bytes;
}

Result<LogEntry> decode_log_entry(std::string_view bytes) {
  if (bytes.size() != kLogEntrySize) {
    return Error{ErrorKind::invalid, "log_entry",
                 "an entry of the log has 48 bytes, not " + std::to_string(bytes.size())};
  }
  LogEntry entry;
  entry.seq = Seq{read_big_endian(bytes.substr(0, 8))};
  entry.received_at = from_micros(static_cast<std::int64_t>(read_big_endian(bytes.substr(8, 8))));
  std::copy(bytes.begin() + 16, bytes.end(), entry.record.begin());
  return entry;
}

}  // namespace trailkeeper::merkle
