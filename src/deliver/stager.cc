#include "stager.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <charconv>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>

#include "base/file.h"
#include "compress/gzip.h"
#include "compress/zstd_writer.h"
#include "crypto/hash.h"
#include "crypto/hashed_file.h"
#include "event/parquet.h"
#include "event/record.h"
#include "filter.h"
#include "forms.h"
#include "layout.h"

namespace trailkeeper::deliver {
namespace {

const std::string kFolderPrefix = "window-";
constexpr std::size_t kReadBytes = 1u << 16;

settings::StagedObject as_object(crypto::FileDigest file, std::uint64_t rows) {
  settings::StagedObject object;
  object.bytes = file.bytes;
  object.rows = rows;
  object.sha256 = file.sha256;
  object.md5 = std::string(as_text(file.md5));
  return object;
}

// One packed file of lines.
class StagedFile {
 public:
  static Result<std::unique_ptr<StagedFile>> create(const std::string& path, bool zstd) {
    auto out = TRY(crypto::HashedFile::create(path));
    return std::unique_ptr<StagedFile>(new StagedFile(std::move(out), zstd));
  }

  // A header is no row.
  Result<> add(std::string_view text, bool row = true) {
    if (row) ++rows_;
    return zstd_ ? zstd_->write(text) : gzip_->write(text);
  }
  std::uint64_t bytes_in() const { return zstd_ ? zstd_->bytes_in() : gzip_->bytes_in(); }

  Result<settings::StagedObject> finish() {
    TRY(zstd_ ? zstd_->finish() : gzip_->finish());
    return as_object(TRY(out_.finish()), rows_);
  }

 private:
  StagedFile(crypto::HashedFile out, bool zstd) : out_(std::move(out)) {
    const auto sink = [this](std::string_view bytes) { return out_.write(bytes); };
    if (zstd) {
      zstd_.emplace(sink);
    } else {
      gzip_.emplace(sink);
    }
  }

  crypto::HashedFile out_;
  std::uint64_t rows_ = 0;
  std::optional<compress::GzipWriter> gzip_;
  std::optional<compress::ZstdWriter> zstd_;
};

// A window as one Parquet file.
class ParquetFile {
 public:
  ParquetFile(crypto::HashedFile out, DeliveryFilter filter)
      : filter_(std::move(filter)), out_(std::move(out)) {}

  Result<> add(std::string_view record) {
    if (!filter_.empty()) {
      const auto root = TRY(document_.parse(record, {.depth_max = kDepthMax}));
      if (!passes(filter_, root)) return {};
    }
    writer_.add(*TRY(parser_.parse(record)));
    return out_.write(writer_.take());
  }
  Result<settings::StagedObject> finish() {
    const std::uint64_t rows = writer_.rows();
    writer_.finish();
    TRY(out_.write(writer_.take()));
    return as_object(TRY(out_.finish()), rows);
  }

 private:
  static constexpr int kDepthMax = 40;
  const DeliveryFilter filter_;
  json::Document document_;
  event::RecordParser parser_;
  event::ParquetWriter writer_;
  crypto::HashedFile out_;
};

Result<> read_pieces(const std::string& path,
                     const std::function<void(std::string_view piece)>& use) {
  const FileDescriptor fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!fd) return system_error("open " + path, errno);
  std::string buffer(kReadBytes, '\0');
  for (;;) {
    const ssize_t got = ::read(fd.get(), buffer.data(), buffer.size());
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return system_error("read " + path, errno);
    if (got == 0) return {};
    use(std::string_view(buffer.data(), static_cast<std::size_t>(got)));
  }
}

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

Error interrupted() {
  return Error{ErrorKind::unavailable, "interrupted", "The delivery was told to stop."};
}

// The log's entries of a range, in order.
class LogRows {
 public:
  LogRows(ledger::Ledger& log, const OrgId& org, Seq first) : log_(log), org_(org), next_(first) {}

  Result<merkle::LogEntry> next() {
    if (at_ == entries_.size()) {
      entries_ = TRY(log_.entries(org_, next_, kEntriesAtOnce));
      at_ = 0;
      if (entries_.empty())
        return Error{ErrorKind::unavailable, "not_in_log", "The log has not come so far yet."};
    }
    ++next_.value;
    return entries_[at_++];
  }
  // The next entry must be that of `record`.
  Result<> compare(std::string_view record) {
    const merkle::LogEntry entry = TRY(next());
    if (entry.record == crypto::sha256(record)) return {};
    return Error{ErrorKind::failed, "store_differs",
                 "The event store gives entry " + std::to_string(entry.seq.value) +
                     " otherwise than the log has it."};
  }

 private:
  static constexpr std::size_t kEntriesAtOnce = 4096;
  ledger::Ledger& log_;
  const OrgId& org_;
  Seq next_;
  std::vector<merkle::LogEntry> entries_;
  std::size_t at_ = 0;
};

// Brings the records of a window into its form and splits them into files.
class Splitter {
 public:
  Splitter(std::string folder, std::uint64_t split_bytes, const settings::Shape& shape,
           LineForm& form)
      : folder_(std::move(folder)), split_bytes_(split_bytes), shape_(shape), form_(form) {}

  Result<> add(std::string_view record) {
    line_.clear();
    if (!TRY(form_.append(line_, record))) return {};
    if (file_ && file_->bytes_in() + line_.size() > split_bytes_) TRY(close());
    if (!file_) {
      file_ = TRY(StagedFile::create(folder_ + "/" + name(), shape_.compression == "zstd"));
      if (!form_.header().empty()) TRY(file_->add(form_.header(), false));
    }
    return file_->add(line_);
  }
  Result<std::vector<settings::StagedObject>> finish() {
    if (file_) TRY(close());
    return std::move(files_);
  }

 private:
  std::string name() const { return std::to_string(files_.size()) + "." + file_ending(shape_); }
  Result<> close() {
    settings::StagedObject object = TRY(file_->finish());
    object.file = name();
    file_.reset();
    files_.push_back(std::move(object));
    return {};
  }

  const std::string folder_;
  const std::uint64_t split_bytes_;
  const settings::Shape& shape_;
  LineForm& form_;
  std::string line_;
  std::unique_ptr<StagedFile> file_;
  std::vector<settings::StagedObject> files_;
};

}  // namespace

Stager::Stager(std::string folder, RecordSource& source, ledger::Ledger& log,
               std::uint64_t split_bytes)
    : folder_(std::move(folder)), source_(source), log_(log), split_bytes_(split_bytes) {}

std::string Stager::window_folder(const settings::DeliveryWindow& window) const {
  return kFolderPrefix + std::to_string(window.id);
}

Result<> Stager::stage_files(const settings::DeliveryWindow& window, const Records& records,
                             Staged& staged) {
  if (window.last_seq < window.first_seq) return {};
  TRY(window.shape.form == "parquet" ? stage_parquet(window, records, staged)
                                     : stage_lines(window, records, staged));
  for (const settings::StagedObject& file : staged.objects) staged.entries += file.rows;
  return {};
}

Result<> Stager::read_range(const settings::Stream& stream, const settings::DeliveryWindow& window,
                            const std::stop_token& stop,
                            const std::function<Result<>(std::string_view record)>& use) {
  LogRows rows(log_, stream.org, window.first_seq);
  Seq expected = window.first_seq;
  Result<> used;
  const Result<> given = source_.read(stream.org, window.first_seq, window.last_seq,
                                      [&](Seq seq, std::string_view line) {
                                        if (stop.stop_requested()) used = interrupted();
                                        if (used && seq != expected) used = gap(window, expected);
                                        if (used) used = rows.compare(line);
                                        if (used) used = use(line);
                                        ++expected.value;
                                        return used.has_value();
                                      });
  if (!used) return used.error();
  if (!given) return given.error();
  if (expected.value != window.last_seq.value + 1) return gap(window, expected);
  return {};
}

Result<> Stager::stage_lines(const settings::DeliveryWindow& window, const Records& records,
                             Staged& staged) {
  const auto form = TRY(line_form(window.shape));
  Splitter splitter(folder_ + "/" + window_folder(window), split_bytes_, window.shape, *form);
  TRY(records([&](std::string_view record) { return splitter.add(record); }));
  staged.objects = TRY(splitter.finish());
  return {};
}

Result<> Stager::stage_parquet(const settings::DeliveryWindow& window, const Records& records,
                               Staged& staged) {
  const std::string name = "0.parquet";
  auto out = TRY(crypto::HashedFile::create(folder_ + "/" + window_folder(window) + "/" + name));
  ParquetFile file(std::move(out), parse_filter(window.shape.filter));
  TRY(records([&](std::string_view record) { return file.add(record); }));
  settings::StagedObject object = TRY(file.finish());
  object.file = name;
  if (object.rows > 0) staged.objects.push_back(std::move(object));
  return {};
}

// Where rows cannot be proven, the log's entries say what there is.
Result<> Stager::stage_leaves(const settings::Stream& stream,
                              const settings::DeliveryWindow& window, Staged& staged) {
  const bool provable = window.shape.form == "jsonl" && window.shape.filter.empty();
  if (provable || window.last_seq < window.first_seq) return {};
  const std::string name = window_folder(window) + "/leaves";
  auto out = TRY(crypto::HashedFile::create(folder_ + "/" + name));
  LogRows rows(log_, stream.org, window.first_seq);
  for (Seq seq = window.first_seq; seq <= window.last_seq; ++seq.value)
    TRY(out.write(merkle::encode_log_entry(TRY(rows.next()))));
  settings::StagedObject object = as_object(TRY(out.finish()), 0);
  object.key = leaves_key(stream.target.path, window.span.start, stream.number,
                          {window.first_seq, window.last_seq});
  object.file = name;
  object.leaves = true;
  staged.objects.push_back(std::move(object));
  return {};
}

Result<> Stager::stage_manifest(const settings::Stream& stream,
                                const settings::DeliveryWindow& window,
                                const PreviousManifest& previous,
                                const std::optional<ManifestProof>& proof, Staged& staged) {
  settings::DeliveryWindow counted = window;
  counted.entries = staged.entries;
  std::string line = render_manifest(stream, counted, staged.objects, previous, proof);
  if (proof) line = TRY(log_.sign_document(stream.org, kManifestType, line));
  settings::StagedObject manifest{
      .key = manifest_key(stream.target.path, window.span.start, stream.number, window.number),
      .file = window_folder(window) + "/manifest.json",
      .bytes = line.size(),
      .rows = 0,
      .sha256 = crypto::sha256(line),
      .md5 = std::string(as_text(crypto::md5(line))),
      .manifest = true};
  TRY(write_file_durably(folder_ + "/" + manifest.file, line));
  staged.objects.push_back(std::move(manifest));
  return {};
}

Result<Staged> Stager::stage(const settings::Stream& stream, const settings::DeliveryWindow& window,
                             const PreviousManifest& previous,
                             const std::optional<ManifestProof>& proof,
                             const std::stop_token& stop) {
  const std::string within = window_folder(window);
  TRY(make_folders(folder_ + "/" + within));
  Staged staged;
  const auto records = [&](const auto& use) { return read_range(stream, window, stop, use); };
  TRY(stage_files(window, records, staged));
  const bool several = staged.objects.size() > 1;
  for (std::size_t i = 0; i < staged.objects.size(); ++i) {
    settings::StagedObject& object = staged.objects[i];
    object.file = within + "/" + object.file;
    object.key = object_key(stream.target.path, window.span.start, stream.number,
                            {window.first_seq, window.last_seq},
                            several ? std::optional<int>(static_cast<int>(i)) : std::nullopt,
                            file_ending(window.shape));
  }
  if (proof) TRY(stage_leaves(stream, window, staged));
  TRY(stage_manifest(stream, window, previous, proof, staged));
  for (std::size_t i = 0; i < staged.objects.size(); ++i)
    staged.objects[i].ordinal = static_cast<int>(i);
  TRY(sync_folder(folder_ + "/" + within));
  TRY(sync_folder(folder_));
  return staged;
}

bool Stager::intact(const settings::StagedObject& object) const {
  crypto::Sha256 sha256;
  const auto read =
      read_pieces(path_of(object), [&sha256](std::string_view piece) { sha256.update(piece); });
  return read && sha256.finish() == object.sha256;
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
