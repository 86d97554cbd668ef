#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/ids.h"
#include "base/time.h"
#include "settings/store.h"

// Files that the vendor brings for data packs: by sets, one for an interval of a schedule or one
// with a label. What is in the files lies in a folder of the module that takes them.
namespace trailkeeper::settings {

// All files that belong together. A set that is complete never changes; what comes under its name
// afterwards is its next revision.
struct FileSet {
  Uuid id;  // version 7
  std::string source;
  OrgId org;
  std::string name;  // the start of its interval as RFC 3339 in UTC, or its label
  std::optional<Timestamp> interval_start{};
  int revision = 1;
  int files_expected = 1;
  std::string state = "open";  // open, complete, gone (its files were removed)
  bool planned = false;        // the runs that it brings were made
  std::string origin{};        // of a watched folder: what its marker looked like
  Timestamp created_at{};
  std::optional<Timestamp> completed_at{};
};

Result<std::optional<FileSet>> find_file_set(const ReadTx& tx, const Uuid& id);
// The highest revision; only complete ones with `complete`.
Result<std::optional<FileSet>> last_file_set(const ReadTx& tx, const std::string& source,
                                             const OrgId& org, const std::string& name,
                                             bool complete);
// The one completed last.
Result<std::optional<FileSet>> newest_file_set(const ReadTx& tx, const std::string& source,
                                               const OrgId& org);
// Newest first, at most `limit`, before `before`; of one org unless empty.
Result<std::vector<FileSet>> list_file_sets(const ReadTx& tx, const std::string& source,
                                            const std::optional<OrgId>& org,
                                            const std::optional<Uuid>& before, std::size_t limit);
// Complete ones whose runs were not made.
Result<std::vector<FileSet>> unplanned_file_sets(const ReadTx& tx);
// Those not gone that were made before `time`.
Result<std::vector<FileSet>> old_file_sets(const ReadTx& tx, Timestamp time);
// Makes or replaces.
Result<> put_file_set(WriteTx& tx, const FileSet& set);
Result<> remove_file_set(WriteTx& tx, const Uuid& id);

// One file of a set.
struct FileUpload {
  Uuid id;  // version 7; also its name on our disk
  Uuid set;
  std::string name;
  std::uint64_t bytes = 0;
  std::uint64_t received = 0;   // durable
  std::string sha256_wanted{};  // hex; empty: not said
  std::string sha256{};         // hex; once complete
  bool complete = false;
  Timestamp created_at{};
  Timestamp expires_at{};  // while it is not complete
};

Result<std::optional<FileUpload>> find_file_upload(const ReadTx& tx, const Uuid& id);
// By name.
Result<std::vector<FileUpload>> file_uploads(const ReadTx& tx, const Uuid& set);
// How many are not complete.
Result<std::uint64_t> count_open_uploads(const ReadTx& tx, const std::string& source);
Result<std::vector<FileUpload>> expired_uploads(const ReadTx& tx, Timestamp now);
Result<> put_file_upload(WriteTx& tx, const FileUpload& upload);
Result<> remove_file_upload(WriteTx& tx, const Uuid& id);

}  // namespace trailkeeper::settings
