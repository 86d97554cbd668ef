#pragma once

#include "context.h"
#include "folder.h"

namespace trailkeeper::packs {

// What people see of runs and ask of them. Thread-safe.
class RunDesk {
 public:
  RunDesk(Context& context, const Folder& folder) : context_(context), folder_(folder) {}

  Result<std::vector<OrgPackView>> org_packs(const OrgId& org);
  Result<OrgPackView> org_pack(const OrgId& org, const std::string& pack);
  Result<RunPage> runs(const settings::PackRunFilter& filter, std::size_t limit,
                       const std::string& cursor);
  Result<RunView> run(const OrgId& org, const std::string& pack, const Uuid& id);
  Result<std::vector<RunView>> start_runs(const OrgId& org, const std::string& pack,
                                          const RunRequest& request, const By& by);
  Result<RunView> cancel(const OrgId& org, const std::string& pack, const Uuid& id, const By& by);
  Result<RunView> retry(const OrgId& org, const std::string& pack, const Uuid& id, const By& by);
  Result<RunView> compare(const OrgId& org, const std::string& pack, const Uuid& id, const By& by);
  Result<RunView> release(const OrgId& org, const std::string& pack, const Uuid& id, const By& by);

 private:
  Result<RunView> view(const settings::ReadTx& tx, settings::PackRun run);
  Result<OrgPackView> org_pack_view(const settings::ReadTx& tx, const OrgId& org,
                                    const std::string& pack);
  void add_places(const OrgId& org, std::vector<OrgPackView>& views);
  using Change = std::function<Result<>(settings::WriteTx& tx, settings::PackRun& run)>;
  Result<RunView> change(const OrgId& org, const std::string& pack, const Uuid& id,
                         const settings::ActionInfo& info, const By& by, const Change& change);

  // What the watched folder says of the files that the run waits for; empty of any other run.
  Result<std::string> folder_reason(const settings::ReadTx& tx, const settings::PackRun& run);

  Context& context_;
  const Folder& folder_;
};

}  // namespace trailkeeper::packs
