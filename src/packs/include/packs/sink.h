#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "base/ids.h"
#include "base/result.h"
#include "base/time.h"
#include "deliver/ports.h"

// Where the files of a run go: a bucket or an SFTP folder of the customer.
namespace trailkeeper::packs {

// A file on our disk, whole and synced. Its bytes are the same on every try.
struct StagedFile {
  std::string name;  // within the run's folder: part-00000.csv.gz, manifest.json
  std::string path;  // on our disk
  std::uint64_t bytes = 0;
  Sha256Digest sha256{};
  std::string md5;  // 16 bytes
  std::string content_type;
};

// Everything of one run.
struct Shipment {
  OrgId org;
  std::string pack;
  std::string run;
  std::string folder;  // below the destination's own: `<pack>/run=<run id>`, no slashes at its ends
  std::vector<StagedFile> parts;  // in the order in which they go
  StagedFile manifest;
  // The small file beside the runs that names the newest one; goes after the manifest and replaces
  // the one there. Empty content: it stays as it is.
  std::string latest_name;  // below the destination's own: `<pack>/latest.json`
  std::string latest;
  // When the first try of this run at this destination began; of the wall clock.
  Timestamp first_try_at{};
};

struct SinkResult {
  std::optional<deliver::SinkFailure> failure{};  // empty: every file is there, whole
  std::string request_id{};  // of the last request, where there is such a thing
};

// A file of a delivered run, as the run's record has it.
struct ExpectedFile {
  std::string name;  // within the run's folder
  std::uint64_t bytes = 0;
  Sha256Digest sha256{};
  std::string etag;  // that S3 gives these bytes; empty: not known
};

// What to look at again, after it was delivered.
struct LookRequest {
  std::string folder;  // as Shipment::folder
  std::vector<ExpectedFile> files;
  std::uint64_t bytes_per_second = 0;  // of reading back; 0: as fast as it goes
  std::function<bool()> going;         // false: stop soon, with the failure `stopped`
};

enum class Holding { same, missing, other_size, other_content };
struct HeldFile {
  std::string name;
  Holding holding = Holding::missing;
  std::uint64_t bytes = 0;  // that lie there
};

struct LookResult {
  std::optional<deliver::SinkFailure> failure{};  // it could not be looked at
  std::vector<HeldFile> files{};                  // in the order in which they were asked for
  std::vector<std::string> others{};              // names in the run's folder that nobody asked for
  // How far the look goes: `sha256` of the bytes read back, `etag` that the bucket made of its
  // bytes, or only the `size`.
  std::string read_by{};
};

// A destination of one org. Of one thread; calls block, within limits of their own for each step.
class PackSink {
 public:
  virtual ~PackSink() = default;
  // Where the files will be, for people: s3://bucket/path/ or sftp://user@host/path/
  virtual std::string place() const = 0;
  // Brings the parts, then the manifest, then latest.json. Whoever reads there never sees a part or
  // a manifest under its name before it is whole. A file that is there with these bytes counts as
  // brought; one that is there with others is a failure (`object_differs`, ours) and stays. Called
  // again after any failure, in this or a later process, it goes on where it stopped. `before` is
  // asked before each file (by its number; parts, manifest, latest.json); false stops with the
  // failure `stopped`.
  virtual SinkResult deliver(const Shipment& shipment,
                             const std::function<bool(std::size_t file)>& before) = 0;
  // What lies there of a run that was delivered. Changes nothing.
  virtual LookResult look(const LookRequest& request) = 0;
};

// Makes the sink of an org's SFTP destination; `not_found` when the org has none, or one that is
// not ready to take files (then the message says why). Thread-safe.
using MakeSftpSink = std::function<Result<std::unique_ptr<PackSink>>(const OrgId& org)>;

}  // namespace trailkeeper::packs
