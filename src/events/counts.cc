#include "events/counts.h"

#include <algorithm>

#include "binary.h"
#include "counts_impl.h"
#include "event/fold.h"

namespace trailkeeper::events {
namespace {

constexpr std::uint64_t kTargetNamesMax = 1'000;

// How the values of a field are read.
struct ValueColumns {
  std::string value;         // a text; of a target one for each of its names
  std::string label = "''";  // of one of the newest
  std::string is_there;      // whether the event has the field
};

ValueColumns columns_of(Field field) {
  const auto plain = [](const std::string& column) {
    return ValueColumns{"toString(" + column + ")", "''", column + " != ''"};
  };
  switch (field) {
    case Field::actor:
      return {"actor_id", "anyLast(" + std::string(kActorLabel) + ")", "actor_id != ''"};
    case Field::action:
      return {"toString(action)", "anyLast(toString(action_label))", "action != ''"};
    case Field::target:
      return {kTargetNames, "''", "notEmpty(" + std::string(kTargetNames) + ")"};
    case Field::status:
      return {"toString(http_status)", "''", "http_status != 0"};
    case Field::area:
      return plain("area");
    case Field::application:
      return plain("application");
    case Field::outcome:
      return plain("outcome");
    case Field::crud:
      return plain("crud");
    case Field::ip:
      return plain("ip");
    default:
      return plain("category");
  }
}

// Of the names of targets those that contain what was typed, the ones that begin so first.
void choose_names(std::vector<CountedValue>& found, const ValuesRequest& request) {
  const std::string part = event::fold(request.part);
  std::erase_if(found, [&](const CountedValue& one) {
    return event::fold(one.value).find(part) == std::string::npos;
  });
  std::ranges::stable_partition(
      found, [&](const CountedValue& one) { return event::fold(one.value).starts_with(part); });
  if (found.size() > request.limit) found.resize(request.limit);
}

}  // namespace

Counts::Counts(const StoreSettings& settings, httpc::Client& client)
    : impl_(std::make_unique<Impl>(settings, client)) {}
Counts::~Counts() = default;

Result<std::vector<CountedValue>> Counts::values(const OrgId& org, const Filter& filter,
                                                 const ValuesRequest& request) const {
  const ValueColumns columns = columns_of(request.field);
  Conditions conditions(org, impl_->table());
  conditions.add(filter);
  const bool of_target = request.field == Field::target;
  if (!request.part.empty()) conditions.add_part(request.field, request.part);
  std::string sql = "SELECT " + std::string(of_target ? "arrayJoin(" : "") + columns.value +
                    (of_target ? ")" : "") + " AS value, " + columns.label +
                    " AS label, count() AS number FROM " + impl_->table() + " WHERE " +
                    conditions.sql() + " AND " + columns.is_there + " GROUP BY value";
  if (!request.part.empty()) {
    const std::string begins =
        "(startsWith(lowerUTF8(value), {part:String}) OR startsWith(lowerUTF8(label), "
        "{part:String}))";
    sql += " ORDER BY " + begins + " DESC, number DESC, value";
  } else {
    sql += " ORDER BY number DESC, value";
  }
  Statement statement(sql + " LIMIT {value_limit:UInt64} FORMAT RowBinary");
  conditions.bind(statement);
  if (!request.part.empty()) statement.text("part", event::fold(request.part));
  // The other names of the targets found are among them.
  const bool choose = of_target && !request.part.empty();
  statement.unsigned_integer("value_limit", choose ? kTargetNamesMax : request.limit)
      .setting("max_rows_to_group_by", kGroupsMax)
      .setting("group_by_overflow_mode", "any");
  const std::string bytes = TRY(impl_->run(std::move(statement)));
  std::vector<CountedValue> found;
  BinaryCursor cursor(bytes);
  while (cursor.position() < bytes.size()) {
    CountedValue& one = found.emplace_back();
    one.value = cursor.text();
    one.label = cursor.text();
    one.count = cursor.number<std::uint64_t>();
    if (cursor.short_of_bytes() || cursor.broken()) return bad_counts();
  }
  if (choose) choose_names(found, request);
  return found;
}

Result<std::vector<Bucket>> Counts::buckets(const OrgId& org, const Filter& filter,
                                            Timestamp origin, Duration interval) const {
  Conditions conditions(org, impl_->table());
  conditions.add(filter);
  Statement statement(
      "SELECT intDiv(occurred_at - {origin:Int64}, {interval:Int64}) AS bucket, count(), countIf(" +
      std::string(kFailed) + ") FROM " + impl_->table() + " WHERE " + conditions.sql() +
      " GROUP BY bucket ORDER BY bucket FORMAT RowBinary");
  conditions.bind(statement);
  statement.integer("origin", to_micros(origin))
      .integer("interval", std::chrono::duration_cast<std::chrono::microseconds>(interval).count());
  const std::string bytes = TRY(impl_->run(std::move(statement)));
  std::vector<Bucket> found;
  BinaryCursor cursor(bytes);
  while (cursor.position() < bytes.size()) {
    Bucket& one = found.emplace_back();
    one.number = cursor.number<std::int64_t>();
    one.count = cursor.number<std::uint64_t>();
    one.failed = cursor.number<std::uint64_t>();
    if (cursor.short_of_bytes()) return bad_counts();
  }
  return found;
}

Result<std::optional<Timestamp>> Counts::newest(const OrgId& org, const Filter& filter) const {
  Conditions conditions(org, impl_->table());
  conditions.add(filter);
  Statement statement("SELECT count(), max(occurred_at) FROM " + impl_->table() + " WHERE " +
                      conditions.sql() + " FORMAT RowBinary");
  conditions.bind(statement);
  const std::string bytes = TRY(impl_->run(std::move(statement)));
  BinaryCursor cursor(bytes);
  const auto count = cursor.number<std::uint64_t>();
  const auto time = cursor.number<std::int64_t>();
  if (cursor.short_of_bytes()) return bad_counts();
  if (count == 0) return std::optional<Timestamp>{};
  return std::optional(from_micros(time));
}

Result<Seq> Counts::last_received_before(const OrgId& org, Timestamp time, Seq beyond) const {
  Statement statement("SELECT max(seq) FROM " + impl_->table() +
                      " WHERE org = {org:String} AND seq > {beyond:UInt64} AND received_at < "
                      "{before:Int64} FORMAT RowBinary");
  statement.text("org", org.str())
      .unsigned_integer("beyond", beyond.value)
      .integer("before", to_micros(time));
  const std::string bytes = TRY(impl_->run(std::move(statement)));
  BinaryCursor cursor(bytes);
  const Seq last{cursor.number<std::uint64_t>()};
  if (cursor.short_of_bytes()) return bad_counts();
  return std::max(last, beyond);
}

}  // namespace trailkeeper::events
