#include "delivery_tables.h"

// Streams beside the main one: backfills and replays.
namespace trailkeeper::settings {
namespace {

constexpr std::int64_t kReplaysMax = 10;

Error conflict(std::string code, std::string message) {
  return Error{ErrorKind::conflict, std::move(code), std::move(message)};
}

std::string six_digits(std::int64_t number) {
  const std::string text = std::to_string(number);
  return text.size() >= 6 ? text : std::string(6 - text.size(), '0') + text;
}

// The destination in use, and the id of the target it uses.
Result<S3Target> live_target(DeliveryTables& tables, const OrgId& org, const std::string& id) {
  const Destination destination = TRY(tables.find(org, id));
  if (!destination.active) {
    return conflict("not_live", "This destination is not in use.");
  }
  return *destination.active;
}

// Where what was delivered, or is being delivered, begins.
Result<std::optional<Timestamp>> delivered_from(DeliveryTables& tables, const OrgId& org,
                                                const std::string& id) {
  auto rows = TRY(tables.query(
      "SELECT min(start) FROM streams WHERE org = ? AND destination = ? AND first_seq IS NOT NULL "
      "AND (kind = 0 OR (kind = 1 AND complete = 1))",
      org, id));
  TRY(rows.step());
  return rows.optional_time(0);
}

}  // namespace

Result<> DeliveryTables::end_side_streams(const OrgId& org, const std::string& id) {
  for (const Stream& stream : TRY(streams("ended = 0 AND kind > 0", org, id)))
    TRY(end_stream(stream.id));
  return {};
}

Result<std::int64_t> DeliveryTables::next_stream_number(const OrgId& org) {
  auto rows =
      TRY(query("SELECT max(coalesce((SELECT max(number) FROM streams WHERE org = ?1), 0), "
                "coalesce((SELECT number FROM stream_floors WHERE org = ?1), 0)) + 1",
                org));
  TRY(rows.step());
  return rows.integer(0);
}

Result<std::vector<Stream>> Deliveries::side_streams(const OrgId& org, const std::string& id) {
  return store_.read([&](ReadTx& tx) -> Result<std::vector<Stream>> {
    DeliveryTables tables(tx);
    return tables.streams("ended = 0 AND kind > 0 ORDER BY number", org, id);
  });
}

Result<Stream> Deliveries::start_backfill(const OrgId& org, const std::string& id, Timestamp from,
                                          Timestamp now, const Also& also) {
  return store_.write([&](WriteTx& tx) -> Result<Stream> {
    DeliveryTables tables(tx);
    const S3Target target = TRY(live_target(tables, org, id));
    if (!TRY(tables.streams("ended = 0 AND kind = 1", org, id)).empty())
      return conflict("backfill_running", "A backfill of this destination is in progress.");
    const auto until = TRY(delivered_from(tables, org, id));
    const Timestamp start = schedule::window_start(schedule::Frequency::daily, from);
    if (!until || start >= *until) {
      return conflict("nothing_to_backfill",
                      "Everything received since then is delivered, or about to be.");
    }
    const Stream stream{.kind = StreamKind::backfill,
                        .until = until,
                        .org = org,
                        .destination = id,
                        .reason = "backfill",
                        .opened_at = now,
                        .start = start};
    TRY(tables.add_stream(stream, TRY(tables.add_target(target))));
    if (also) TRY(also(tx));
    return TRY(tables.streams("ended = 0 AND kind = 1", org, id)).front();
  });
}

Result<Stream> Deliveries::start_replay(const OrgId& org, std::int64_t window, Timestamp now,
                                        const Also& also) {
  return store_.write([&](WriteTx& tx) -> Result<Stream> {
    DeliveryTables tables(tx);
    auto place = TRY(tables.query(
        "SELECT s.destination, s.id FROM windows w JOIN streams s ON s.id = w.stream WHERE s.org = "
        "? AND w.id = ? AND w.number > 0",
        org, window));
    if (!TRY(place.step()))
      return Error{ErrorKind::not_found, "not_found", "There is no such delivery."};
    const std::string id = place.text(0);
    const std::int64_t original_stream = place.integer(1);
    place.reset();
    const auto original = TRY(tables.window("WHERE w.id = ?", window));
    if (!original || original->state != WindowState::delivered)
      return conflict("not_delivered", "This window has not been delivered yet.");
    S3Target target = TRY(live_target(tables, org, id));
    if (static_cast<std::int64_t>(TRY(tables.streams("ended = 0 AND kind = 2", org, id)).size()) >=
        kReplaysMax)
      return conflict("replay_running", "Ten windows wait to be delivered again already.");
    target.path += "/replay/" + six_digits(TRY(tables.next_stream_number(org)));
    Stream stream{.kind = StreamKind::replay,
                  .org = org,
                  .destination = id,
                  .reason = "replay",
                  .opened_at = now,
                  .start = original->span.start,
                  .first_seq = original->first_seq};
    for (const StagedObject& object : TRY(tables.objects(window))) {
      if (object.manifest) stream.previous_manifest_key = object.key;
    }
    stream.previous_manifest_sha256 = original->manifest_sha256;
    stream.id = TRY(tables.add_stream(stream, TRY(tables.add_target(target))));
    TRY(tables.add_opening(stream.id, stream.start, original->first_seq, now));
    TRY(tables.run(
        "INSERT INTO windows (stream, number, start, end, due, first_seq, last_seq, position, "
        "shape) SELECT ?1, 1, start, end, ?2, first_seq, last_seq, 0, shape FROM windows WHERE id "
        "= ?3 AND stream = ?4",
        stream.id, now, window, original_stream));
    if (also) TRY(also(tx));
    return TRY(tables.streams("ended = 0 AND kind = 2 ORDER BY number DESC", org, id)).front();
  });
}

Result<> Deliveries::complete_stream(std::int64_t stream) {
  return store_.write([&](WriteTx& tx) -> Result<> {
    DeliveryTables tables(tx);
    return tables.run("UPDATE streams SET ended = 1, complete = 1 WHERE id = ?", stream);
  });
}

Result<std::optional<Backfill>> Deliveries::backfill(const OrgId& org, const std::string& id) {
  return store_.read([&](ReadTx& tx) -> Result<std::optional<Backfill>> {
    DeliveryTables tables(tx);
    auto found = TRY(tables.streams("kind = 1 ORDER BY number DESC LIMIT 1", org, id));
    if (found.empty()) return std::optional<Backfill>();
    Backfill backfill{.stream = std::move(found.front())};
    auto row = TRY(tables.query(
        "SELECT count(*), coalesce(sum(w.state = 2), 0), max(CASE WHEN w.state = 2 THEN w.end END),"
        " (SELECT complete FROM streams WHERE id = ?1) FROM windows w WHERE w.stream = ?1 AND "
        "w.number > 0",
        backfill.stream.id));
    TRY(row.step());
    backfill.windows = static_cast<std::uint64_t>(row.integer(0));
    backfill.windows_delivered = static_cast<std::uint64_t>(row.integer(1));
    backfill.delivered_until = row.optional_time(2);
    backfill.complete = row.integer(3) != 0;
    return std::optional<Backfill>(std::move(backfill));
  });
}

Result<bool> Deliveries::is_open_stream(std::int64_t stream) {
  return store_.read([&](ReadTx& tx) -> Result<bool> {
    DeliveryTables tables(tx);
    auto row = TRY(tables.query("SELECT 1 FROM streams WHERE id = ? AND ended = 0", stream));
    return row.step();
  });
}

Result<std::int64_t> Deliveries::highest_stream(const OrgId& org) {
  return store_.read([&](ReadTx& tx) -> Result<std::int64_t> {
    DeliveryTables tables(tx);
    auto row = TRY(tables.query("SELECT coalesce(max(number), 0) FROM streams WHERE org = ?", org));
    TRY(row.step());
    return row.integer(0);
  });
}

Result<std::string> Deliveries::last_manifest_key(std::int64_t stream) {
  return store_.read([&](ReadTx& tx) -> Result<std::string> {
    DeliveryTables tables(tx);
    auto row = TRY(tables.query(
        "SELECT o.key FROM objects o JOIN windows w ON w.id = o.window WHERE w.stream = ? AND "
        "o.manifest = 1 AND w.state = 2 ORDER BY w.number DESC LIMIT 1",
        stream));
    if (!TRY(row.step())) return std::string();
    return row.text(0);
  });
}

}  // namespace trailkeeper::settings
