#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/time.h"
#include "merkle/note.h"
#include "verify/report.h"

// Checks what lies in a customer's bucket against the signed log of the organization, without a
// network and with nothing but public keys (docs/formats/manifest.md, docs/verify.md).
namespace trailkeeper::verify {

// Something signed that the customer kept from an earlier day: a checkpoint, a manifest or a
// `.tlog-proof`.
struct Kept {
  std::string name;
  std::string content;
};

struct Options {
  std::string folder;                     // a copy of the bucket or of a part of it
  std::vector<merkle::VerifierKey> keys;  // `vkey` and `manifest_vkey` of each epoch
  std::vector<Kept> kept{};
  Timestamp at{};  // what was due by then has to be there
  unsigned threads = 1;
  // Called now and then from any thread, one at a time; bytes read so far and in all.
  std::function<void(std::uint64_t done, std::uint64_t total)> progress{};
};

// Reads everything below the folder; follows no links, opens nothing outside, and needs memory for
// a few files at a time. Errors: `not_found` when there is no such folder, `invalid` (code `kept`)
// for a kept file that is none of these or not signed by one of the keys. What is wrong *in* the
// folder is in the report.
Result<Report> verify_folder(const Options& options);

}  // namespace trailkeeper::verify
