#include "send_progress.h"

#include <unistd.h>

#include <algorithm>
#include <cinttypes>
#include <cstdio>

namespace trailkeeper::cli {
namespace {

using Steady = std::chrono::steady_clock;

constexpr std::size_t kBarWidth = 24;

std::string bytes_text(std::uint64_t bytes) {
  const char* const units[] = {"B", "kB", "MB", "GB", "TB"};
  double value = static_cast<double>(bytes);
  std::size_t unit = 0;
  while (value >= 1000 && unit < 4) {
    value /= 1000;
    ++unit;
  }
  char text[32];
  std::snprintf(text, sizeof text, unit == 0 ? "%.0f %s" : "%.1f %s", value, units[unit]);
  return text;
}

}  // namespace

Progress::Progress(std::uint64_t bytes_total, bool quiet)
    : bytes_total_(bytes_total), quiet_(quiet), terminal_(::isatty(STDERR_FILENO) != 0) {}

Progress::~Progress() { clear(); }

std::string Progress::line(const Numbers& numbers, double seconds) const {
  std::string out;
  if (bytes_total_ > 0) {
    const double part =
        std::min(1.0, static_cast<double>(numbers.bytes) / static_cast<double>(bytes_total_));
    char percent[8];
    std::snprintf(percent, sizeof percent, "%3.0f%%", part * 100);
    if (terminal_) {
      const auto filled = static_cast<std::size_t>(part * static_cast<double>(kBarWidth));
      out += "[" + std::string(filled, '#') + std::string(kBarWidth - filled, '-') + "] ";
    }
    out +=
        std::string(percent) + "  " + bytes_text(numbers.bytes) + " of " + bytes_text(bytes_total_);
  } else {
    out += bytes_text(numbers.bytes);
  }
  char rest[96];
  std::snprintf(rest, sizeof rest, "  %.0f events/s  %" PRIu64 " rejected",
                seconds > 0 ? static_cast<double>(numbers.events) / seconds : 0, numbers.rejected);
  return out + rest;
}

void Progress::show(const Numbers& numbers, bool last) {
  if (quiet_) return;
  const auto now = Steady::now();
  const auto every = terminal_ ? std::chrono::milliseconds(100) : std::chrono::milliseconds(10'000);
  // Without a terminal the first line comes after some seconds, so that short runs stay quiet.
  if (shown_ == Steady::time_point{} && !terminal_) shown_ = start_;
  if (!last && now - shown_ < every) return;
  if (last && !terminal_) return;  // the summary follows
  shown_ = now;
  const std::string text = line(numbers, std::chrono::duration<double>(now - start_).count());
  if (terminal_) {
    std::fprintf(stderr, "\r\x1b[K%s", text.c_str());
    bar_ = true;
    if (last) {
      std::fputc('\n', stderr);
      bar_ = false;
    }
  } else {
    std::fprintf(stderr, "%s\n", text.c_str());
  }
  std::fflush(stderr);
}

void Progress::clear() {
  if (bar_) std::fputs("\r\x1b[K", stderr);
  bar_ = false;
}

void Progress::say(const std::string& sentence) {
  clear();
  std::fprintf(stderr, "trailkeeper: %s\n", sentence.c_str());
}

}  // namespace trailkeeper::cli
