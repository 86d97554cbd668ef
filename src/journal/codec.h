#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "journal/journal.h"
#include "recent_ids.h"

// The bytes of chunks and remembered answers. Numbers are little-endian, fixed width.
namespace trailkeeper::journal {

// One event of a chunk: u32 length of the record, SHA-256, record.
void append_frame(std::string& out, const Sha256Digest& sha256, std::string_view record);

struct Frame {
  Sha256Digest sha256{};
  std::string_view record;
};
// Cuts the next frame off `rest`; empty at the end or when what is left is damaged.
std::optional<Frame> next_frame(std::string_view& rest);

// External ids, one after the other.
void append_id(std::string& out, const KeyHash& key, const KnownId& known);
// False when the bytes are damaged.
bool decode_ids(std::string_view bytes,
                const std::function<void(const KeyHash&, const KnownId&)>& sink);

std::string encode_receipts(const std::vector<ItemReceipt>& items);
std::optional<std::vector<ItemReceipt>> decode_receipts(std::string_view bytes);

}  // namespace trailkeeper::journal
