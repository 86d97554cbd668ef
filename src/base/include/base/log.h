#pragma once

#include <concepts>
#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>
#include <variant>

// The process's own log: one JSON object a line on standard error, in UTC. Control characters and
// invalid UTF-8 are escaped, so that nothing a sender wrote can forge a line. Never pass a secret.
// Thread-safe.
namespace trailkeeper::log {

enum class Level { debug, info, warn, error };

struct Value {
  std::variant<std::string_view, std::int64_t, double, bool> value;
  Value(std::string_view text) : value(text) {}
  Value(const std::string& text) : value(std::string_view(text)) {}
  Value(const char* text) : value(std::string_view(text)) {}
  Value(bool flag) : value(flag) {}
  template <std::integral T>
    requires(!std::same_as<T, bool>)
  Value(T number) : value(static_cast<std::int64_t>(number)) {}
  Value(double number) : value(number) {}
};

struct Field {
  std::string_view key;
  Value value;
};

void set_level(Level level);
void write(Level level, std::string_view message, std::initializer_list<Field> fields);

inline void debug(std::string_view m, std::initializer_list<Field> f = {}) {
  write(Level::debug, m, f);
}
inline void info(std::string_view m, std::initializer_list<Field> f = {}) {
  write(Level::info, m, f);
}
inline void warn(std::string_view m, std::initializer_list<Field> f = {}) {
  write(Level::warn, m, f);
}
inline void error(std::string_view m, std::initializer_list<Field> f = {}) {
  write(Level::error, m, f);
}

}  // namespace trailkeeper::log
