#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "base/result.h"
#include "event/event.h"
#include "event/view.h"

// The record: one canonical JSON line, the one truth about an event (docs/formats/record.md). The
// line shown, exported, delivered and hashed are the same bytes. `v` names the rendering, which is
// kept for ever.
namespace trailkeeper::event {

inline constexpr int kRecordVersion = 1;
inline constexpr std::size_t kRecordBytesMax = 64 * 1024;

// Everything after `received_at`: from `"id":` to the closing brace. It needs neither seq nor time
// of receipt, so it is rendered before the journal's writer takes the request.
std::string render_tail(const Uuid& id, const Nonce& nonce, const Event& event);
void append_tail(std::string& out, const Uuid& id, const Nonce& nonce, const EventView& event);

// `{"v":1,"seq":N,"received_at":"...",` Appended to `out`.
void append_head(std::string& out, Seq seq, Timestamp received_at);

// The longest head there is, for checking a size before the seq is known.
inline constexpr std::size_t kHeadBytesMax = 80;

// head + tail, without a line feed.
std::string render_record(const StoredEvent& stored);
void append_record(std::string& out, const StoredView& stored);

// SHA-256 of the record without its line feed.
Sha256Digest hash_record(std::string_view record);

// Reads a record that this server rendered. `invalid` when it is none.
Result<StoredEvent> parse_record(std::string_view record);

// The same for records by the million. What is in our form but no record that we would have
// rendered may pass here; whoever must know renders it again. An object of one thread; its memory
// is used again.
class RecordParser {
 public:
  struct Impl;
  RecordParser();
  ~RecordParser();
  // Valid until the next call.
  Result<const StoredView*> parse(std::string_view record);

 private:
  std::unique_ptr<Impl> impl_;
};

}  // namespace trailkeeper::event
