#include "verify/verify.h"

#include <algorithm>
#include <atomic>
#include <deque>
#include <memory>
#include <mutex>
#include <set>

#include "crypto/hash.h"
#include "kept.h"
#include "others.h"
#include "packs.h"
#include "parallel.h"
#include "points.h"
#include "streams.h"
#include "window_check.h"

namespace trailkeeper::verify {
namespace {

std::string date_of(std::string_view tail) {
  const auto at = tail.find("/dt=");
  return std::string(tail.substr(at + 4, 10));
}

// What a manifest's own bytes say, and its place.
void load(const Folder& folder, const std::vector<merkle::VerifierKey>& keys, Loaded& loaded) {
  WindowReport& report = loaded.report;
  report.window = loaded.name.window;
  report.manifest = loaded.file->path;
  const auto bytes = folder.read(*loaded.file, kManifestBytesMax);
  if (!bytes) return report.add(State::unverifiable, bytes.error().message);
  loaded.sha256 = crypto::sha256(*bytes);
  auto parsed = parse_manifest(*bytes);
  if (!parsed) return report.add(State::altered, parsed.error().message);
  const Manifest& manifest = loaded.manifest.emplace(*std::move(parsed));
  report.start = manifest.start;
  report.end = manifest.end;
  report.first_seq = manifest.first_seq;
  report.last_seq = manifest.last_seq;
  report.withheld = manifest.withheld;
  if (manifest.stream != loaded.name.stream || manifest.window != loaded.name.window ||
      format_date(manifest.start) != date_of(layout_tail(loaded.file->path))) {
    report.add(State::altered, "it is the manifest of another window");
  }
  if (!manifest.seal) {
    return report.add(State::unverifiable, "its manifest is not signed");
  }
  for (const Judgement& judgement :
       {check_seal(kManifestType, *bytes, *manifest.seal, keys),
        check_note(manifest.log->note, keys), check_log_part(manifest)}) {
    if (judgement.state != State::complete) report.add(judgement.state, judgement.detail);
  }
  loaded.trusted = report.state == State::complete;
}

// One run over a folder.
class Run {
 public:
  Run(const Options& options, Folder folder) : options_(options), folder_(std::move(folder)) {}

  Result<Report> run() {
    for (const Kept& kept : options_.kept) kept_.push_back(TRY(open_kept(kept, options_.keys)));
    load_manifests();
    packs_.load(report_);
    if (loaded_.empty() && !any_files()) {
      return Error{ErrorKind::not_found, "nothing",
                   "there are no manifests below " + options_.folder};
    }
    add_points();
    std::vector<Stream> streams = make_streams(loaded_);
    name_files();
    judge_windows();
    packs_.judge_files(options_.threads, [this](std::uint64_t bytes) { tell(bytes); });
    for (Stream& stream : streams) check_chain(stream);
    check_order(streams);
    check_side_streams(streams);
    check_heartbeats(folder_, options_.keys, streams, report_);
    check_due(streams, options_.at);
    check_unnamed(folder_, streams, report_);
    packs_.finish(report_);
    for (const KeptCheckpoint& kept : kept_) {
      report_.checkpoints.push_back(judge_kept(kept, streams, compared_));
    }
    write(streams);
    return std::move(report_);
  }

 private:
  // The files of one window, until all of them are read.
  struct Work {
    Loaded* loaded = nullptr;
    std::vector<Part> parts;
    std::atomic<std::size_t> left{0};
  };
  struct Task {
    Work* work;
    std::size_t part;
  };

  bool any_files() { return !folder_.roots().empty() || !folder_.packs().empty(); }

  void load_manifests() {
    for (std::size_t root = 0; root < folder_.roots().size(); ++root) {
      for (auto& [tail, file] : folder_.roots()[root].files) {
        const auto name = manifest_name(tail);
        if (!name) continue;
        file.named = true;
        Loaded& loaded = loaded_.emplace_back();
        loaded.root = root;
        loaded.file = &file;
        loaded.name = *name;
        report_.bytes += file.bytes;
      }
    }
    report_.files += loaded_.size();
    in_parallel(loaded_.size(), options_.threads,
                [this](std::size_t i) { load(folder_, options_.keys, loaded_[i]); });
  }

  void add_points() {
    for (const KeptCheckpoint& kept : kept_) points_.add(kept.checkpoint, kept_source(kept));
    for (const Loaded& loaded : loaded_) {
      if (!loaded.trusted) continue;
      points_.add(loaded.manifest->log->checkpoint, loaded.file->path);
      const std::string& old_note = loaded.manifest->log->old_note;
      if (check_note(old_note, options_.keys).state != State::complete) continue;
      const auto old = merkle::parse_checkpoint(merkle::parse_note(old_note)->text);
      if (old) points_.add(*old, loaded.file->path + " (the log before)");
    }
    points_.sort();
  }

  // Finds what the manifests name; each file once.
  void name_files() {
    for (Loaded& loaded : loaded_) {
      if (!loaded.manifest) continue;
      Work& work = works_.emplace_back();
      work.loaded = &loaded;
      for (const ObjectRef& ref : loaded.manifest->files) add_part(work, ref);
      if (loaded.manifest->leaves) add_part(work, *loaded.manifest->leaves);
      work.left = work.parts.size();
      for (std::size_t part = 0; part < work.parts.size(); ++part) tasks_.push_back({&work, part});
    }
  }

  void add_part(Work& work, const ObjectRef& ref) {
    Part& part = work.parts.emplace_back();
    part.ref = &ref;
    part.file = folder_.find(work.loaded->root, ref.key);
    if (part.file == nullptr) return;
    if (part.file->named) {
      part.judgement = {State::altered,
                        "it names " + part.file->path + ", which another names too"};
      return;
    }
    part.file->named = true;
    ++report_.files;
    report_.bytes += part.file->bytes;
  }

  void judge_windows() {
    for (Work& work : works_) {
      if (work.parts.empty()) judge(work);
    }
    in_parallel(tasks_.size(), options_.threads, [this](std::size_t i) {
      const auto [work, index] = tasks_[i];
      Part& part = work->parts[index];
      const Manifest& manifest = *work->loaded->manifest;
      if (part.judgement.state == State::complete) {
        read_part(folder_, *work->loaded, index == manifest.files.size(), part);
      }
      tell(part.ref->bytes);
      if (work->left.fetch_sub(1) == 1) judge(*work);
    });
  }

  void judge(Work& work) {
    std::set<std::uint64_t> compared;
    judge_window(points_, *work.loaded, work.parts, compared);
    if (!work.loaded->trusted) return;
    const std::lock_guard lock(mutex_);
    compared_[work.loaded->manifest->log->checkpoint.origin].merge(compared);
  }

  void tell(std::uint64_t bytes) {
    const std::lock_guard lock(mutex_);
    done_ += bytes;
    if (options_.progress) options_.progress(done_, report_.bytes);
  }

  void write(const std::vector<Stream>& streams) {
    report_.at = options_.at;
    report_.other_files = folder_.other_files();
    for (const Stream& stream : streams) {
      StreamReport& out = report_.streams.emplace_back();
      out.organization_id = stream.organization_id();
      out.destination = stream.destination();
      out.stream = stream.number;
      out.reason = stream.reason();
      out.windows = stream.absent;
      for (const Loaded* window : stream.windows) out.windows.push_back(window->report);
      std::ranges::stable_sort(out.windows, {}, &WindowReport::window);
    }
  }

  const Options& options_;
  Folder folder_;
  PackCheck packs_{folder_, options_.keys};
  std::vector<KeptCheckpoint> kept_;
  std::deque<Loaded> loaded_;
  std::deque<Work> works_;
  std::vector<Task> tasks_;
  Points points_;
  Report report_;

  std::mutex mutex_;
  Compared compared_;  // while windows are judged, under the mutex
  std::uint64_t done_ = 0;
};

}  // namespace

Result<Report> verify_folder(const Options& options) {
  Folder folder = TRY(Folder::walk(options.folder));
  return Run(options, std::move(folder)).run();
}

}  // namespace trailkeeper::verify
