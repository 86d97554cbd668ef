#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "base/result.h"
#include "base/time.h"

namespace trailkeeper::cli {

// What tells a file from another: enough to notice that it was replaced or written to.
struct FileIdentity {
  std::uint64_t size = 0;
  std::int64_t modified_ns = 0;
  std::string head_sha256;  // of its first 64 KiB
  bool operator==(const FileIdentity&) const = default;
};

// `invalid` with a sentence when it cannot be read or is no file.
Result<FileIdentity> identify(const std::string& path);

// How far a file was sent; kept beside it, so that sending goes on where it stopped.
struct SendState {
  FileIdentity file;
  std::string url;
  std::string form;          // format, mapping: what decides which events the file holds
  std::size_t batch = 0;     // lines of a request; stays, because requests must be the same again
  std::uint64_t offset = 0;  // bytes of the (unpacked) file that are done
  std::uint64_t line = 0;    // the last line that is done
  std::uint64_t created = 0;
  std::uint64_t duplicates = 0;
  std::uint64_t rejected = 0;
  std::uint64_t rejected_bytes = 0;  // of the file of rejected lines
  // When the request after `offset` may have been sent for the first time; empty when it was not.
  std::optional<Timestamp> pending_since{};
  bool finished = false;

  // Nothing was sent: a run that was refused leaves this, and the next may be about anything.
  bool untouched() const { return offset == 0 && !pending_since && !finished; }
};

std::string render_state(const SendState& state);
// `invalid` when it is none of ours.
Result<SendState> parse_state(const std::string& text);

}  // namespace trailkeeper::cli
