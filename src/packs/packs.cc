#include "packs/packs.h"

#include <utility>

#include "catalogue.h"
#include "compare.h"
#include "context.h"
#include "folder.h"
#include "run_desk.h"
#include "runner.h"

namespace trailkeeper::packs {
namespace {

class RealPacks final : public Packs {
 public:
  explicit RealPacks(Context context)
      : context_(std::move(context)),
        files_(context_),
        folder_(context_, files_),
        catalogue_(context_, files_, folder_),
        desk_(context_, folder_),
        runner_(context_, files_),
        comparer_(context_) {
    context_.wake = [this] {
      runner_.wake();
      comparer_.wake();
    };
  }
  ~RealPacks() override { stop(); }

  Result<std::vector<SourceView>> sources() override { return catalogue_.sources(); }
  Result<SourceView> source(const std::string& id) override { return catalogue_.source(id); }
  Result<bool> put_source(const std::string& id, const SourceRequest& request,
                          const By& by) override {
    return catalogue_.put_source(id, request, by);
  }
  Result<> remove_source(const std::string& id, const By& by) override {
    return catalogue_.remove_source(id, by);
  }
  Result<SourceCheck> check_source(const std::string& id) override {
    return catalogue_.check_source(id);
  }

  Result<std::vector<PackView>> packs() override { return catalogue_.packs(); }
  Result<PackView> pack(const std::string& id) override { return catalogue_.pack(id); }
  Result<bool> put_pack(const std::string& id, const Definition& definition,
                        const By& by) override {
    return catalogue_.put_pack(id, definition, by);
  }
  Result<> end_pack(const std::string& id, const By& by) override {
    return catalogue_.end_pack(id, by);
  }
  Result<Preview> preview(const std::string& id, const std::vector<OrgId>& orgs, std::uint64_t rows,
                          const By& by) override {
    return catalogue_.preview(id, orgs, rows, by);
  }
  Result<PackView> release(const std::string& id, std::optional<int> notice_days,
                           const By& by) override {
    return catalogue_.release(id, notice_days, by);
  }
  Result<PackView> confirm_change(const std::string& id, int notice_days, const By& by) override {
    return catalogue_.confirm_change(id, notice_days, by);
  }

  Result<std::vector<OrgPackView>> org_packs(const OrgId& org) override {
    return desk_.org_packs(org);
  }
  Result<OrgPackView> org_pack(const OrgId& org, const std::string& pack) override {
    return desk_.org_pack(org, pack);
  }
  Result<bool> enable(const OrgId& org, const std::string& pack, const By& by) override {
    return catalogue_.enable(org, pack, by);
  }
  Result<> disable(const OrgId& org, const std::string& pack, const By& by) override {
    return catalogue_.disable(org, pack, by);
  }

  Result<RunPage> runs(const settings::PackRunFilter& filter, std::size_t limit,
                       const std::string& cursor) override {
    return desk_.runs(filter, limit, cursor);
  }
  Result<RunView> run(const OrgId& org, const std::string& pack, const Uuid& id) override {
    return desk_.run(org, pack, id);
  }
  Result<std::vector<RunView>> start_runs(const OrgId& org, const std::string& pack,
                                          const RunRequest& request, const By& by) override {
    return desk_.start_runs(org, pack, request, by);
  }
  Result<RunView> cancel(const OrgId& org, const std::string& pack, const Uuid& id,
                         const By& by) override {
    return desk_.cancel(org, pack, id, by);
  }
  Result<RunView> retry(const OrgId& org, const std::string& pack, const Uuid& id,
                        const By& by) override {
    return desk_.retry(org, pack, id, by);
  }
  Result<RunView> release_run(const OrgId& org, const std::string& pack, const Uuid& id,
                              const By& by) override {
    return desk_.release(org, pack, id, by);
  }

  Result<RunView> compare_run(const OrgId& org, const std::string& pack, const Uuid& id,
                              const By& by) override {
    return desk_.compare(org, pack, id, by);
  }

  Result<DestinationView> destination(const OrgId& org) override {
    return catalogue_.destination(org);
  }
  Result<DestinationChange> put_destination(const settings::DataPackDestination& request,
                                            bool preview, const By& by) override {
    return catalogue_.put_destination(request, preview, by);
  }

  FileStore& files() override { return files_; }
  FolderView watched_folder() override { return folder_.view(); }

  void start() override {
    runner_.start();  // takes away what nothing knows, before anything new comes
    comparer_.start();
    folder_.start();
  }
  void stop() override {
    folder_.stop();
    comparer_.stop();
    runner_.stop();
  }
  bool step() override {
    const bool took = folder_.step();
    const bool ran = runner_.step() || took;
    return comparer_.step() || ran;
  }

 private:
  Context context_;
  Files files_;
  Folder folder_;
  Catalogue catalogue_;
  RunDesk desk_;
  Runner runner_;
  Comparer comparer_;
};

}  // namespace

std::unique_ptr<Packs> Packs::make(Settings settings, settings::Store& store,
                                   settings::Deliveries& destinations, deliver::ObjectSink& sink,
                                   const crypto::Sealer& sealer, const Clock& clock,
                                   metrics::Registry& metrics) {
  Stager stager(settings.staging_folder, settings.free_bytes_min, settings.sign);
  return std::make_unique<RealPacks>(Context{std::move(settings), store, destinations, sink, sealer,
                                             clock, metrics, std::move(stager), [] {}});
}

}  // namespace trailkeeper::packs
