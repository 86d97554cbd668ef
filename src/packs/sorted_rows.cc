#include "sorted_rows.h"

#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "base/file.h"

namespace trailkeeper::packs {
namespace {

constexpr std::size_t kBuffer = 256u << 10;
constexpr std::size_t kRunsMax = 64;  // merged at once; each has a buffer
constexpr std::uint32_t kNoKey = 0xFFFFFFFF;
constexpr std::size_t kTextMax = 1u << 30;

Error state_damaged() {
  return {ErrorKind::failed, "state_damaged",
          "What is remembered of the rows delivered before is damaged: run it again, all rows will"
          " be delivered then."};
}

// Of the call that failed last.
Error write_error() {
  if (errno == ENOSPC || errno == EDQUOT)
    return {ErrorKind::unavailable, "disk_full", "There is no space left to sort rows."};
  return system_error("write rows", errno);
}

std::string_view number_bytes(const std::uint32_t& value) {
  return {reinterpret_cast<const char*>(&value), sizeof value};
}

std::string_view bytes_of(const RowHash& hash) { return {hash.data(), hash.size()}; }

}  // namespace

Result<SequentialFile> SequentialFile::create(const std::string& path) {
  std::FILE* file = std::fopen(path.c_str(), "wxe");
  if (file == nullptr) return system_error("create " + path, errno);
  std::setvbuf(file, nullptr, _IOFBF, kBuffer);
  return SequentialFile(file);
}

Result<SequentialFile> SequentialFile::open(const std::string& path) {
  std::FILE* file = std::fopen(path.c_str(), "re");
  if (file == nullptr) return system_error("open " + path, errno);
  std::setvbuf(file, nullptr, _IOFBF, kBuffer);
  return SequentialFile(file);
}

Result<> SequentialFile::write(std::string_view bytes) {
  if (std::fwrite(bytes.data(), 1, bytes.size(), file_.get()) == bytes.size()) return {};
  return write_error();
}

Result<> SequentialFile::flush() {
  if (std::fflush(file_.get()) == 0) return {};
  return write_error();
}

Result<> SequentialFile::sync() {
  TRY(flush());
  if (::fsync(::fileno(file_.get())) != 0) return system_error("sync rows", errno);
  return {};
}

Result<> SequentialFile::read(char* data, std::size_t size) {
  if (std::fread(data, 1, size, file_.get()) == size) return {};
  if (std::ferror(file_.get()) != 0) return system_error("read rows", errno);
  return state_damaged();
}

// One sorted file: rows as their sizes, key, hash and cells, and kNoKey at its end.
class RowSorter::Run {
 public:
  explicit Run(SequentialFile file) : file_(std::move(file)) {}
  // To the next row; false at the end.
  Result<bool> advance() {
    std::uint32_t key_size = 0;
    std::uint32_t cells_size = 0;
    TRY(file_.read(reinterpret_cast<char*>(&key_size), sizeof key_size));
    if (key_size == kNoKey) return false;
    TRY(file_.read(reinterpret_cast<char*>(&cells_size), sizeof cells_size));
    row.key.resize(key_size);
    row.cells.resize(cells_size);
    TRY(file_.read(row.key.data(), key_size));
    TRY(file_.read(row.hash.data(), row.hash.size()));
    TRY(file_.read(row.cells.data(), cells_size));
    return true;
  }
  SortedRow row;

 private:
  SequentialFile file_;
};

namespace {

Result<> write_row(SequentialFile& file, std::string_view key, std::string_view rest) {
  const auto key_size = static_cast<std::uint32_t>(key.size());
  const auto cells_size = static_cast<std::uint32_t>(rest.size() - RowHash{}.size());
  TRY(file.write(number_bytes(key_size)));
  TRY(file.write(number_bytes(cells_size)));
  TRY(file.write(key));
  return file.write(rest);
}

// Runs with the least key at the front of a heap.
struct Later {
  template <typename R>
  bool operator()(const R& a, const R& b) const {
    return a->row.key > b->row.key;
  }
};

}  // namespace

RowSorter::RowSorter(std::string folder, std::size_t memory_max,
                     std::function<Result<>()> check_space)
    : folder_(std::move(folder)), memory_max_(memory_max), check_space_(std::move(check_space)) {}

RowSorter::~RowSorter() { remove_runs(); }

std::string RowSorter::path_of(std::size_t number) const {
  return folder_ + "/sort-" + std::to_string(number);
}

void RowSorter::remove_runs() {
  merging_.clear();
  for (const std::size_t number : runs_) ::unlink(path_of(number).c_str());
  runs_.clear();
}

Result<> RowSorter::add(std::string_view key, const RowHash& hash, std::string_view cells) {
  if (key.size() > kTextMax || cells.size() > kTextMax)
    return Error{ErrorKind::failed, "row_too_large", "A row is larger than 1 GiB."};
  const std::size_t size = key.size() + hash.size() + cells.size();
  if (!entries_.empty() && memory_.size() + size + entries_.size() * sizeof(Entry) > memory_max_)
    TRY(spill());
  entries_.push_back({.at = memory_.size(), .key_size = key.size(), .size = size});
  memory_.append(key).append(bytes_of(hash)).append(cells);
  return {};
}

Result<> RowSorter::spill() {
  if (check_space_) TRY(check_space_());
  const std::string_view memory = memory_;
  const auto key_of = [&](const Entry& entry) { return memory.substr(entry.at, entry.key_size); };
  std::sort(entries_.begin(), entries_.end(),
            [&](const Entry& a, const Entry& b) { return key_of(a) < key_of(b); });
  runs_.push_back(made_++);
  SequentialFile file = TRY(SequentialFile::create(path_of(runs_.back())));
  for (const Entry& entry : entries_) {
    TRY(write_row(file, key_of(entry),
                  memory.substr(entry.at + entry.key_size, entry.size - entry.key_size)));
  }
  TRY(file.write(number_bytes(kNoKey)));
  TRY(file.flush());
  entries_.clear();
  memory_.clear();
  return runs_.size() < kRunsMax ? Result<>() : merge_runs();
}

Result<std::vector<std::unique_ptr<RowSorter::Run>>> RowSorter::open_runs() {
  std::vector<std::unique_ptr<Run>> open;
  for (const std::size_t number : runs_) {
    auto run = std::make_unique<Run>(TRY(SequentialFile::open(path_of(number))));
    if (TRY(run->advance())) open.push_back(std::move(run));
  }
  std::make_heap(open.begin(), open.end(), Later());
  return open;
}

// All into one, so that there are never too many files.
Result<> RowSorter::merge_runs() {
  merging_ = TRY(open_runs());
  const std::size_t number = made_++;
  SequentialFile file = TRY(SequentialFile::create(path_of(number)));
  std::vector<std::size_t> merged = runs_;
  runs_.push_back(number);
  SortedRow row;
  std::string rest;
  while (TRY(next(row))) {
    rest.assign(bytes_of(row.hash)).append(row.cells);
    TRY(write_row(file, row.key, rest));
  }
  TRY(file.write(number_bytes(kNoKey)));
  TRY(file.flush());
  for (const std::size_t each : merged) ::unlink(path_of(each).c_str());
  runs_ = {number};
  return {};
}

Result<> RowSorter::begin() {
  if (!entries_.empty()) TRY(spill());
  memory_ = {};
  entries_ = {};
  merging_ = TRY(open_runs());
  return {};
}

Result<bool> RowSorter::next(SortedRow& row) {
  if (merging_.empty()) return false;
  std::pop_heap(merging_.begin(), merging_.end(), Later());
  Run& least = *merging_.back();
  std::swap(row, least.row);
  if (TRY(least.advance())) {
    std::push_heap(merging_.begin(), merging_.end(), Later());
  } else {
    merging_.pop_back();
  }
  return true;
}

Result<StateWriter> StateWriter::create(const std::string& path, std::string_view head) {
  StateWriter writer(TRY(SequentialFile::create(path)));
  TRY(writer.write(number_bytes(static_cast<std::uint32_t>(head.size()))));
  TRY(writer.write(head));
  return writer;
}

Result<> StateWriter::write(std::string_view bytes) {
  sha256_.update(bytes);
  return file_.write(bytes);
}

Result<> StateWriter::add(std::string_view key, const RowHash& hash) {
  TRY(write(number_bytes(static_cast<std::uint32_t>(key.size()))));
  TRY(write(key));
  return write(bytes_of(hash));
}

Result<> StateWriter::finish() {
  TRY(write(number_bytes(kNoKey)));
  const Sha256Digest digest = sha256_.finish();
  TRY(file_.write(as_text(digest)));
  return file_.sync();
}

Result<StateReader> StateReader::open(const std::string& path, std::string_view head) {
  StateReader reader(TRY(SequentialFile::open(path)));
  std::uint32_t size = 0;
  TRY(reader.read(reinterpret_cast<char*>(&size), sizeof size));
  if (size != head.size()) return state_damaged();
  std::string found(size, '\0');
  TRY(reader.read(found.data(), size));
  if (found != head) return state_damaged();
  return reader;
}

Result<> StateReader::read(char* data, std::size_t size) {
  TRY(file_.read(data, size));
  sha256_.update({data, size});
  return {};
}

Result<bool> StateReader::next(std::string& key, RowHash& hash) {
  std::uint32_t size = 0;
  TRY(read(reinterpret_cast<char*>(&size), sizeof size));
  if (size == kNoKey) {
    Sha256Digest digest{};
    TRY(file_.read(reinterpret_cast<char*>(digest.data()), digest.size()));
    if (digest != sha256_.finish()) return state_damaged();
    return false;
  }
  if (size > kTextMax) return state_damaged();
  key.resize(size);
  TRY(read(key.data(), size));
  TRY(read(hash.data(), hash.size()));
  return true;
}

}  // namespace trailkeeper::packs
