#include "forms.h"

#include <cstdio>
#include <cstdlib>

#include "event/record.h"
#include "event/view.h"
#include "ingest/forms.h"
#include "json/document.h"
#include "json/writer.h"

namespace trailkeeper::fuzz {
namespace {

using ingest::Form;
using ingest::ParsedItem;

void must(bool holds, const char* what, std::string_view detail) {
  if (holds) return;
  std::fprintf(stderr, "broken: %s: %.*s\n", what, static_cast<int>(detail.size()), detail.data());
  std::abort();
}

// "name: value" lines, an empty line, the body: the parts of a CloudEvent in binary mode.
void split_headers(std::string_view input, ingest::Request& request) {
  while (!input.empty()) {
    const std::string_view line = input.substr(0, input.find('\n'));
    input.remove_prefix(std::min(input.size(), line.size() + 1));
    if (line.empty()) break;
    const std::size_t colon = std::min(line.find(": "), line.size());
    std::string name(line.substr(0, colon));
    std::string value(colon == line.size() ? std::string_view() : line.substr(colon + 2));
    if (name == "content-type") {
      request.media_type = std::move(value);
    } else {
      request.attributes.emplace_back(std::move(name), std::move(value));
    }
  }
  request.body = input;
}

ingest::Request request_of(Form form, std::string_view input) {
  ingest::Request request{.form = form,
                          .body = std::string(input),
                          .application = "fuzz",
                          .key_organization = OrgId::parse("acme"),
                          .route = "/"};
  if (form == Form::cloudevent_binary) split_headers(input, request);
  return request;
}

void check_event(const event::Event& event, Timestamp now) {
  event::StoredEvent stored{.seq = Seq{1}, .received_at = now, .id = Uuid(), .event = event};
  const std::string record = event::render_record(stored);
  const auto again = event::parse_record(record);
  must(again.has_value(), "a record that does not read back", record);
  must(*again == stored, "a record that reads back as another event", record);
}

void check_error(const Error& error) {
  must(!error.code.empty() && !error.message.empty(), "a refusal without a reason", error.code);
  json::Writer out;
  out.begin_array().string(error.message);
  for (const FieldProblem& field : error.fields) {
    must(field.pointer.empty() || field.pointer[0] == '/', "no pointer", field.pointer);
    out.string(field.pointer).string(field.detail);
  }
  const std::string text = out.end_array().take();
  json::Document document;
  must(document.parse(text).has_value(), "a refusal that is no text", text);
}

}  // namespace

std::optional<Form> find_form(std::string_view name) {
  struct Row {
    std::string_view name;
    Form form;
  };
  static constexpr Row kRows[] = {{"own_json", Form::own_json},
                                  {"own_ndjson", Form::own_ndjson},
                                  {"workos", Form::workos},
                                  {"otlp_json", Form::otlp_json},
                                  {"otlp_protobuf", Form::otlp_protobuf},
                                  {"cloudevent", Form::cloudevent},
                                  {"cloudevent_batch", Form::cloudevent_batch},
                                  {"cloudevent_binary", Form::cloudevent_binary},
                                  {"retraced", Form::retraced},
                                  {"retraced_bulk", Form::retraced_bulk}};
  for (const Row& row : kRows) {
    if (row.name == name) return row.form;
  }
  return std::nullopt;
}

Tally check(Form form, std::string_view input) {
  static const Timestamp now = *parse_rfc3339("2026-11-22T14:30:00Z");
  const ingest::Request request = request_of(form, input);
  Tally tally;
  const auto parsed = ingest::parse_request(request, now, true, [&](ParsedItem&& item) {
    if (item.event) {
      ++tally.accepted;
      return check_event(event::copy_of(**item.event), now);
    }
    ++tally.refused;
    Error error = item.event.error();
    ingest::point_to_origin(item, error);
    check_error(error);
  });
  if (parsed) return tally;
  ++tally.refused;
  check_error(parsed.error());
  return tally;
}

}  // namespace trailkeeper::fuzz
