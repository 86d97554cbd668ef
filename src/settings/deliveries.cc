#include "settings/deliveries.h"

#include <algorithm>
#include <array>

#include "delivery_tables.h"

namespace trailkeeper::settings {
namespace {

constexpr std::array<std::string_view, 5> kStates = {"draft", "active", "paused", "suspended",
                                                     "disabled"};

constexpr std::string_view kDestinationColumns =
    "SELECT d.org, d.id, d.state, d.reason, d.reason_code, d.remedy, d.session_name, "
    "d.external_id, d.shown, d.active,"
    " d.frequency, d.frequency_before, d.change_at, d.validated_at, d.checks, d.etag_is_md5, "
    "d.failures,"
    " d.next_attempt_at, d.last_success_at, d.created_at, d.shape, d.shape_before, d.send_acl, "
    "d.failed_since, d.mailed_at, d.told_stopped, d.compared_at FROM destinations d ";

DestinationState state_of(std::string_view word) {
  const auto found = std::find(kStates.begin(), kStates.end(), word);
  return static_cast<DestinationState>(found - kStates.begin());
}

Error not_found(const std::string& id) {
  return Error{ErrorKind::not_found, "not_found", "There is no destination " + id + "."};
}

Error conflict(std::string code, std::string message) {
  return Error{ErrorKind::conflict, std::move(code), std::move(message)};
}

// The end of a change: what has to be committed with it.
Result<> done(WriteTx& tx, const Deliveries::Also& also) {
  if (also) return also(tx);
  return {};
}

// Whether one of two paths is the other or lies above it.
bool nested(const std::string& one, const std::string& other) {
  if (one.empty() || other.empty() || one == other) return true;
  return one.starts_with(other + "/") || other.starts_with(one + "/");
}

}  // namespace

std::string_view to_word(DestinationState state) {
  return kStates[static_cast<std::size_t>(state)];
}

Result<S3Target> DeliveryTables::target(std::int64_t id) {
  auto rows =
      TRY(query("SELECT bucket, region, endpoint, account_id, path, role_arn, path_style, "
                "encryption, kms_key FROM targets WHERE id = ?",
                id));
  if (!TRY(rows.step()))
    return Error{ErrorKind::fatal, "broken_reference", "A destination names no target."};
  return S3Target{rows.text(0), rows.text(1),         rows.text(2), rows.text(3), rows.text(4),
                  rows.text(5), rows.integer(6) != 0, rows.text(7), rows.text(8)};
}

Result<std::int64_t> DeliveryTables::add_target(const S3Target& target) {
  TRY(
      run("INSERT INTO targets (bucket, region, endpoint, account_id, path, role_arn, path_style, "
          "encryption, kms_key) VALUES (?,?,?,?,?,?,?,?,?)",
          target.bucket, target.region, target.endpoint, target.account_id, target.path,
          target.role_arn, target.path_style, target.encryption, target.kms_key));
  return database.last_insert_id();
}

Result<Shape> DeliveryTables::shape(std::int64_t id) {
  auto rows = TRY(query("SELECT form, compression, filter FROM shapes WHERE id = ?", id));
  if (!TRY(rows.step()))
    return Error{ErrorKind::fatal, "broken_reference", "A destination names no shape."};
  return Shape{rows.text(0), rows.text(1), rows.text(2)};
}

Result<std::int64_t> DeliveryTables::add_shape(const Shape& shape) {
  TRY(run("INSERT OR IGNORE INTO shapes (form, compression, filter) VALUES (?,?,?)", shape.form,
          shape.compression, shape.filter));
  auto rows = TRY(query("SELECT id FROM shapes WHERE form = ? AND compression = ? AND filter = ?",
                        shape.form, shape.compression, shape.filter));
  TRY(rows.step());
  return rows.integer(0);
}

Result<std::vector<Destination>> DeliveryTables::destinations(db::Statement rows) {
  std::vector<Destination> found;
  while (TRY(rows.step())) {
    const auto org = OrgId::parse(rows.view(0));
    if (!org) return Error{ErrorKind::fatal, "bad_org", "A destination names no organization."};
    Destination d{
        .org = *org, .id = rows.text(1), .state = state_of(rows.view(2)), .reason = rows.text(3)};
    d.reason_code = rows.text(4);
    d.remedy = rows.text(5);
    d.session_name = rows.text(6);
    d.external_id = rows.text(7);
    d.shown = TRY(target(rows.integer(8)));
    if (!rows.is_null(9)) d.active = TRY(target(rows.integer(9)));
    d.frequency = schedule::parse_frequency(rows.view(10)).value_or(schedule::Frequency::hourly);
    d.frequency_before =
        schedule::parse_frequency(rows.view(11)).value_or(schedule::Frequency::hourly);
    d.change_at = rows.optional_time(12);
    d.validated_at = rows.optional_time(13);
    d.checks = rows.text(14);
    d.etag_is_md5 = rows.integer(15) != 0;
    d.failures = static_cast<int>(rows.integer(16));
    d.next_attempt_at = rows.optional_time(17);
    d.last_success_at = rows.optional_time(18);
    d.created_at = rows.time(19);
    d.shape = TRY(shape(rows.integer(20)));
    d.shape_before = TRY(shape(rows.integer(21)));
    d.send_acl = rows.integer(22) != 0;
    d.failed_since = rows.optional_time(23);
    d.mailed_at = rows.optional_time(24);
    d.told_stopped = rows.integer(25) != 0;
    d.compared_at = rows.optional_time(26);
    found.push_back(std::move(d));
  }
  return found;
}

Result<Destination> DeliveryTables::find(const OrgId& org, const std::string& id) {
  auto found = TRY(destinations(
      TRY(query(std::string(kDestinationColumns) + "WHERE d.org = ? AND d.id = ?", org, id))));
  if (found.empty()) return not_found(id);
  return std::move(found.front());
}

Result<Destination> Deliveries::find(const OrgId& org, const std::string& id) {
  return store_.read([&](ReadTx& tx) -> Result<Destination> {
    DeliveryTables tables(tx);
    return tables.find(org, id);
  });
}

Result<std::vector<Destination>> Deliveries::list(const OrgId& org) {
  return store_.read([&](ReadTx& tx) -> Result<std::vector<Destination>> {
    DeliveryTables tables(tx);
    return tables.destinations(TRY(tables.query(
        std::string(kDestinationColumns) + "WHERE d.org = ? ORDER BY d.created_at, d.id", org)));
  });
}

Result<std::vector<Destination>> Deliveries::live() {
  return store_.read([&](ReadTx& tx) -> Result<std::vector<Destination>> {
    DeliveryTables tables(tx);
    return tables.destinations(
        TRY(tables.query(std::string(kDestinationColumns) +
                         "WHERE EXISTS (SELECT 1 FROM streams s WHERE s.org = d.org AND "
                         "s.destination = d.id AND s.ended = 0) ORDER BY d.org, d.id")));
  });
}

Result<Destination> DeliveryTables::put(const NewDestination& request) {
  const auto& [org, id, shown, frequency, shape, session_name, external_id, now] = request;
  const auto known = find(org, id);
  if (!known && known.error().kind != ErrorKind::not_found) return known.error();
  const std::string word(schedule::to_string(frequency));
  const std::int64_t shape_id = TRY(add_shape(shape));
  if (!known) {
    const std::int64_t target = TRY(add_target(shown));
    TRY(
        run("INSERT INTO destinations (org, id, state, session_name, external_id, shown, frequency,"
            " frequency_before, created_at, shape, shape_before) VALUES (?, ?, 'draft', ?, ?, ?, ?,"
            " ?, ?, ?, ?)",
            org, id, session_name, external_id, target, word, word, now, shape_id, shape_id));
    return find(org, id);
  }
  if (known->shown != shown) {
    const std::int64_t target = TRY(add_target(shown));
    TRY(
        run("UPDATE destinations SET shown = ?, validated_at = NULL, checks = '' WHERE org = ? AND "
            "id = ?",
            target, org, id));
  }
  if (known->state == DestinationState::disabled) {
    TRY(
        run("UPDATE destinations SET state = 'draft', validated_at = NULL, checks = '', reason = "
            "'', reason_code = '', remedy = '' WHERE org = ? AND id = ?",
            org, id));
  }
  if (!known->active) {
    TRY(run(
        "UPDATE destinations SET frequency = ?, frequency_before = ?, shape = ?, shape_before = "
        "? WHERE org = ? AND id = ?",
        word, word, shape_id, shape_id, org, id));
  } else if (known->frequency != frequency || known->shape != shape) {
    TRY(change_windows(*known, frequency, shape_id, now));
  }
  return find(org, id);
}

Result<> DeliveryTables::change_windows(const Destination& present, schedule::Frequency frequency,
                                        std::int64_t shape, Timestamp now) {
  // A change that no window has taken up yet stays where it is; only what follows it is another.
  TRY(run(
      "UPDATE destinations SET frequency = ?, shape = ?, change_at = ? WHERE org = ? AND id = ?",
      schedule::to_string(frequency), shape, present.change_at ? *present.change_at : now,
      present.org, present.id));
  return run(
      "UPDATE windows SET due = min(due, ?) WHERE state < 2 AND stream IN (SELECT id FROM "
      "streams WHERE org = ? AND destination = ? AND ended = 0 AND kind = 0)",
      now, present.org, present.id);
}

Result<Destination> Deliveries::put(const NewDestination& request, const AlsoPut& also) {
  return store_.write([&](WriteTx& tx) -> Result<Destination> {
    DeliveryTables tables(tx);
    const auto before = tables.find(request.org, request.id);
    Destination after = TRY(tables.put(request));
    if (also) TRY(also(tx, before ? &*before : nullptr, after));
    return after;
  });
}

Result<> Deliveries::record_validation(const Destination& validated, const ValidationFacts& facts,
                                       Timestamp now, const Also& also) {
  return store_.write([&](WriteTx& tx) -> Result<> {
    DeliveryTables tables(tx);
    const Destination present = TRY(tables.find(validated.org, validated.id));
    if (present.shown != validated.shown) return done(tx, also);
    TRY(tables.run(
        "UPDATE destinations SET validated_at = ?, checks = ?, etag_is_md5 = ?, send_acl = ? WHERE "
        "org = ? AND id = ?",
        facts.ok ? std::optional<Timestamp>(now) : std::nullopt, facts.checks,
        facts.ok ? facts.etag_is_md5 : present.etag_is_md5,
        facts.ok ? facts.send_acl : present.send_acl, validated.org, validated.id));
    return done(tx, also);
  });
}

Result<std::optional<OrgId>> DeliveryTables::claimed_by(const OrgId& org, const std::string& id,
                                                        const S3Target& target) {
  auto rows =
      TRY(query("SELECT t.path, d.org FROM destinations d JOIN targets t ON t.id = d.active"
                " WHERE t.endpoint = ? AND t.bucket = ? AND NOT (d.org = ? AND d.id = ?)",
                target.endpoint, target.bucket, org, id));
  std::optional<OrgId> holder;
  while (TRY(rows.step())) {
    if (!nested(rows.text(0), target.path)) continue;
    holder = OrgId::parse(rows.view(1));
    if (holder != org) return holder;
  }
  return holder;
}

Result<std::optional<OrgId>> Deliveries::claimed_by(const OrgId& org, const std::string& id,
                                                    const S3Target& target) {
  return store_.read([&](ReadTx& tx) -> Result<std::optional<OrgId>> {
    DeliveryTables tables(tx);
    return tables.claimed_by(org, id, target);
  });
}

Result<Destination> Deliveries::activate(const OrgId& org, const std::string& id, bool uncertain,
                                         Timestamp now, const Also& also) {
  return store_.write([&](WriteTx& tx) -> Result<Destination> {
    DeliveryTables tables(tx);
    const Destination present = TRY(tables.find(org, id));
    if (!present.validated_at) return conflict("not_validated", "Validate these values first.");
    if (TRY(tables.claimed_by(org, id, present.shown))) {
      return conflict("location_claimed", "Another destination writes to this bucket and path.");
    }
    const std::int64_t target = TRY(tables.add_target(present.shown));
    const auto stream = TRY(tables.open_stream(org, id));
    if (!stream) {
      const Stream first{.org = org,
                         .destination = id,
                         .reason = "activated",
                         .opened_at = now,
                         .start = schedule::window_start(present.frequency, now)};
      TRY(tables.add_stream(first, target));
    } else if (stream->target.same_location(present.shown) || !stream->first_seq) {
      TRY(tables.run("UPDATE streams SET target = ? WHERE id = ?", target, stream->id));
    } else {
      TRY(tables.end_side_streams(org, id));
      TRY(tables.move_stream(*stream, target, "location_changed", uncertain, now));
    }
    TRY(
        tables.run("UPDATE destinations SET state = 'active', active = ?, failures = 0, "
                   "next_attempt_at = NULL, reason = '',"
                   " reason_code = '', remedy = '' WHERE org = ? AND id = ?",
                   target, org, id));
    TRY(done(tx, also));
    return tables.find(org, id);
  });
}

Result<> Deliveries::set_state(const OrgId& org, const std::string& id, DestinationState state,
                               const std::string& reason_code, const std::string& reason,
                               const std::string& remedy, std::optional<Timestamp> next_attempt_at,
                               const Also& also) {
  return store_.write([&](WriteTx& tx) -> Result<> {
    DeliveryTables tables(tx);
    TRY(
        tables.run("UPDATE destinations SET state = ?, reason_code = ?, reason = ?, remedy = ?, "
                   "next_attempt_at "
                   "= ?"
                   " WHERE org = ? AND id = ?",
                   to_word(state), reason_code, reason, remedy, next_attempt_at, org, id));
    return done(tx, also);
  });
}

Result<> Deliveries::clear_back_off(const OrgId& org, const std::string& id, const Also& also) {
  return store_.write([&](WriteTx& tx) -> Result<> {
    DeliveryTables tables(tx);
    TRY(tables.run("UPDATE destinations SET next_attempt_at = NULL WHERE org = ? AND id = ?", org,
                   id));
    return done(tx, also);
  });
}

Result<> Deliveries::disconnect(const OrgId& org, const std::string& id, const Also& also) {
  return store_.write([&](WriteTx& tx) -> Result<> {
    DeliveryTables tables(tx);
    TRY(tables.find(org, id));
    TRY(tables.end_side_streams(org, id));
    if (const auto stream = TRY(tables.open_stream(org, id))) TRY(tables.end_stream(stream->id));
    TRY(tables.run(
        "UPDATE destinations SET state = 'disabled', active = NULL, validated_at = NULL, "
        "reason = '', reason_code = '',"
        " remedy = '', failures = 0, next_attempt_at = NULL, frequency_before = "
        "frequency, shape_before = shape, change_at = NULL, failed_since = NULL, told_stopped = 0"
        " WHERE org = ? AND id = ?",
        org, id));
    return done(tx, also);
  });
}

}  // namespace trailkeeper::settings
