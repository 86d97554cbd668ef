#include "progress.h"

#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <string>

namespace trailkeeper::verify {
namespace {

constexpr std::size_t kBarWidth = 32;
constexpr auto kEvery = std::chrono::milliseconds(100);

}  // namespace

Progress::Progress(bool quiet) : terminal_(!quiet && ::isatty(STDERR_FILENO) != 0) {}

Progress::~Progress() {
  if (bar_) std::fputs("\r\x1b[K", stderr);
}

void Progress::show(std::uint64_t done, std::uint64_t total) {
  const auto now = std::chrono::steady_clock::now();
  if (!terminal_ || total == 0 || now - shown_ < kEvery) return;
  shown_ = now;
  bar_ = true;
  const double part = std::min(1.0, static_cast<double>(done) / static_cast<double>(total));
  const auto filled = static_cast<std::size_t>(part * static_cast<double>(kBarWidth));
  std::fprintf(stderr, "\r\x1b[K[%s%s] %3.0f%%  %.1f of %.1f MB", std::string(filled, '#').c_str(),
               std::string(kBarWidth - filled, '-').c_str(), part * 100,
               static_cast<double>(done) / 1e6, static_cast<double>(total) / 1e6);
  std::fflush(stderr);
}

}  // namespace trailkeeper::verify
