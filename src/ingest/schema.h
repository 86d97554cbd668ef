#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "event/event.h"
#include "schema_rule.h"

namespace trailkeeper::ingest {

// One version of an action's schema, ready to check events: what metadata may hold, which kinds of
// targets have to be there. Immutable, so from any thread.
class EventSchema {
 public:
  // `schema` is an object {"actor"?: {"metadata"}, "targets"?: [{"type", "metadata"?}],
  // "metadata"?}. Errors as compile_schema's.
  static Result<std::shared_ptr<const EventSchema>> compile(json::Node schema);
  static Result<std::shared_ptr<const EventSchema>> compile(std::string_view schema);

  // Adds what is wrong with the event (at most 20 problems); pointers begin with `pointer`, the
  // event's.
  void check(const event::Event& event, const std::string& pointer,
             std::vector<FieldProblem>& problems) const;

 private:
  struct TargetKind {
    std::string type;
    SchemaRulePtr metadata{};
  };
  Result<> read_actor(json::Node node);
  Result<> read_targets(json::Node node);
  void check_targets(const event::Event& event, const std::string& pointer,
                     std::vector<FieldProblem>& problems) const;

  SchemaRulePtr actor_{};
  std::vector<TargetKind> targets_;
  SchemaRulePtr metadata_{};
};

}  // namespace trailkeeper::ingest
