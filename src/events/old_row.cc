#include "old_row.h"

#include <algorithm>
#include <vector>

#include "binary.h"

namespace trailkeeper::events {
namespace {

using event::TextView;

constexpr std::size_t kListMax = 65536;  // more items than a record can hold

class OldRowDecoder {
 public:
  explicit OldRowDecoder(std::string_view bytes) : cursor_(bytes) {}

  void read(OldRow& row) {
    head(row);
    row.has_columns = (present_ & kRawOnly) == 0;
    event(row.stored.event);
    row.raw = cursor_.text();
  }
  const BinaryCursor& cursor() const { return cursor_; }

 private:
  void head(OldRow& row) {
    event::StoredView& stored = row.stored;
    stored.event.organization_id = cursor_.text();
    stored.seq = Seq{cursor_.number<std::uint64_t>()};
    stored.received_at = from_micros(cursor_.number<std::int64_t>());
    stored.event.occurred_at = from_micros(cursor_.number<std::int64_t>());
    row.batch = cursor_.number<std::uint64_t>();
    copy(stored.id.bytes);
    copy(stored.nonce);
    present_ = cursor_.number<std::uint64_t>();
  }

  template <std::size_t Size>
  void copy(std::array<std::uint8_t, Size>& target) {
    const std::string_view bytes = cursor_.fixed(Size);
    std::copy(bytes.begin(), bytes.end(), target.begin());
  }

  void optional(TextView& target, std::uint64_t mask) {
    const std::string_view text = cursor_.text();
    if ((present_ & mask) != 0) target.emplace(text);
  }

  void optional(std::optional<std::int64_t>& target, std::uint64_t mask) {
    const auto number = cursor_.number<std::int64_t>();
    if ((present_ & mask) != 0) target = number;
  }

  // One array column; the texts are valid as long as the bytes are.
  std::vector<std::string_view> texts() {
    std::vector<std::string_view> list(item_count());
    for (auto& item : list) item = cursor_.text();
    return list;
  }

  std::vector<std::uint8_t> masks() {
    std::vector<std::uint8_t> list(item_count());
    for (auto& item : list) item = cursor_.number<std::uint8_t>();
    return list;
  }

  std::size_t item_count() {
    const std::uint64_t count = cursor_.length();
    if (count > kListMax) list_broken_ = true;
    return list_broken_ ? 0 : count;
  }

  void event(event::EventView& event) {
    event.action = cursor_.text();
    optional(event.action_label, kActionLabel);
    optional(event.area, kArea);
    optional(event.application, kApplication);
    optional(event.category, kCategory);
    optional(event.crud, kCrud);
    optional(event.actor.type, kActorType);
    event.actor.id = cursor_.text();
    optional(event.actor.name, kActorName);
    optional(event.actor.username, kActorUsername);
    optional(event.actor.email, kActorEmail);
    optional(event.actor.role, kActorRole);
    optional(event.actor.metadata, kActorMetadata);
    targets(event);
    context(event);
    optional(event.outcome, kOutcome);
    optional(event.http_status, kHttpStatus);
    error(event);
    changes(event);
    optional(event.metadata, kMetadata);
    optional(event.external_id, kExternalId);
    optional(event.version, kVersion);
  }

  void targets(event::EventView& event) {
    const auto types = texts(), ids = texts(), names = texts(), metadata = texts();
    const auto present = masks();
    if (!same_sizes({types.size(), ids.size(), names.size(), metadata.size(), present.size()}))
      return;
    if ((present_ & kTargets) == 0) return;
    auto& list = event.targets.emplace(present.size());
    for (std::size_t i = 0; i < list.size(); ++i) {
      if ((present[i] & kTargetType) != 0) list[i].type.emplace(types[i]);
      if ((present[i] & kTargetId) != 0) list[i].id.emplace(ids[i]);
      if ((present[i] & kTargetName) != 0) list[i].name.emplace(names[i]);
      if ((present[i] & kTargetMetadata) != 0) list[i].metadata.emplace(metadata[i]);
    }
  }

  void context(event::EventView& event) {
    event::ContextView context;
    optional(context.ip, kIp);
    optional(context.location, kLocation);
    optional(context.user_agent, kUserAgent);
    optional(context.url, kUrl);
    optional(context.request_id, kRequestId);
    optional(context.session_id, kSessionId);
    if ((present_ & kContext) != 0) event.context = context;
  }

  void error(event::EventView& event) {
    event::ErrorDetailView error;
    optional(error.code, kErrorCode);
    optional(error.message, kErrorMessage);
    if ((present_ & kError) != 0) event.error = error;
  }

  void changes(event::EventView& event) {
    const auto fields = texts(), before = texts(), after = texts();
    const auto present = masks();
    if (!same_sizes({fields.size(), before.size(), after.size(), present.size()})) return;
    if ((present_ & kChanges) == 0) return;
    auto& list = event.changes.emplace(present.size());
    for (std::size_t i = 0; i < list.size(); ++i) {
      list[i].field = fields[i];
      if ((present[i] & kChangeBefore) != 0) list[i].before.emplace(before[i]);
      if ((present[i] & kChangeAfter) != 0) list[i].after.emplace(after[i]);
    }
  }

  // Columns of one list that differ in length were never written by us.
  bool same_sizes(std::initializer_list<std::size_t> sizes) {
    if (std::ranges::all_of(sizes, [&](std::size_t size) { return size == *sizes.begin(); }))
      return true;
    list_broken_ = !cursor_.short_of_bytes();
    return false;
  }

 public:
  bool broken() const { return cursor_.broken() || list_broken_; }

 private:
  BinaryCursor cursor_;
  std::uint64_t present_ = 0;
  bool list_broken_ = false;
};

}  // namespace

const std::string& old_columns() {
  static const std::string columns =
      "org, seq, received_at, occurred_at, batch, id, nonce, present, action, action_label, area, "
      "application, category, crud, actor_type, actor_id, actor_name, actor_username, actor_email, "
      "actor_role, actor_metadata, target_types, target_ids, target_names, target_metadata, "
      "target_present, ip, location, user_agent, url, request_id, session_id, outcome, "
      "http_status, error_code, error_message, change_fields, change_before, change_after, "
      "change_present, metadata, external_id, version, raw";
  return columns;
}

Result<std::optional<std::size_t>> decode_old_row(std::string_view bytes, OldRow& row) {
  row = {};
  OldRowDecoder decoder(bytes);
  decoder.read(row);
  // Beyond the end of the bytes nothing read makes sense, so being short comes first.
  if (decoder.cursor().short_of_bytes()) return std::optional<std::size_t>{};
  if (decoder.broken()) {
    return Error{ErrorKind::failed, "bad_row", "the event store gave bytes that are no row"};
  }
  return std::optional<std::size_t>(decoder.cursor().position());
}

}  // namespace trailkeeper::events
