// Where windows of received time end.

#include <algorithm>

#include "sqlite_journal.h"

namespace trailkeeper::journal {
namespace {

constexpr const char* kFindCut = "SELECT last_seq, position FROM cuts WHERE org = ?1 AND end = ?2";

Result<std::optional<Cut>> read_cut(db::Database& database, const char* sql, const OrgId& org,
                                    Timestamp end) {
  db::Statement find = TRY(database.prepare(sql));
  find.with(org, end);
  if (!TRY(find.step())) return std::optional<Cut>{};
  return std::optional<Cut>(Cut{org, end, Seq{static_cast<std::uint64_t>(find.integer(0))},
                                static_cast<std::uint64_t>(find.integer(1))});
}

}  // namespace

Result<> SqliteJournal::write_cut(const Cut& cut) {
  db::Statement insert = TRY(writer_.prepare(
      "INSERT OR IGNORE INTO cuts (org, end, last_seq, position) VALUES (?1, ?2, ?3, ?4)"));
  return insert.with(cut.org, cut.end, cut.last_seq, cut.position).run();
}

Result<Cut> SqliteJournal::cut_one(const OrgId& org, Timestamp end) {
  OrgState& state = orgs_.touch(org.str());
  if (state.last_received < end) {
    state.floor = std::max(state.floor, end);
    TRY(orgs_.save_one(writer_, org.str()));
    const Cut cut{org, end, Seq{state.next_seq - 1}, segments_.next_position() - 1};
    TRY(write_cut(cut));
    return cut;
  }
  // Later events are there already. Every hour's end that the org has passed is recorded, and no
  // event lies between `end` and the first record from there on.
  auto later = TRY(read_cut(writer_,
                            "SELECT last_seq, position FROM cuts WHERE org = ?1 AND end >= ?2 "
                            "ORDER BY end LIMIT 1",
                            org, end));
  if (!later || floor_hour(end) != end) {
    return Error{
        ErrorKind::conflict, "window_open",
        "Events were received after " + format_rfc3339(end) + "; a window cannot end there."};
  }
  TRY(write_cut(*later));
  return *later;
}

Result<std::vector<Cut>> SqliteJournal::cut(const std::vector<OrgId>& orgs, Timestamp end) {
  std::vector<Cut> cuts;
  TRY(run_command(
      [&]() -> Result<> {
        for (const OrgId& org : orgs) {
          auto known = TRY(read_cut(writer_, kFindCut, org, end));
          cuts.push_back(known ? *known : TRY(cut_one(org, end)));
        }
        return {};
      },
      nullptr));
  return cuts;
}

Result<std::optional<Cut>> SqliteJournal::find_cut(const OrgId& org, Timestamp end) {
  MutexLock lock(reader_mutex_);
  return read_cut(reader_, kFindCut, org, end);
}

}  // namespace trailkeeper::journal
