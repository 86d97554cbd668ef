#pragma once

#include <optional>
#include <string>
#include <vector>

#include "crypto/hashed_file.h"
#include "packs/definition.h"

namespace trailkeeper::packs {

// What is known of a file that is sent as it is.
struct FileFacts {
  crypto::FileDigest digest;
  std::optional<std::uint64_t> rows{};  // of CSV (without its header) and JSON Lines
  std::vector<Column> columns{};        // of CSV: its header, all texts
};

// Reads the file to its end, in constant memory. `failed` (`file_damaged`) when it is not what the
// pack says of its files: not packed so, no UTF-8 in its header.
Result<FileFacts> look_at_file(const std::string& path, Format format, Packing packing);

}  // namespace trailkeeper::packs
