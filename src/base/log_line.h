#pragma once

#include <initializer_list>
#include <string>
#include <string_view>

#include "base/log.h"
#include "base/time.h"

namespace trailkeeper::log {

// Appends `text` as a JSON string that is safe on a terminal: control characters (C0, C1, DEL),
// line separators, marks of writing direction and invalid UTF-8 are escaped.
void append_escaped(std::string& out, std::string_view text);

// One line of the log, without its end.
std::string render_line(Timestamp time, Level level, std::string_view message,
                        std::initializer_list<Field> fields);

}  // namespace trailkeeper::log
