#include "delivery_tables.h"

namespace trailkeeper::settings {
namespace {

constexpr std::string_view kWindowColumns =
    "SELECT w.id, w.stream, w.number, w.start, w.end, w.due, w.first_seq, w.last_seq, w.position, "
    "w.state, w.entries,"
    " w.manifest_sha256, w.attempts, w.first_try_at, w.delivered_at, w.duration_ms, w.request_id, "
    "w.error, w.remedy, w.shape, w.epoch, w.presence, w.looked_at";

Seq seq(std::int64_t value) { return Seq{static_cast<std::uint64_t>(value)}; }

DeliveryWindow read_window(const db::Statement& row) {
  DeliveryWindow window;
  window.id = row.integer(0);
  window.stream = row.integer(1);
  window.number = row.integer(2);
  window.span = {row.time(3), row.time(4), row.time(5)};
  window.first_seq = seq(row.integer(6));
  window.last_seq = seq(row.integer(7));
  window.position = static_cast<std::uint64_t>(row.integer(8));
  window.state = static_cast<WindowState>(row.integer(9));
  window.entries = static_cast<std::uint64_t>(row.integer(10));
  window.manifest_sha256 = row.text(11);
  window.attempts = static_cast<int>(row.integer(12));
  window.first_try_at = row.optional_time(13);
  window.delivered_at = row.optional_time(14);
  window.duration_ms = row.integer(15);
  window.request_id = row.text(16);
  window.error = row.text(17);
  window.remedy = row.text(18);
  window.epoch = static_cast<std::uint32_t>(row.integer(20));
  window.presence = static_cast<Presence>(row.integer(21));
  window.looked_at = row.optional_time(22);
  return window;
}

Error broken(std::string message) {
  return Error{ErrorKind::failed, "windows_not_contiguous", std::move(message)};
}

}  // namespace

Result<std::vector<Stream>> DeliveryTables::streams(std::string_view condition, const OrgId& org,
                                                    const std::string& id) {
  auto row = TRY(
      query("SELECT id, number, reason, target, start, first_seq, uncertain, previous_manifest_key,"
            " previous_manifest_sha256, opened_at, kind, until, ended FROM streams WHERE org = ? "
            "AND destination = ? AND " +
                std::string(condition),
            org, id));
  std::vector<Stream> found;
  while (TRY(row.step())) {
    Stream stream{.id = row.integer(0),
                  .org = org,
                  .destination = id,
                  .number = row.integer(1),
                  .reason = row.text(2)};
    stream.start = row.time(4);
    if (!row.is_null(5)) stream.first_seq = seq(row.integer(5));
    stream.uncertain = row.integer(6) != 0;
    stream.previous_manifest_key = row.text(7);
    stream.previous_manifest_sha256 = row.text(8);
    stream.opened_at = row.time(9);
    stream.kind = static_cast<StreamKind>(row.integer(10));
    stream.until = row.optional_time(11);
    stream.ended = row.integer(12) != 0;
    stream.target = TRY(target(row.integer(3)));
    found.push_back(std::move(stream));
  }
  return found;
}

Result<std::optional<Stream>> DeliveryTables::open_stream(const OrgId& org, const std::string& id) {
  auto found = TRY(streams("ended = 0 AND kind = 0", org, id));
  if (found.empty()) return std::optional<Stream>();
  return std::optional<Stream>(std::move(found.front()));
}

Result<std::int64_t> DeliveryTables::add_stream(const Stream& stream, std::int64_t target) {
  std::optional<Seq> first = stream.first_seq;
  const std::int64_t number = TRY(next_stream_number(stream.org));
  TRY(run(
      "INSERT INTO streams (org, destination, number, reason, target, start, first_seq, uncertain,"
      " previous_manifest_key, previous_manifest_sha256, opened_at, kind, until) VALUES "
      "(?,?,?,?,?,?,?,?,?,?,?,?,?)",
      stream.org, stream.destination, number, stream.reason, target, stream.start, first,
      stream.uncertain, stream.previous_manifest_key, stream.previous_manifest_sha256,
      stream.opened_at, static_cast<std::int64_t>(stream.kind), stream.until));
  return database.last_insert_id();
}

// What was not delivered goes: the next stream has it.
Result<> DeliveryTables::end_stream(std::int64_t stream) {
  TRY(run(
      "DELETE FROM objects WHERE window IN (SELECT id FROM windows WHERE stream = ? AND state < 2)",
      stream));
  TRY(run(
      "DELETE FROM attempts WHERE window IN (SELECT id FROM windows WHERE stream = ? AND state < "
      "2)",
      stream));
  TRY(run("DELETE FROM windows WHERE stream = ? AND state < 2", stream));
  return run("UPDATE streams SET ended = 1 WHERE id = ?", stream);
}

Result<> DeliveryTables::add_opening(std::int64_t stream, Timestamp start, Seq first_seq,
                                     Timestamp now) {
  return run(
      "INSERT INTO windows (stream, number, start, end, due, first_seq, last_seq, position) VALUES "
      "(?,0,?,?,?,?,?,0)",
      stream, start, start, now, first_seq, Seq{first_seq.value - 1});
}

Result<> DeliveryTables::move_stream(const Stream& old, std::int64_t target,
                                     const std::string& reason, bool uncertain, Timestamp now) {
  Stream next{.org = old.org,
              .destination = old.destination,
              .reason = reason,
              .opened_at = now,
              .start = old.start,
              .first_seq = old.first_seq,
              .uncertain = uncertain};
  next.previous_manifest_key = old.previous_manifest_key;
  next.previous_manifest_sha256 = old.previous_manifest_sha256;
  const auto last =
      TRY(window("WHERE w.stream = ? AND w.state = 2 ORDER BY w.number DESC LIMIT 1", old.id));
  if (last) {
    next.start = last->span.end;
    next.first_seq = Seq{last->last_seq.value + 1};
    next.previous_manifest_sha256 = last->manifest_sha256;
    for (const StagedObject& object : TRY(objects(last->id))) {
      if (object.manifest) next.previous_manifest_key = object.key;
    }
  }
  TRY(end_stream(old.id));
  const std::int64_t id = TRY(add_stream(next, target));
  if (!next.first_seq) return {};
  return add_opening(id, next.start, *next.first_seq, now);
}

Result<std::optional<DeliveryWindow>> DeliveryTables::window(std::string_view condition,
                                                             std::int64_t stream) {
  auto row =
      TRY(query(std::string(kWindowColumns) + " FROM windows w " + std::string(condition), stream));
  if (!TRY(row.step())) return std::optional<DeliveryWindow>();
  DeliveryWindow found = read_window(row);
  found.shape = TRY(shape(row.integer(19)));
  return std::optional<DeliveryWindow>(std::move(found));
}

Result<std::vector<StagedObject>> DeliveryTables::objects(std::int64_t window) {
  auto rows = TRY(
      query("SELECT ordinal, key, file, bytes, rows, sha256, md5, manifest, confirmed FROM objects"
            " WHERE window = ? ORDER BY ordinal",
            window));
  std::vector<StagedObject> found;
  while (TRY(rows.step())) {
    StagedObject object{static_cast<int>(rows.integer(0)), rows.text(1), rows.text(2),
                        static_cast<std::uint64_t>(rows.integer(3)),
                        static_cast<std::uint64_t>(rows.integer(4))};
    const std::string_view digest = rows.view(5);
    if (digest.size() != object.sha256.size())
      return Error{ErrorKind::fatal, "bad_digest", "A staged object has no digest."};
    std::copy(digest.begin(), digest.end(), object.sha256.begin());
    object.md5 = rows.text(6);
    object.manifest = rows.integer(7) != 0;
    object.confirmed = rows.integer(8) != 0;
    object.leaves = object.key.ends_with(".leaves");
    found.push_back(std::move(object));
  }
  return found;
}

Result<std::optional<Stream>> Deliveries::open_stream(const OrgId& org, const std::string& id) {
  return store_.read([&](ReadTx& tx) -> Result<std::optional<Stream>> {
    DeliveryTables tables(tx);
    return tables.open_stream(org, id);
  });
}

Result<> Deliveries::begin_stream(std::int64_t stream, Seq first_seq, Timestamp now) {
  return store_.write([&](WriteTx& tx) -> Result<> {
    DeliveryTables tables(tx);
    auto row = TRY(tables.query(
        "SELECT start FROM streams WHERE id = ? AND first_seq IS NULL AND ended = 0", stream));
    if (!TRY(row.step())) return {};
    const Timestamp start = row.time(0);
    row.reset();
    TRY(tables.run("UPDATE streams SET first_seq = ? WHERE id = ?", first_seq, stream));
    TRY(tables.add_opening(stream, start, first_seq, now));
    return {};
  });
}

Result<std::optional<DeliveryWindow>> Deliveries::last_window(std::int64_t stream) {
  return store_.read([&](ReadTx& tx) -> Result<std::optional<DeliveryWindow>> {
    DeliveryTables tables(tx);
    return tables.window("WHERE w.stream = ? ORDER BY w.number DESC LIMIT 1", stream);
  });
}

Result<std::optional<DeliveryWindow>> Deliveries::next_window(std::int64_t stream) {
  return store_.read([&](ReadTx& tx) -> Result<std::optional<DeliveryWindow>> {
    DeliveryTables tables(tx);
    return tables.window("WHERE w.stream = ? AND w.state < 2 ORDER BY w.number LIMIT 1", stream);
  });
}

Result<> Deliveries::add_window(std::int64_t stream, const schedule::Window& span, Seq last_seq,
                                std::uint64_t position) {
  return store_.write([&](WriteTx& tx) -> Result<> {
    DeliveryTables tables(tx);
    auto open = TRY(tables.query(
        "SELECT org, destination, kind FROM streams WHERE id = ? AND ended = 0", stream));
    if (!TRY(open.step())) return {};  // moved or disconnected meanwhile
    const std::string org = open.text(0);
    const std::string destination = open.text(1);
    const bool main = open.integer(2) == 0;
    open.reset();
    const auto last =
        TRY(tables.window("WHERE w.stream = ? ORDER BY w.number DESC LIMIT 1", stream));
    if (!last) return broken("A stream has no opening window.");
    if (last->span.end != span.start)
      return broken("A window does not start where the one before ended.");
    if (last_seq < last->last_seq)
      return broken("A window ends at a lower seq than the one before.");
    TRY(
        tables.run("INSERT INTO windows (stream, number, start, end, due, first_seq, last_seq, "
                   "position, shape) SELECT ?1,?2,?3,?4,?5,?6,?7,?8, CASE WHEN change_at > ?3 THEN "
                   "shape_before ELSE shape END FROM destinations WHERE org = ?9 AND id = ?10",
                   stream, last->number + 1, span.start, span.end, span.due,
                   Seq{last->last_seq.value + 1}, last_seq, position, org, destination));
    if (!main) return {};
    TRY(
        tables.run("UPDATE destinations SET frequency_before = frequency, shape_before = shape, "
                   "change_at = NULL"
                   " WHERE org = ? AND id = ? AND change_at <= ?",
                   org, destination, span.end));
    return {};
  });
}

Result<std::string> Deliveries::manifest_sha256(std::int64_t stream, std::int64_t number) {
  return store_.read([&](ReadTx& tx) -> Result<std::string> {
    DeliveryTables tables(tx);
    auto row = TRY(tables.query(
        "SELECT manifest_sha256 FROM windows WHERE stream = ? AND number = ?", stream, number));
    if (!TRY(row.step()))
      return Error{ErrorKind::not_found, "not_found", "There is no such window."};
    return row.text(0);
  });
}

Result<std::vector<StagedObject>> Deliveries::objects_of(std::int64_t stream, std::int64_t number) {
  return store_.read([&](ReadTx& tx) -> Result<std::vector<StagedObject>> {
    DeliveryTables tables(tx);
    auto row =
        TRY(tables.query("SELECT id FROM windows WHERE stream = ? AND number = ?", stream, number));
    if (!TRY(row.step()))
      return Error{ErrorKind::not_found, "not_found", "There is no such window."};
    const std::int64_t id = row.integer(0);
    return tables.objects(id);
  });
}

Result<bool> Deliveries::is_open_window(std::int64_t window) {
  return store_.read([&](ReadTx& tx) -> Result<bool> {
    DeliveryTables tables(tx);
    auto row = TRY(tables.query("SELECT 1 FROM windows WHERE id = ? AND state < 2", window));
    return row.step();
  });
}

Result<> Deliveries::record_staged(std::int64_t window, std::uint32_t epoch, std::uint64_t entries,
                                   const std::vector<StagedObject>& objects, Timestamp now) {
  return store_.write([&](WriteTx& tx) -> Result<> {
    DeliveryTables tables(tx);
    std::string manifest;
    for (const StagedObject& object : objects) {
      if (object.manifest) manifest = to_hex(as_text(object.sha256));
    }
    TRY(
        tables.run("UPDATE windows SET state = 1, epoch = ?, entries = ?, manifest_sha256 = ?, "
                   "first_try_at = ? "
                   "WHERE id = ? AND state = 0",
                   static_cast<std::int64_t>(epoch), entries, manifest, now, window));
    if (tx.database().changes() == 0) {
      return Error{ErrorKind::conflict, "window_gone",
                   "The window was staged or taken away meanwhile."};
    }
    for (const StagedObject& object : objects) {
      TRY(
          tables.run("INSERT INTO objects (window, ordinal, key, file, bytes, rows, sha256, md5, "
                     "manifest) VALUES (?,?,?,?,?,?,?,?,?)",
                     window, object.ordinal, object.key, object.file, object.bytes, object.rows,
                     db::Statement::Blob{as_text(object.sha256)}, db::Statement::Blob{object.md5},
                     object.manifest));
    }
    return {};
  });
}

Result<std::vector<StagedObject>> Deliveries::staged(std::int64_t window) {
  return store_.read([&](ReadTx& tx) -> Result<std::vector<StagedObject>> {
    DeliveryTables tables(tx);
    return tables.objects(window);
  });
}

Result<> Deliveries::confirm_object(std::int64_t window, int ordinal) {
  return store_.write([&](WriteTx& tx) -> Result<> {
    DeliveryTables tables(tx);
    return tables.run("UPDATE objects SET confirmed = 1 WHERE window = ? AND ordinal = ?", window,
                      ordinal);
  });
}

Result<> Deliveries::record_attempt(const Stream& stream, std::int64_t window,
                                    const AttemptResult& result, const Also& also) {
  return store_.write([&](WriteTx& tx) -> Result<> {
    DeliveryTables tables(tx);
    std::optional<Timestamp> delivered_at;
    if (result.delivered) delivered_at = result.at;
    TRY(tables.run(
        "UPDATE windows SET state = CASE WHEN ?1 IS NULL THEN state ELSE 2 END, attempts = "
        "attempts "
        "+ 1,"
        " delivered_at = ?1, duration_ms = ?2, request_id = ?3, error = ?4, remedy = ?5 WHERE id = "
        "?6",
        delivered_at, result.duration_ms, result.request_id, result.error, result.remedy, window));
    TRY(tables.add_attempt(window, result));
    if (result.delivered) {
      TRY(tables.run(
          "UPDATE destinations SET failures = 0, next_attempt_at = NULL, failed_since = NULL, "
          "last_success_at = ?, reason = '',"
          " reason_code = '', remedy = '', state = CASE WHEN state = 'suspended' THEN "
          "'active' ELSE state END"
          " WHERE org = ? AND id = ?",
          result.at, stream.org, stream.destination));
    } else {
      TRY(tables.run(
          "UPDATE destinations SET failures = failures + 1, next_attempt_at = ?1, reason = ?2, "
          "reason_code = ?3, failed_since = coalesce(failed_since, ?8),"
          " remedy = ?4, state = CASE WHEN state IN ('active', 'suspended') THEN ?5 ELSE state END"
          " WHERE org = ?6 AND id = ?7",
          result.next_attempt_at, result.error, result.error_code, result.remedy,
          to_word(result.state), stream.org, stream.destination, result.at));
    }
    if (result.tell_stopped) {
      TRY(
          tables.run("UPDATE destinations SET mailed_at = ?, told_stopped = 1 WHERE org = ? AND id "
                     "= ?",
                     result.at, stream.org, stream.destination));
    }
    if (result.tell_works) {
      TRY(tables.run("UPDATE destinations SET told_stopped = 0 WHERE org = ? AND id = ?",
                     stream.org, stream.destination));
    }
    if (result.validation_lost) {
      TRY(tables.run("UPDATE destinations SET validated_at = NULL WHERE org = ? AND id = ?",
                     stream.org, stream.destination));
    }
    if (also) return also(tx);
    return {};
  });
}

Result<Seq> Deliveries::delivered_seq(const OrgId& org, const std::string& id) {
  return store_.read([&](ReadTx& tx) -> Result<Seq> {
    DeliveryTables tables(tx);
    auto row = TRY(tables.query(
        "SELECT w.last_seq FROM windows w JOIN streams s ON s.id = w.stream WHERE s.org = ? AND"
        " s.destination = ? AND s.kind = 0 AND w.state = 2 ORDER BY s.number DESC, w.number DESC "
        "LIMIT 1",
        org, id));
    if (!TRY(row.step())) return Seq{};
    return seq(row.integer(0));
  });
}

Result<std::optional<schedule::Window>> Deliveries::oldest_undelivered(const OrgId& org,
                                                                       const std::string& id) {
  return store_.read([&](ReadTx& tx) -> Result<std::optional<schedule::Window>> {
    DeliveryTables tables(tx);
    auto row = TRY(tables.query(
        "SELECT w.start, w.end, w.due FROM windows w JOIN streams s ON s.id = w.stream WHERE s.org "
        "= "
        "?"
        " AND s.destination = ? AND s.ended = 0 AND s.kind = 0 AND w.state < 2 ORDER BY w.number "
        "LIMIT 1",
        org, id));
    if (!TRY(row.step())) return std::optional<schedule::Window>();
    return std::optional<schedule::Window>(schedule::Window{row.time(0), row.time(1), row.time(2)});
  });
}

Result<std::vector<DeliveryRecord>> Deliveries::history(const OrgId& org, const std::string& id,
                                                        std::int64_t before, std::size_t limit) {
  return store_.read([&](ReadTx& tx) -> Result<std::vector<DeliveryRecord>> {
    DeliveryTables tables(tx);
    auto rows = TRY(tables.query(
        std::string(kWindowColumns) +
            ", s.destination, s.number, s.kind FROM windows w JOIN streams s ON s.id = w.stream "
            "WHERE "
            "s.org "
            "= ?1"
            " AND (?2 = '' OR s.destination = ?2) AND (?3 = 0 OR w.id < ?3) AND w.number > 0"
            " ORDER BY w.id DESC LIMIT ?4",
        org, id, before, static_cast<std::int64_t>(limit)));
    std::vector<DeliveryRecord> found;
    while (TRY(rows.step())) {
      found.push_back(DeliveryRecord{read_window(rows),
                                     rows.text(23),
                                     rows.integer(24),
                                     static_cast<StreamKind>(rows.integer(25)),
                                     {}});
      found.back().window.shape = TRY(tables.shape(rows.integer(19)));
    }
    for (DeliveryRecord& record : found) {
      record.objects = TRY(tables.objects(record.window.id));
      record.attempts = TRY(tables.attempts(record.window.id));
    }
    return found;
  });
}

}  // namespace trailkeeper::settings
