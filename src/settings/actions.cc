#include "settings/actions.h"

#include <array>

#include "rows.h"

namespace trailkeeper::settings {

namespace {

constexpr std::array<std::string_view, 3> kEnforceNames{"off", "warn", "reject"};

Result<Action> read_action(const db::Statement& row) {
  const auto enforce = parse_enforce(row.view(6));
  if (!enforce) return damaged("an action's rule");
  return Action{.action = row.text(0),
                .label = row.optional_text(1),
                .area = row.optional_text(2),
                .category = row.optional_text(3),
                .crud = row.optional_text(4),
                .description = row.text(5),
                .critical = row.integer(10) != 0,
                .enforce = *enforce,
                .created_at = row.time(7),
                .updated_at = row.time(8),
                .removed = row.integer(9) != 0};
}

Result<ActionSchema> read_schema(const db::Statement& row) {
  return ActionSchema{.action = row.text(0),
                      .version = row.integer(1),
                      .schema = row.text(2),
                      .created_at = row.time(3)};
}

Result<ExportLink> read_link(const db::Statement& row) {
  return ExportLink{.token_hash = TRY(digest_at(row, 0)),
                    .org = TRY(org_at(row, 1)),
                    .export_id = TRY(uuid_at(row, 2)),
                    .key = TRY(uuid_at(row, 3)),
                    .expires_at = row.time(4)};
}

}  // namespace

std::string_view enforce_name(Enforce enforce) {
  return kEnforceNames[static_cast<std::size_t>(enforce)];
}

std::optional<Enforce> parse_enforce(std::string_view name) {
  for (std::size_t i = 0; i < kEnforceNames.size(); ++i) {
    if (kEnforceNames[i] == name) return static_cast<Enforce>(i);
  }
  return std::nullopt;
}

Result<std::vector<Action>> list_actions(const ReadTx& tx) {
  auto statement = TRY(tx.database().prepare(
      "SELECT action, label, area, category, crud, description, enforce, created_at, updated_at, "
      "removed, critical FROM actions ORDER BY action"));
  return all_rows<Action>(statement, read_action);
}

Result<std::vector<ActionSchema>> list_action_schemas(const ReadTx& tx) {
  auto statement = TRY(tx.database().prepare(
      "SELECT action, version, schema, created_at FROM action_schemas ORDER BY action, version"));
  return all_rows<ActionSchema>(statement, read_schema);
}

Result<> put_action(WriteTx& tx, const Action& action) {
  auto statement = TRY(tx.database().prepare(
      "INSERT OR REPLACE INTO actions (action, label, area, category, crud, description, enforce, "
      "created_at, updated_at, removed, critical) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"));
  return statement
      .with(action.action, action.label, action.area, action.category, action.crud,
            action.description, enforce_name(action.enforce), action.created_at, action.updated_at,
            action.removed, action.critical)
      .run();
}

Result<> add_action_schema(WriteTx& tx, const ActionSchema& schema) {
  auto statement = TRY(tx.database().prepare(
      "INSERT INTO action_schemas (action, version, schema, created_at) VALUES (?, ?, ?, ?)"));
  return statement.with(schema.action, schema.version, schema.schema, schema.created_at).run();
}

Result<std::string> masking(const ReadTx& tx) {
  auto statement = TRY(tx.database().prepare("SELECT rules FROM masking WHERE only = 1"));
  if (!TRY(statement.step())) return std::string();
  return statement.text(0);
}

Result<> set_masking(WriteTx& tx, const std::string& json) {
  auto statement =
      TRY(tx.database().prepare("INSERT OR REPLACE INTO masking (only, rules) VALUES (1, ?)"));
  return statement.with(json).run();
}

Result<> add_export_link(WriteTx& tx, const ExportLink& link, Timestamp now) {
  auto ended = TRY(tx.database().prepare("DELETE FROM export_links WHERE expires_at <= ?"));
  TRY(ended.with(now).run());
  auto statement =
      TRY(tx.database().prepare("INSERT INTO export_links (token_hash, org, export, key, "
                                "expires_at) VALUES (?, ?, ?, ?, ?)"));
  return statement
      .with(db::Statement::Blob{as_text(link.token_hash)}, link.org, link.export_id.str(),
            link.key.str(), link.expires_at)
      .run();
}

Result<std::optional<ExportLink>> find_export_link(const ReadTx& tx,
                                                   const Sha256Digest& token_hash) {
  auto statement = TRY(tx.database().prepare(
      "SELECT token_hash, org, export, key, expires_at FROM export_links WHERE token_hash = ?"));
  return first_row<ExportLink>(statement.with(db::Statement::Blob{as_text(token_hash)}), read_link);
}

}  // namespace trailkeeper::settings
