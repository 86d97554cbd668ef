#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/metrics.h"
#include "base/result.h"
#include "crypto/sealer.h"
#include "deliver/deliveries.h"
#include "packs/definition.h"
#include "packs/file_store.h"
#include "packs/sink.h"
#include "packs/source.h"
#include "packs/watched_folder.h"
#include "settings/pack_comparisons.h"
#include "settings/pack_runs.h"
#include "settings/packs.h"

namespace trailkeeper::settings {
class Deliveries;
}

// Data packs: recurring files of the vendor's data for each of its customers. A run reads one
// snapshot of the source, stages whole files on our disk, and brings them to the org's destinations
// with the manifest last; whole or not at all, never twice.
namespace trailkeeper::packs {

using By = deliver::By;

// `object`, a JSON object in one line, as a line whose last member is the organization's signature
// (ledger/ledger.h).
using SignDocument = std::function<Result<std::string>(const OrgId& org, std::string_view type,
                                                       std::string_view object)>;

// Both sides of a double delivery do not hold the same.
struct DifferenceNotice {
  OrgId org;
  std::string pack;
  std::string folder;  // of the run, below the destinations' own
  std::string what;    // one sentence
};

// See watched_folder.h.
struct WatchSettings {
  std::string folder{};  // absolute; empty: none
  std::chrono::milliseconds pause{10'000};
  Duration quiet = std::chrono::seconds(2);  // what changed since then is not looked at yet
};

struct Settings {
  std::string staging_folder;  // DIR/packs; made when absent
  int workers = 2;
  std::uint64_t free_bytes_min = 1u << 30;  // what has to stay free on the disk of staged files
  std::uint64_t part_bytes = 64u << 20;     // of uploads in parts
  Duration retry_max = std::chrono::minutes(15);
  Duration probe_interval = std::chrono::minutes(15);  // where the customer has to act
  Duration tell_interval = std::chrono::hours(24);
  std::chrono::seconds pull_max{std::chrono::hours(6)};
  MakeSource make_source;
  SignDocument sign;    // manifests
  MakeSftpSink sftp{};  // without: no SFTP
  FileLimits files{};   // that the vendor brings
  WatchSettings watched{};
  // Whether the operator lets the org have data packs at present. Called from any thread.
  std::function<bool(const OrgId& org)> enabled;
  // Queues a mail in the transaction.
  std::function<Result<>(settings::WriteTx& tx, const deliver::Notice& notice)> tell{};
  // Queues a mail in the transaction.
  std::function<Result<>(settings::WriteTx& tx, const DifferenceNotice& notice)> tell_difference{};
  std::uint64_t compare_bytes_per_second = 8u << 20;  // of reading back what a side holds
  deliver::Settings delivery{};                       // how S3 destinations are reached
};

struct SourceRequest {
  std::string type;
  std::string host;
  int port = 0;
  std::string database;
  std::string user;
  std::optional<std::string> password{};  // absent: as it is
  Tls tls = Tls::verify;
  std::string ca{};
};

struct SourceView {
  settings::DataSource source;
  int packs = 0;
};

struct PackView {
  settings::DataPack pack;
  Definition draft;
  std::vector<settings::DataPackVersion> versions;  // newest first
  std::vector<Column> columns;                      // of the version in use
  bool pending = false;
  std::vector<OrgId> orgs;
  std::uint64_t held_runs = 0;
  std::optional<Timestamp> next_run_at;
};

struct OrgPreview {
  OrgId org;
  std::optional<std::uint64_t> rows;
  std::vector<std::vector<std::optional<std::string>>> sample;
  std::string error;
};
struct Preview {
  std::vector<Column> columns;
  std::vector<ColumnChange> changes;  // against the version in use
  std::vector<OrgPreview> orgs;
};

struct RunView {
  settings::PackRun run;
  std::vector<settings::PackFile> files;
  std::vector<settings::PackDelivery> deliveries;
  std::optional<settings::PackComparison> comparison{};  // of both sides, of a double delivery
  // What the watched folder says of the files that the run waits for, for the vendor alone.
  std::string folder_reason{};
};
struct RunPage {
  std::vector<RunView> data;  // newest first
  std::string next_cursor;    // empty at the end
};

struct OrgPackView {
  std::string id;
  Definition definition;  // of the version in use; of the draft before there is one
  std::optional<int> version;
  std::vector<Column> columns;
  std::optional<Timestamp> next_run_at;
  std::optional<RunView> last_run;
  std::optional<Timestamp> last_delivered_at;
  std::vector<std::string> places;
  settings::PackComparisonSummary comparisons{};  // of the last 90 days
};

struct RunRequest {
  std::optional<Timestamp> from{};
  std::optional<Timestamp> to{};
  std::optional<Uuid> replaces{};
};

struct DestinationView {
  settings::DataPackDestination destination;
  std::vector<std::string> sinks;                 // s3, sftp: what runs go to at present
  std::vector<std::string> places;                // of these, for people
  settings::PackComparisonSummary comparisons{};  // of all packs in the last 90 days
};
struct DestinationChange {
  bool applied = false;
  DestinationView before;
  DestinationView after;
  std::vector<std::string> effects;
};

// Thread-safe; calls block on the disk, those that say so on the network. Errors of all calls by
// id: `not_found`. A change and its entry are committed together.
class Packs {
 public:
  // Everything given lives longer. `clock` is the business clock.
  static std::unique_ptr<Packs> make(Settings settings, settings::Store& store,
                                     settings::Deliveries& destinations, deliver::ObjectSink& sink,
                                     const crypto::Sealer& sealer, const Clock& clock,
                                     metrics::Registry& metrics);
  virtual ~Packs() = default;

  virtual Result<std::vector<SourceView>> sources() = 0;
  virtual Result<SourceView> source(const std::string& id) = 0;
  // True with a new one. `invalid` with fields.
  virtual Result<bool> put_source(const std::string& id, const SourceRequest& request,
                                  const By& by) = 0;
  // `conflict` (`source_in_use`).
  virtual Result<> remove_source(const std::string& id, const By& by) = 0;
  // Connects; takes seconds.
  virtual Result<SourceCheck> check_source(const std::string& id) = 0;

  virtual Result<std::vector<PackView>> packs() = 0;
  virtual Result<PackView> pack(const std::string& id) = 0;
  // True with a new one. `conflict` (`pack_ended`): an id is never used again.
  virtual Result<bool> put_pack(const std::string& id, const Definition& definition,
                                const By& by) = 0;
  virtual Result<> end_pack(const std::string& id, const By& by) = 0;
  // Reads the source; takes seconds. What fails for one org is said there. That the vendor's staff
  // looked is in the trail of each org before they see anything.
  virtual Result<Preview> preview(const std::string& id, const std::vector<OrgId>& orgs,
                                  std::uint64_t rows, const By& by) = 0;
  // Asks the source for the columns; takes seconds. `conflict` (`breaking_change`).
  virtual Result<PackView> release(const std::string& id, std::optional<int> notice_days,
                                   const By& by) = 0;
  // The next version begins with the columns that held runs found; for so many days the version
  // before goes on, with what the source no longer has left empty. `conflict` (`nothing_held`);
  // `invalid` for a notice of files.
  virtual Result<PackView> confirm_change(const std::string& id, int notice_days, const By& by) = 0;

  virtual Result<std::vector<OrgPackView>> org_packs(const OrgId& org) = 0;
  virtual Result<OrgPackView> org_pack(const OrgId& org, const std::string& pack) = 0;
  // True when the org did not have it. `conflict` (`pack_ended`).
  virtual Result<bool> enable(const OrgId& org, const std::string& pack, const By& by) = 0;
  virtual Result<> disable(const OrgId& org, const std::string& pack, const By& by) = 0;

  // Of all orgs when `filter.org` is empty. `invalid` (`bad_cursor`).
  virtual Result<RunPage> runs(const settings::PackRunFilter& filter, std::size_t limit,
                               const std::string& cursor) = 0;
  virtual Result<RunView> run(const OrgId& org, const std::string& pack, const Uuid& id) = 0;
  // Run now, run again or backfill. `conflict`: `not_released`, `no_intervals` (a backfill of a
  // query that does not look at its interval), `not_delivered` (of `replaces`); `invalid` with
  // fields.
  virtual Result<std::vector<RunView>> start_runs(const OrgId& org, const std::string& pack,
                                                  const RunRequest& request, const By& by) = 0;
  // `conflict`: `too_late`, `wrong_state`.
  virtual Result<RunView> cancel(const OrgId& org, const std::string& pack, const Uuid& id,
                                 const By& by) = 0;
  virtual Result<RunView> retry(const OrgId& org, const std::string& pack, const Uuid& id,
                                const By& by) = 0;
  virtual Result<RunView> release_run(const OrgId& org, const std::string& pack, const Uuid& id,
                                      const By& by) = 0;

  // Looks at both sides again. `conflict` (`not_compared`).
  virtual Result<RunView> compare_run(const OrgId& org, const std::string& pack, const Uuid& id,
                                      const By& by) = 0;

  virtual Result<DestinationView> destination(const OrgId& org) = 0;
  // With `preview` nothing changes. `invalid` with fields when the S3 destination cannot be used.
  virtual Result<DestinationChange> put_destination(const settings::DataPackDestination& request,
                                                    bool preview, const By& by) = 0;

  // Files that the vendor brings. Lives as long as this.
  virtual FileStore& files() = 0;
  // What lies in the watched folder and was not taken.
  virtual FolderView watched_folder() = 0;

  virtual void start() = 0;
  // Ends reading and sending soon; what was begun goes on after the next start.
  virtual void stop() = 0;
  // Does what is due at the clock's time, in the calling thread. True when something was done. For
  // tests; not together with start().
  virtual bool step() = 0;
};

}  // namespace trailkeeper::packs
