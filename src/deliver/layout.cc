#include "layout.h"

namespace trailkeeper::deliver {
namespace {

std::string padded(std::uint64_t number, std::size_t digits) {
  const std::string text = std::to_string(number);
  return text.size() >= digits ? text : std::string(digits - text.size(), '0') + text;
}

std::string hour_of(Timestamp time) {
  return padded(static_cast<std::uint64_t>(
                    std::chrono::floor<std::chrono::hours>(time - floor_day(time)).count()),
                2);
}

}  // namespace

std::string object_key(const std::string& path, Timestamp window_start, std::int64_t stream,
                       const Range& range, std::optional<int> part) {
  std::string key = path + "/audit_logs/dt=" + format_date(window_start) +
                    "/hour=" + hour_of(window_start) + "/" +
                    padded(static_cast<std::uint64_t>(stream), 6) + "-" +
                    padded(range.first.value, 20) + "-" + padded(range.last.value, 20);
  if (part) key += "-" + padded(static_cast<std::uint64_t>(*part), 5);
  return key + ".jsonl.gz";
}

std::string manifest_key(const std::string& path, Timestamp window_start, std::int64_t stream,
                         std::int64_t window) {
  return path + "/audit_logs_manifest/dt=" + format_date(window_start) + "/" +
         padded(static_cast<std::uint64_t>(stream), 6) + "-" +
         padded(static_cast<std::uint64_t>(window), 12) + ".json";
}

std::string probe_key(const std::string& path) { return path + "/.trailkeeper-connection-test"; }

}  // namespace trailkeeper::deliver
