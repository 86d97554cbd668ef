#include "smtp/outbox.h"

#include <cstdint>
#include <string>

#include "base/file.h"
#include "base/ids.h"

namespace trailkeeper::smtp {

namespace {

// 20261122T140258.001000Z
std::string file_time(Timestamp time) {
  std::string text = format_rfc3339(time);
  std::erase_if(text, [](char c) { return c == '-' || c == ':'; });
  return text;
}

}  // namespace

Result<std::string> write_outbox(const std::string& folder, const Mail& mail, std::string_view from,
                                 Timestamp date, std::string_view message_id) {
  auto message = TRY(render_mime(mail, from, date, message_id));
  TRY(make_folders(folder));
  auto path = folder + "/" + file_time(date) + "-" + random_base32(10) + ".eml";
  TRY(write_file_durably(path, message));
  return path;
}

}  // namespace trailkeeper::smtp
