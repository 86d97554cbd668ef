#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "event/event.h"

// The record: one canonical JSON line, the one truth about an event (docs/formats/record.md). The
// line shown, exported, delivered and hashed are the same bytes. `v` names the rendering, which is
// kept for ever.
namespace trailkeeper::event {

inline constexpr int kRecordVersion = 1;
inline constexpr std::size_t kRecordBytesMax = 64 * 1024;

// Everything after `received_at`: from `"id":` to the closing brace. It needs neither seq nor time
// of receipt, so it is rendered before the journal's writer takes the request.
std::string render_tail(const Uuid& id, const Nonce& nonce, const Event& event);

// `{"v":1,"seq":N,"received_at":"...",` Appended to `out`.
void append_head(std::string& out, Seq seq, Timestamp received_at);

// The longest head there is, for checking a size before the seq is known.
inline constexpr std::size_t kHeadBytesMax = 80;

// head + tail, without a line feed.
std::string render_record(const StoredEvent& stored);

// SHA-256 of the record without its line feed.
Sha256Digest hash_record(std::string_view record);

// Reads a record that this server rendered. `invalid` when it is none.
Result<StoredEvent> parse_record(std::string_view record);

}  // namespace trailkeeper::event
