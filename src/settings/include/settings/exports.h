#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/ids.h"
#include "base/time.h"
#include "settings/store.h"

namespace trailkeeper::settings {

enum class ExportState { queued, running, ready, expired, failed, cancelled };
std::string_view export_state_name(ExportState state);

// One asked-for file.
struct Export {
  Uuid id;  // version 7
  OrgId org;
  ExportState state = ExportState::queued;
  std::string format = "csv";
  // What was asked for: `from` inclusive, `to` exclusive, on occurred_at; `filter` as the JSON of
  // exports::filter_json().
  std::optional<Timestamp> from{};
  std::optional<Timestamp> to{};
  std::string filter = "{}";
  // Start of the viewing window when it was asked for; empty for keys.
  std::optional<Timestamp> visible_from{};
  // The last entry there was when it was asked for; a file made again holds the same.
  Seq last_seq{};
  std::uint64_t rows = 0;        // written so far, or in the finished file
  std::uint64_t rows_total = 0;  // expected; 0 while unknown
  std::uint64_t bytes = 0;
  std::string requester_id;  // person's or key's id
  std::string requester_name;
  std::string requester_email;  // empty: nobody to mail
  Timestamp created_at{};
  std::optional<Timestamp> ready_at{};
  std::optional<Timestamp> expires_at{};
  std::string error;  // one sentence, when failed
};

Result<std::optional<Export>> find_export(const ReadTx& tx, const OrgId& org, const Uuid& id);
// Whichever org it belongs to.
Result<std::optional<Export>> find_export(const ReadTx& tx, const Uuid& id);
// Newest first, before the id `before`, at most `limit`.
Result<std::vector<Export>> list_exports(const ReadTx& tx, const OrgId& org,
                                         std::optional<Uuid> before, std::size_t limit);
// Of all orgs, oldest first, at most `limit`.
Result<std::vector<Export>> exports_in_state(const ReadTx& tx, ExportState state,
                                             std::size_t limit);
// Ready ones whose time is over at `now`.
Result<std::vector<Export>> exports_past_expiry(const ReadTx& tx, Timestamp now, std::size_t limit);
// Queued and running ones of an org.
Result<std::uint64_t> count_unfinished_exports(const ReadTx& tx, const OrgId& org);
Result<> add_export(WriteTx& tx, const Export& record);
// Replaces what changes in its life: state, rows, rows_total, bytes, ready_at, expires_at, error.
// Only while the state kept is still `expected`; false when it is not, or the record is not there.
Result<bool> update_export(WriteTx& tx, const Export& record, ExportState expected);
// Forgets finished ones that were asked for before `before`; their files are gone by then.
Result<> remove_old_exports(WriteTx& tx, Timestamp before);

}  // namespace trailkeeper::settings
