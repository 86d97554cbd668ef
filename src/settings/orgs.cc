#include "settings/orgs.h"

#include "rows.h"

namespace trailkeeper::settings {

namespace {

constexpr std::string_view kColumns =
    "id, name, audit_logs, data_packs, s3, viewing_window_days, retention_days, link_hours, "
    "created_at, limit_events, limit_bytes, limit_requests, limit_burst";

Result<Org> read_org(const db::Statement& row) {
  return Org{
      .id = TRY(org_at(row, 0)),
      .name = row.text(1),
      .entitlements = {.audit_logs = row.integer(2) != 0,
                       .data_packs = row.integer(3) != 0,
                       .s3 = row.integer(4) != 0},
      .viewing_window_days = static_cast<int>(row.integer(5)),
      .retention_days = static_cast<int>(row.integer(6)),
      .link_hours = static_cast<int>(row.integer(7)),
      .created_at = row.time(8),
      .limits = limits_at(row, 9),
  };
}

// The text as a LIKE pattern that finds it anywhere; `\` escapes.
std::string containing(std::string_view text) {
  std::string pattern = "%";
  for (const char c : text) {
    if (c == '%' || c == '_' || c == '\\') pattern += '\\';
    pattern += c;
  }
  return pattern + "%";
}

}  // namespace

const OrgId& own_org() {
  static const OrgId id = *OrgId::parse("trailkeeper");
  return id;
}

Result<std::optional<Org>> find_org(const ReadTx& tx, const OrgId& id) {
  auto statement =
      TRY(tx.database().prepare("SELECT " + std::string(kColumns) + " FROM orgs WHERE id = ?"));
  return first_row<Org>(statement.with(id), read_org);
}

Result<std::vector<Org>> list_orgs(const ReadTx& tx, std::string_view text, std::string_view after,
                                   std::size_t limit) {
  auto statement = TRY(tx.database().prepare("SELECT " + std::string(kColumns) +
                                             " FROM orgs WHERE id > ? AND (id LIKE ?2 ESCAPE '\\' "
                                             "OR name LIKE ?2 ESCAPE '\\') ORDER BY id LIMIT ?3"));
  return all_rows<Org>(statement.with(after, containing(text), static_cast<std::uint64_t>(limit)),
                       read_org);
}

Result<> put_org(WriteTx& tx, const Org& org) {
  auto statement = TRY(tx.database().prepare(
      "INSERT INTO orgs (" + std::string(kColumns) +
      ") VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (id) DO UPDATE SET"
      " name = excluded.name,"
      " audit_logs = excluded.audit_logs, data_packs = excluded.data_packs, s3 = excluded.s3,"
      " viewing_window_days = excluded.viewing_window_days, retention_days = "
      "excluded.retention_days,"
      " link_hours = excluded.link_hours, limit_events = excluded.limit_events, limit_bytes ="
      " excluded.limit_bytes, limit_requests = excluded.limit_requests, limit_burst ="
      " excluded.limit_burst"));
  return statement
      .with(org.id, org.name, org.entitlements.audit_logs, org.entitlements.data_packs,
            org.entitlements.s3, org.viewing_window_days, org.retention_days, org.link_hours,
            org.created_at, org.limits.events_per_second, org.limits.bytes_per_second,
            org.limits.requests_per_second, org.limits.burst_seconds)
      .run();
}

}  // namespace trailkeeper::settings
