#include "easy_pool.h"

#include <utility>

namespace trailkeeper::httpc {

namespace {
constexpr std::size_t kIdleMax = 64;
}  // namespace

EasyPool::EasyPool() {
  static const CURLcode once = curl_global_init(CURL_GLOBAL_DEFAULT);
  (void)once;
}

Easy EasyPool::take(const std::string& origin) {
  {
    MutexLock lock(mutex_);
    auto found = idle_.find(origin);
    if (found != idle_.end()) {
      auto handle = std::move(found->second.back());
      found->second.pop_back();
      if (found->second.empty()) idle_.erase(found);
      --count_;
      return handle;
    }
  }
  return Easy(curl_easy_init());
}

void EasyPool::give_back(const std::string& origin, Easy handle) {
  curl_easy_reset(handle.get());  // forgets the request, keeps the connection
  Easy dropped;
  MutexLock lock(mutex_);
  if (count_ >= kIdleMax) {
    // Some other origin's handle makes room: this one was used last.
    auto victim = idle_.begin();
    dropped = std::move(victim->second.back());
    victim->second.pop_back();
    if (victim->second.empty()) idle_.erase(victim);
    --count_;
  }
  idle_[origin].push_back(std::move(handle));
  ++count_;
}

}  // namespace trailkeeper::httpc
