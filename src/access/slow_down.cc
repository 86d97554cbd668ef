#include "access/slow_down.h"

#include <arpa/inet.h>

#include <algorithm>
#include <array>
#include <chrono>

namespace trailkeeper::access {

namespace {

using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

constexpr std::size_t kCountsMax = 20'000;
constexpr std::size_t kKnownMax = 50'000;
constexpr int kWrongPerMinuteMax = 300;
constexpr int kSharedDivisor = 5;
constexpr Duration kForget = hours(1);
constexpr Duration kAccountWaitMax = seconds(30);
constexpr Duration kWaitMax = minutes(15);

// The wait after so many wrong ones.
Duration wait_after(int wrong) {
  constexpr std::array<Duration, 6> kFromFifth{seconds(1), seconds(5), seconds(30),
                                               minutes(2), minutes(5), minutes(15)};
  if (wrong < 5) return Duration::zero();
  return kFromFifth[std::min<std::size_t>(static_cast<std::size_t>(wrong - 5),
                                          kFromFifth.size() - 1)];
}

// An IPv6 host has a whole /64 to choose from.
std::string network_of(const std::string& address) {
  std::array<unsigned char, 16> bytes{};
  if (inet_pton(AF_INET6, address.c_str(), bytes.data()) != 1) return address;
  return std::string(bytes.begin(), bytes.begin() + 8);
}

std::string pair_of(const std::string& account, const std::string& network) {
  return account + '\n' + network;
}

std::string device_of(const std::string& account, const std::string& device) {
  return account + "\ndevice\n" + device;
}

Error wait_for(Duration longest) {
  Error error{ErrorKind::limited, "slow_down", "Too many tries to sign in. Wait, then try again."};
  error.retry_after = std::chrono::ceil<seconds>(longest);
  return error;
}

}  // namespace

void SlowDown::make_room(Counts& counts, Timestamp now) {
  std::erase_if(counts, [&](const auto& entry) { return now - entry.second.last >= kForget; });
  for (int least = 1; counts.size() > kCountsMax / 2; least *= 2) {
    std::erase_if(counts, [&](const auto& entry) { return entry.second.wrong <= least; });
  }
}

Duration SlowDown::wait(const Counts& counts, const std::string& key, int divisor, Duration longest,
                        Timestamp now) const {
  const auto found = counts.find(key);
  if (found == counts.end() || now - found->second.last >= kForget) return Duration::zero();
  const Timestamp free_at =
      found->second.last + std::min(wait_after(found->second.wrong / divisor), longest);
  return std::max(Duration::zero(), free_at - now);
}

Result<> SlowDown::admit(const std::string& account, const Source& source) {
  const std::string network = network_of(source.address);
  const Timestamp now = clock_.now();
  MutexLock lock(mutex_);
  if (!source.device.empty()) {
    const Duration own = wait(pairs_, device_of(account, source.device), 1, kWaitMax, now);
    if (own == Duration::zero()) return {};
    return wait_for(own);
  }
  const std::string pair = pair_of(account, network);
  Duration longest = std::max(wait(pairs_, pair, 1, kWaitMax, now),
                              wait(addresses_, network, kSharedDivisor, kWaitMax, now));
  if (!known_.contains(pair)) {
    longest = std::max(longest, wait(accounts_, account, kSharedDivisor, kAccountWaitMax, now));
    const Duration left = minute_ + minutes(1) - now;
    if (wrong_in_minute_ >= kWrongPerMinuteMax && left > Duration::zero())
      longest = std::max(longest, left);
  }
  if (longest == Duration::zero()) return {};
  return wait_for(longest);
}

void SlowDown::count(Counts& counts, const std::string& key, Timestamp now) {
  if (counts.size() >= kCountsMax && !counts.contains(key)) make_room(counts, now);
  Count& entry = counts[key];
  if (now - entry.last >= kForget) entry.wrong = 0;
  ++entry.wrong;
  entry.last = now;
}

void SlowDown::failed(const std::string& account, const Source& source) {
  const std::string network = network_of(source.address);
  const Timestamp now = clock_.now();
  MutexLock lock(mutex_);
  if (!source.device.empty()) return count(pairs_, device_of(account, source.device), now);
  count(pairs_, pair_of(account, network), now);
  count(addresses_, network, now);
  count(accounts_, account, now);
  if (now - minute_ >= minutes(1)) {
    minute_ = now;
    wrong_in_minute_ = 0;
  }
  ++wrong_in_minute_;
}

void SlowDown::succeeded(const std::string& account, const Source& source) {
  const std::string pair = pair_of(account, network_of(source.address));
  MutexLock lock(mutex_);
  if (!source.device.empty()) {
    pairs_.erase(device_of(account, source.device));
    return;
  }
  pairs_.erase(pair);
  accounts_.erase(account);
  if (known_.size() >= kKnownMax) known_.erase(known_.begin());
  known_.insert(pair);
}

}  // namespace trailkeeper::access
