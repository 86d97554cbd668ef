#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/metrics.h"
#include "base/result.h"
#include "base/thread_annotations.h"
#include "event/mask.h"
#include "ingest/event_rules.h"
#include "settings/actions.h"
#include "settings/outbox.h"

// What the vendor has set about its events, for all organizations: registered actions with what
// they mean, versions of schemas that events are checked against, what is masked.
namespace trailkeeper::ingest {

class EventSchema;
class SchemaTally;

// Of each list of what is masked.
inline constexpr std::size_t kMaskNamesMax = 500;

struct RegisteredSchema {
  std::int64_t version = 0;
  std::string json;  // compact: {"actor"?, "targets"?, "metadata"?}
  Timestamp created_at{};
  std::shared_ptr<const EventSchema> compiled{};
};

struct RegisteredAction {
  settings::Action action;
  std::vector<RegisteredSchema> schemas{};  // version 1 first, without a gap
};
using RegisteredActionPtr = std::shared_ptr<const RegisteredAction>;

// Events that a schema did not allow, since the server's start.
struct SchemaViolations {
  std::uint64_t warned = 0;    // stored nevertheless
  std::uint64_t rejected = 0;  // refused
  std::optional<Timestamp> last_at{};
  std::vector<FieldProblem> last{};  // the latest event's problems
};

// Who makes a change.
struct RegistryAuthor {
  settings::Actor actor;
  settings::Origin origin{};
};

struct ActionPut {
  RegisteredActionPtr action;
  bool created = false;
};

struct SchemaPut {
  RegisteredActionPtr action;
  std::int64_t version = 0;
  bool created = false;  // false: the latest version says the same
};

struct Masking {
  event::MaskRules rules;
  bool from_configuration = true;
};

inline constexpr std::size_t kActionsMax = 10'000;
inline constexpr std::size_t kCriticalActionsMax = 500;  // each search for them names all
inline constexpr std::size_t kSchemasPerActionMax = 1'000;
inline constexpr std::size_t kSchemaBytesMax = 32 * 1024;
inline constexpr std::size_t kSchemaBytesInAllMax = 64u << 20;

// Held in memory, kept in the settings; a change holds at once and is durable, with its entry in
// the operators' own trail, on return. Thread-safe; changes block on the disk. Who may call is
// asked before.
class Registry final : public EventRulesSource {
 public:
  // `masking` is the configuration's; it holds until set_masking().
  static Result<std::unique_ptr<Registry>> open(settings::Store& store, const Clock& clock,
                                                metrics::Registry& metrics,
                                                event::MaskRules masking);
  ~Registry() override;

  std::shared_ptr<const EventRules> rules() const override;

  // Null when it is not registered.
  RegisteredActionPtr find(std::string_view action) const;
  // All, by name.
  std::vector<RegisteredActionPtr> list() const;
  // The names of those that are marked so.
  std::vector<std::string> critical_actions() const;
  SchemaViolations violations(const std::string& action) const;

  // Makes the action or sets it to exactly what is given (times aside); its schemas stay.
  // `invalid` with pointers; `forbidden` (`reserved`) for names that begin with `trailkeeper.`;
  // `conflict` (`registry_full`).
  Result<ActionPut> put(const RegistryAuthor& by, settings::Action action);
  // `not_found`. Its schemas stay kept: registered again, it goes on with them.
  Result<> remove(const RegistryAuthor& by, const std::string& action);
  // Adds the next version; the latest one again adds nothing. An action that is not registered is
  // registered by it. `invalid` (`invalid_schema`) with pointers; else as put().
  Result<SchemaPut> add_schema(const RegistryAuthor& by, const std::string& action,
                               std::string_view schema);

  Masking masking() const;
  const event::MaskRules& configured_masking() const { return configured_; }
  // `invalid` with pointers.
  Result<> set_masking(const RegistryAuthor& by, const event::MaskRules& rules);

 private:
  class Snapshot;
  using Entries = std::map<std::string, RegisteredActionPtr, std::less<>>;

  Registry(settings::Store& store, const Clock& clock, metrics::Registry& metrics,
           event::MaskRules masking);
  Result<> load();
  std::shared_ptr<const Snapshot> snapshot() const;
  void publish(Entries entries, Masking masking) EXCLUDES(mutex_);
  Result<> check_room(bool new_action, std::size_t schema_bytes) const;
  Result<> note(settings::WriteTx& tx, const settings::ActionInfo& info, const RegistryAuthor& by,
                const std::string& action, std::vector<settings::Change> changes) const;

  settings::Store& store_;
  const Clock& clock_;
  const event::MaskRules configured_;
  const std::unique_ptr<SchemaTally> tally_;
  Mutex change_mutex_;  // one change at a time, so that memory and settings agree
  // Removed ones too.
  Entries entries_ GUARDED_BY(change_mutex_);
  mutable Mutex mutex_;
  std::shared_ptr<const Snapshot> snapshot_ GUARDED_BY(mutex_);
};

}  // namespace trailkeeper::ingest
