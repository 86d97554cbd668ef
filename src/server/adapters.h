#pragma once

#include "access/orgs.h"
#include "deliver/ports.h"
#include "events/store.h"
#include "ingest/ingest.h"
#include "journal/journal.h"

// The services' ports over the modules that stand behind them here. Each is thread-safe as its
// ports ask; what it is given outlives it.
namespace trailkeeper::server {

class KnownOrganizations final : public ingest::Organizations {
 public:
  explicit KnownOrganizations(const access::Orgs& orgs) : orgs_(orgs) {}
  bool exists(const OrgId& org) const override { return orgs_.exists(org); }

 private:
  const access::Orgs& orgs_;
};

class LimitsOfOrgs final : public ingest::OrgLimits {
 public:
  explicit LimitsOfOrgs(const access::Orgs& orgs) : orgs_(orgs) {}
  settings::Limits limits(const OrgId& org) const override {
    const auto found = orgs_.find(org);
    return found ? found->limits : settings::Limits{};
  }

 private:
  const access::Orgs& orgs_;
};

// Deliveries read records by seq from the event store.
class StoreRecords final : public deliver::RecordSource {
 public:
  StoreRecords(events::EventStore& store, const journal::Journal& journal)
      : store_(store), journal_(journal) {}
  Result<> read(const OrgId& org, Seq first, Seq last,
                const std::function<bool(Seq seq, std::string_view line)>& line) override;
  Result<Seq> last_seq_before(const OrgId& org, Timestamp time) override;

 private:
  // Empty when the event store does not hold it (yet).
  Result<std::optional<Timestamp>> received_at(const OrgId& org, Seq seq);

  events::EventStore& store_;
  const journal::Journal& journal_;
};

// Windows are closed by the journal. A border inside an hour (a change of frequency, the start of a
// stream) may be asked for when later events were received already; nothing can be received before
// it any more, so it is read off the records once they are stored.
class JournalCuts final : public deliver::Cuts {
 public:
  JournalCuts(journal::Journal& journal, deliver::RecordSource& records)
      : journal_(journal), records_(records) {}
  Result<deliver::Cut> close(const OrgId& org, Timestamp end) override;
  bool stored(const deliver::Cut& cut) const override;
  Seq head(const OrgId& org) const override { return journal_.last_seq(org); }

 private:
  journal::Journal& journal_;
  deliver::RecordSource& records_;
};

}  // namespace trailkeeper::server
