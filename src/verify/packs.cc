#include "packs.h"

#include <algorithm>

#include "crypto/hash.h"
#include "parallel.h"

namespace trailkeeper::verify {
namespace {

constexpr std::string_view kManifestName = "manifest.json";

std::string last_component(const std::string& path) { return path.substr(path.rfind('/') + 1); }

// Name of the folder of that version of a pack.
std::string folder_name(const PackManifest& manifest) {
  return manifest.version <= 1 ? manifest.pack
                               : manifest.pack + ".v" + std::to_string(manifest.version);
}

}  // namespace

void PackCheck::load(Report& report) {
  for (auto& [place, pack] : folder_.packs()) {
    for (auto& [id, files] : pack.runs) load_run(place, id, files);
  }
  for (Run& run : runs_) {
    if (run.manifest) by_id_.emplace(run.manifest->run, &run);
    name_files(run, report);
  }
}

void PackCheck::load_run(const std::string& place, const std::string& id, Folder::PackRun& files) {
  Run& run = runs_.emplace_back();
  run.place = place;
  run.id = id;
  run.files = &files;
  run.report.run = id;
  const auto found = files.find(std::string(kManifestName));
  if (found == files.end()) {
    return run.report.add(State::not_yet_due, "it has no manifest: a run that has not arrived");
  }
  File& file = found->second;
  file.named = true;
  run.report.manifest = file.path;
  const auto bytes = folder_.read(file, kManifestBytesMax);
  if (!bytes) return run.report.add(State::unverifiable, bytes.error().message);
  run.sha256 = crypto::sha256(*bytes);
  auto parsed = parse_pack_manifest(*bytes);
  if (!parsed) return run.report.add(State::altered, parsed.error().message);
  const PackManifest& manifest = run.manifest.emplace(*std::move(parsed));
  run.report.start = manifest.start;
  run.report.end = manifest.end;
  run.report.rows = manifest.rows;
  run.report.bytes = manifest.bytes;
  run.report.files = manifest.files.size();
  if (manifest.run != id || folder_name(manifest) != last_component(place)) {
    run.report.add(State::altered, "it is the manifest of another run");
  }
  if (!manifest.seal) return run.report.add(State::unverifiable, "its manifest is not signed");
  const Judgement judgement = check_seal(kPackType, *bytes, *manifest.seal, keys_);
  if (judgement.state != State::complete) run.report.add(judgement.state, judgement.detail);
}

void PackCheck::name_files(Run& run, Report& report) {
  if (!run.report.manifest.empty()) {
    ++report.files;
    report.bytes += run.files->at(std::string(kManifestName)).bytes;
  }
  if (!run.manifest) return;
  for (const PackFile& wanted : run.manifest->files) {
    const auto found = run.files->find(wanted.name);
    if (found == run.files->end() || wanted.name == kManifestName) {
      run.report.add(State::gap, wanted.name + " is not here");
      continue;
    }
    found->second.named = true;
    ++report.files;
    report.bytes += found->second.bytes;
    tasks_.push_back({&run, &wanted, &found->second, {}});
  }
}

void PackCheck::judge_files(unsigned threads, const std::function<void(std::uint64_t)>& tell) {
  in_parallel(tasks_.size(), threads, [&](std::size_t i) {
    Task& task = tasks_[i];
    if (task.file->bytes != task.wanted->bytes) {
      task.judgement = {State::altered,
                        task.wanted->name + " has " + std::to_string(task.file->bytes) +
                            " bytes instead of " + std::to_string(task.wanted->bytes)};
    } else {
      crypto::Sha256 hash;
      const Result<> read =
          folder_.read(*task.file, [&hash](std::string_view piece) { hash.update(piece); });
      if (!read) {
        task.judgement = {State::unverifiable, read.error().message};
      } else if (hash.finish() != task.wanted->sha256) {
        task.judgement = {State::altered, task.wanted->name + " is not what was delivered"};
      }
    }
    tell(task.file->bytes);
  });
  for (const Task& task : tasks_) {
    if (task.judgement.state != State::complete)
      task.run->report.add(task.judgement.state, task.judgement.detail);
  }
}

// The run that was delivered before this one is in the folder, unless nothing here is older.
void PackCheck::check_before(Run& run) {
  if (!run.manifest || run.manifest->previous_run.empty()) return;
  const PackManifest& manifest = *run.manifest;
  const auto [begin, end] = by_id_.equal_range(manifest.previous_run);
  const auto is_it = [&](const auto& each) {
    return !manifest.previous_sha256 || each.second->sha256 == *manifest.previous_sha256;
  };
  if (begin != end) {
    if (std::none_of(begin, end, is_it)) {
      run.report.add(State::altered,
                     "the run before it, " + manifest.previous_run + ", is another one now");
    }
    return;
  }
  const bool any_older = std::ranges::any_of(runs_, [&](const Run& other) {
    return other.manifest && other.manifest->organization_id == manifest.organization_id &&
           other.manifest->pack == manifest.pack && other.manifest->staged_at < manifest.staged_at;
  });
  if (any_older) {
    run.report.add(State::gap, "the run before it, " + manifest.previous_run + ", is not here");
  } else {
    run.report.before_is_elsewhere = true;
  }
}

void PackCheck::check_latest(const std::string& place, const File& file, Report& report) {
  OtherReport& other = report.others.emplace_back(OtherReport{file.path, State::complete, ""});
  const auto set = [&other](State state, std::string detail) {
    other.state = state;
    other.detail = std::move(detail);
  };
  const auto bytes = folder_.read(file, kManifestBytesMax);
  const auto latest = bytes ? parse_pack_latest(*bytes) : bytes.error();
  if (!latest) return set(State::altered, "it is no latest.json of a data pack");
  const Run* named = nullptr;
  const Run* newest = nullptr;
  for (const Run& run : runs_) {
    if (run.place != place || !run.manifest) continue;
    if (run.id == latest->run) named = &run;
    if (newest == nullptr || run.manifest->end > newest->manifest->end) newest = &run;
  }
  if (named == nullptr) return set(State::gap, "the run that it names is not here");
  if (named->sha256 != latest->manifest_sha256)
    return set(State::altered, "the run that it names is another one now");
  // Perhaps copied just before it was written anew.
  if (newest->manifest->end > named->manifest->end)
    return set(State::unverifiable, "it names an older run than " + newest->id);
}

void PackCheck::check_unnamed(Run& run) {
  if (!run.manifest) return;
  for (const auto& [name, file] : *run.files) {
    if (!file.named) run.report.add(State::altered, name + " is not in its manifest");
  }
}

void PackCheck::finish(Report& report) {
  for (Run& run : runs_) {
    check_before(run);
    check_unnamed(run);
  }
  for (const auto& [place, pack] : folder_.packs()) {
    PackReport& out = report.packs.emplace_back();
    out.place = place;
    for (const Run& run : runs_) {
      if (run.place != place) continue;
      out.runs.push_back(run.report);
      if (!run.manifest || !out.pack.empty()) continue;
      out.organization_id = run.manifest->organization_id;
      out.pack = run.manifest->pack;
      out.version = run.manifest->version;
    }
    if (pack.latest) check_latest(place, *pack.latest, report);
  }
}

}  // namespace trailkeeper::verify
