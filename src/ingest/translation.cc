#include "translation.h"

#include "json/writer.h"

namespace trailkeeper::ingest {
namespace {

Error invalid_event(std::vector<FieldProblem> problems) {
  Error error{ErrorKind::invalid, "invalid_event", ""};
  error.fields = std::move(problems);
  tell_first_problem(error);
  return error;
}

// Valid until the next call.
Result<const event::EventView*> read(const std::string& text, const event::ParseContext& context) {
  thread_local json::Document document;
  thread_local event::EventParser parser;
  auto node = document.parse(text);
  if (node) return parser.parse(*node, context);
  // What the sender's own text did not show, such as invalid UTF-8 in a protobuf string.
  Error error = std::move(node).error();
  for (FieldProblem& field : error.fields) field.pointer = context.pointer + field.pointer;
  return error;
}

}  // namespace

Translation::Translation(const Request& request, Timestamp now, const ItemSink& sink)
    : request_(request), sink_(sink) {
  context_.now = now;
  context_.default_organization = request.key_organization;
  context_.default_application = request.application;
}

void Translation::add(std::string pointer) {
  context_.pointer = pointer;
  std::string text = wire_.render();
  ParsedItem item{read(text, context_), std::move(pointer), {}, true, std::move(wire_.origins)};
  if (item.event && (*item.event)->external_id) item.canonical = std::move(text);
  wire_.clear();
  ++size_;
  sink_(std::move(item));
}

void Translation::refuse(std::string pointer, std::vector<FieldProblem> problems) {
  wire_.clear();
  ++size_;
  sink_({invalid_event(std::move(problems)), std::move(pointer)});
}

void Translation::refuse(Error why, std::string pointer) {
  for (FieldProblem& field : why.fields) field.pointer.insert(0, pointer);
  ++size_;
  sink_({std::move(why), std::move(pointer)});
}

Error wrong_request(const char* code, std::string message, std::string pointer) {
  Error error{ErrorKind::invalid, code, message};
  error.fields.push_back({std::move(pointer), code, std::move(message)});
  return error;
}

Error too_many_events() {
  return wrong_request("too_many_events", "A request may hold at most " +
                                              std::to_string(kEventsPerRequestMax) + " events.");
}

FieldProblem problem(std::string pointer, std::string code, std::string detail) {
  return {std::move(pointer), std::move(code), std::move(detail)};
}

json::Document& sent_document() {
  thread_local json::Document document;
  return document;
}

std::string to_json(json::Node node) {
  std::string out;
  json::append(out, node);
  return out;
}

std::string to_json(std::string_view text) {
  std::string out;
  json::append_string(out, text);
  return out;
}

}  // namespace trailkeeper::ingest
