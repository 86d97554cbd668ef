#pragma once

#include <string>
#include <string_view>

#include "db/database.h"
#include "settings/deliveries.h"

namespace trailkeeper::settings {

// The tables, within a transaction of the settings. For a ReadTx only what changes nothing may be
// called; SQLite refuses the rest.
struct DeliveryTables {
  explicit DeliveryTables(const ReadTx& tx) : database(tx.database()) {}

  // One statement with its values, for those that give no rows.
  template <typename... Values>
  Result<> run(std::string_view sql, const Values&... values) {
    auto statement = TRY(database.prepare(sql));
    return statement.with(values...).run();
  }
  template <typename... Values>
  Result<db::Statement> query(std::string_view sql, const Values&... values) {
    auto statement = TRY(database.prepare(sql));
    statement.with(values...);
    return statement;
  }

  Result<Destination> put(const NewDestination& request);
  // Of one in use; closed windows become due.
  Result<> change_windows(const Destination& present, schedule::Frequency frequency,
                          std::int64_t shape, Timestamp now);
  Result<Shape> shape(std::int64_t id);
  // The shape's id, made when it is new.
  Result<std::int64_t> add_shape(const Shape& shape);
  Result<Destination> find(const OrgId& org, const std::string& id);
  Result<std::vector<Destination>> destinations(db::Statement rows);
  Result<S3Target> target(std::int64_t id);
  Result<std::int64_t> add_target(const S3Target& target);
  Result<std::optional<OrgId>> claimed_by(const OrgId& org, const std::string& id,
                                          const S3Target& target);

  Result<std::optional<Stream>> open_stream(const OrgId& org, const std::string& id);
  Result<std::int64_t> add_stream(const Stream& stream, std::int64_t target);
  Result<> end_stream(std::int64_t stream);
  Result<> end_side_streams(const OrgId& org, const std::string& id);
  Result<std::vector<Stream>> streams(std::string_view condition, const OrgId& org,
                                      const std::string& id);
  Result<> add_opening(std::int64_t stream, Timestamp start, Seq first_seq, Timestamp now);
  Result<> move_stream(const Stream& old, std::int64_t target, const std::string& reason,
                       bool uncertain, Timestamp now);
  // Above every number that the org ever had, here or in a bucket.
  Result<std::int64_t> next_stream_number(const OrgId& org);
  Result<std::optional<DeliveryWindow>> window(std::string_view condition, std::int64_t stream);
  Result<std::vector<StagedObject>> objects(std::int64_t window);
  Result<> add_attempt(std::int64_t window, const AttemptResult& result);
  Result<std::vector<DeliveryAttempt>> attempts(std::int64_t window);

  db::Database& database;
};

std::string_view to_word(DestinationState state);

}  // namespace trailkeeper::settings
