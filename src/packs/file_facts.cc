#include "file_facts.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <limits>

#include "base/file.h"
#include "compress/gzip.h"
#include "compress/zstd.h"
#include "crypto/hash.h"
#include "json/document.h"
#include "json/writer.h"

namespace trailkeeper::packs {
namespace {

constexpr std::size_t kHeaderMax = 1 << 20;
constexpr std::size_t kPiece = 1 << 20;

Error damaged(const std::string& path, const std::string& what) {
  return {ErrorKind::failed, "file_damaged",
          "The file " + path.substr(path.rfind('/') + 1) + " " + what + "."};
}

// A file in our address space, page by page as it is read.
class Mapped {
 public:
  static Result<Mapped> open(const std::string& path) {
    const FileDescriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
    struct stat facts {};
    if (!file || ::fstat(file.get(), &facts) != 0) return system_error("open " + path, errno);
    Mapped mapped;
    mapped.size_ = static_cast<std::size_t>(facts.st_size);
    if (mapped.size_ == 0) return mapped;
    mapped.data_ = ::mmap(nullptr, mapped.size_, PROT_READ, MAP_PRIVATE, file.get(), 0);
    if (mapped.data_ == MAP_FAILED) {
      mapped.data_ = nullptr;
      return system_error("read " + path, errno);
    }
    ::madvise(mapped.data_, mapped.size_, MADV_SEQUENTIAL);
    return mapped;
  }
  Mapped(Mapped&& other) noexcept
      : data_(std::exchange(other.data_, nullptr)), size_(std::exchange(other.size_, 0)) {}
  Mapped& operator=(Mapped&&) = delete;
  ~Mapped() {
    if (data_ != nullptr) ::munmap(data_, size_);
  }
  std::string_view text() const { return {static_cast<const char*>(data_), size_}; }

 private:
  Mapped() = default;
  void* data_ = nullptr;
  std::size_t size_ = 0;
};

// Counts the records of RFC 4180, and keeps the first one.
class CsvCounter {
 public:
  Result<> take(std::string_view bytes) {
    for (const char c : bytes) {
      if (c == '"') quoted_ = !quoted_;
      if (records_ == 0 && (c != '\n' || quoted_)) {
        if (header_.size() == kHeaderMax)
          return Error{ErrorKind::failed, "file_damaged", "The header of the file is too long."};
        header_ += c;
      }
      if (c == '\n' && !quoted_) {
        records_ += begun_ ? 1 : 0;
        begun_ = false;
      } else if (c != '\r') {
        begun_ = true;
      }
    }
    return {};
  }
  std::uint64_t records() const { return records_ + (begun_ ? 1 : 0); }

  std::vector<std::string> names() const {
    std::string_view text = header_;
    if (text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);
    if (text.ends_with('\r')) text.remove_suffix(1);
    std::vector<std::string> names;
    if (text.empty()) return names;
    names.emplace_back();
    bool quoted = false;
    for (std::size_t i = 0; i < text.size(); ++i) {
      if (text[i] == '"') {
        if (quoted && i + 1 < text.size() && text[i + 1] == '"') {
          names.back() += text[++i];
        } else {
          quoted = !quoted;
        }
      } else if (text[i] == ',' && !quoted) {
        names.emplace_back();
      } else {
        names.back() += text[i];
      }
    }
    return names;
  }

 private:
  bool quoted_ = false;
  bool begun_ = false;
  std::uint64_t records_ = 0;
  std::string header_;
};

// Lines that hold something.
class LineCounter {
 public:
  Result<> take(std::string_view bytes) {
    for (const char c : bytes) {
      if (c == '\n') {
        lines_ += begun_ ? 1 : 0;
        begun_ = false;
      } else if (c != '\r') {
        begun_ = true;
      }
    }
    return {};
  }
  std::uint64_t lines() const { return lines_ + (begun_ ? 1 : 0); }

 private:
  bool begun_ = false;
  std::uint64_t lines_ = 0;
};

Result<> unpacked(std::string_view bytes, Packing packing, const compress::Sink& sink) {
  constexpr std::size_t kNoLimit = std::numeric_limits<std::size_t>::max() / 2;
  if (packing == Packing::gzip) return compress::gunzip(bytes, kNoLimit, sink);
  if (packing == Packing::zstd) return compress::unzstd(bytes, kNoLimit, sink);
  for (std::size_t at = 0; at < bytes.size(); at += kPiece) TRY(sink(bytes.substr(at, kPiece)));
  return {};
}

bool is_utf8(const std::string& text) {
  json::Writer out;
  out.begin_array();
  out.string(text);
  json::Document document;
  return document.parse(out.end_array().take()).has_value();
}

Result<> read_csv(const std::string& path, std::string_view bytes, Packing packing,
                  FileFacts& facts) {
  CsvCounter counter;
  TRY(unpacked(bytes, packing, [&](std::string_view piece) { return counter.take(piece); }));
  facts.rows = counter.records() - (counter.records() > 0 ? 1 : 0);
  for (std::string& name : counter.names()) {
    if (!is_utf8(name)) return damaged(path, "has a header that is not UTF-8");
    facts.columns.push_back({.name = std::move(name), .type = ColumnType::text});
  }
  return {};
}

}  // namespace

Result<FileFacts> look_at_file(const std::string& path, Format format, Packing packing) {
  const Mapped mapped = TRY(Mapped::open(path));
  const std::string_view bytes = mapped.text();
  FileFacts facts;
  crypto::Sha256 sha256;
  crypto::Md5 md5;
  for (std::size_t at = 0; at < bytes.size(); at += kPiece) {
    sha256.update(bytes.substr(at, kPiece));
    md5.update(bytes.substr(at, kPiece));
  }
  facts.digest = {.bytes = bytes.size(), .sha256 = sha256.finish(), .md5 = md5.finish()};
  Result<> read;
  if (format == Format::csv) {
    read = read_csv(path, bytes, packing, facts);
  } else if (format == Format::jsonl) {
    LineCounter counter;
    read = unpacked(bytes, packing, [&](std::string_view piece) { return counter.take(piece); });
    facts.rows = counter.lines();
  }
  if (read) return facts;
  if (read.error().kind == ErrorKind::invalid)
    return damaged(path, "is not whole, or not " + std::string(packing_name(packing)));
  return read.error();
}

}  // namespace trailkeeper::packs
