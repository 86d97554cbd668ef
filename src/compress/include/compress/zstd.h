#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

#include "base/result.h"
#include "compress/gzip.h"

namespace trailkeeper::compress {

// Whole text of one or more zstd frames (RFC 8878; windows up to 8 MiB). `too_large` (code
// `too_large`) as soon as there are more than `limit` bytes; `invalid` (code `bad_zstd`) when it is
// cut short or damaged.
Result<std::string> unzstd(std::string_view compressed, std::size_t limit);
// The same piece by piece, in constant memory.
Result<> unzstd(std::string_view compressed, std::size_t limit, const Sink& sink);

// Blocks of our own, packed to be written and read quickly rather than to be small: as zstd frames
// that know their size. Not thread-safe; the memory serves the next block.
class BlockPacker {
 public:
  BlockPacker();
  ~BlockPacker();
  BlockPacker(BlockPacker&&) noexcept;
  BlockPacker& operator=(BlockPacker&&) noexcept;

  // Replaces `out`.
  void pack(std::string_view block, std::string& out);
  // Replaces `out`; false when the bytes are damaged or would be larger than `limit`.
  bool unpack(std::string_view packed, std::size_t limit, std::string& out);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

// Whether the bytes begin as a packed block does.
bool is_packed(std::string_view bytes);

}  // namespace trailkeeper::compress
