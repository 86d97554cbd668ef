#pragma once

#include <set>
#include <string>
#include <vector>

#include "base/thread_annotations.h"
#include "context.h"
#include "packs/file_store.h"

namespace trailkeeper::packs {

// Whether the vendor brings files there, instead of our asking for rows.
bool is_file_source(const std::string& type);

// How a set of an interval is named.
std::string interval_name(Timestamp start);

// Whether the schedule of a pack that reads from the source has an interval that starts then; also
// when no pack does yet.
Result<bool> starts_an_interval(const settings::ReadTx& tx, const std::string& source,
                                Timestamp start);

// The files on our disk (`DIR/packs/uploads/<upload id>`) and what is known of them. Thread-safe.
class Files final : public FileStore {
 public:
  explicit Files(Context& context);

  Result<UploadView> create(const std::string& source, const FileRequest& request,
                            const By& by) override;
  Result<UploadView> upload(const std::string& source, const Uuid& id) override;
  Result<UploadView> append(const std::string& source, const Uuid& id, std::uint64_t offset,
                            std::string_view bytes, const std::optional<Checksum>& checksum,
                            const By& by) override;
  Result<> remove(const std::string& source, const Uuid& id) override;
  Result<FileSetPage> sets(const std::string& source, const std::optional<OrgId>& org,
                           std::size_t limit, const std::string& cursor) override;
  const FileLimits& limits() const override { return context_.settings.files; }

  const std::string& folder() const { return folder_; }
  std::string path_of(const Uuid& upload) const { return folder_ + "/" + upload.str(); }
  // Room for a file of `bytes`; `unavailable` (`disk_full`).
  Result<> check_space(std::uint64_t bytes) const;
  // Adds a set whose files lie at path_of() already, durable, as the next revision. `conflict` when
  // the source takes no such sets (any more).
  Result<> add_complete(settings::FileSet set, const std::vector<settings::FileUpload>& files);
  // Takes away what has had its time: unfinished uploads, and sets.
  Result<> expire();
  // Removes files that belong to nothing. Not together with other calls: at the start.
  void sweep();
  // Of a source that is removed.
  Result<> forget(settings::WriteTx& tx, const std::string& source);

 private:
  class Hold;

  Result<settings::FileSet> set_for(settings::WriteTx& tx, const std::string& source,
                                    const FileRequest& request, const std::string& name);
  Result<UploadView> finish(UploadView view, const By& by);
  Result<> complete_set(settings::WriteTx& tx, settings::FileSet set, const By& by);

  Context& context_;
  const std::string folder_;
  Mutex mutex_;
  std::set<Uuid> busy_ GUARDED_BY(mutex_);  // uploads that a call works on
};

}  // namespace trailkeeper::packs
