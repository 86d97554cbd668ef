#include "stager.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <charconv>
#include <filesystem>
#include <memory>
#include <optional>

#include "base/file.h"
#include "compress/gzip.h"
#include "crypto/hash.h"
#include "layout.h"

namespace trailkeeper::deliver {
namespace {

const std::string kFolderPrefix = "window-";
constexpr std::size_t kReadBytes = 1u << 16;

// One gzip file being written: what reaches the disk is counted and hashed on the way.
class StagedFile {
 public:
  static Result<std::unique_ptr<StagedFile>> create(const std::string& path) {
    FileDescriptor fd(::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600));
    if (!fd) return system_error("open " + path, errno);
    return std::unique_ptr<StagedFile>(new StagedFile(std::move(fd)));
  }

  Result<> add(std::string_view line) {
    TRY(gzip_.write(line));
    TRY(gzip_.write("\n"));
    ++rows_;
    return {};
  }
  std::uint64_t bytes_in() const { return gzip_.bytes_in(); }

  Result<settings::StagedObject> finish() {
    TRY(gzip_.finish());
    if (::fsync(fd_.get()) != 0) return system_error("sync a staged file", errno);
    settings::StagedObject object;
    object.bytes = gzip_.bytes_out();
    object.rows = rows_;
    object.sha256 = sha256_.finish();
    object.md5 = std::string(as_text(md5_.finish()));
    return object;
  }

 private:
  explicit StagedFile(FileDescriptor fd)
      : fd_(std::move(fd)), gzip_([this](std::string_view bytes) { return write(bytes); }) {}

  Result<> write(std::string_view bytes) {
    sha256_.update(bytes);
    md5_.update(bytes);
    while (!bytes.empty()) {
      const ssize_t written = ::write(fd_.get(), bytes.data(), bytes.size());
      if (written < 0 && errno == EINTR) continue;
      if (written < 0) return system_error("write a staged file", errno);
      bytes.remove_prefix(static_cast<std::size_t>(written));
    }
    return {};
  }

  FileDescriptor fd_;
  crypto::Sha256 sha256_;
  crypto::Md5 md5_;
  std::uint64_t rows_ = 0;
  compress::GzipWriter gzip_;
};

Result<> sync_folder(const std::string& path) {
  const FileDescriptor fd(::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!fd) return system_error("open " + path, errno);
  if (::fsync(fd.get()) != 0) return system_error("sync " + path, errno);
  return {};
}

Error gap(const settings::DeliveryWindow& window, Seq missing) {
  return Error{ErrorKind::failed, "store_gap",
               "The event store does not give entry " + std::to_string(missing.value) +
                   " of the range " + std::to_string(window.first_seq.value) + " to " +
                   std::to_string(window.last_seq.value) + "."};
}

// Splits the lines of a window into files.
class Splitter {
 public:
  Splitter(std::string folder, std::uint64_t split_bytes)
      : folder_(std::move(folder)), split_bytes_(split_bytes) {}

  Result<> add(std::string_view line) {
    if (file_ && file_->bytes_in() + line.size() + 1 > split_bytes_) TRY(close());
    if (!file_) file_ = TRY(StagedFile::create(folder_ + "/" + name()));
    return file_->add(line);
  }
  Result<std::vector<settings::StagedObject>> finish() {
    if (file_) TRY(close());
    return std::move(files_);
  }

 private:
  std::string name() const { return std::to_string(files_.size()) + ".jsonl.gz"; }
  Result<> close() {
    settings::StagedObject object = TRY(file_->finish());
    object.file = name();
    file_.reset();
    files_.push_back(std::move(object));
    return {};
  }

  const std::string folder_;
  const std::uint64_t split_bytes_;
  std::unique_ptr<StagedFile> file_;
  std::vector<settings::StagedObject> files_;
};

}  // namespace

Stager::Stager(std::string folder, RecordSource& source, std::uint64_t split_bytes)
    : folder_(std::move(folder)), source_(source), split_bytes_(split_bytes) {}

std::string Stager::window_folder(const settings::DeliveryWindow& window) const {
  return kFolderPrefix + std::to_string(window.id);
}

Result<> Stager::stage_files(const settings::Stream& stream, const settings::DeliveryWindow& window,
                             Staged& staged) {
  if (window.last_seq < window.first_seq) return {};
  Splitter splitter(folder_ + "/" + window_folder(window), split_bytes_);
  Seq expected = window.first_seq;
  Result<> written;
  const Result<> given = source_.read(stream.org, window.first_seq, window.last_seq,
                                      [&](Seq seq, std::string_view line) {
                                        if (seq != expected) written = gap(window, expected);
                                        if (written) written = splitter.add(line);
                                        ++expected.value;
                                        return written.has_value();
                                      });
  if (!written) return written.error();
  if (!given) return given.error();
  if (expected.value != window.last_seq.value + 1) return gap(window, expected);
  staged.objects = TRY(splitter.finish());
  staged.entries = window.last_seq.value - window.first_seq.value + 1;
  return {};
}

Result<Staged> Stager::stage(const settings::Stream& stream, const settings::DeliveryWindow& window,
                             const PreviousManifest& previous) {
  const std::string within = window_folder(window);
  TRY(make_folders(folder_ + "/" + within));
  Staged staged;
  TRY(stage_files(stream, window, staged));
  const bool several = staged.objects.size() > 1;
  for (std::size_t i = 0; i < staged.objects.size(); ++i) {
    settings::StagedObject& object = staged.objects[i];
    object.ordinal = static_cast<int>(i);
    object.file = within + "/" + object.file;
    object.key = object_key(stream.target.path, window.span.start, stream.number,
                            {window.first_seq, window.last_seq},
                            several ? std::optional<int>(static_cast<int>(i)) : std::nullopt);
  }
  const std::string line = render_manifest(stream, window, staged.objects, previous);
  settings::StagedObject manifest{
      .ordinal = static_cast<int>(staged.objects.size()),
      .key = manifest_key(stream.target.path, window.span.start, stream.number, window.number),
      .file = within + "/manifest.json",
      .bytes = line.size(),
      .rows = 0,
      .sha256 = crypto::sha256(line),
      .md5 = std::string(as_text(crypto::md5(line))),
      .manifest = true};
  TRY(write_file_durably(folder_ + "/" + manifest.file, line));
  staged.objects.push_back(std::move(manifest));
  TRY(sync_folder(folder_ + "/" + within));
  TRY(sync_folder(folder_));
  return staged;
}

bool Stager::intact(const settings::StagedObject& object) const {
  const FileDescriptor fd(::open(path_of(object).c_str(), O_RDONLY | O_CLOEXEC));
  if (!fd) return false;
  crypto::Sha256 sha256;
  std::string buffer(kReadBytes, '\0');
  for (;;) {
    const ssize_t got = ::read(fd.get(), buffer.data(), buffer.size());
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return false;
    if (got == 0) break;
    sha256.update(std::string_view(buffer.data(), static_cast<std::size_t>(got)));
  }
  return sha256.finish() == object.sha256;
}

std::optional<std::int64_t> Stager::window_of(const std::string& folder_name) {
  if (!folder_name.starts_with(kFolderPrefix)) return std::nullopt;
  const char* end = folder_name.data() + folder_name.size();
  std::int64_t id = 0;
  const auto read = std::from_chars(folder_name.data() + kFolderPrefix.size(), end, id);
  if (read.ec != std::errc() || read.ptr != end) return std::nullopt;
  return id;
}

void Stager::remove(const settings::DeliveryWindow& window) const {
  std::error_code ignored;
  std::filesystem::remove_all(folder_ + "/" + window_folder(window), ignored);
}

}  // namespace trailkeeper::deliver
