#include "registry_snapshot.h"

#include <algorithm>
#include <utility>

#include "schema.h"
#include "schema_tally.h"

namespace trailkeeper::ingest {
namespace {

void fill(event::Text& field, const std::optional<std::string>& registered) {
  if (!field && registered) field = registered;
}

Error violation(std::vector<FieldProblem> problems) {
  const FieldProblem& first = problems.front();
  Error error{ErrorKind::invalid, "schema_violation",
              "The schema of the action does not allow the event at \"" + first.pointer +
                  "\": " + first.detail + "."};
  error.fields = std::move(problems);
  return error;
}

// Looks for what is to be masked in a copy of it, whose memory serves all of a thread's events.
class MaskedParts {
 public:
  explicit MaskedParts(const event::Masker& masker) : masker_(masker) {}

  bool json(const event::JsonView& json) {
    return json && masker_.mask_json(copy_.assign(json->data(), json->size()));
  }
  bool url(const event::TextView& url) {
    return url && masker_.mask_url(copy_.assign(url->data(), url->size()));
  }
  bool change(const event::ChangeView& change) {
    return masker_.verdict(change.field) != event::Masker::Verdict::keep || json(change.before) ||
           json(change.after);
  }

 private:
  const event::Masker& masker_;
  static thread_local std::string copy_;
};
thread_local std::string MaskedParts::copy_;

bool masks(const event::Masker& masker, const event::EventView& event) {
  MaskedParts parts(masker);
  if (parts.json(event.metadata) || parts.json(event.actor.metadata)) return true;
  if (event.targets && std::any_of(event.targets->begin(), event.targets->end(),
                                   [&](const auto& target) { return parts.json(target.metadata); }))
    return true;
  if (event.changes && std::any_of(event.changes->begin(), event.changes->end(),
                                   [&](const auto& change) { return parts.change(change); }))
    return true;
  return event.context && parts.url(event.context->url);
}

}  // namespace

Registry::Snapshot::Snapshot(const Entries& entries, Masking masking, SchemaTally& tally)
    : masking_(std::move(masking)), masker_(masking_.rules), tally_(tally) {
  for (const auto& [name, entry] : entries) {
    for (const RegisteredSchema& schema : entry->schemas) schema_bytes_ += schema.json.size();
    if (entry->action.removed) continue;
    actions_.emplace(entry->action.action, entry);
    by_name_.push_back(entry);
    if (entry->action.critical) critical_actions_.push_back(name);
  }
}

RegisteredActionPtr Registry::Snapshot::find(std::string_view action) const {
  const auto found = actions_.find(action);
  return found == actions_.end() ? nullptr : found->second;
}

Result<> Registry::Snapshot::check(const RegisteredAction& action, const event::Event& event,
                                   const std::string& pointer) const {
  // Senders that say nothing were written before there was a second version.
  const std::int64_t version = event.version.value_or(1);
  std::vector<FieldProblem> problems;
  if (version < 1 || version > static_cast<std::int64_t>(action.schemas.size())) {
    problems.push_back({pointer + "/version", "unknown_version",
                        "the action has versions 1 to " + std::to_string(action.schemas.size())});
  } else {
    const RegisteredSchema& schema = action.schemas[static_cast<std::size_t>(version - 1)];
    schema.compiled->check(event, pointer, problems);
  }
  if (problems.empty()) return {};
  const bool rejected = action.action.enforce == settings::Enforce::reject;
  tally_.add(action.action.action, rejected, problems);
  if (rejected) return violation(std::move(problems));
  return {};
}

Result<> Registry::Snapshot::apply(event::Event& event, const std::string& pointer) const {
  if (const auto found = actions_.find(event.action); found != actions_.end()) {
    const RegisteredAction& registered = *found->second;
    const settings::Action& action = registered.action;
    fill(event.action_label, action.label);
    fill(event.area, action.area);
    fill(event.category, action.category);
    fill(event.crud, action.crud);
    // On the event as it was sent: a schema may ask for what is masked afterwards.
    if (action.enforce != settings::Enforce::off && !registered.schemas.empty()) {
      TRY(check(registered, event, pointer));
    }
  }
  masker_.apply(event);
  return {};
}

bool Registry::Snapshot::leaves(const event::EventView& event) const {
  return !actions_.contains(event.action) && !masks(masker_, event);
}

}  // namespace trailkeeper::ingest
