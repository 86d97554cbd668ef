#include <algorithm>

#include "foreign.h"
#include "otlp_mapping.h"
#include "otlp_model.h"
#include "translation.h"

// OTLP log records as events (docs/formats/intake.md has the table).
namespace trailkeeper::ingest {
namespace {

using otlp::Attribute;
using otlp::Attributes;
using otlp::Kind;

// Where an attribute is looked for, the nearest first.
enum class Level : std::uint8_t { record, scope, resource };

struct Candidate {
  otlp::Mapping::Use use;
  Level level;
  std::size_t index;
};

// What SDKs send when nobody named the service.
constexpr std::string_view kUnknownService = "\"unknown_service";

class Mapper final : public otlp::Sink {
 public:
  Mapper(Translation& translation, const otlp::Mapping& mapping)
      : translation_(translation), wire_(translation.wire()), mapping_(mapping) {}

  Result<> record(const otlp::Place& place, const otlp::Resource& resource,
                  const otlp::Scope& scope, const otlp::LogRecord& record) override;

 private:
  const Attributes& attributes(Level level) const {
    return level == Level::record  ? record_->attributes
           : level == Level::scope ? scope_->attributes
                                   : resource_->attributes;
  }
  std::vector<bool>& taken(Level level) { return taken_[static_cast<std::size_t>(level)]; }

  void look_up(Level level);
  void fill_fields();
  bool fill(Field field, const Attribute& attribute, const Attributes& all);
  void add_origin(std::string_view wire, Level level, std::size_t index);
  void fill_time();
  void fill_trace();
  void fill_metadata();
  std::string rest(Level level);
  void write_otlp(std::string& out);
  std::vector<FieldProblem> missing() const;

  Translation& translation_;
  Wire& wire_;
  const otlp::Mapping& mapping_;
  const otlp::Place* place_ = nullptr;
  const otlp::Resource* resource_ = nullptr;
  const otlp::Scope* scope_ = nullptr;
  const otlp::LogRecord* record_ = nullptr;
  std::vector<Candidate> candidates_;
  std::array<std::vector<bool>, 3> taken_;
  bool trace_is_request_ = false;
};

void append_member(std::string& out, std::string_view key, std::string_view json) {
  if (!out.empty()) out += ',';
  ((out += to_json(key)) += ':') += json;
}

void Mapper::look_up(Level level) {
  const auto& items = attributes(level).items;
  taken(level).assign(items.size(), false);
  for (std::size_t i = 0; i < items.size(); ++i) {
    const auto* uses = mapping_.find(items[i].key);
    if (!uses) continue;
    for (const otlp::Mapping::Use& use : *uses) candidates_.push_back({use, level, i});
  }
}

// A number is a good id; other values than these say nothing a text field could hold.
bool Mapper::fill(Field field, const Attribute& attribute, const Attributes& all) {
  const std::string_view value = all.value(attribute);
  if (attribute.kind == Kind::null) return false;
  if (field == Field::application && value.starts_with(kUnknownService)) return false;
  if (attribute.kind == Kind::integer && !is_number(field)) {
    wire_.set_text(field, value);
  } else {
    wire_.set(field, value);
  }
  return true;
}

void Mapper::add_origin(std::string_view wire, Level level, std::size_t index) {
  const std::string place = "/attributes/" + std::to_string(index) + "/value";
  if (level == Level::record) {
    wire_.origins.add(wire, place, Origins::Below::other);
    return;
  }
  const std::string parent = level == Level::scope ? otlp::scope_pointer(*place_) + "/scope"
                                                   : otlp::resource_pointer(*place_) + "/resource";
  wire_.origins.add_absolute(wire, parent + place, Origins::Below::other);
}

void Mapper::fill_fields() {
  candidates_.clear();
  for (const Level level : {Level::record, Level::scope, Level::resource}) look_up(level);
  std::stable_sort(candidates_.begin(), candidates_.end(), [](const auto& a, const auto& b) {
    return std::pair(a.use.field, a.use.rank) < std::pair(b.use.field, b.use.rank);
  });
  if (!record_->event_name.empty() && !mapping_.is_configured(Field::action)) {
    wire_.set_text(Field::action, record_->event_name);
    wire_.origins.add("/action", "/eventName");
  }
  for (const Candidate& found : candidates_) {
    const Attributes& all = attributes(found.level);
    if (wire_.has(found.use.field) || taken(found.level)[found.index]) continue;
    if (!fill(found.use.field, all.items[found.index], all)) continue;
    taken(found.level)[found.index] = true;
    add_origin(field_pointer(found.use.field), found.level, found.index);
  }
}

void Mapper::fill_time() {
  if (wire_.has(Field::occurred_at)) return;
  const bool has_time = record_->time_unix_nano != 0;
  const std::uint64_t nanos = has_time ? record_->time_unix_nano : record_->observed_time_unix_nano;
  if (nanos == 0) return;
  wire_.set_text(Field::occurred_at,
                 format_rfc3339(from_micros(static_cast<std::int64_t>(nanos / 1000))));
  wire_.origins.add("/occurred_at", has_time ? "/timeUnixNano" : "/observedTimeUnixNano");
}

// Entries of one request are found together by its trace.
void Mapper::fill_trace() {
  trace_is_request_ = !record_->trace_id.empty() && !wire_.has(Field::context_request_id);
  if (!trace_is_request_) return;
  wire_.set_text(Field::context_request_id, record_->trace_id);
  wire_.origins.add("/context/request_id", "/traceId");
}

// The attributes that fill no field, as members of an object.
std::string Mapper::rest(Level level) {
  std::string out;
  const Attributes& all = attributes(level);
  for (std::size_t i = 0; i < all.items.size(); ++i) {
    if (!taken(level)[i]) append_member(out, all.items[i].key, all.value(all.items[i]));
  }
  return out;
}

void Mapper::write_otlp(std::string& out) {
  const auto number = [&](std::string_view key, std::int64_t value) {
    if (value != 0) append_member(out, key, std::to_string(value));
  };
  const auto text = [&](std::string_view key, std::string_view value) {
    if (!value.empty()) append_member(out, key, to_json(value));
  };
  number("severity_number", record_->severity_number);
  text("severity_text", record_->severity_text);
  if (!trace_is_request_) text("trace_id", record_->trace_id);
  text("span_id", record_->span_id);
  number("flags", static_cast<std::int64_t>(record_->flags));
  number("dropped_attributes_count", static_cast<std::int64_t>(record_->dropped_attributes_count));
  std::string scope;
  if (!scope_->name.empty()) append_member(scope, "name", to_json(scope_->name));
  if (!scope_->version.empty()) append_member(scope, "version", to_json(scope_->version));
  const std::string of_scope = rest(Level::scope);
  if (!of_scope.empty()) append_member(scope, "attributes", "{" + of_scope + "}");
  if (!scope.empty()) append_member(out, "scope", "{" + scope + "}");
  const std::string of_resource = rest(Level::resource);
  if (!of_resource.empty()) append_member(out, "resource", "{" + of_resource + "}");
}

void Mapper::fill_metadata() {
  const Attributes& all = record_->attributes;
  if (!record_->body.empty()) {
    wire_.metadata("body", record_->body);
    wire_.origins.add("/metadata/body", "/body", Origins::Below::other);
  }
  std::string other;
  write_otlp(other);
  if (!other.empty()) {
    wire_.metadata("otlp", "{" + other + "}");
    wire_.origins.add("/metadata/otlp", "", Origins::Below::other);
  }
  for (std::size_t i = 0; i < all.items.size(); ++i) {
    if (taken(Level::record)[i]) continue;
    wire_.metadata(all.items[i].key, all.value(all.items[i]));
    add_origin(json::pointer("/metadata", all.items[i].key), Level::record, i);
  }
}

// What every event needs, said in the sender's words.
std::vector<FieldProblem> Mapper::missing() const {
  const std::string at = otlp::record_pointer(*place_);
  std::vector<FieldProblem> out;
  if (!wire_.has(Field::action)) {
    out.push_back(problem(at + "/eventName", "required",
                          "eventName or the attribute event.name is required: it is the action"));
  }
  if (!wire_.has(Field::actor_id)) {
    out.push_back(problem(at + "/attributes", "required",
                          "the attribute user.id is required: it is the actor"));
  }
  if (!wire_.has(Field::organization_id) && !translation_.request().key_organization) {
    out.push_back(problem(at + "/attributes", "required",
                          "the attribute organization.id, of the resource or the record, is "
                          "required: the key is for all organizations"));
  }
  return out;
}

Result<> Mapper::record(const otlp::Place& place, const otlp::Resource& resource,
                        const otlp::Scope& scope, const otlp::LogRecord& record) {
  if (translation_.size() == kEventsPerRequestMax) return too_many_events();
  place_ = &place;
  resource_ = &resource;
  scope_ = &scope;
  record_ = &record;
  std::vector<FieldProblem> problems = record.problems;
  const std::string pointer = otlp::record_pointer(place);
  for (FieldProblem& found : problems) found.pointer.insert(0, pointer);
  if (problems.empty()) {
    fill_fields();
    problems = missing();
  }
  if (!problems.empty()) {
    translation_.refuse(pointer, std::move(problems));
    return {};
  }
  fill_time();
  fill_trace();
  fill_metadata();
  translation_.add(pointer);
  return {};
}

}  // namespace

Result<ParsedRequest> parse_otlp(const Request& request, Timestamp now, bool with_fingerprint,
                                 const ItemSink& sink) {
  const otlp::Mapping mapping = TRY(otlp::Mapping::make(request.otlp_mapping));
  Translation translation(request, now, sink);
  Mapper mapper(translation, mapping);
  std::string canonical;
  if (request.form == Form::otlp_json) {
    TRY(otlp::read_json(request.body, mapper, with_fingerprint ? &canonical : nullptr));
  } else {
    TRY(otlp::read_protobuf(request.body, mapper));
    if (with_fingerprint) canonical = request.body;
  }
  if (translation.size() == 0) return wrong_request("no_events", "The request has no log record.");
  return ParsedRequest{std::move(canonical)};
}

}  // namespace trailkeeper::ingest
