#include "queue.h"

namespace trailkeeper::journal {
namespace {

constexpr std::size_t kQuantumBytes = 128 * 1024;

std::string lane_of(const Submission& submission) {
  for (const Item& item : submission.items) {
    if (item.org) return item.org->str();
  }
  return {};
}

}  // namespace

void FairQueue::push(Waiting waiting) {
  std::string name = lane_of(waiting.submission);
  Lane& lane = lanes_[name];
  if (lane.waiting.empty()) turns_.push_back(name);
  bytes_ += waiting.bytes;
  ++size_;
  lane.waiting.push_back(std::move(waiting));
}

std::vector<Waiting> FairQueue::take(std::size_t bytes_max) {
  std::vector<Waiting> taken;
  std::size_t taken_bytes = 0;
  while (!turns_.empty() && taken_bytes < bytes_max) {
    std::string name = std::move(turns_.front());
    turns_.pop_front();
    Lane& lane = lanes_[name];
    lane.deficit += kQuantumBytes;
    while (!lane.waiting.empty() && lane.waiting.front().bytes <= lane.deficit &&
           taken_bytes < bytes_max) {
      Waiting& next = lane.waiting.front();
      lane.deficit -= next.bytes;
      taken_bytes += next.bytes;
      bytes_ -= next.bytes;
      --size_;
      taken.push_back(std::move(next));
      lane.waiting.pop_front();
    }
    if (lane.waiting.empty()) {
      lanes_.erase(name);
    } else {
      turns_.push_back(std::move(name));
    }
  }
  return taken;
}

}  // namespace trailkeeper::journal
