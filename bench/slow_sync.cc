// Preloaded into a program under measurement, adds TRAILKEEPER_SYNC_DELAY_US (5,000 unless told)
// to each of its syncs, as a slower disk would. No part of the product.

#include <dlfcn.h>
#include <time.h>
#include <unistd.h>

#include <cstdlib>

namespace {

void wait_as_a_slow_disk() {
  static const long micros = [] {
    const char* told = std::getenv("TRAILKEEPER_SYNC_DELAY_US");
    return told != nullptr ? std::atol(told) : 5000;
  }();
  const timespec time{micros / 1'000'000, micros % 1'000'000 * 1000};
  nanosleep(&time, nullptr);
}

int call(const char* name, int fd) {
  wait_as_a_slow_disk();
  return reinterpret_cast<int (*)(int)>(dlsym(RTLD_NEXT, name))(fd);
}

}  // namespace

extern "C" int fsync(int fd) { return call("fsync", fd); }
extern "C" int fdatasync(int fd) { return call("fdatasync", fd); }
