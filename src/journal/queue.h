#pragma once

#include <deque>
#include <functional>
#include <list>
#include <string>
#include <unordered_map>
#include <vector>

#include "journal/journal.h"

namespace trailkeeper::journal {

// A submission that waits for the writer.
struct Waiting {
  Submission submission;
  std::function<void(Result<Receipt>)> done;
  std::size_t bytes = 0;
};

// Deficit round-robin over organizations: who sends much waits behind itself, not before others. A
// submission counts for the organization of its first event. Not thread-safe.
class FairQueue {
 public:
  void push(Waiting waiting);
  // Takes turns until about `bytes_max` are taken; at least one submission when there is one.
  std::vector<Waiting> take(std::size_t bytes_max);
  bool empty() const { return turns_.empty(); }
  std::size_t bytes() const { return bytes_; }
  std::size_t size() const { return size_; }  // submissions

 private:
  struct Lane {
    std::deque<Waiting> waiting;
    std::size_t deficit = 0;
  };
  std::unordered_map<std::string, Lane> lanes_;
  std::list<std::string> turns_;
  std::size_t bytes_ = 0;
  std::size_t size_ = 0;
};

}  // namespace trailkeeper::journal
