#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "merkle/checkpoint.h"
#include "merkle/log_entry.h"
#include "merkle/note.h"

// What the intake answered is a receipt: enough to compute an entry of the log, and to ask later
// for the proof that it is still there (docs/formats/log.md).
namespace trailkeeper::verify {

struct Receipt {
  std::string id;
  std::string log{};  // name of the log that it is of; empty: it says none
  merkle::LogEntry entry;
};

// Of an answer of the intake (`{"data":[...]}`), its list, one of its items, or items one a line;
// refused ones are passed over. `invalid` (code `receipt`) with the place for anything else, and
// when there is none.
Result<std::vector<Receipt>> parse_receipts(std::string_view text);

// A file of c2sp.org/tlog-proof.
struct EntryProof {
  std::uint64_t index = 0;
  std::vector<merkle::Hash> hashes;
  std::string note;
};
// `invalid` (code `proof`).
Result<EntryProof> parse_proof(std::string_view text);

// That the entry is in the log whose signed checkpoint the proof carries, and that this is the log
// of the receipt: that checkpoint.
// `failed` (code `not_proven`) with the reason.
Result<merkle::Checkpoint> check_receipt(const Receipt& receipt, const EntryProof& proof,
                                         const std::vector<merkle::VerifierKey>& keys);

}  // namespace trailkeeper::verify
