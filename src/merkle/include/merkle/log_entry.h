#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/bytes.h"
#include "base/ids.h"
#include "base/result.h"
#include "base/time.h"

namespace trailkeeper::merkle {

// What the log of an organization holds of an event: nothing personal, and everything that a
// receipt of the intake says. Entry number `seq - 1` of the log.
struct LogEntry {
  Seq seq{};
  Timestamp received_at{};
  Sha256Digest record{};  // SHA-256 of the record's line without LF
  bool operator==(const LogEntry&) const = default;
};

inline constexpr std::size_t kLogEntrySize = 48;

// 48 bytes: seq (8, big-endian), microseconds of received_at since 1970 (8, big-endian), record.
std::string encode_log_entry(const LogEntry& entry);
// `invalid` (code `log_entry`) at any other size.
Result<LogEntry> decode_log_entry(std::string_view bytes);

}  // namespace trailkeeper::merkle
