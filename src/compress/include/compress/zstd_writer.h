#pragma once

#include <cstdint>
#include <memory>
#include <string_view>

#include "base/result.h"
#include "compress/gzip.h"

namespace trailkeeper::compress {

// Writes one zstd frame (RFC 8878) with a checksum piece by piece. The same calls give the same
// bytes. For one thread at a time.
class ZstdWriter {
 public:
  explicit ZstdWriter(Sink sink, int level = 9);
  ZstdWriter(const ZstdWriter&) = delete;
  ZstdWriter& operator=(const ZstdWriter&) = delete;
  ~ZstdWriter();

  Result<> write(std::string_view data);
  // Ends the frame. Without it what was written is not a whole file.
  Result<> finish();

  std::uint64_t bytes_in() const;
  std::uint64_t bytes_out() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace trailkeeper::compress
