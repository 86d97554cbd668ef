#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "base/result.h"

namespace trailkeeper::compress {

// Takes the next bytes; an error ends the work and comes back from the call that was made.
using Sink = std::function<Result<>(std::string_view bytes)>;

// Writes one gzip member (RFC 1952) piece by piece. The same input in whatever pieces gives the
// same bytes: no time, no name, system 255. For one thread at a time.
class GzipWriter {
 public:
  // `level` 1 (fast) to 9 (small).
  explicit GzipWriter(Sink sink, int level = 6);
  GzipWriter(const GzipWriter&) = delete;
  GzipWriter& operator=(const GzipWriter&) = delete;
  ~GzipWriter();

  Result<> write(std::string_view data);
  // Ends the member. Without it what was written is not a whole file.
  Result<> finish();

  std::uint64_t bytes_in() const;
  std::uint64_t bytes_out() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

// All at once.
std::string gzip(std::string_view data, int level = 6);

// Whole text of a gzip file of one or more members. `too_large` (code `too_large`) as soon as there
// are more than `limit` bytes; `invalid` (code `bad_gzip`) when it is cut short, damaged or
// followed by something else.
Result<std::string> gunzip(std::string_view compressed, std::size_t limit);
Result<> gunzip(std::string_view compressed, std::size_t limit, const Sink& sink);

}  // namespace trailkeeper::compress
