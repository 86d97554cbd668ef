#include "foreign.h"
#include "retraced_hash.h"
#include "spoiled.h"
#include "translation.h"

// Retraced's publisher events (docs/formats/intake.md has the table). Only its own names are known
// here; everything else that is sent is kept in the metadata.
namespace trailkeeper::ingest {
namespace {

using json::Node;
using json::Type;

void append_member(std::string& out, std::string_view key, std::string_view json) {
  if (!out.empty()) out += ',';
  ((out += to_json(key)) += ':') += json;
}

// Absent for Retraced's clients: undefined, null, {} and, where a text may be left out, "".
bool is_nothing(Node node) {
  if (node.is(Type::null) || (node.is(Type::object) && node.size() == 0)) return true;
  const std::string_view key = node.key();
  return node.is(Type::string) && node.text().empty() &&
         (key == "source_ip" || key == "external_id" || key == "component" ||
          key == "description" || key == "version");
}

class Publisher {
 public:
  explicit Publisher(Translation& translation)
      : translation_(translation), wire_(translation.wire()) {}

  void add(Node event, std::string pointer);
  // One that is no valid JSON.
  void refuse(const Error& why, std::string pointer);
  std::vector<std::string> take_echoes() { return std::move(echoes_); }

 private:
  void member(Node node);
  bool plain_member(std::string_view key, Node node);
  void group(Node node);
  void crud(Node node);
  void flag(Node node, bool& out);
  void spread_metadata(Node node);
  std::string thing(Node node);
  void place(std::string_view wire, std::string_view origin) { wire_.origins.add(wire, origin); }
  void wrong(std::string_view origin, std::string code, std::string detail) {
    problems_.push_back(
        problem(pointer_ + std::string(origin), std::move(code), std::move(detail)));
  }

  Translation& translation_;
  Wire& wire_;
  std::vector<std::string> echoes_;
  // Of the event at hand:
  std::string pointer_;
  std::vector<FieldProblem> problems_;
  std::string others_;
  bool has_actor_ = false;
  bool anonymous_ = false;
  bool failure_ = false;
};

// An actor or a target: `id`, `name` and, of targets, `type`; the rest is its metadata.
std::string Publisher::thing(Node node) {
  std::string out;
  std::string metadata;
  const bool is_target = node.key() == "target";
  for (Node member : node) {
    const std::string_view key = member.key();
    const bool own = key == "id" || key == "name" || (is_target && key == "type");
    append_member(own ? out : metadata, key, to_json(member));
  }
  if (!metadata.empty()) append_member(out, "metadata", "{" + metadata + "}");
  return "{" + out + "}";
}

void Publisher::group(Node node) {
  if (!node.is(Type::object)) return wrong("/group", "wrong_type", "must be an object");
  for (Node member : node) {
    if (member.key() == "id") {
      wire_.set(Field::organization_id, to_json(member));
      place("/organization_id", "/group/id");
    } else {
      append_member(others_, "group_" + std::string(member.key()), to_json(member));
    }
  }
}

void Publisher::crud(Node node) {
  constexpr std::string_view kWords[][2] = {
      {"c", "create"}, {"r", "read"}, {"u", "update"}, {"d", "delete"}};
  for (const auto& [letter, word] : kWords) {
    if (node.is(Type::string) && node.text() == letter) return wire_.set_text(Field::crud, word);
  }
  wrong("/crud", "unknown_value", "must be one of c, r, u, d");
}

void Publisher::flag(Node node, bool& out) {
  if (!node.is(Type::boolean)) {
    return wrong(json::pointer("", node.key()), "wrong_type", "must be true or false");
  }
  out = node.boolean();
}

void Publisher::spread_metadata(Node node) {
  if (!node.is(Type::object)) return wrong("/metadata", "wrong_type", "must be an object");
  for (Node member : node) wire_.metadata(member.key(), to_json(member));
}

// Members that become one field, as they are.
bool Publisher::plain_member(std::string_view key, Node node) {
  struct Row {
    std::string_view name;
    Field field;
  };
  constexpr Row kRows[] = {{"action", Field::action},
                           {"created", Field::occurred_at},
                           {"source_ip", Field::context_ip},
                           {"component", Field::area},
                           {"external_id", Field::external_id}};
  for (const Row& row : kRows) {
    if (row.name != key) continue;
    wire_.set(row.field, to_json(node));
    place(field_pointer(row.field), json::pointer("", key));
    return true;
  }
  return false;
}

void Publisher::member(Node node) {
  const std::string_view key = node.key();
  if (is_nothing(node) || plain_member(key, node)) return;
  if (key == "group") {
    group(node);
  } else if (key == "crud") {
    crud(node);
  } else if (key == "actor") {
    has_actor_ = true;
    wire_.member("actor", node.is(Type::object) ? thing(node) : to_json(node));
    place("/actor", "/actor");
  } else if (key == "target") {
    wire_.member("targets", "[" + (node.is(Type::object) ? thing(node) : to_json(node)) + "]");
    place("/targets/0", "/target");
  } else if (key == "is_failure") {
    flag(node, failure_);
    wire_.set_text(Field::outcome, failure_ ? "failure" : "success");
  } else if (key == "is_anonymous") {
    flag(node, anonymous_);
  } else if (key == "metadata") {
    spread_metadata(node);
  } else if (key == "fields" || key == "description") {
    const bool is_fields = key == "fields";
    if (!node.is(is_fields ? Type::object : Type::string)) {
      return wrong(json::pointer("", key), "wrong_type",
                   is_fields ? "must be an object" : "must be a string");
    }
    wire_.metadata(key, to_json(node));
    place(json::pointer("/metadata", key), json::pointer("", key));
  } else if (key == "version" && !node.is(Type::string)) {
    wrong("/version", "wrong_type", "must be a string");
  } else {
    append_member(others_, key, to_json(node));
  }
}

void Publisher::refuse(const Error& why, std::string pointer) {
  echoes_.emplace_back();
  translation_.refuse(why, std::move(pointer));
}

void Publisher::add(Node event, std::string pointer) {
  pointer_ = std::move(pointer);
  problems_.clear();
  others_.clear();
  has_actor_ = anonymous_ = failure_ = false;
  echoes_.emplace_back();
  if (!event.is(Type::object)) {
    wrong("", "wrong_type", "an event must be an object");
    return translation_.refuse(pointer_, std::move(problems_));
  }
  place("", "");
  place("/metadata", "/metadata");
  place("/organization_id", "/group/id");
  for (Node node : event) member(node);
  if (!has_actor_) {
    if (anonymous_) {
      wire_.member("actor", R"({"type":"anonymous","id":"anonymous"})");
    } else {
      wrong("/actor", "required", "actor is required unless is_anonymous is true");
    }
  }
  if (!problems_.empty()) return translation_.refuse(pointer_, std::move(problems_));
  if (anonymous_) append_member(others_, "is_anonymous", "true");
  if (!others_.empty()) wire_.metadata("retraced", "{" + others_ + "}");
  echoes_.back() = retraced_hash_target(event);
  translation_.add(pointer_);
}

// The events of a bulk request stand two levels down.
constexpr json::ParseLimits kBulkLimits{.depth_max = json::ParseLimits().depth_max + 2};

Result<> add_bulk(Publisher& publisher, Node root, const SpoiledItems& spoiled) {
  const auto events = root.find("events");
  if (!events || !events->is(Type::array)) {
    return wrong_request("required", "events is required and must be an array.", "/events");
  }
  if (events->size() == 0) return wrong_request("no_events", "The array holds no event.");
  if (events->size() > kEventsPerRequestMax) return too_many_events();
  std::size_t index = 0;
  for (Node event : *events) {
    std::string pointer = json::pointer("/events", index++);
    const auto found = spoiled.find(pointer);
    if (found == spoiled.end()) {
      publisher.add(event, std::move(pointer));
    } else {
      publisher.refuse(found->second, std::move(pointer));
    }
  }
  return {};
}

}  // namespace

Result<ParsedRequest> parse_retraced(const Request& request, Timestamp now, bool with_fingerprint,
                                     const ItemSink& sink) {
  constexpr std::string_view kEvents[] = {"events", kEach};
  Translation translation(request, now, sink);
  Publisher publisher(translation);
  const bool bulk = request.form == Form::retraced_bulk;
  SpoiledItems spoiled;
  Node root = TRY(bulk ? parse_apart(sent_document(), request.body, kBulkLimits, kEvents, spoiled)
                       : sent_document().parse(request.body));
  if (bulk) {
    TRY(add_bulk(publisher, root, spoiled));
  } else {
    publisher.add(root, "");
  }
  return ParsedRequest{with_fingerprint ? canonical(root, spoiled, request.body) : std::string(),
                       publisher.take_echoes()};
}

}  // namespace trailkeeper::ingest
