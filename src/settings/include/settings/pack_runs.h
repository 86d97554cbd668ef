#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "base/ids.h"
#include "base/time.h"
#include "settings/store.h"

namespace trailkeeper::settings {

enum class PackRunState {
  due,         // waits for its turn
  extracting,  // its rows are read
  staged,      // its files are on our disk, whole
  delivering,  // its destinations are fixed, files are on their way
  delivered,
  held,    // an operator has to look
  failed,  // somebody has to look
  cancelled,
};
std::string_view pack_run_state_name(PackRunState state);
std::optional<PackRunState> find_pack_run_state(std::string_view name);

// One run of a data pack for one org.
struct PackRun {
  Uuid id;  // version 7
  OrgId org;
  std::string pack;
  int version = 0;
  std::string kind;  // scheduled, manual, backfill, again
  PackRunState state = PackRunState::due;
  Timestamp interval_start{};
  Timestamp interval_end{};
  std::string replaces{};  // the run that this one stands for; empty: none
  Timestamp due_at{};
  std::optional<Timestamp> next_attempt_at{};
  int attempts = 0;  // of reading the source
  std::string error{};
  std::string remedy{};
  std::string requested_by{};
  std::string hold{};             // JSON; empty unless held
  bool size_confirmed = false;    // an operator has let it go on
  std::uint64_t rows = 0;         // read so far, or in the files
  std::uint64_t bytes = 0;        // of the files
  std::string nulls{};            // JSON: how many of each column
  std::string columns{};          // JSON
  std::string high_water{};       // after it
  std::string manifest_sha256{};  // hex
  std::string previous_run{};
  std::optional<Timestamp> started_at{};
  std::optional<Timestamp> snapshot_at{};
  std::optional<Timestamp> staged_at{};
  std::optional<Timestamp> finished_at{};
  std::string file_set{};  // which files it brings (settings/file_sets.h); empty: rows, or none yet
  // JSON for people, once its files are finished; empty where it says nothing.
  std::string set_shown{};  // name and revision of that set
  std::string changes{};    // of the mode `changed`: since which run, and how many of each kind
};

Result<std::optional<PackRun>> find_pack_run(const ReadTx& tx, const OrgId& org,
                                             const std::string& pack, const Uuid& id);
Result<std::optional<PackRun>> find_pack_run(const ReadTx& tx, const Uuid& id);

// Empty members mean all.
struct PackRunFilter {
  std::optional<OrgId> org{};
  std::string pack{};
  std::optional<PackRunState> state{};
  std::optional<Uuid> before{};
};
// Newest first, at most `limit`.
Result<std::vector<PackRun>> list_pack_runs(const ReadTx& tx, const PackRunFilter& filter,
                                            std::size_t limit);
// The first of each series that has not come to its end, in the order in which they became due: the
// others wait for it.
Result<std::vector<PackRun>> next_pack_runs(const ReadTx& tx);
// All that have not come to their end, of one pack; of one org unless empty.
Result<std::vector<PackRun>> open_pack_runs(const ReadTx& tx, const std::optional<OrgId>& org,
                                            const std::string& pack);
// The newest run of any revision of these files.
Result<std::optional<PackRun>> last_pack_run_of_files(const ReadTx& tx, const OrgId& org,
                                                      const std::string& pack, int version,
                                                      const std::string& source,
                                                      const std::string& name);
// The newest run that was made for the interval by the schedule or by a backfill.
Result<std::optional<PackRun>> scheduled_pack_run(const ReadTx& tx, const OrgId& org,
                                                  const std::string& pack, int version,
                                                  Timestamp interval_start);
// The last delivered ones of a series, newest first; at most `limit`.
Result<std::vector<PackRun>> delivered_pack_runs(const ReadTx& tx, const OrgId& org,
                                                 const std::string& pack, int version,
                                                 std::size_t limit);
// How many are in each state, of all orgs.
Result<std::uint64_t> count_pack_runs(const ReadTx& tx, PackRunState state,
                                      const std::string& pack);
Result<> add_pack_run(WriteTx& tx, const PackRun& run);
// Replaces all that can change while the state kept is `expected`; false when it is another.
Result<bool> update_pack_run(WriteTx& tx, const PackRun& run, PackRunState expected);
// Of a run that is being read.
Result<> note_pack_run_rows(WriteTx& tx, const Uuid& run, std::uint64_t rows);

struct PackFile {
  int ordinal = 0;  // order of delivery; the manifest is the last
  std::string name;
  std::uint64_t bytes = 0;
  std::uint64_t rows = 0;
  bool rows_known = true;  // not of files that are sent as they are and whose rows nobody can count
  Sha256Digest sha256{};
  std::string md5;  // 16 bytes
  bool manifest = false;
};
Result<std::vector<PackFile>> pack_files(const ReadTx& tx, const Uuid& run);
// Replaces those there.
Result<> put_pack_files(WriteTx& tx, const Uuid& run, const std::vector<PackFile>& files);

// One run at one destination.
struct PackDelivery {
  std::string sink;           // s3, sftp
  std::string location{};     // of s3: JSON of what was the destination when it began
  std::string place{};        // for people
  std::string state = "due";  // due, delivering, delivered, failed
  int files_done = 0;
  bool manifest_begun = false;  // it may be there by now
  int attempts = 0;
  std::string error{};
  std::string remedy{};
  std::string request_id{};
  std::optional<Timestamp> first_try_at{};  // of the wall clock
  std::optional<Timestamp> next_attempt_at{};
  std::optional<Timestamp> delivered_at{};
};
Result<std::vector<PackDelivery>> pack_deliveries(const ReadTx& tx, const Uuid& run);
Result<> put_pack_delivery(WriteTx& tx, const Uuid& run, const PackDelivery& delivery);

// Instead of those there.
Result<> replace_pack_deliveries(WriteTx& tx, const Uuid& run,
                                 const std::vector<PackDelivery>& deliveries);

// When admins were last told that deliveries of packs to a sink stopped; empty: they work.
Result<std::optional<Timestamp>> pack_trouble_told(const ReadTx& tx, const OrgId& org,
                                                   const std::string& sink);
Result<> set_pack_trouble_told(WriteTx& tx, const OrgId& org, const std::string& sink,
                               std::optional<Timestamp> at);

}  // namespace trailkeeper::settings
