#include "event/parquet.h"

#include <array>
#include <vector>

#include "base/bytes.h"
#include "event/parquet_table.h"
#include "json/writer.h"

namespace trailkeeper::event {
namespace {

enum ColumnPlace : std::size_t {
  kSeq,
  kReceivedAt,
  kId,
  kNonce,
  kOrganization,
  kAction,
  kActionLabel,
  kArea,
  kApplication,
  kCategory,
  kCrud,
  kOccurredAt,
  kActorType,
  kActorId,
  kActorName,
  kActorUsername,
  kActorEmail,
  kActorRole,
  kActorMetadata,
  kTargets,
  kIp,
  kLocation,
  kUserAgent,
  kUrl,
  kRequestId,
  kSessionId,
  kOutcome,
  kHttpStatus,
  kErrorCode,
  kErrorMessage,
  kChanges,
  kMetadata,
  kExternalId,
  kVersion,
  kColumnCount
};

struct Place {
  std::string_view name;
  ParquetColumn::Type type = ParquetColumn::Type::bytes;
  ParquetColumn::Meaning meaning = ParquetColumn::Meaning::utf8;
  bool optional = true;
};
constexpr auto kInt32 = ParquetColumn::Type::int32;
constexpr auto kInt64 = ParquetColumn::Type::int64;
constexpr auto kByteArray = ParquetColumn::Type::bytes;
constexpr auto kNone = ParquetColumn::Meaning::none;
constexpr auto kUtf8 = ParquetColumn::Meaning::utf8;
constexpr auto kTimestampMicros = ParquetColumn::Meaning::timestamp;

// In the order of ColumnPlace.
constexpr std::array<Place, kColumnCount> kColumns{{
    {"seq", kInt64, kNone, false},
    {"received_at", kInt64, kTimestampMicros, false},
    {"id", kByteArray, kUtf8, false},
    {"nonce", kByteArray, kUtf8, false},
    {"organization_id", kByteArray, kUtf8, false},
    {"action", kByteArray, kUtf8, false},
    {"action_label"},
    {"area"},
    {"application"},
    {"category"},
    {"crud"},
    {"occurred_at", kInt64, kTimestampMicros, false},
    {"actor_type"},
    {"actor_id", kByteArray, kUtf8, false},
    {"actor_name"},
    {"actor_username"},
    {"actor_email"},
    {"actor_role"},
    {"actor_metadata"},
    {"targets"},
    {"ip"},
    {"location"},
    {"user_agent"},
    {"url"},
    {"request_id"},
    {"session_id"},
    {"outcome"},
    {"http_status", kInt32, kNone, true},
    {"error_code"},
    {"error_message"},
    {"changes"},
    {"metadata"},
    {"external_id"},
    {"version", kInt64, kNone, true},
}};

std::vector<ParquetColumn> table_columns() {
  std::vector<ParquetColumn> columns;
  for (const Place& place : kColumns) {
    columns.push_back({.name = std::string(place.name),
                       .type = place.type,
                       .meaning = place.meaning,
                       .optional = place.optional});
  }
  return columns;
}

// As in the record.
std::string targets_json(const std::vector<TargetView>& targets) {
  json::Writer out;
  out.begin_array();
  for (const TargetView& target : targets) {
    out.begin_object();
    if (target.type) out.member("type", *target.type);
    if (target.id) out.member("id", *target.id);
    if (target.name) out.member("name", *target.name);
    if (target.metadata) out.key("metadata").raw(*target.metadata);
    out.end_object();
  }
  return out.end_array().take();
}

std::string changes_json(const std::vector<ChangeView>& changes) {
  json::Writer out;
  out.begin_array();
  for (const ChangeView& change : changes) {
    out.begin_object().member("field", change.field);
    if (change.before) out.key("before").raw(*change.before);
    if (change.after) out.key("after").raw(*change.after);
    out.end_object();
  }
  return out.end_array().take();
}

}  // namespace

struct ParquetWriter::Impl {
  void add(const StoredView& stored);

  // One value for `place` in this row; the optional ones may have none.
  void text(ColumnPlace place, std::string_view value) { table.text(place, value); }
  void text(ColumnPlace place, const TextView& value) {
    if (value) return text(place, *value);
    table.null(place);
  }
  void number(ColumnPlace place, std::int64_t value) { table.integer(place, value); }

  ParquetTable table{"entry", table_columns(), ParquetPacking::zstd};
};

void ParquetWriter::Impl::add(const StoredView& stored) {
  const EventView& event = stored.event;
  number(kSeq, static_cast<std::int64_t>(stored.seq.value));
  number(kReceivedAt, to_micros(stored.received_at));
  text(kId, std::string_view(stored.id.str()));
  text(kNonce, std::string_view(to_base64url(as_text(stored.nonce))));
  text(kOrganization, event.organization_id);
  text(kAction, event.action);
  text(kActionLabel, event.action_label);
  text(kArea, event.area);
  text(kApplication, event.application);
  text(kCategory, event.category);
  text(kCrud, event.crud);
  number(kOccurredAt, to_micros(event.occurred_at));
  text(kActorType, event.actor.type);
  text(kActorId, event.actor.id);
  text(kActorName, event.actor.name);
  text(kActorUsername, event.actor.username);
  text(kActorEmail, event.actor.email);
  text(kActorRole, event.actor.role);
  text(kActorMetadata, event.actor.metadata);
  if (event.targets) {
    text(kTargets, std::string_view(targets_json(*event.targets)));
  } else {
    table.null(kTargets);
  }
  const ContextView context = event.context.value_or(ContextView{});
  text(kIp, context.ip);
  text(kLocation, context.location);
  text(kUserAgent, context.user_agent);
  text(kUrl, context.url);
  text(kRequestId, context.request_id);
  text(kSessionId, context.session_id);
  text(kOutcome, event.outcome);
  if (event.http_status) {
    number(kHttpStatus, *event.http_status);
  } else {
    table.null(kHttpStatus);
  }
  const ErrorDetailView error = event.error.value_or(ErrorDetailView{});
  text(kErrorCode, error.code);
  text(kErrorMessage, error.message);
  if (event.changes) {
    text(kChanges, std::string_view(changes_json(*event.changes)));
  } else {
    table.null(kChanges);
  }
  text(kMetadata, event.metadata);
  text(kExternalId, event.external_id);
  if (event.version) {
    number(kVersion, *event.version);
  } else {
    table.null(kVersion);
  }
  table.end_row();
}

ParquetWriter::ParquetWriter() : impl_(std::make_unique<Impl>()) {}
ParquetWriter::~ParquetWriter() = default;

void ParquetWriter::add(const StoredView& stored) { impl_->add(stored); }

void ParquetWriter::end_group() { impl_->table.end_group(); }

void ParquetWriter::finish() { impl_->table.finish(); }

std::string ParquetWriter::take() { return impl_->table.take(); }

std::uint64_t ParquetWriter::rows() const { return impl_->table.rows(); }

}  // namespace trailkeeper::event
