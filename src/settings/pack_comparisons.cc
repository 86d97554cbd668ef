#include "settings/pack_comparisons.h"

#include "rows.h"

namespace trailkeeper::settings {
namespace {

constexpr std::string_view kSelect =
    "SELECT run, org, pack, state, etags, result, error, attempts, made_at, next_attempt_at,"
    " compared_at FROM data_pack_comparisons ";

Result<PackComparison> read_comparison(const db::Statement& row) {
  return PackComparison{.run = TRY(uuid_at(row, 0)),
                        .org = TRY(org_at(row, 1)),
                        .pack = row.text(2),
                        .state = row.text(3),
                        .etags = row.text(4),
                        .result = row.text(5),
                        .error = row.text(6),
                        .attempts = static_cast<int>(row.integer(7)),
                        .made_at = row.time(8),
                        .next_attempt_at = row.optional_time(9),
                        .compared_at = row.optional_time(10)};
}

std::string select(std::string_view rest) { return std::string(kSelect) + std::string(rest); }

}  // namespace

Result<std::optional<PackComparison>> find_pack_comparison(const ReadTx& tx, const Uuid& run) {
  auto statement = TRY(tx.database().prepare(select("WHERE run = ?")));
  return first_row<PackComparison>(statement.with(run.str()), read_comparison);
}

Result<> put_pack_comparison(WriteTx& tx, const PackComparison& comparison) {
  auto statement = TRY(tx.database().prepare(
      "INSERT OR REPLACE INTO data_pack_comparisons (run, org, pack, state, etags, result, error,"
      " attempts, made_at, next_attempt_at, compared_at) VALUES (?,?,?,?,?,?,?,?,?,?,?)"));
  return statement
      .with(comparison.run.str(), comparison.org, comparison.pack, comparison.state,
            comparison.etags, comparison.result, comparison.error, comparison.attempts,
            comparison.made_at, comparison.next_attempt_at, comparison.compared_at)
      .run();
}

Result<std::optional<PackComparison>> next_pack_comparison(const ReadTx& tx, Timestamp now) {
  auto statement =
      TRY(tx.database().prepare(select("WHERE state = 'due' AND coalesce(next_attempt_at, 0) <= ?"
                                       " ORDER BY coalesce(next_attempt_at, 0), run LIMIT 1")));
  return first_row<PackComparison>(statement.with(now), read_comparison);
}

Result<PackComparisonSummary> pack_comparisons(const ReadTx& tx, const OrgId& org,
                                               const std::string& pack, Timestamp since) {
  constexpr std::string_view kOfThese =
      "WHERE org = ?1 AND (?2 = '' OR pack = ?2) AND made_at > ?3";
  PackComparisonSummary summary;
  auto counts = TRY(tx.database().prepare(
      "SELECT count(*), count(*) FILTER (WHERE state = 'equal'),"
      " count(*) FILTER (WHERE state = 'differs'), count(*) FILTER (WHERE state = 'due'),"
      " count(*) FILTER (WHERE state = 'failed'), max(compared_at) FROM data_pack_comparisons " +
      std::string(kOfThese)));
  if (TRY(counts.with(org, pack, since).step())) {
    const auto number = [&](int column) {
      return static_cast<std::uint64_t>(counts.integer(column));
    };
    summary.runs = number(0);
    summary.equal = number(1);
    summary.differing = number(2);
    summary.waiting = number(3);
    summary.failed = number(4);
    summary.last_compared_at = counts.optional_time(5);
  }
  auto statement = TRY(tx.database().prepare(
      select(std::string(kOfThese) +
             " AND state = 'differs' ORDER BY compared_at DESC, run DESC LIMIT 1")));
  summary.last_difference =
      TRY(first_row<PackComparison>(statement.with(org, pack, since), read_comparison));
  return summary;
}

}  // namespace trailkeeper::settings
