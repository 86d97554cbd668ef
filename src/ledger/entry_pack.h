#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "merkle/log_entry.h"

namespace trailkeeper::ledger {

// Entries that follow each other, about 35 bytes each: their number (2 bytes), the first time of
// receipt (8, both big-endian), how much later each following one was received (LEB128), the hashes
// of the records. The seqs are implied by the place.
// REQUIRES: at most 65,535 entries, times that do not go back.
std::string pack_entries(std::span<const merkle::LogEntry> entries);

// Appends them to `out`, counting from `first`. `fatal` (code `ledger_damaged`) for other bytes.
Result<> unpack_entries(Seq first, std::string_view bytes, std::vector<merkle::LogEntry>& out);

}  // namespace trailkeeper::ledger
