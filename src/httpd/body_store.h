#pragma once

#include <atomic>
#include <cstddef>
#include <string>
#include <string_view>

#include "base/file.h"

namespace trailkeeper::httpd {

// Bytes that a request holds of the server's budget for bodies; gives them back when it goes.
// Move-only.
class BodyBudget {
 public:
  BodyBudget() = default;
  explicit BodyBudget(std::atomic<std::size_t>* used) : used_(used) {}
  BodyBudget(BodyBudget&& other) noexcept;
  BodyBudget& operator=(BodyBudget&& other) noexcept;
  ~BodyBudget() { release(); }
  // False, taking nothing, when that would be more than `most`.
  bool take(std::size_t bytes, std::size_t most);

 private:
  void release();
  std::atomic<std::size_t>* used_ = nullptr;
  std::size_t held_ = 0;
};

// Collects the body of one request in memory or in an anonymous file.
class BodyStore {
 public:
  enum class Outcome { stored, too_large, no_memory };
  BodyStore() = default;
  BodyStore(std::atomic<std::size_t>* used, std::size_t used_max, std::size_t bytes_max, bool spool)
      : budget_(used), used_max_(used_max), bytes_max_(bytes_max), spool_(spool) {}

  // Counts and forgets what comes.
  void discard() { discard_ = true; }
  Outcome append(std::string_view piece);
  std::size_t size() const { return size_; }
  std::string take_text() { return std::move(text_); }
  // At offset 0; made even for an empty body.
  FileDescriptor take_file();
  bool spools() const { return spool_; }
  BodyBudget take_budget() { return std::move(budget_); }

 private:
  bool write_file(std::string_view piece);

  BodyBudget budget_;
  std::size_t used_max_ = 0;
  std::size_t bytes_max_ = 0;
  bool spool_ = false;
  bool discard_ = false;
  std::size_t size_ = 0;
  std::string text_;
  FileDescriptor file_;
};

}  // namespace trailkeeper::httpd
