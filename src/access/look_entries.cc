#include "look_entries.h"

#include <algorithm>
#include <array>
#include <vector>

#include "json/writer.h"

namespace trailkeeper::access {

namespace {

using settings::Look;
using settings::OwnAction;

// How an answer is cut and shown, not what is in it.
constexpr std::array<std::string_view, 11> kPresentation{
    "cursor",    "limit",    "order", "fields", "buckets", "wait",
    "after_seq", "interval", "field", "prefix", "columns"};
// "2026-11-23T06:41": what is asked for up to "now" moves on with every refresh.
constexpr std::size_t kMinute = 16;
// What of a request an entry holds; a longer one is cut and says so.
constexpr std::size_t kValueBytesMax = 2048;

const ActionInfo& info_of(Reading::Kind kind) {
  switch (kind) {
    case Reading::Kind::search:
      return kVendorSearched;
    case Reading::Kind::entry:
      return kVendorOpened;
    case Reading::Kind::made_export:
      return kVendorExported;
    case Reading::Kind::download:
      return kVendorDownloaded;
    case Reading::Kind::other:
      break;
  }
  return kVendorViewed;
}

std::string cut(const std::string& text) {
  return text.size() <= kValueBytesMax ? text : text.substr(0, kValueBytesMax) + "...";
}

void lossy_member(json::Writer& out, std::string_view name, const std::string& text) {
  std::string clean;
  std::copy_if(text.begin(), text.end(), std::back_inserter(clean), [](char c) { return c != 0; });
  std::string value;
  json::append_string_lossy(value, cut(clean));
  out.key(name).raw(value);
}

void write_look(json::Writer& out, const Look& look) {
  out.member("look", look.id.str());
  lossy_member(out, "reason", look.reason);
}

void write_reading(json::Writer& out, const Reading& reading) {
  lossy_member(out, "path", reading.path);
  out.key("asked").begin_array();
  for (const auto& [name, value] : reading.query) {
    if (value.empty()) continue;
    std::string text;
    json::append_string_lossy(text, cut(name + "=" + value));
    out.raw(text);
  }
  out.end_array();
}

}  // namespace

OwnAction entry_about(const ActionInfo& info, const Principal& by, const settings::Origin& origin,
                      const Look& look) {
  json::Writer metadata;
  metadata.begin_object();
  write_look(metadata, look);
  metadata.member("expires_at", format_rfc3339(look.expires_at)).end_object();
  return {.info = info,
          .org = look.org,
          .actor = by.vendor_actor(),
          .origin = origin,
          .targets = {{.type = "organization", .id = look.org.str()}},
          .metadata = metadata.take()};
}

OwnAction entry_about(const Reading& reading, const Principal& by, const OrgId& org,
                      const Look* look) {
  json::Writer metadata;
  metadata.begin_object();
  if (look != nullptr) write_look(metadata, *look);
  write_reading(metadata, reading);
  metadata.end_object();
  OwnAction action{.info = info_of(reading.kind),
                   .org = org,
                   .actor = by.vendor_actor(),
                   .origin = reading.origin,
                   .metadata = metadata.take()};
  if (reading.kind == Reading::Kind::entry) {
    action.targets = {{.type = "entry", .id = reading.subject}};
  } else if (reading.kind == Reading::Kind::download) {
    action.targets = {{.type = "export", .id = reading.subject}};
  }
  return action;
}

std::string same_reading(const Reading& reading) {
  std::vector<std::string> parts;
  for (const auto& [name, value] : reading.query) {
    const bool presentation =
        std::find(kPresentation.begin(), kPresentation.end(), name) != kPresentation.end();
    if (value.empty() || presentation) continue;
    const bool time = name == "from" || name == "to";
    parts.push_back(name + '=' + (time ? value.substr(0, kMinute) : value));
  }
  std::sort(parts.begin(), parts.end());
  // Rows, counts and histogram of one search differ in their path only.
  std::string same = reading.kind == Reading::Kind::search ? " search" : " " + reading.path;
  for (const std::string& part : parts) same.append(1, '\0').append(part);
  return same;
}

}  // namespace trailkeeper::access
