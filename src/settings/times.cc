#include "settings/times.h"

#include "rows.h"

namespace trailkeeper::settings {

Result<Timestamp> time_floor(const ReadTx& tx) {
  auto statement = TRY(tx.database().prepare("SELECT micros FROM time_floor"));
  if (!TRY(statement.step())) return Timestamp{};
  return statement.time(0);
}

Result<> raise_time_floor(WriteTx& tx, Timestamp now) {
  auto statement = TRY(tx.database().prepare(
      "INSERT INTO time_floor (only, micros) VALUES (1, ?)"
      " ON CONFLICT (only) DO UPDATE SET micros = max(micros, excluded.micros)"));
  return statement.with(now).run();
}

}  // namespace trailkeeper::settings
