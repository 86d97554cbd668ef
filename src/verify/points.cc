#include "points.h"

#include <algorithm>

namespace trailkeeper::verify {

void Points::add(const merkle::Checkpoint& checkpoint, const std::string& source) {
  logs_[checkpoint.origin].push_back({checkpoint.size, checkpoint.root, source});
}

void Points::sort() {
  for (auto& [origin, points] : logs_) {
    std::ranges::stable_sort(points, {}, &Point::size);
    // The same said twice is one thing to compare.
    const auto same = [](const Point& a, const Point& b) {
      return a.size == b.size && a.root == b.root;
    };
    points.erase(std::unique(points.begin(), points.end(), same), points.end());
  }
}

std::vector<const Points::Point*> Points::within(const std::string& origin, std::uint64_t first,
                                                 std::uint64_t last) const {
  std::vector<const Point*> found;
  const auto log = logs_.find(origin);
  if (log == logs_.end()) return found;
  for (auto at = std::ranges::lower_bound(log->second, first, {}, &Point::size);
       at != log->second.end() && at->size <= last; ++at) {
    found.push_back(&*at);
  }
  return found;
}

}  // namespace trailkeeper::verify
