#include "ingest/registry.h"

#include <algorithm>
#include <array>
#include <utility>

#include "json/document.h"
#include "json/writer.h"
#include "registry_actions.h"
#include "registry_masking.h"
#include "registry_snapshot.h"
#include "reserved.h"
#include "schema.h"
#include "schema_tally.h"
#include "settings/orgs.h"

namespace trailkeeper::ingest {
namespace {

using settings::Action;
using settings::ReadTx;
using settings::WriteTx;

constexpr std::size_t kNameBytesMax = 256;
constexpr std::size_t kDescriptionBytesMax = 2000;
constexpr std::array<std::string_view, 7> kCategories{
    "authentication", "data", "permission", "configuration", "export", "error", "other"};
constexpr std::array<std::string_view, 5> kCruds{"create", "read", "update", "delete", "none"};

std::string action_json(const Action& action) {
  json::Writer out;
  const auto text = [&](std::string_view name, const std::optional<std::string>& value) {
    if (value) out.member(name, *value);
  };
  out.begin_object();
  text("label", action.label);
  text("area", action.area);
  text("category", action.category);
  text("crud", action.crud);
  out.member("description", action.description);
  out.member("critical", action.critical).member("enforce", settings::enforce_name(action.enforce));
  return out.end_object().take();
}

template <std::size_t N>
void check_choice(std::vector<FieldProblem>& problems, const char* pointer,
                  const std::optional<std::string>& value,
                  const std::array<std::string_view, N>& choices) {
  if (!value || std::find(choices.begin(), choices.end(), *value) != choices.end()) return;
  std::string all;
  for (const std::string_view one : choices) all += (all.empty() ? "" : ", ") + std::string(one);
  problems.push_back({pointer, "not_a_choice", "It must be one of " + all + "."});
}

void check_text(std::vector<FieldProblem>& problems, const char* pointer,
                const std::optional<std::string>& value, std::size_t bytes_max) {
  if (!value || (!value->empty() && value->size() <= bytes_max)) return;
  problems.push_back(
      {pointer, "length", "It must have 1 to " + std::to_string(bytes_max) + " bytes."});
}

Result<> check_name(const std::string& action) {
  if (action.starts_with("trailkeeper.")) {
    return Error{ErrorKind::forbidden, "reserved",
                 "Names that begin with trailkeeper. are Trailkeeper's own."};
  }
  if (!action.empty() && action.size() <= kNameBytesMax) return {};
  return Error{ErrorKind::invalid,
               "invalid_field",
               "An action's name must have 1 to 256 bytes.",
               {{"/action", "length", "It must have 1 to 256 bytes."}}};
}

Result<> check_action(const Action& action) {
  TRY(check_name(action.action));
  std::vector<FieldProblem> problems;
  check_text(problems, "/label", action.label, kNameBytesMax);
  check_text(problems, "/area", action.area, kNameBytesMax);
  if (action.area && is_vendor_area(*action.area)) {
    problems.push_back({"/area", "reserved", "This is the area of what the vendor's staff read."});
  }
  check_choice(problems, "/category", action.category, kCategories);
  check_choice(problems, "/crud", action.crud, kCruds);
  if (action.description.size() > kDescriptionBytesMax) {
    problems.push_back({"/description", "length", "It must have at most 2000 bytes."});
  }
  if (problems.empty()) return {};
  std::string message = problems.front().detail;
  return Error{ErrorKind::invalid, "invalid_field", std::move(message), std::move(problems)};
}

Error no_such_action() {
  return {ErrorKind::not_found, "action_not_found", "There is no such registered action."};
}

Error registry_full() {
  return {ErrorKind::conflict, "registry_full",
          "There are too many registered actions or schemas."};
}

bool same_apart_from_times(Action a, const Action& b) {
  a.created_at = b.created_at;
  a.updated_at = b.updated_at;
  return a == b;
}

}  // namespace

Registry::Registry(settings::Store& store, const Clock& clock, metrics::Registry& metrics,
                   event::MaskRules masking)
    : store_(store),
      clock_(clock),
      configured_(std::move(masking)),
      tally_(std::make_unique<SchemaTally>(clock, metrics)) {}
Registry::~Registry() = default;

Result<std::unique_ptr<Registry>> Registry::open(settings::Store& store, const Clock& clock,
                                                 metrics::Registry& metrics,
                                                 event::MaskRules masking) {
  TRY(check_masking(masking));
  std::unique_ptr<Registry> registry(new Registry(store, clock, metrics, std::move(masking)));
  TRY(registry->load());
  return registry;
}

Result<> Registry::load() {
  const auto actions = TRY(store_.read([](ReadTx& tx) { return settings::list_actions(tx); }));
  auto schemas = TRY(store_.read([](ReadTx& tx) { return settings::list_action_schemas(tx); }));
  const auto kept = TRY(store_.read([](ReadTx& tx) { return settings::masking(tx); }));
  std::map<std::string, RegisteredAction> loaded;
  for (const Action& action : actions) loaded[action.action].action = action;
  for (settings::ActionSchema& schema : schemas) {
    auto compiled = TRY(EventSchema::compile(std::string_view(schema.schema)));
    loaded[schema.action].schemas.push_back(
        {schema.version, std::move(schema.schema), schema.created_at, std::move(compiled)});
  }
  const MutexLock lock(change_mutex_);
  for (auto& [name, action] : loaded) {
    entries_[name] = std::make_shared<const RegisteredAction>(std::move(action));
  }
  Masking masking{configured_, true};
  if (!kept.empty()) masking = {TRY(parse_masking(kept)), false};
  publish(entries_, std::move(masking));
  return {};
}

std::shared_ptr<const Registry::Snapshot> Registry::snapshot() const {
  const MutexLock lock(mutex_);
  return snapshot_;
}

void Registry::publish(Entries entries, Masking masking) {
  auto next = std::make_shared<const Snapshot>(entries, std::move(masking), *tally_);
  const MutexLock lock(mutex_);
  snapshot_ = std::move(next);
}

std::shared_ptr<const EventRules> Registry::rules() const { return snapshot(); }
RegisteredActionPtr Registry::find(std::string_view action) const {
  return snapshot()->find(action);
}
std::vector<RegisteredActionPtr> Registry::list() const { return snapshot()->by_name(); }
std::vector<std::string> Registry::critical_actions() const {
  return snapshot()->critical_actions();
}
Masking Registry::masking() const { return snapshot()->masking(); }

SchemaViolations Registry::violations(const std::string& action) const {
  return tally_->find(action);
}

Result<> Registry::note(WriteTx& tx, const ActionInfo& info, const RegistryAuthor& by,
                        const std::string& action, std::vector<settings::Change> changes) const {
  std::vector<settings::Target> targets;
  if (!action.empty()) targets.push_back({.type = "action", .id = action});
  return settings::add_to_outbox(tx,
                                 {.info = info,
                                  .org = settings::own_org(),
                                  .actor = by.actor,
                                  .origin = by.origin,
                                  .targets = std::move(targets),
                                  .changes = std::move(changes)},
                                 clock_.now());
}

Result<> Registry::check_room(bool new_action, std::size_t schema_bytes) const {
  const auto present = snapshot();
  if ((!new_action || present->by_name().size() < kActionsMax) &&
      present->schema_bytes() + schema_bytes <= kSchemaBytesInAllMax) {
    return {};
  }
  return registry_full();
}

Result<ActionPut> Registry::put(const RegistryAuthor& by, Action action) {
  TRY(check_action(action));
  const MutexLock lock(change_mutex_);
  const auto found = entries_.find(action.action);
  const RegisteredActionPtr before = found == entries_.end() ? nullptr : found->second;
  const bool created = !before || before->action.removed;
  if (before && same_apart_from_times(action, before->action)) return ActionPut{before, false};
  if (created) TRY(check_room(true, 0));
  const bool marks = action.critical && (created || !before->action.critical);
  if (marks && snapshot()->critical_actions().size() >= kCriticalActionsMax) {
    return Error{ErrorKind::conflict, "too_many_critical",
                 "At most " + std::to_string(kCriticalActionsMax) + " actions can be critical."};
  }
  action.updated_at = clock_.now();
  action.created_at = before ? before->action.created_at : action.updated_at;
  action.removed = false;
  TRY(store_.write([&](WriteTx& tx) -> Result<> {
    TRY(settings::put_action(tx, action));
    return note(tx, created ? kActionRegistered : kActionChanged, by, action.action,
                {{.field = "action",
                  .before = created ? std::string() : action_json(before->action),
                  .after = action_json(action)}});
  }));
  auto entry = std::make_shared<RegisteredAction>();
  if (before) entry->schemas = before->schemas;
  entry->action = std::move(action);
  entries_[entry->action.action] = entry;
  publish(entries_, masking());
  return ActionPut{entry, created};
}

Result<> Registry::remove(const RegistryAuthor& by, const std::string& action) {
  const MutexLock lock(change_mutex_);
  const auto found = entries_.find(action);
  if (found == entries_.end() || found->second->action.removed) return no_such_action();
  auto entry = std::make_shared<RegisteredAction>(*found->second);
  const std::string before = action_json(entry->action);
  entry->action.removed = true;
  entry->action.updated_at = clock_.now();
  TRY(store_.write([&](WriteTx& tx) -> Result<> {
    TRY(settings::put_action(tx, entry->action));
    return note(tx, kActionRemoved, by, action, {{.field = "action", .before = before}});
  }));
  found->second = std::move(entry);
  publish(entries_, masking());
  return {};
}

Result<SchemaPut> Registry::add_schema(const RegistryAuthor& by, const std::string& action,
                                       std::string_view schema) {
  TRY(check_name(action));
  json::Document document;
  const json::Node root = TRY(document.parse(schema));
  std::string compact;
  json::append(compact, root);
  if (compact.size() > kSchemaBytesMax) {
    return Error{ErrorKind::too_large, "schema_too_large",
                 "A schema may have at most " + std::to_string(kSchemaBytesMax) + " bytes."};
  }
  auto compiled = TRY(EventSchema::compile(root));
  const MutexLock lock(change_mutex_);
  const auto found = entries_.find(action);
  const RegisteredActionPtr before = found == entries_.end() ? nullptr : found->second;
  const bool registers = !before || before->action.removed;
  if (!registers && !before->schemas.empty()) {
    const RegisteredSchema& latest = before->schemas.back();
    json::Document kept;
    const json::Node same = TRY(kept.parse(latest.json));
    if (canonical_json(same) == canonical_json(root)) {
      return SchemaPut{before, latest.version, false};
    }
  }
  TRY(check_room(registers, compact.size()));
  if (before && before->schemas.size() >= kSchemasPerActionMax) return registry_full();

  auto entry =
      before ? std::make_shared<RegisteredAction>(*before) : std::make_shared<RegisteredAction>();
  const Timestamp now = clock_.now();
  const auto version = static_cast<std::int64_t>(entry->schemas.size()) + 1;
  if (!before) entry->action.created_at = now;
  entry->action.action = action;
  entry->action.updated_at = now;
  entry->action.removed = false;
  TRY(store_.write([&](WriteTx& tx) -> Result<> {
    TRY(settings::put_action(tx, entry->action));
    TRY(settings::add_action_schema(tx, {action, version, compact, now}));
    if (registers) {
      TRY(note(tx, kActionRegistered, by, action,
               {{.field = "action", .after = action_json(entry->action)}}));
    }
    return note(tx, kSchemaAdded, by, action,
                {{.field = "version", .after = std::to_string(version)}});
  }));
  entry->schemas.push_back({version, std::move(compact), now, std::move(compiled)});
  entries_[action] = entry;
  publish(entries_, masking());
  return SchemaPut{entry, version, true};
}

Result<> Registry::set_masking(const RegistryAuthor& by, const event::MaskRules& rules) {
  TRY(check_masking(rules));
  const MutexLock lock(change_mutex_);
  const Masking before = masking();
  if (!before.from_configuration && before.rules == rules) return {};
  const std::string json = masking_json(rules);
  TRY(store_.write([&](WriteTx& tx) -> Result<> {
    TRY(settings::set_masking(tx, json));
    return note(tx, kMaskingChanged, by, "",
                {{.field = "masking", .before = masking_json(before.rules), .after = json}});
  }));
  publish(entries_, {rules, false});
  return {};
}

}  // namespace trailkeeper::ingest
