#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_set>

#include "base/file.h"
#include "base/ids.h"
#include "base/result.h"

namespace trailkeeper::exports {

// The folder of the finished files. A file has its name only when it is whole and on disk; until
// then it ends in
// `.part`. Thread-safe.
class Shelf {
 public:
  Shelf(std::string folder, std::uint64_t free_bytes_min)
      : folder_(std::move(folder)), free_bytes_min_(free_bytes_min) {}

  // Makes the folder, and removes what is no file of those ids.
  Result<> tidy(const std::unordered_set<std::string>& ids);

  // A file that is being written; gone if it is not finished. For one thread.
  class Part {
   public:
    Part(Part&& other) = default;
    Part& operator=(Part&&) = delete;
    ~Part();

    // `failed` (`no_space`) when the disk is full, or has less left than has to stay free.
    Result<> write(std::string_view bytes);
    // Gives the file its name. Durable on return.
    Result<> finish();
    std::uint64_t bytes() const { return bytes_; }

   private:
    friend class Shelf;
    Part(const Shelf& shelf, FileDescriptor file, std::string path)
        : shelf_(&shelf), file_(std::move(file)), path_(std::move(path)) {}
    Result<> flush();

    const Shelf* shelf_;
    FileDescriptor file_;
    std::string path_;  // without `.part`
    std::string buffer_{};
    std::uint64_t bytes_ = 0;
    std::uint64_t next_check_ = 0;
  };

  // Begins a file, over whatever an earlier try left.
  Result<Part> begin(const Uuid& id) const;
  // `not_found` when it is not there.
  Result<FileDescriptor> open(const Uuid& id) const;
  // Well when it is not there.
  Result<> remove(const Uuid& id) const;

 private:
  std::string path_of(const Uuid& id) const { return folder_ + "/" + id.str() + ".csv"; }
  Result<> check_space() const;

  const std::string folder_;
  const std::uint64_t free_bytes_min_;
};

}  // namespace trailkeeper::exports
