#include "settings/second_factors.h"

#include "rows.h"

namespace trailkeeper::settings {

namespace {

db::Statement::Blob blob(const Sha256Digest& digest) { return {as_text(digest)}; }

}  // namespace

Result<std::optional<SecondFactor>> find_second_factor(const ReadTx& tx, const Uuid& person) {
  auto statement = TRY(tx.database().prepare(
      "SELECT secret, begun_at, confirmed_at, last_step FROM second_factors WHERE person = ?"));
  statement.with(person.str());
  return first_row<SecondFactor>(statement, [&](const db::Statement& row) -> Result<SecondFactor> {
    return SecondFactor{.person = person,
                        .secret = row.text(0),
                        .begun_at = row.time(1),
                        .confirmed_at = row.optional_time(2),
                        .last_step = row.integer(3)};
  });
}

Result<bool> has_second_factor(const ReadTx& tx, const Uuid& person) {
  auto statement = TRY(tx.database().prepare(
      "SELECT 1 FROM second_factors WHERE person = ? AND confirmed_at IS NOT NULL"));
  return statement.with(person.str()).step();
}

Result<> put_second_factor(WriteTx& tx, const SecondFactor& factor) {
  auto statement = TRY(tx.database().prepare(
      "INSERT OR REPLACE INTO second_factors (person, secret, begun_at, confirmed_at, last_step)"
      " VALUES (?, ?, ?, ?, ?)"));
  return statement
      .with(factor.person.str(), factor.secret, factor.begun_at, factor.confirmed_at,
            factor.last_step)
      .run();
}

Result<> remove_second_factor(WriteTx& tx, const Uuid& person) {
  auto codes = TRY(tx.database().prepare("DELETE FROM recovery_codes WHERE person = ?"));
  TRY(codes.with(person.str()).run());
  auto statement = TRY(tx.database().prepare("DELETE FROM second_factors WHERE person = ?"));
  return statement.with(person.str()).run();
}

Result<> put_recovery_codes(WriteTx& tx, const Uuid& person,
                            const std::vector<Sha256Digest>& hashes) {
  auto old = TRY(tx.database().prepare("DELETE FROM recovery_codes WHERE person = ?"));
  TRY(old.with(person.str()).run());
  auto statement =
      TRY(tx.database().prepare("INSERT INTO recovery_codes (person, hash) VALUES (?, ?)"));
  for (const Sha256Digest& hash : hashes) TRY(statement.with(person.str(), blob(hash)).run());
  return {};
}

Result<bool> take_recovery_code(WriteTx& tx, const Uuid& person, const Sha256Digest& hash) {
  auto statement =
      TRY(tx.database().prepare("DELETE FROM recovery_codes WHERE person = ? AND hash = ?"));
  TRY(statement.with(person.str(), blob(hash)).run());
  return tx.database().changes() > 0;
}

Result<std::uint64_t> count_recovery_codes(const ReadTx& tx, const Uuid& person) {
  auto statement =
      TRY(tx.database().prepare("SELECT count(*) FROM recovery_codes WHERE person = ?"));
  return count_of(statement.with(person.str()));
}

}  // namespace trailkeeper::settings
