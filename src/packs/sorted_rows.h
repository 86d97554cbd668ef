#pragma once

#include <array>
#include <cstdio>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "crypto/hash.h"

// Rows in the order of their keys, by files: more than memory holds.
namespace trailkeeper::packs {

using RowHash = std::array<char, 16>;

struct SortedRow {
  std::string key;
  RowHash hash{};
  std::string cells;
};

// A file that is written or read from its beginning to its end. Move-only; of one thread.
class SequentialFile {
 public:
  static Result<SequentialFile> create(const std::string& path);
  static Result<SequentialFile> open(const std::string& path);
  Result<> write(std::string_view bytes);
  // What was written can be read by others on return.
  Result<> flush();
  // Durable on return.
  Result<> sync();
  // Exactly so many bytes; `failed` (`state_damaged`) when there are fewer.
  Result<> read(char* data, std::size_t size);

 private:
  struct Closer {
    void operator()(std::FILE* file) const { std::fclose(file); }
  };
  explicit SequentialFile(std::FILE* file) : file_(file) {}
  std::unique_ptr<std::FILE, Closer> file_;
};

// Takes rows in any order and gives them back in the order of their keys' bytes. Of one thread.
class RowSorter {
 public:
  RowSorter(std::string folder, std::size_t memory_max, std::function<Result<>()> check_space);
  ~RowSorter();
  Result<> add(std::string_view key, const RowHash& hash, std::string_view cells);
  // After the last add().
  Result<> begin();
  // The next row; false at the end. After begin().
  Result<bool> next(SortedRow& row);

 private:
  class Run;
  struct Entry {
    std::size_t at;
    std::size_t key_size;
    std::size_t size;
  };

  Result<> spill();
  Result<> merge_runs();
  Result<std::vector<std::unique_ptr<Run>>> open_runs();
  std::string path_of(std::size_t number) const;
  void remove_runs();

  const std::string folder_;
  const std::size_t memory_max_;
  const std::function<Result<>()> check_space_;
  std::string memory_;
  std::vector<Entry> entries_;
  std::vector<std::size_t> runs_;  // numbers of their files
  std::size_t made_ = 0;
  std::vector<std::unique_ptr<Run>> merging_;
};

// What was delivered: keys and hashes in order, between a head and a digest of all of it. Of one
// thread.
class StateWriter {
 public:
  static Result<StateWriter> create(const std::string& path, std::string_view head);
  Result<> add(std::string_view key, const RowHash& hash);
  // Durable on return.
  Result<> finish();

 private:
  explicit StateWriter(SequentialFile file) : file_(std::move(file)) {}
  Result<> write(std::string_view bytes);
  SequentialFile file_;
  crypto::Sha256 sha256_;
};

class StateReader {
 public:
  // `failed` (`state_damaged`) when it does not begin with `head`.
  static Result<StateReader> open(const std::string& path, std::string_view head);
  // False at the end, when everything was as it was written; `failed` (`state_damaged`) if not.
  Result<bool> next(std::string& key, RowHash& hash);

 private:
  explicit StateReader(SequentialFile file) : file_(std::move(file)) {}
  Result<> read(char* data, std::size_t size);
  SequentialFile file_;
  crypto::Sha256 sha256_;
};

}  // namespace trailkeeper::packs
