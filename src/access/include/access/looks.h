#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "access/orgs.h"
#include "access/principal.h"
#include "base/clock.h"
#include "base/result.h"
#include "base/thread_annotations.h"
#include "settings/looks.h"

// Access of the vendor's staff to a customer's trail (REQUIREMENTS F6). An operator reads one by a
// look: for a reason, for half an hour, in one session; and whatever is read is written into that
// trail first, under an area and under actions that neither keys nor registry nor masking touch.
namespace trailkeeper::access {

inline constexpr std::chrono::minutes kLookLongest{30};
inline constexpr std::size_t kLookReasonBytesMax = 2000;
// The same search again within this time is no new entry: a page that refreshes, or that asks for
// rows, counts and a histogram, is one look at the same thing.
inline constexpr std::chrono::minutes kSameReading{5};

// Thread-safe.
class Looks {
 public:
  // Reads those that have not ended.
  static Result<std::unique_ptr<Looks>> open(settings::Store& store, const Orgs& orgs,
                                             const Clock& clock);

  // Opens `org` for the session of `by`, who must be an operator with a session; a look of the same
  // session there ends. Durable with its entry on return. `forbidden` (`operators_only`,
  // `session_needed`), `not_found` (also for the operators' own trail, which needs none),
  // `forbidden` (`not_enabled`) and `invalid` with pointers.
  Result<settings::Look> begin(const Principal& by, const settings::Origin& origin,
                               const OrgId& org, const std::string& reason);
  // Those of the session that have not ended, by id.
  std::vector<settings::Look> list(const Principal& by) const;
  // Ends one of this session's. `not_found`.
  Result<> end(const Principal& by, const settings::Origin& origin, const Uuid& id);

  // For every reading of a customer's trail by the vendor: writes the entry about it, durable on
  // return, unless the same was just read. `forbidden` (`look_needed`) for an operator without a
  // look; whoever comes by admin.sock needs none, and is written down when entries are shown.
  // Errors of the settings: then nothing may be shown.
  Result<> note_reading(const Principal& by, const OrgId& org);

  // Forgets what has ended; call it about once a minute.
  Result<> forget_ended();

 private:
  Looks(settings::Store& store, const Orgs& orgs, const Clock& clock)
      : store_(store), orgs_(orgs), clock_(clock) {}
  std::optional<settings::Look> find(const Principal& by, const OrgId& org) const REQUIRES(mutex_);
  void forget(Timestamp now) REQUIRES(mutex_);

  settings::Store& store_;
  const Orgs& orgs_;
  const Clock& clock_;
  // Held while an entry is written: a second reading of the same does not overtake it.
  mutable Mutex mutex_;
  std::vector<settings::Look> looks_ GUARDED_BY(mutex_);
  std::map<std::string, Timestamp> noted_ GUARDED_BY(mutex_);  // what was read, and when
};

}  // namespace trailkeeper::access
