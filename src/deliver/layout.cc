#include "layout.h"

#include <charconv>

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
                       const Range& range, std::optional<int> part, const std::string& ending) {
  std::string key = path + "/audit_logs/dt=" + format_date(window_start) +
                    "/hour=" + hour_of(window_start) + "/" +
                    padded(static_cast<std::uint64_t>(stream), 6) + "-" +
                    padded(range.first.value, 20) + "-" + padded(range.last.value, 20);
  if (part) key += "-" + padded(static_cast<std::uint64_t>(*part), 5);
  return key + "." + ending;
}

std::string manifest_key(const std::string& path, Timestamp window_start, std::int64_t stream,
                         std::int64_t window) {
  return path + "/audit_logs_manifest/dt=" + format_date(window_start) + "/" +
         padded(static_cast<std::uint64_t>(stream), 6) + "-" +
         padded(static_cast<std::uint64_t>(window), 12) + ".json";
}

std::string leaves_key(const std::string& path, Timestamp window_start, std::int64_t stream,
                       const Range& range) {
  return path + "/audit_logs_manifest/dt=" + format_date(window_start) + "/" +
         padded(static_cast<std::uint64_t>(stream), 6) + "-" + padded(range.first.value, 20) + "-" +
         padded(range.last.value, 20) + ".leaves";
}

std::string heartbeat_key(const std::string& path) { return path + "/heartbeat.json"; }

std::optional<std::int64_t> parse_replay_key(const std::string& path, const std::string& key) {
  const std::string prefix = path + "/replay/";
  if (!key.starts_with(prefix)) return std::nullopt;
  const char* const begin = key.data() + prefix.size();
  std::int64_t stream = 0;
  const auto read = std::from_chars(begin, key.data() + key.size(), stream);
  if (read.ec != std::errc() || read.ptr == key.data() + key.size() || *read.ptr != '/')
    return std::nullopt;
  return stream;
}

std::string catalog_key(const std::string& path) { return path + "/catalog.json"; }

std::optional<ManifestKey> parse_manifest_key(const std::string& key) {
  const auto slash = key.rfind('/');
  const std::string name = slash == std::string::npos ? key : key.substr(slash + 1);
  const auto dash = name.find('-');
  if (dash == std::string::npos || !name.ends_with(".json")) return std::nullopt;
  ManifestKey found;
  const char* const text = name.data();
  const auto stream = std::from_chars(text, text + dash, found.stream);
  const char* const end = text + name.size() - 5;
  const auto window = std::from_chars(text + dash + 1, end, found.window);
  if (stream.ec != std::errc() || stream.ptr != text + dash || window.ec != std::errc() ||
      window.ptr != end)
    return std::nullopt;
  return found;
}

std::string probe_key(const std::string& path) { return path + "/.trailkeeper-connection-test"; }

}  // namespace trailkeeper::deliver
