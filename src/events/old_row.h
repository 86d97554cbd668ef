#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "event/view.h"

// Rows of the table `events`, which held a column for each member of the record until `entries`
// took its place (docs/decisions/0025). They are read once, to be moved.
namespace trailkeeper::events {

enum Present : std::uint64_t {
  kActionLabel = 1ULL << 0,
  kArea = 1ULL << 1,
  kApplication = 1ULL << 2,
  kCategory = 1ULL << 3,
  kCrud = 1ULL << 4,
  kActorType = 1ULL << 5,
  kActorName = 1ULL << 6,
  kActorUsername = 1ULL << 7,
  kActorEmail = 1ULL << 8,
  kActorRole = 1ULL << 9,
  kActorMetadata = 1ULL << 10,
  kTargets = 1ULL << 11,
  kContext = 1ULL << 12,
  kIp = 1ULL << 13,
  kLocation = 1ULL << 14,
  kUserAgent = 1ULL << 15,
  kUrl = 1ULL << 16,
  kRequestId = 1ULL << 17,
  kSessionId = 1ULL << 18,
  kOutcome = 1ULL << 19,
  kHttpStatus = 1ULL << 20,
  kError = 1ULL << 21,
  kErrorCode = 1ULL << 22,
  kErrorMessage = 1ULL << 23,
  kChanges = 1ULL << 24,
  kMetadata = 1ULL << 25,
  kExternalId = 1ULL << 26,
  kVersion = 1ULL << 27,
  kRawOnly = 1ULL << 63,  // the columns after `present` are empty; only `raw` speaks
};

// The same inside the lists, one byte an item.
enum TargetPresent : std::uint8_t {
  kTargetType = 1,
  kTargetId = 2,
  kTargetName = 4,
  kTargetMetadata = 8
};
enum ChangePresent : std::uint8_t { kChangeBefore = 1, kChangeAfter = 2 };

// As views into its bytes.
struct OldRow {
  std::uint64_t batch = 0;
  event::StoredView stored;
  std::string_view raw{};  // the exact record, where the columns could not render it
  bool has_columns = true;
};

const std::string& old_columns();

// Takes the row at the start of `bytes` apart and answers its size; empty when they end within it.
Result<std::optional<std::size_t>> decode_old_row(std::string_view bytes, OldRow& row);

}  // namespace trailkeeper::events
