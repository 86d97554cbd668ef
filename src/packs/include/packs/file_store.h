#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/ids.h"
#include "base/result.h"
#include "base/time.h"
#include "deliver/deliveries.h"
#include "settings/file_sets.h"

// Files that the vendor brings itself. Files belong to a source, an organization and a set: the
// start of an interval of the pack's schedule, or a label. A set is delivered when all its files
// are there, whole; nothing of it is before.
namespace trailkeeper::packs {

struct FileLimits {
  std::uint64_t file_bytes_max = 5ull << 30;
  int set_files_max = 1000;
  std::uint64_t open_max = 200;                      // unfinished uploads of one source
  Duration open_time = std::chrono::hours(24);       // an upload's, from its last byte
  Duration kept_time = std::chrono::hours(24 * 30);  // a set's, from its first file
};

// Letters, digits, and . _ = - only, not beginning with a dot; at most 128 characters, of a label
// 64. A file is none of a run's own names.
bool is_file_name(std::string_view text);
bool is_set_label(std::string_view text);

struct FileRequest {
  OrgId org;
  std::optional<Timestamp> interval_start{};  // either this
  std::string label{};                        // or that
  std::string name;
  std::uint64_t bytes = 0;
  std::string sha256{};  // hex of the whole file; empty: not checked
  int files = 1;         // how many the set has; the same in each of its files
};

struct UploadView {
  settings::FileUpload upload;
  settings::FileSet set;
};
struct FileSetView {
  settings::FileSet set;
  std::vector<settings::FileUpload> files;
};
struct FileSetPage {
  std::vector<FileSetView> data;  // newest first
  std::string next_cursor;        // empty at the end
};

// Of one piece of an upload.
struct Checksum {
  std::string algorithm;  // sha1, sha256, md5
  std::string digest;     // the bytes
};

// Thread-safe; calls block on the disk. `not_found` for what is not there.
class FileStore {
 public:
  virtual ~FileStore() = default;

  // Begins an upload; durable on return. `invalid` with fields; `conflict`: `not_for_uploads`,
  // `file_exists` (in a set that is not complete), `set_full`; `too_large`; `limited`
  // (`too_many_uploads`); `unavailable` (`disk_full`).
  virtual Result<UploadView> create(const std::string& source, const FileRequest& request,
                                    const deliver::By& by) = 0;
  virtual Result<UploadView> upload(const std::string& source, const Uuid& id) = 0;
  // Takes the bytes from `offset` on. They, and how far the upload is, are durable on return; with
  // the last ones the file's SHA-256 was checked and the set may be complete. `conflict`:
  // `offset_mismatch`, `upload_busy`; `invalid`: `checksum_mismatch` (nothing was taken),
  // `sha256_mismatch` (the upload is gone), `unknown_checksum`; `too_large`; `expired`.
  virtual Result<UploadView> append(const std::string& source, const Uuid& id, std::uint64_t offset,
                                    std::string_view bytes, const std::optional<Checksum>& checksum,
                                    const deliver::By& by) = 0;
  // `conflict` (`set_complete`): what may have been delivered stays.
  virtual Result<> remove(const std::string& source, const Uuid& id) = 0;
  // `invalid` (`bad_cursor`).
  virtual Result<FileSetPage> sets(const std::string& source, const std::optional<OrgId>& org,
                                   std::size_t limit, const std::string& cursor) = 0;
  virtual const FileLimits& limits() const = 0;
};

}  // namespace trailkeeper::packs
