#include <gtest/gtest.h>

#include "binary.h"
#include "clickhouse.h"
#include "event/record.h"
#include "event/view.h"
#include "events/store.h"
#include "old_row.h"
#include "statement.h"
#include "testing/random_event.h"
#include "testing/store_fixture.h"

// The rows of the table that the one of today took the place of, as they were written then.
namespace trailkeeper::events {
namespace {

using event::EventView;
using event::TextView;
using event::testing::random_event;
using testing::expect_ok;
using testing::value_of;

std::string create_events(const std::string& database) {
  return "CREATE TABLE IF NOT EXISTS " + database +
         ".events ("
         "org String, seq UInt64, received_at Int64, occurred_at Int64, batch UInt64, id "
         "FixedString(16), "
         "nonce FixedString(16), present UInt64, action String, action_label String, area String, "
         "application String, category String, crud String, actor_type String, actor_id String, "
         "actor_name String, "
         "actor_username String, actor_email String, actor_role String, actor_metadata String, "
         "target_types Array(String), target_ids Array(String), target_names Array(String), "
         "target_metadata Array(String), target_present Array(UInt8), ip String, location String, "
         "user_agent String, url String, request_id String, session_id String, outcome String, "
         "http_status Int64, "
         "error_code String, error_message String, change_fields Array(String), change_before "
         "Array(String), "
         "change_after Array(String), change_present Array(UInt8), metadata String, external_id "
         "String, "
         "version Int64, raw String, folded_name String, folded_username String, folded_email "
         "String, "
         "folded_action String, folded_label String, folded_area String) "
         "ENGINE = MergeTree "
         "PARTITION BY toYYYYMM(toDateTime(intDiv(received_at, 1000000), 'UTC')) "
         "ORDER BY (org, occurred_at, seq) SETTINGS index_granularity = 8192";
}

std::uint64_t bit(bool present, std::uint64_t mask) { return present ? mask : 0; }

std::uint64_t present_in_context(const std::optional<event::ContextView>& context) {
  if (!context) return 0;
  return kContext | bit(context->ip.has_value(), kIp) |
         bit(context->location.has_value(), kLocation) |
         bit(context->user_agent.has_value(), kUserAgent) | bit(context->url.has_value(), kUrl) |
         bit(context->request_id.has_value(), kRequestId) |
         bit(context->session_id.has_value(), kSessionId);
}

std::uint64_t present_in_actor(const event::ActorView& actor) {
  return bit(actor.type.has_value(), kActorType) | bit(actor.name.has_value(), kActorName) |
         bit(actor.username.has_value(), kActorUsername) |
         bit(actor.email.has_value(), kActorEmail) | bit(actor.role.has_value(), kActorRole) |
         bit(actor.metadata.has_value(), kActorMetadata);
}

std::uint64_t present_in_error(const std::optional<event::ErrorDetailView>& error) {
  if (!error) return 0;
  return kError | bit(error->code.has_value(), kErrorCode) |
         bit(error->message.has_value(), kErrorMessage);
}

std::uint64_t present_in(const EventView& event) {
  return bit(event.action_label.has_value(), kActionLabel) | bit(event.area.has_value(), kArea) |
         bit(event.application.has_value(), kApplication) |
         bit(event.category.has_value(), kCategory) | bit(event.crud.has_value(), kCrud) |
         present_in_actor(event.actor) | bit(event.targets.has_value(), kTargets) |
         present_in_context(event.context) | bit(event.outcome.has_value(), kOutcome) |
         bit(event.http_status.has_value(), kHttpStatus) | present_in_error(event.error) |
         bit(event.changes.has_value(), kChanges) | bit(event.metadata.has_value(), kMetadata) |
         bit(event.external_id.has_value(), kExternalId) | bit(event.version.has_value(), kVersion);
}

void put(std::string& out, const TextView& text) {
  put_text(out, text ? std::string_view(*text) : std::string_view{});
}

// A list of items as one array column, made by `value(item)`.
template <typename Items, typename Value>
void put_texts(std::string& out, const Items& items, Value value) {
  put_length(out, items.size());
  for (const auto& item : items) put(out, value(item));
}

void put_targets(std::string& out, const std::vector<event::TargetView>& targets) {
  put_texts(out, targets, [](const event::TargetView& t) -> const TextView& { return t.type; });
  put_texts(out, targets, [](const event::TargetView& t) -> const TextView& { return t.id; });
  put_texts(out, targets, [](const event::TargetView& t) -> const TextView& { return t.name; });
  put_texts(out, targets, [](const event::TargetView& t) -> const TextView& { return t.metadata; });
  put_length(out, targets.size());
  for (const event::TargetView& target : targets) {
    put_number(out, static_cast<std::uint8_t>(bit(target.type.has_value(), kTargetType) |
                                              bit(target.id.has_value(), kTargetId) |
                                              bit(target.name.has_value(), kTargetName) |
                                              bit(target.metadata.has_value(), kTargetMetadata)));
  }
}

void put_changes(std::string& out, const std::vector<event::ChangeView>& changes) {
  put_length(out, changes.size());
  for (const event::ChangeView& change : changes) put_text(out, change.field);
  put_texts(out, changes, [](const event::ChangeView& c) -> const TextView& { return c.before; });
  put_texts(out, changes, [](const event::ChangeView& c) -> const TextView& { return c.after; });
  put_length(out, changes.size());
  for (const event::ChangeView& change : changes) {
    put_number(out, static_cast<std::uint8_t>(bit(change.before.has_value(), kChangeBefore) |
                                              bit(change.after.has_value(), kChangeAfter)));
  }
}

void put_head(std::string& out, std::uint64_t batch, const event::StoredView& stored,
              std::uint64_t present) {
  put_text(out, stored.event.organization_id);
  put_number(out, stored.seq.value);
  put_number(out, to_micros(stored.received_at));
  put_number(out, to_micros(stored.event.occurred_at));
  put_number(out, batch);
  out.append(reinterpret_cast<const char*>(stored.id.bytes.data()), stored.id.bytes.size());
  out.append(reinterpret_cast<const char*>(stored.nonce.data()), stored.nonce.size());
  put_number(out, present);
}

// Everything between `present` and `raw`.
void put_event(std::string& out, const EventView& event) {
  static const event::ContextView no_context;
  static const event::ErrorDetailView no_error;
  static const std::vector<event::TargetView> no_targets;
  static const std::vector<event::ChangeView> no_changes;
  const event::ContextView& context = event.context ? *event.context : no_context;
  const event::ErrorDetailView& error = event.error ? *event.error : no_error;
  put_text(out, event.action);
  for (const TextView* text : {&event.action_label, &event.area, &event.application,
                               &event.category, &event.crud, &event.actor.type}) {
    put(out, *text);
  }
  put_text(out, event.actor.id);
  for (const TextView* text : {&event.actor.name, &event.actor.username, &event.actor.email,
                               &event.actor.role, &event.actor.metadata}) {
    put(out, *text);
  }
  put_targets(out, event.targets ? *event.targets : no_targets);
  for (const TextView* text : {&context.ip, &context.location, &context.user_agent, &context.url,
                               &context.request_id, &context.session_id, &event.outcome}) {
    put(out, *text);
  }
  put_number(out, event.http_status.value_or(0));
  put(out, error.code);
  put(out, error.message);
  put_changes(out, event.changes ? *event.changes : no_changes);
  put(out, event.metadata);
  put(out, event.external_id);
  put_number(out, event.version.value_or(0));
}

// The row of a record, or of `raw` alone.
void put_row(std::string& out, std::uint64_t batch, const event::StoredView& stored,
             std::string_view raw, bool bare = false) {
  event::StoredView kept = stored;
  if (bare) {
    kept.event = {};
    kept.event.organization_id = stored.event.organization_id;
    kept.event.occurred_at = stored.event.occurred_at;
  }
  put_head(out, batch, kept, bare ? kRawOnly : present_in(kept.event));
  put_event(out, kept.event);
  put_text(out, raw);
}

class OldTable : public testing::StoreTest {
 protected:
  static constexpr std::uint64_t kBatches = 6, kRows = 400;

  void SetUp() override {
    StoreTest::SetUp();
    run(create_events(settings_.database));
    for (std::uint64_t batch = 1; batch <= kBatches; ++batch) insert_old(batch);
  }

  void run(const std::string& sql) {
    value_of(server_.run(Statement(sql), std::chrono::seconds(60)));
  }

  void insert_old(std::uint64_t batch) {
    std::string bytes;
    for (std::uint64_t i = 0; i < kRows; ++i) {
      const auto stored = random_event(random_, "org_1", records_.size() + 1);
      records_.push_back(event::render_record(stored));
      const bool bare = i == 7;
      if (i == 5) records_.back() = R"({"v":1,"odd":true})";
      const bool exact = i == 5 || bare;
      put_row(bytes, batch, event::view_of(stored), exact ? records_.back() : "", bare);
    }
    Statement statement("INSERT INTO " + settings_.database + ".events (" + old_columns() +
                        ") FORMAT RowBinary");
    expect_ok(server_.insert(statement, {bytes}, std::chrono::seconds(60)));
  }

  std::vector<std::string> read() {
    std::vector<std::string> records;
    expect_ok(store_->stream_range(*OrgId::parse("org_1"), Seq{1}, Seq{records_.size()},
                                   [&](StoredRow&& row) {
                                     records.push_back(row.record());
                                     EXPECT_EQ(row.has_columns, !row.has_exact_line);
                                     return true;
                                   }));
    return records;
  }

  bool is_there() {
    return value_of(server_.run(Statement("EXISTS TABLE " + settings_.database + ".events"),
                                std::chrono::seconds(60))) == "1\n";
  }

  std::mt19937_64 random_{77};
  std::vector<std::string> records_;
  ClickHouse server_{settings_, client_};
};

// Promise 4: what was stored by an earlier version is the same record afterwards.
TEST_F(OldTable, ItsRowsAreMovedByteForByte) {
  expect_ok(store_->migrate());
  EXPECT_EQ(read(), records_);
  EXPECT_FALSE(is_there());
  EXPECT_EQ(value_of(store_->count_batch(3)), kRows);
  expect_ok(store_->migrate());
  EXPECT_EQ(read(), records_);
}

// As after a kill in the middle: some batches are there, one in part, the old table still stands.
TEST_F(OldTable, AMoveThatWasCutShortGoesOn) {
  expect_ok(store_->migrate());
  run("ALTER TABLE " + settings_.database +
      ".entries DELETE WHERE batch > 3 OR (batch = 2 AND seq % 2 = 0) SETTINGS mutations_sync = 2");
  run(create_events(settings_.database));
  const std::size_t moved = records_.size();
  random_.seed(77);
  records_.clear();
  for (std::uint64_t batch = 1; batch <= kBatches; ++batch) insert_old(batch);
  ASSERT_EQ(records_.size(), moved);
  expect_ok(store_->migrate());
  EXPECT_EQ(read(), records_);
  EXPECT_FALSE(is_there());
}

}  // namespace
}  // namespace trailkeeper::events
