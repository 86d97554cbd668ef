#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "merkle/checkpoint.h"

namespace trailkeeper::verify {

// What signed checkpoints say of logs, each at one size, whoever brought them: manifests of any
// stream, and what the customer kept. All of one log must be of one tree.
class Points {
 public:
  struct Point {
    std::uint64_t size = 0;
    merkle::Hash root{};
    std::string source;  // "a kept checkpoint", a manifest's path
  };

  void add(const merkle::Checkpoint& checkpoint, const std::string& source);
  // Everything is added.
  void sort();

  // Those of `origin` with a size of [first, last], the smallest first.
  std::vector<const Point*> within(const std::string& origin, std::uint64_t first,
                                   std::uint64_t last) const;

 private:
  std::map<std::string, std::vector<Point>> logs_;
};

}  // namespace trailkeeper::verify
