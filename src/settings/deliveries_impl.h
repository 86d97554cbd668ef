#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <utility>

#include "base/thread_annotations.h"
#include "db/database.h"
#include "settings/deliveries.h"

namespace trailkeeper::settings {

struct Deliveries::Impl {
  Impl(db::Database opened, std::function<void(const Error&)> fatal)
      : on_fatal(std::move(fatal)), database(std::move(opened)) {}

  // One statement with its values, for those that give no rows.
  template <typename... Values>
  Result<> run(std::string_view sql, const Values&... values) REQUIRES(mutex) {
    auto statement = TRY(database.prepare(sql));
    return checked(statement.with(values...).run());
  }
  template <typename... Values>
  Result<db::Statement> query(std::string_view sql, const Values&... values) REQUIRES(mutex) {
    auto statement = TRY(database.prepare(sql));
    statement.with(values...);
    return statement;
  }

  // Durable on return. Keeps the log short: this connection is the only writer, so it checkpoints.
  Result<> commit(db::Transaction& transaction) REQUIRES(mutex);
  // After a storage fault nothing more may be committed.
  Result<> checked(Result<> done) const;

  Result<Destination> find(const OrgId& org, const std::string& id) REQUIRES(mutex);
  Result<std::vector<Destination>> destinations(db::Statement rows) REQUIRES(mutex);
  Result<S3Target> target(std::int64_t id) REQUIRES(mutex);
  Result<std::int64_t> add_target(const S3Target& target) REQUIRES(mutex);
  Result<std::optional<OrgId>> claimed_by(const OrgId& org, const std::string& id,
                                          const S3Target& target) REQUIRES(mutex);

  Result<std::optional<Stream>> open_stream(const OrgId& org, const std::string& id)
      REQUIRES(mutex);
  Result<std::int64_t> add_stream(const Stream& stream, std::int64_t target) REQUIRES(mutex);
  Result<> end_stream(std::int64_t stream) REQUIRES(mutex);
  Result<> add_opening(std::int64_t stream, Timestamp start, Seq first_seq, Timestamp now)
      REQUIRES(mutex);
  Result<> move_stream(const Stream& old, std::int64_t target, bool uncertain, Timestamp now)
      REQUIRES(mutex);
  Result<std::optional<DeliveryWindow>> window(std::string_view condition, std::int64_t stream)
      REQUIRES(mutex);
  Result<std::vector<StagedObject>> objects(std::int64_t window) REQUIRES(mutex);

  const std::function<void(const Error&)> on_fatal;
  Mutex mutex;
  db::Database database GUARDED_BY(mutex);
};

std::string_view to_word(DestinationState state);

}  // namespace trailkeeper::settings
