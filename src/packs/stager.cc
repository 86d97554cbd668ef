#include "stager.h"

#include <unistd.h>

#include <cerrno>
#include <filesystem>

#include "base/file.h"
#include "crypto/hashed_file.h"
#include "file_facts.h"
#include "parts.h"

namespace trailkeeper::packs {
namespace {

constexpr std::uint64_t kTellRows = 20'000;
constexpr const char* kManifest = "manifest.json";

std::string part_name(std::size_t number, const std::string& ending) {
  std::string digits = std::to_string(number);
  digits.insert(0, digits.size() < 5 ? 5 - digits.size() : 0, '0');
  return "part-" + digits + "." + ending;
}

settings::PackFile as_file(std::string name, const crypto::FileDigest& digest) {
  settings::PackFile file;
  file.name = std::move(name);
  file.bytes = digest.bytes;
  file.sha256 = digest.sha256;
  file.md5 = std::string(as_text(digest.md5));
  return file;
}

// Splits rows into parts.
class Splitter {
 public:
  Splitter(std::string folder, const Definition& definition, const std::vector<Column>& columns)
      : folder_(std::move(folder)), definition_(definition), columns_(columns) {
    staged_.nulls.resize(columns.size());
  }

  Result<> add(const Batch& batch) {
    for (std::size_t row = 0; row < batch.rows; ++row) {
      const Cell* cells = batch.cells.data() + row * columns_.size();
      if (!part_ || part_->rows() >= definition_.part_rows ||
          part_->bytes_in() >= definition_.part_bytes)
        TRY(open_next());
      TRY(part_->add(cells));
      for (std::size_t i = 0; i < columns_.size(); ++i) staged_.nulls[i] += cells[i].null ? 1 : 0;
      ++staged_.rows;
    }
    return {};
  }

  // Without a row there is one part of none, so that its reader finds the columns.
  Result<Staged> finish() {
    if (!part_) TRY(open_next());
    TRY(close());
    return std::move(staged_);
  }
  std::uint64_t rows() const { return staged_.rows; }

 private:
  Result<> open_next() {
    if (part_) TRY(close());
    name_ =
        part_name(staged_.files.size(), file_ending(definition_.format, definition_.compression));
    part_ = TRY(
        make_part(folder_ + "/" + name_, columns_, definition_.format, definition_.compression));
    return {};
  }
  Result<> close() {
    settings::PackFile file = as_file(name_, TRY(part_->finish()));
    file.ordinal = static_cast<int>(staged_.files.size());
    file.rows = part_->rows();
    staged_.bytes += file.bytes;
    staged_.files.push_back(std::move(file));
    part_.reset();
    return {};
  }

  const std::string folder_;
  const Definition& definition_;
  const std::vector<Column>& columns_;
  std::string name_;
  std::unique_ptr<Part> part_;
  Staged staged_;
};

}  // namespace

Result<Staged> Stager::stage_parts(
    const settings::PackRun& run, const Definition& definition, Extract& extract,
    const std::function<Result<bool>(std::uint64_t rows)>& going) const {
  remove(run.id);
  TRY(make_folders(folder_of(run.id)));
  TRY(check_space());
  Splitter splitter(folder_of(run.id), definition, extract.columns());
  Batch batch;
  for (std::uint64_t told = 0; TRY(extract.next(batch));) {
    TRY(splitter.add(batch));
    if (splitter.rows() < told + kTellRows) continue;
    told = splitter.rows();
    TRY(check_space());
    if (!TRY(going(told))) return Error{ErrorKind::conflict, "cancelled", "The run was cancelled."};
  }
  return splitter.finish();
}

Result<Staged> Stager::stage_files(const settings::PackRun& run, const Definition& definition,
                                   const std::vector<std::pair<std::string, std::string>>& files,
                                   std::vector<Column>& columns) const {
  remove(run.id);
  TRY(make_folders(folder_of(run.id)));
  Staged staged;
  for (const auto& [name, from] : files) {
    const std::string path = path_of(run.id, name);
    if (::link(from.c_str(), path.c_str()) != 0) return system_error("link " + from, errno);
    const FileFacts facts = TRY(look_at_file(path, definition.format, definition.compression));
    settings::PackFile file = as_file(name, facts.digest);
    file.ordinal = static_cast<int>(staged.files.size());
    file.rows = facts.rows.value_or(0);
    file.rows_known = facts.rows.has_value();
    if (!staged.files.empty() && facts.columns != columns) {
      return Error{ErrorKind::failed, "columns_differ",
                   "The file " + name + " has another header than those before it."};
    }
    columns = facts.columns;
    staged.rows += file.rows;
    staged.rows_known = staged.rows_known && file.rows_known;
    staged.bytes += file.bytes;
    staged.files.push_back(std::move(file));
  }
  staged.nulls.resize(columns.size());
  return staged;
}

Result<> Stager::check_space() const {
  std::error_code problem;
  const auto space = std::filesystem::space(folder_, problem);
  if (problem || space.available >= free_bytes_min_) return {};
  return Error{ErrorKind::unavailable, "disk_full",
               "There is too little space left to stage the files of data packs."};
}

Result<> Stager::stage_manifest(Staged& staged, const ManifestFacts& facts) const {
  const std::string line = TRY(sign_(facts.run.org, kManifestType, render_manifest(facts, staged)));
  const std::string path = path_of(facts.run.id, kManifest);
  auto file = TRY(crypto::HashedFile::create(path));
  TRY(file.write(line));
  settings::PackFile manifest = as_file(kManifest, TRY(file.finish()));
  manifest.ordinal = static_cast<int>(staged.files.size());
  manifest.manifest = true;
  staged.manifest_sha256 = to_hex(as_text(manifest.sha256));
  staged.files.push_back(std::move(manifest));
  TRY(sync_folder_of(path));
  return sync_folder_of(folder_of(facts.run.id));
}

std::string Stager::path_of(const Uuid& run, const std::string& file) const {
  return folder_of(run) + "/" + file;
}

Result<bool> Stager::keep_state(const Uuid& run) const {
  const std::string kept = state_of(run);
  TRY(make_folders(folder_ + "/states"));
  if (::rename(path_of(run, kStateFile).c_str(), kept.c_str()) != 0) {
    if (errno != ENOENT) return system_error("keep what is remembered of a run", errno);
    return ::access(kept.c_str(), R_OK) == 0;
  }
  TRY(sync_folder_of(kept));
  return true;
}

void Stager::remove_state(const Uuid& run) const { ::unlink(state_of(run).c_str()); }

void Stager::tidy_states(const std::function<bool(const Uuid& run)>& keep) const {
  std::error_code ignored;
  for (const auto& entry : std::filesystem::directory_iterator(folder_ + "/states", ignored)) {
    const auto run = Uuid::parse(entry.path().filename().string());
    if (run && !keep(*run)) remove_state(*run);
  }
}

bool Stager::intact(const Uuid& run, const settings::PackFile& file) const {
  const auto found = crypto::sha256_of_file(path_of(run, file.name));
  return found && *found == file.sha256;
}

void Stager::remove(const Uuid& run) const {
  std::error_code ignored;
  std::filesystem::remove_all(folder_of(run), ignored);
}

void Stager::tidy(const std::function<bool(const Uuid& run)>& keep) const {
  std::error_code ignored;
  for (const auto& entry : std::filesystem::directory_iterator(folder_, ignored)) {
    const auto run = Uuid::parse(entry.path().filename().string());
    if (run && !keep(*run)) remove(*run);
  }
}

}  // namespace trailkeeper::packs
