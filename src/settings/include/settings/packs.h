#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/ids.h"
#include "base/time.h"
#include "settings/store.h"

// What operators define of data packs, and which organizations have them. Definitions, columns and
// the like are JSON of the module that writes them.
namespace trailkeeper::settings {

// A database of the vendor's.
struct DataSource {
  std::string id;
  std::string type;
  std::string host;
  int port = 0;  // 0: the usual one
  std::string database;
  std::string user;
  std::string password;  // sealed for this row; empty: none
  std::string tls;
  std::string ca;
  Timestamp created_at{};
  Timestamp updated_at{};
};

Result<std::optional<DataSource>> find_data_source(const ReadTx& tx, const std::string& id);
Result<std::vector<DataSource>> list_data_sources(const ReadTx& tx);
// Makes or replaces; `created_at` of one that is there stays.
Result<> put_data_source(WriteTx& tx, const DataSource& source);
Result<> remove_data_source(WriteTx& tx, const std::string& id);

struct DataPack {
  std::string id;
  std::string draft;   // its definition as last entered
  std::string source;  // of the draft
  bool ended = false;
  Timestamp created_at{};
  Timestamp updated_at{};
};

// What is delivered by. The one with the highest number is in use; earlier ones that have not ended
// go on beside it.
struct DataPackVersion {
  std::string pack;
  int version = 0;
  std::string definition;
  std::string columns;
  Timestamp released_at{};
  std::optional<Timestamp> ends_at{};
};

Result<std::optional<DataPack>> find_data_pack(const ReadTx& tx, const std::string& id);
// By id; ended ones too.
Result<std::vector<DataPack>> list_data_packs(const ReadTx& tx);
Result<> put_data_pack(WriteTx& tx, const DataPack& pack);
// Newest first.
Result<std::vector<DataPackVersion>> data_pack_versions(const ReadTx& tx, const std::string& pack);
Result<std::optional<DataPackVersion>> find_data_pack_version(const ReadTx& tx,
                                                              const std::string& pack, int version);
Result<> put_data_pack_version(WriteTx& tx, const DataPackVersion& version);

// Who has which pack.
struct OrgDataPack {
  OrgId org;
  std::string pack;
  Timestamp enabled_at{};
};
// Of one org; of one pack; all.
Result<std::vector<OrgDataPack>> org_data_packs(const ReadTx& tx, const OrgId& org);
Result<std::vector<OrgDataPack>> data_pack_orgs(const ReadTx& tx, const std::string& pack);
Result<std::vector<OrgDataPack>> all_org_data_packs(const ReadTx& tx);
Result<bool> has_data_pack(const ReadTx& tx, const OrgId& org, const std::string& pack);
Result<> add_org_data_pack(WriteTx& tx, const OrgDataPack& pack);
// Its series goes with it.
Result<> remove_org_data_pack(WriteTx& tx, const OrgId& org, const std::string& pack);

// The runs of one version for one org, one after the other.
struct DataPackSeries {
  OrgId org;
  std::string pack;
  int version = 0;
  Timestamp planned_until{};  // the end of the last interval that has its run
  std::string high_water{};   // of the last run delivered; empty: none yet
};
Result<std::optional<DataPackSeries>> find_data_pack_series(const ReadTx& tx, const OrgId& org,
                                                            const std::string& pack, int version);
Result<> put_data_pack_series(WriteTx& tx, const DataPackSeries& series);

// Where an org's data packs go. Without a row: SFTP.
struct DataPackDestination {
  OrgId org;
  std::string s3_destination{};  // empty: none
  std::string s3_path{};         // below the destination's own; no slashes at its ends
  bool keep_sftp = false;
  std::optional<Timestamp> compare_until{};
};
Result<DataPackDestination> data_pack_destination(const ReadTx& tx, const OrgId& org);
Result<> put_data_pack_destination(WriteTx& tx, const DataPackDestination& destination);

}  // namespace trailkeeper::settings
