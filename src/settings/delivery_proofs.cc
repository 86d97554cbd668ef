#include "delivery_tables.h"

// What proves a delivery: epochs of the log, the history of attempts, and what lies in the bucket.
namespace trailkeeper::settings {
namespace {

constexpr std::int64_t kAttemptsKept = 50;

std::uint32_t epoch_of(std::int64_t value) { return static_cast<std::uint32_t>(value); }

}  // namespace

Result<> DeliveryTables::add_attempt(std::int64_t window, const AttemptResult& result) {
  TRY(
      run("INSERT INTO attempts (window, at, duration_ms, delivered, request_id, code, error, "
          "remedy) VALUES (?,?,?,?,?,?,?,?)",
          window, result.at, result.duration_ms, result.delivered, result.request_id,
          result.error_code, result.error, result.remedy));
  return run(
      "DELETE FROM attempts WHERE window = ?1 AND id <= (SELECT id FROM attempts WHERE window = "
      "?1 ORDER BY id DESC LIMIT 1 OFFSET ?2)",
      window, kAttemptsKept);
}

Result<std::vector<DeliveryAttempt>> DeliveryTables::attempts(std::int64_t window) {
  auto rows =
      TRY(query("SELECT at, duration_ms, delivered, request_id, code, error, remedy FROM attempts "
                "WHERE window = ? ORDER BY id DESC",
                window));
  std::vector<DeliveryAttempt> found;
  while (TRY(rows.step())) {
    found.push_back({rows.time(0), rows.integer(1), rows.integer(2) != 0, rows.text(3),
                     rows.text(4), rows.text(5), rows.text(6)});
  }
  return found;
}

Result<std::uint32_t> Deliveries::manifest_epoch(const OrgId& org, const std::string& sha256) {
  return store_.read([&](ReadTx& tx) -> Result<std::uint32_t> {
    DeliveryTables tables(tx);
    auto row = TRY(tables.query(
        "SELECT w.epoch FROM windows w JOIN streams s ON s.id = w.stream WHERE w.manifest_sha256 "
        "= ? AND s.org = ? LIMIT 1",
        sha256, org));
    if (sha256.empty() || !TRY(row.step())) return std::uint32_t{0};
    return epoch_of(row.integer(0));
  });
}

Result<std::map<std::int64_t, std::int64_t>> Deliveries::staged_windows(const OrgId& org) {
  return store_.read([&](ReadTx& tx) -> Result<std::map<std::int64_t, std::int64_t>> {
    DeliveryTables tables(tx);
    auto rows = TRY(tables.query(
        "SELECT s.number, coalesce((SELECT max(w.number) FROM windows w WHERE w.stream = s.id AND "
        "w.state > 0), -1) FROM streams s WHERE s.org = ?",
        org));
    std::map<std::int64_t, std::int64_t> found;
    while (TRY(rows.step())) found[rows.integer(0)] = rows.integer(1);
    return found;
  });
}

Result<std::int64_t> Deliveries::stream_floor(const OrgId& org) {
  return store_.read([&](ReadTx& tx) -> Result<std::int64_t> {
    DeliveryTables tables(tx);
    auto row = TRY(tables.query("SELECT number FROM stream_floors WHERE org = ?", org));
    if (!TRY(row.step())) return std::int64_t{0};
    return row.integer(0);
  });
}

Result<> Deliveries::stop_log(const StoppedLog& stopped, std::int64_t highest_stream) {
  return store_.write([&](WriteTx& tx) -> Result<> {
    DeliveryTables tables(tx);
    TRY(
        tables.run("INSERT INTO stream_floors (org, number) VALUES (?1, ?2) ON CONFLICT (org) DO "
                   "UPDATE SET number = max(number, ?2)",
                   stopped.org, highest_stream));
    return tables.run(
        "INSERT OR IGNORE INTO stopped_logs (org, epoch, code, reason, remedy, at) VALUES "
        "(?,?,?,?,?,?)",
        stopped.org, static_cast<std::int64_t>(stopped.epoch), stopped.code, stopped.reason,
        stopped.remedy, stopped.at);
  });
}

Result<std::vector<StoppedLog>> Deliveries::stopped_logs() {
  return store_.read([&](ReadTx& tx) -> Result<std::vector<StoppedLog>> {
    DeliveryTables tables(tx);
    auto rows = TRY(tables.query("SELECT org, epoch, code, reason, remedy, at FROM stopped_logs"));
    std::vector<StoppedLog> found;
    while (TRY(rows.step())) {
      const auto org = OrgId::parse(rows.view(0));
      if (!org) return Error{ErrorKind::fatal, "bad_org", "A stopped log has no organization."};
      found.push_back({*org, epoch_of(rows.integer(1)), rows.text(2), rows.text(3), rows.text(4),
                       rows.time(5)});
    }
    return found;
  });
}

Result<> Deliveries::begin_epoch(const OrgId& org, Timestamp now, const Also& also) {
  return store_.write([&](WriteTx& tx) -> Result<> {
    DeliveryTables tables(tx);
    auto rows = TRY(tables.query("SELECT id FROM destinations WHERE org = ?", org));
    std::vector<std::string> ids;
    while (TRY(rows.step())) ids.push_back(rows.text(0));
    TRY(
        tables.run("INSERT INTO stream_floors (org, number) SELECT ?1, coalesce(max(number), 0) "
                   "FROM streams WHERE org = ?1 ON CONFLICT (org) DO UPDATE SET number = "
                   "max(number, excluded.number)",
                   org));
    for (const std::string& id : ids) {
      const auto stream = TRY(tables.open_stream(org, id));
      TRY(tables.end_side_streams(org, id));
      if (!stream) continue;
      TRY(tables.move_stream(*stream, TRY(tables.add_target(stream->target)), "new_epoch", true,
                             now));
      TRY(
          tables.run("UPDATE destinations SET failures = 0, next_attempt_at = NULL, failed_since = "
                     "NULL, reason = '', reason_code = '', remedy = '' WHERE org = ? AND id = ? "
                     "AND state = 'active'",
                     org, id));
    }
    TRY(tables.run("DELETE FROM stopped_logs WHERE org = ?", org));
    if (also) return also(tx);
    return {};
  });
}

Result<std::vector<Stream>> Deliveries::streams_at(const OrgId& org, const std::string& id,
                                                   const S3Target& target) {
  return store_.read([&](ReadTx& tx) -> Result<std::vector<Stream>> {
    DeliveryTables tables(tx);
    auto found = TRY(tables.streams("kind < 2 AND first_seq IS NOT NULL ORDER BY number", org, id));
    std::erase_if(found,
                  [&](const Stream& stream) { return !stream.target.same_location(target); });
    return found;
  });
}

Result<std::vector<DeliveryRecord>> Deliveries::delivered_windows(std::int64_t stream,
                                                                  std::int64_t after,
                                                                  std::size_t limit) {
  return store_.read([&](ReadTx& tx) -> Result<std::vector<DeliveryRecord>> {
    DeliveryTables tables(tx);
    auto numbers =
        TRY(tables.query("SELECT number FROM windows WHERE stream = ? AND number > ? AND state = 2 "
                         "ORDER BY number LIMIT ?",
                         stream, after, static_cast<std::int64_t>(limit)));
    std::vector<DeliveryRecord> found;
    while (TRY(numbers.step())) {
      const auto window = TRY(tables.window(
          "WHERE w.stream = ? AND w.number = " + std::to_string(numbers.integer(0)), stream));
      if (!window) continue;
      DeliveryRecord record{.window = *window};
      record.objects = TRY(tables.objects(window->id));
      found.push_back(std::move(record));
    }
    return found;
  });
}

Result<> Deliveries::record_presence(const std::vector<std::pair<std::int64_t, Presence>>& windows,
                                     Timestamp now) {
  return store_.write([&](WriteTx& tx) -> Result<> {
    DeliveryTables tables(tx);
    for (const auto& [window, presence] : windows) {
      TRY(tables.run("UPDATE windows SET presence = ?, looked_at = ? WHERE id = ?",
                     static_cast<std::int64_t>(presence), now, window));
    }
    return {};
  });
}

Result<> Deliveries::record_comparison(const OrgId& org, const std::string& id, Timestamp now) {
  return store_.write([&](WriteTx& tx) -> Result<> {
    DeliveryTables tables(tx);
    return tables.run("UPDATE destinations SET compared_at = ? WHERE org = ? AND id = ?", now, org,
                      id);
  });
}

Result<std::uint64_t> Deliveries::missing_windows(const OrgId& org, const std::string& id) {
  return store_.read([&](ReadTx& tx) -> Result<std::uint64_t> {
    DeliveryTables tables(tx);
    auto row = TRY(tables.query(
        "SELECT count(*) FROM windows w JOIN streams s ON s.id = w.stream WHERE s.org = ? AND "
        "s.destination = ? AND w.presence > 1",
        org, id));
    TRY(row.step());
    return static_cast<std::uint64_t>(row.integer(0));
  });
}

}  // namespace trailkeeper::settings
