#pragma once

#include <map>
#include <string>
#include <vector>

#include "journal/journal.h"
#include "org_states.h"
#include "retry_keys.h"
#include "segments.h"

namespace trailkeeper::journal {

// What one transaction commits: submissions become chunks, one for each organization, and receipts.
// Nothing here is true until the writer has committed.
class Group {
 public:
  struct Lifetimes {
    Duration request_key;
    Duration external_id;
  };
  Group(OrgStates& orgs, RetryKeys& keys, Timestamp now, Lifetimes lifetimes)
      : orgs_(orgs), keys_(keys), now_(now), lifetimes_(lifetimes) {}

  // The answer to one submission. An error of kind fatal or unavailable ends the group; any other
  // one is this submission's own answer, and nothing of it is in the group.
  Result<Receipt> add(const Submission& submission);

  // Chunks to append, positions counted from `first`.
  std::vector<Chunk> take_chunks(std::uint64_t first);

  // Hours that ended for an organization because an event of a later one is in this group; their
  // position is not set. With them the last seq of any closed hour can be told, however late a
  // window is cut.
  const std::vector<Cut>& ended_hours() const { return ended_hours_; }

 private:
  Result<std::optional<Receipt>> earlier_answer(const Submission& submission);
  // Items of which nothing new is stored: rejected before, or known by their external id. Empty:
  // commit it.
  Result<std::optional<ItemReceipt>> settle(const Submission& submission, std::size_t index,
                                            std::map<KeyHash, std::size_t>& seen);
  ItemReceipt store(const Item& item);

  OrgStates& orgs_;
  RetryKeys& keys_;
  const Timestamp now_;
  const Lifetimes lifetimes_;
  std::map<std::string, Chunk> chunks_;
  std::vector<Cut> ended_hours_;
  std::string record_;  // used again and again
};

}  // namespace trailkeeper::journal
