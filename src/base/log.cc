#include "base/log.h"

#include <spdlog/logger.h>
#include <spdlog/sinks/stdout_sinks.h>

#include <memory>
#include <string>

#include "base/clock.h"
#include "log_line.h"

namespace trailkeeper::log {
namespace {

spdlog::level::level_enum to_spdlog(Level level) {
  switch (level) {
    case Level::debug:
      return spdlog::level::debug;
    case Level::info:
      return spdlog::level::info;
    case Level::warn:
      return spdlog::level::warn;
    case Level::error:
      break;
  }
  return spdlog::level::err;
}

// Never destroyed: threads may log until the very end of the process.
spdlog::logger& logger() {
  static spdlog::logger* const instance = [] {
    auto* made =
        new spdlog::logger("trailkeeper", std::make_shared<spdlog::sinks::stderr_sink_mt>());
    made->set_pattern("%v");
    made->set_level(spdlog::level::info);
    made->flush_on(spdlog::level::debug);
    return made;
  }();
  return *instance;
}

}  // namespace

void set_level(Level level) { logger().set_level(to_spdlog(level)); }

void write(Level level, std::string_view message, std::initializer_list<Field> fields) {
  spdlog::logger& target = logger();
  if (!target.should_log(to_spdlog(level))) return;
  const std::string line = render_line(WallClock().now(), level, message, fields);
  target.log(to_spdlog(level), spdlog::string_view_t(line.data(), line.size()));
}

}  // namespace trailkeeper::log
