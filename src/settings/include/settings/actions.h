#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "base/ids.h"
#include "base/time.h"
#include "settings/store.h"

// What the vendor set about its events, for all organizations together: registered actions, the
// schemas of their metadata, what is masked; and the short-lived addresses of finished exports.
namespace trailkeeper::settings {

// What happens with an event that its action's schema does not allow.
enum class Enforce { off, warn, reject };
std::string_view enforce_name(Enforce enforce);
std::optional<Enforce> parse_enforce(std::string_view name);

// A registered action. Absent texts leave the event's field absent.
struct Action {
  std::string action;
  std::optional<std::string> label{};
  std::optional<std::string> area{};
  std::optional<std::string> category{};
  std::optional<std::string> crud{};
  std::string description{};
  // What it does is a change to critical data, whatever its category and crud say.
  bool critical = false;
  Enforce enforce = Enforce::reject;
  Timestamp created_at{};
  Timestamp updated_at{};
  // Taken from the registry. The row stays, so that a version never means two things.
  bool removed = false;
  bool operator==(const Action&) const = default;
};

// One version of an action's schema; never changed.
struct ActionSchema {
  std::string action;
  std::int64_t version = 0;  // from 1, without a gap
  std::string schema;        // compact JSON: {"actor"?, "targets", "metadata"?}
  Timestamp created_at{};
};

// All of them, removed ones too, by name. They are read once, at start.
Result<std::vector<Action>> list_actions(const ReadTx& tx);
// By action and version.
Result<std::vector<ActionSchema>> list_action_schemas(const ReadTx& tx);
// Makes or replaces.
Result<> put_action(WriteTx& tx, const Action& action);
// `conflict` when that version is there.
Result<> add_action_schema(WriteTx& tx, const ActionSchema& schema);

// The masking that was set by the interface: a JSON object; empty when none was, so that the
// configuration's holds.
Result<std::string> masking(const ReadTx& tx);
Result<> set_masking(WriteTx& tx, const std::string& json);

// An address that gives one finished export to whoever knows it, for a short time.
struct ExportLink {
  Sha256Digest token_hash{};
  OrgId org;
  Uuid export_id;
  Uuid key;  // the application key that asked; the link ends with it
  Timestamp expires_at{};
};
// Adds it and forgets those that ended before `now`.
Result<> add_export_link(WriteTx& tx, const ExportLink& link, Timestamp now);
Result<std::optional<ExportLink>> find_export_link(const ReadTx& tx,
                                                   const Sha256Digest& token_hash);

}  // namespace trailkeeper::settings
