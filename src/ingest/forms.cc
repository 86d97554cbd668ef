#include "forms.h"

#include "event/parse.h"
#include "foreign.h"
#include "json/document.h"
#include "spoiled.h"
#include "translation.h"

namespace trailkeeper::ingest {
namespace {

using json::Node;
using json::Type;

// An event may be this deep, wherever it stands in the request.
constexpr json::ParseLimits kEventLimits{.depth_max = 32};
constexpr json::ParseLimits kEnvelopeLimits{.depth_max = kEventLimits.depth_max + 1};

class Parser {
 public:
  Parser(const Request& request, Timestamp now, bool with_fingerprint, const ItemSink& sink)
      : request_(request), with_fingerprint_(with_fingerprint), sink_(sink) {
    context_.now = now;
    context_.default_organization = request.key_organization;
    context_.default_application = request.application;
  }

  Result<ParsedRequest> own_json();
  Result<ParsedRequest> own_array();
  Result<ParsedRequest> own_ndjson();
  Result<ParsedRequest> workos();

 private:
  void add(Node node, std::string pointer) {
    context_.pointer = pointer;
    thread_local event::EventParser parser;
    ParsedItem item{parser.parse(node, context_), std::move(pointer), {}};
    if (item.event && (*item.event)->external_id) json::append(item.canonical, node);
    sink_(std::move(item));
  }
  void refuse(Error why, std::string pointer);
  Result<> organization(Node node);

  const Request& request_;
  const bool with_fingerprint_;
  const ItemSink& sink_;
  event::ParseContext context_;
  ParsedRequest out_;
};

bool begins_array(std::string_view body) {
  const std::size_t first = body.find_first_not_of(" \t\r\n");
  return first != std::string_view::npos && body[first] == '[';
}

// What could not even be read; pointers start at the item.
void Parser::refuse(Error why, std::string pointer) {
  for (FieldProblem& field : why.fields) field.pointer.insert(0, pointer);
  sink_({std::move(why), std::move(pointer)});
}

Result<ParsedRequest> Parser::own_json() {
  if (begins_array(request_.body)) return own_array();
  const Node root = TRY(sent_document().parse(request_.body, kEventLimits));
  if (with_fingerprint_) json::append(out_.canonical, root);
  if (!root.is(Type::object)) {
    return wrong_request("wrong_type", "The body must be an event or an array of events.");
  }
  add(root, "");
  return std::move(out_);
}

Result<ParsedRequest> Parser::own_array() {
  constexpr std::string_view kEvents[] = {kEach};
  SpoiledItems spoiled;
  const Node root =
      TRY(parse_apart(sent_document(), request_.body, kEnvelopeLimits, kEvents, spoiled));
  if (with_fingerprint_) out_.canonical = canonical(root, spoiled, request_.body);
  if (root.size() == 0) return wrong_request("no_events", "The array holds no event.");
  if (root.size() > kEventsPerRequestMax) return too_many_events();
  std::size_t index = 0;
  for (Node node : root) {
    std::string pointer = json::pointer("", index++);
    const auto found = spoiled.find(pointer);
    if (found == spoiled.end()) {
      add(node, std::move(pointer));
    } else {
      refuse(found->second, std::move(pointer));
    }
  }
  return std::move(out_);
}

Result<ParsedRequest> Parser::own_ndjson() {
  if (with_fingerprint_) out_.canonical = request_.body;
  std::string_view rest = request_.body;
  std::size_t index = 0;
  while (!rest.empty()) {
    std::string_view line = rest.substr(0, rest.find('\n'));
    rest.remove_prefix(std::min(rest.size(), line.size() + 1));
    if (line.find_first_not_of(" \t\r") == std::string_view::npos) continue;
    if (index == kEventsPerRequestMax) return too_many_events();
    std::string pointer = json::pointer("", index++);
    Result<Node> node = sent_document().parse(line, kEventLimits);
    node ? add(*node, std::move(pointer)) : refuse(std::move(node).error(), std::move(pointer));
  }
  if (index == 0) return wrong_request("no_events", "The body holds no event.");
  return std::move(out_);
}

Result<> Parser::organization(Node node) {
  auto org = OrgId::parse(node.text());
  if (!node.is(Type::string) || !org) {
    return wrong_request("invalid_organization",
                         "organization_id must be 1 to 64 of A-Z a-z 0-9 _ and -.",
                         "/organization_id");
  }
  if (request_.key_organization && *org != *request_.key_organization) {
    return Error{ErrorKind::not_found, "unknown_organization",
                 "There is no such organization for this key."};
  }
  context_.default_organization = *org;
  return {};
}

Result<ParsedRequest> Parser::workos() {
  Node root = TRY(sent_document().parse(request_.body, kEnvelopeLimits));
  if (with_fingerprint_) json::append(out_.canonical, root);
  if (!root.is(Type::object)) return wrong_request("wrong_type", "The body must be an object.");
  std::optional<Node> event;
  bool has_organization = false;
  for (Node member : root) {
    if (member.key() == "organization_id") {
      TRY(organization(member));
      has_organization = true;
    } else if (member.key() == "event") {
      event = member;
    } else {
      return wrong_request("unknown_field", "There is no field of this name.",
                           json::pointer("", member.key()));
    }
  }
  if (!has_organization)
    return wrong_request("required", "organization_id is required.", "/organization_id");
  if (!event) return wrong_request("required", "event is required.", "/event");
  add(*event, "/event");
  return std::move(out_);
}

}  // namespace

void point_to_origin(const ParsedItem& item, Error& error) {
  if (!item.translated) return;
  for (FieldProblem& field : error.fields) {
    if (!field.pointer.starts_with(item.pointer)) continue;
    field.pointer = item.origins.find(std::string_view(field.pointer).substr(item.pointer.size()),
                                      item.pointer);
  }
  if (error.code == "invalid_event") tell_first_problem(error);
}

void tell_first_problem(Error& error) {
  if (error.fields.empty()) return;
  const FieldProblem& first = error.fields.front();
  error.message = "The event is not valid at \"" + first.pointer + "\": " + first.detail + ".";
}

Result<ParsedRequest> parse_request(const Request& request, Timestamp now, bool with_fingerprint,
                                    const ItemSink& sink) {
  Parser parser(request, now, with_fingerprint, sink);
  switch (request.form) {
    case Form::own_json:
      return parser.own_json();
    case Form::own_ndjson:
      return parser.own_ndjson();
    case Form::workos:
      return parser.workos();
    case Form::otlp_json:
    case Form::otlp_protobuf:
      return parse_otlp(request, now, with_fingerprint, sink);
    case Form::cloudevent:
    case Form::cloudevent_batch:
    case Form::cloudevent_binary:
      return parse_cloudevents(request, now, with_fingerprint, sink);
    case Form::retraced:
    case Form::retraced_bulk:
      return parse_retraced(request, now, with_fingerprint, sink);
  }
  return wrong_request("unknown_form", "This form is not known.");
}

}  // namespace trailkeeper::ingest
