#pragma once

#include "context.h"
#include "files.h"
#include "folder.h"

namespace trailkeeper::packs {

// Sources, packs, their versions, and who has them. Thread-safe.
class Catalogue {
 public:
  Catalogue(Context& context, Files& files, Folder& folder)
      : context_(context), files_(files), folder_(folder) {}

  Result<std::vector<SourceView>> sources();
  Result<SourceView> source(const std::string& id);
  Result<bool> put_source(const std::string& id, const SourceRequest& request, const By& by);
  Result<> remove_source(const std::string& id, const By& by);
  Result<SourceCheck> check_source(const std::string& id);

  Result<std::vector<PackView>> packs();
  Result<PackView> pack(const std::string& id);
  Result<bool> put_pack(const std::string& id, const Definition& definition, const By& by);
  Result<> end_pack(const std::string& id, const By& by);
  Result<Preview> preview(const std::string& id, const std::vector<OrgId>& orgs, std::uint64_t rows,
                          const By& by);
  Result<PackView> release(const std::string& id, std::optional<int> notice_days, const By& by);
  Result<PackView> confirm_change(const std::string& id, int notice_days, const By& by);

  Result<bool> enable(const OrgId& org, const std::string& pack, const By& by);
  Result<> disable(const OrgId& org, const std::string& pack, const By& by);

  Result<DestinationView> destination(const OrgId& org);
  Result<DestinationChange> put_destination(const settings::DataPackDestination& request,
                                            bool preview, const By& by);

 private:
  Result<PackView> view(const settings::ReadTx& tx, settings::DataPack pack);
  Result<settings::DataPack> live_pack(const settings::ReadTx& tx, const std::string& id);
  Result<> check(const settings::ReadTx& tx, const Definition& definition);
  // As `whose` rows have them; else of one who has the pack.
  Result<std::vector<Column>> ask_columns(const std::string& pack, const Definition& definition,
                                          const std::optional<OrgId>& whose = std::nullopt);
  Result<Preview> preview_files(const Definition& draft, const std::vector<OrgId>& orgs);
  Result<> begin_version(settings::WriteTx& tx, settings::DataPackVersion before,
                         settings::DataPackVersion next, std::optional<Timestamp> before_ends_at);
  Result<> go_on_in(settings::WriteTx& tx, settings::PackRun run, int version, bool in_both);
  DestinationView destination_view(const settings::DataPackDestination& destination) const;

  Context& context_;
  Files& files_;
  Folder& folder_;
};

// Ends what has not been delivered of a pack, for one org or for all; what may be there already
// goes on to its end.
Result<> cancel_open_runs(settings::WriteTx& tx, const std::optional<OrgId>& org,
                          const std::string& pack, Timestamp now);

}  // namespace trailkeeper::packs
