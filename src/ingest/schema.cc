#include "schema.h"

#include <algorithm>

namespace trailkeeper::ingest {
namespace {

using json::Node;
using json::Type;

constexpr std::size_t kProblemsMax = 20;
constexpr std::size_t kTargetsMax = 50;
constexpr std::size_t kTypeBytesMax = 256;

Error wrong(std::string pointer, const char* code, std::string detail) {
  Error error{ErrorKind::invalid, "invalid_schema",
              "The schema is not valid at \"" + pointer + "\": " + detail + "."};
  error.fields.push_back({std::move(pointer), code, std::move(detail)});
  return error;
}

// Absent metadata counts as an empty object, so that required members are missed.
void check_metadata(const SchemaRulePtr& rule, const event::Json& metadata,
                    const std::string& pointer, std::vector<FieldProblem>& problems) {
  if (!rule) return;
  thread_local json::Document document;
  auto node = document.parse(metadata ? std::string_view(*metadata) : std::string_view("{}"));
  if (node) check_schema(*rule, *node, pointer, problems, kProblemsMax);
}

}  // namespace

Result<> EventSchema::read_actor(Node node) {
  if (node.is(Type::null)) return {};
  if (!node.is(Type::object)) return wrong("/actor", "wrong_type", "must be an object");
  for (Node member : node) {
    const std::string at = json::pointer("/actor", member.key());
    if (member.key() != "metadata") return wrong(at, "unknown_field", "there is no such member");
    if (!member.is(Type::null)) actor_ = TRY(compile_schema(member, at));
  }
  return {};
}

Result<> EventSchema::read_targets(Node node) {
  if (node.is(Type::null)) return {};
  if (!node.is(Type::array) || node.size() > kTargetsMax) {
    return wrong(
        "/targets", "wrong_type",
        "must be an array of at most " + std::to_string(kTargetsMax) + " kinds of targets");
  }
  std::size_t index = 0;
  for (Node item : node) {
    const std::string at = json::pointer("/targets", index++);
    TargetKind kind;
    if (!item.is(Type::object)) return wrong(at, "wrong_type", "must be an object");
    for (Node member : item) {
      const std::string place = json::pointer(at, member.key());
      if (member.key() == "type") {
        if (!member.is(Type::string)) return wrong(place, "wrong_type", "must be a string");
        kind.type = member.text();
      } else if (member.key() == "metadata") {
        if (!member.is(Type::null)) kind.metadata = TRY(compile_schema(member, place));
      } else {
        return wrong(place, "unknown_field", "there is no such member");
      }
    }
    if (kind.type.empty() || kind.type.size() > kTypeBytesMax) {
      return wrong(at + "/type", "required", "type must have 1 to 256 bytes");
    }
    targets_.push_back(std::move(kind));
  }
  return {};
}

Result<std::shared_ptr<const EventSchema>> EventSchema::compile(Node schema) {
  auto out = std::make_shared<EventSchema>();
  if (!schema.is(Type::object)) return wrong("", "wrong_type", "must be an object");
  for (Node member : schema) {
    if (member.key() == "actor") {
      TRY(out->read_actor(member));
    } else if (member.key() == "targets") {
      TRY(out->read_targets(member));
    } else if (member.key() == "metadata") {
      if (!member.is(Type::null)) out->metadata_ = TRY(compile_schema(member, "/metadata"));
    } else {
      return wrong(json::pointer("", member.key()), "unknown_field", "there is no such member");
    }
  }
  return std::shared_ptr<const EventSchema>(std::move(out));
}

Result<std::shared_ptr<const EventSchema>> EventSchema::compile(std::string_view schema) {
  json::Document document;
  return compile(TRY(document.parse(schema)));
}

void EventSchema::check_targets(const event::Event& event, const std::string& pointer,
                                std::vector<FieldProblem>& problems) const {
  static const std::vector<event::Target> kNone;
  const auto& targets = event.targets ? *event.targets : kNone;
  for (const TargetKind& kind : targets_) {
    bool found = false;
    for (std::size_t i = 0; i < targets.size(); ++i) {
      if (targets[i].type != kind.type) continue;
      found = true;
      if (kind.metadata) {
        check_metadata(kind.metadata, targets[i].metadata,
                       json::pointer(pointer + "/targets", i) + "/metadata", problems);
      }
    }
    if (!found && problems.size() < kProblemsMax) {
      problems.push_back(
          {pointer + "/targets", "missing_target", "must hold a target of type " + kind.type});
    }
  }
}

void EventSchema::check(const event::Event& event, const std::string& pointer,
                        std::vector<FieldProblem>& problems) const {
  if (actor_) check_metadata(actor_, event.actor.metadata, pointer + "/actor/metadata", problems);
  if (!targets_.empty()) check_targets(event, pointer, problems);
  if (metadata_) check_metadata(metadata_, event.metadata, pointer + "/metadata", problems);
}

}  // namespace trailkeeper::ingest
