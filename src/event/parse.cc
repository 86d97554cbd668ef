#include "event/parse.h"

#include <arpa/inet.h>

#include <algorithm>
#include <array>

#include "compact_texts.h"
#include "event/record.h"
#include "record_head.h"
#include "record_reader.h"

namespace trailkeeper::event {
namespace {

using json::Node;
using json::Type;

constexpr std::size_t kNameBytesMax = 256;  // ids and names that are filtered by
constexpr std::size_t kIdBytesMax = 1024;   // ids of the sender's things
constexpr std::size_t kTextBytesMax = 32 * 1024;
constexpr std::size_t kProblemsMax = 20;
constexpr std::int64_t kVersionMax = 2'147'483'647;
constexpr Timestamp kEarliest = from_micros(946'684'800'000'000);  // 2000-01-01
constexpr Duration kAheadMax = std::chrono::hours(24);

constexpr std::array<std::string_view, 7> kCategories{
    "authentication", "data", "permission", "configuration", "export", "error", "other"};
constexpr std::array<std::string_view, 5> kCruds{"create", "read", "update", "delete", "none"};
constexpr std::array<std::string_view, 3> kOutcomes{"success", "failure", "unknown"};

// Where we are in the document; a pointer is made of it only when there is a problem.
struct Place {
  const Place* parent;
  std::string_view key;
  std::size_t index = 0;
  bool is_index = false;

  std::string pointer(const std::string& base) const {
    std::string above = parent ? parent->pointer(base) : base;
    return is_index ? json::pointer(above, index) : json::pointer(above, key);
  }
};

std::string joined(auto values) {
  std::string out;
  for (std::string_view value : values) {
    if (!out.empty()) out += ", ";
    out += value;
  }
  return out;
}

bool is_address(std::string_view text) {
  std::array<char, INET6_ADDRSTRLEN + 1> copy;  // with a NUL behind it
  if (text.size() >= copy.size() || text.find('\0') != std::string_view::npos) return false;
  *std::copy(text.begin(), text.end(), copy.begin()) = '\0';
  std::array<unsigned char, 16> bytes{};
  return inet_pton(AF_INET, copy.data(), bytes.data()) == 1 ||
         inet_pton(AF_INET6, copy.data(), bytes.data()) == 1;
}

class EventReader {
 public:
  EventReader(const ParseContext& context, CompactTexts& texts, bool is_record)
      : context_(context), texts_(texts), is_record_(is_record) {}

  void read(Node node, EventView& out);
  std::vector<FieldProblem> take_problems() { return std::move(problems_); }

 private:
  void problem(const Place* place, std::string code, std::string detail) {
    if (problems_.size() < kProblemsMax) {
      problems_.push_back({place ? place->pointer(context_.pointer) : context_.pointer,
                           std::move(code), std::move(detail)});
    }
  }
  void required(const Place* parent, std::string_view name) {
    Place place{parent, name};
    problem(&place, "required", std::string(name) + " is required");
  }
  bool expect(Node node, Type type, const Place& place, const char* name) {
    if (node.is(type)) return true;
    problem(&place, "wrong_type", std::string("must be ") + name);
    return false;
  }

  std::string_view text(Node node, const Place& place, std::size_t bytes_max,
                        bool may_be_empty = true);
  void text(Node node, const Place& place, TextView& out, std::size_t bytes_max = kTextBytesMax) {
    if (!node.is(Type::null)) out = text(node, place, bytes_max);
  }
  template <std::size_t N>
  void one_of(Node node, const Place& place, TextView& out,
              const std::array<std::string_view, N>& values);
  void whole(Node node, const Place& place, std::optional<std::int64_t>& out, std::int64_t low,
             std::int64_t high);
  void object_json(Node node, const Place& place, JsonView& out);
  void value_json(Node node, JsonView& out) { out = texts_.add(node); }
  void time(Node node, const Place& place);
  void address(Node node, const Place& place, TextView& out);

  void actor(Node node, const Place& place, ActorView& out);
  void target(Node node, const Place& place, TargetView& out);
  void context(Node node, const Place& place, ContextView& out);
  void error(Node node, const Place& place, ErrorDetailView& out);
  void change(Node node, const Place& place, ChangeView& out);
  bool what_member(std::string_view key, Node node, const Place& place, EventView& out);
  bool rest_member(std::string_view key, Node node, const Place& place, EventView& out);
  void organization(Node node, const Place& place, EventView& out);
  void unknown(const Place& place) {
    problem(&place, "unknown_field", "there is no field of this name");
  }

  // Calls `read(item, place, element)` for each item of an array.
  template <typename T>
  void list(Node node, const Place& place, std::optional<std::vector<T>>& out,
            void (EventReader::*read)(Node, const Place&, T&));

  const ParseContext& context_;
  CompactTexts& texts_;
  const bool is_record_;
  std::vector<FieldProblem> problems_;
  std::optional<Timestamp> occurred_at_;
};

std::string_view EventReader::text(Node node, const Place& place, std::size_t bytes_max,
                                   bool may_be_empty) {
  if (!expect(node, Type::string, place, "a string")) return {};
  std::string_view value = node.text();
  if (value.size() > bytes_max) {
    problem(&place, "too_long",
            "is " + std::to_string(value.size()) + " bytes long; at most " +
                std::to_string(bytes_max) + " are allowed");
    return {};
  }
  if (value.empty() && !may_be_empty) problem(&place, "empty", "must not be empty");
  return value;
}

template <std::size_t N>
void EventReader::one_of(Node node, const Place& place, TextView& out,
                         const std::array<std::string_view, N>& values) {
  if (node.is(Type::null)) return;
  const std::string_view value = text(node, place, kNameBytesMax);
  if (!node.is(Type::string)) return;
  if (std::find(values.begin(), values.end(), value) == values.end()) {
    problem(&place, "unknown_value", "must be one of " + joined(values));
    return;
  }
  out = value;
}

void EventReader::whole(Node node, const Place& place, std::optional<std::int64_t>& out,
                        std::int64_t low, std::int64_t high) {
  if (node.is(Type::null)) return;
  auto value = node.integer();
  if (!value || *value < low || *value > high) {
    problem(&place, "out_of_range",
            "must be a whole number from " + std::to_string(low) + " to " + std::to_string(high));
    return;
  }
  out = value;
}

void EventReader::object_json(Node node, const Place& place, JsonView& out) {
  if (node.is(Type::null)) return;
  if (expect(node, Type::object, place, "an object")) value_json(node, out);
}

void EventReader::time(Node node, const Place& place) {
  if (node.is(Type::null)) return;
  if (!expect(node, Type::string, place, "a string with an RFC 3339 time")) return;
  auto time = parse_rfc3339(node.text());
  if (!time) {
    problem(&place, "invalid_time",
            "must be an RFC 3339 time with its offset, such as 2026-11-22T14:02:58Z");
    return;
  }
  if (!is_record_ && (*time < kEarliest || *time > context_.now + kAheadMax)) {
    problem(&place, "time_out_of_range",
            "must lie between " + format_rfc3339_seconds(kEarliest) + " and a day from now, " +
                format_rfc3339_seconds(context_.now + kAheadMax));
    return;
  }
  occurred_at_ = time;
}

void EventReader::address(Node node, const Place& place, TextView& out) {
  if (node.is(Type::null)) return;
  const std::string_view value = text(node, place, kNameBytesMax);
  if (!node.is(Type::string)) return;
  if (!is_address(value)) {
    problem(&place, "invalid_address", "must be an IPv4 or IPv6 address");
    return;
  }
  out = value;
}

template <typename T>
void EventReader::list(Node node, const Place& place, std::optional<std::vector<T>>& out,
                       void (EventReader::*read)(Node, const Place&, T&)) {
  if (node.is(Type::null) || !expect(node, Type::array, place, "an array")) return;
  out.emplace();
  out->reserve(node.size());
  std::size_t index = 0;
  for (Node item : node) {
    Place here{&place, {}, index++, true};
    if (!expect(item, Type::object, here, "an object")) continue;
    (this->*read)(item, here, out->emplace_back());
  }
}

void EventReader::actor(Node node, const Place& place, ActorView& out) {
  bool has_id = false;
  for (Node member : node) {
    std::string_view key = member.key();
    Place here{&place, key};
    if (key == "id") {
      out.id = text(member, here, kIdBytesMax, false);
      has_id = true;
    } else if (key == "type") {
      text(member, here, out.type, kNameBytesMax);
    } else if (key == "name") {
      text(member, here, out.name, kIdBytesMax);
    } else if (key == "username") {
      text(member, here, out.username, kIdBytesMax);
    } else if (key == "email") {
      text(member, here, out.email, kIdBytesMax);
    } else if (key == "role") {
      text(member, here, out.role, kNameBytesMax);
    } else if (key == "metadata") {
      object_json(member, here, out.metadata);
    } else {
      unknown(here);
    }
  }
  if (!has_id) required(&place, "id");
}

void EventReader::target(Node node, const Place& place, TargetView& out) {
  for (Node member : node) {
    std::string_view key = member.key();
    Place here{&place, key};
    if (key == "type") {
      text(member, here, out.type, kNameBytesMax);
    } else if (key == "id") {
      text(member, here, out.id, kIdBytesMax);
    } else if (key == "name") {
      text(member, here, out.name, kIdBytesMax);
    } else if (key == "metadata") {
      object_json(member, here, out.metadata);
    } else {
      unknown(here);
    }
  }
}

void EventReader::context(Node node, const Place& place, ContextView& out) {
  for (Node member : node) {
    std::string_view key = member.key();
    Place here{&place, key};
    if (key == "ip") {
      address(member, here, out.ip);
    } else if (key == "location") {
      text(member, here, out.location, kIdBytesMax);
    } else if (key == "user_agent") {
      text(member, here, out.user_agent);
    } else if (key == "url") {
      text(member, here, out.url);
    } else if (key == "request_id") {
      text(member, here, out.request_id, kIdBytesMax);
    } else if (key == "session_id") {
      text(member, here, out.session_id, kIdBytesMax);
    } else {
      unknown(here);
    }
  }
  // WorkOS' clients have only `location`, and send the address there.
  if (!is_record_ && !out.ip && out.location && is_address(*out.location)) {
    out.ip = out.location;
    out.location.reset();
  }
}

void EventReader::error(Node node, const Place& place, ErrorDetailView& out) {
  for (Node member : node) {
    std::string_view key = member.key();
    Place here{&place, key};
    if (key == "code") {
      text(member, here, out.code, kIdBytesMax);
    } else if (key == "message") {
      text(member, here, out.message);
    } else {
      unknown(here);
    }
  }
}

void EventReader::change(Node node, const Place& place, ChangeView& out) {
  bool has_field = false;
  for (Node member : node) {
    std::string_view key = member.key();
    Place here{&place, key};
    if (key == "field") {
      out.field = text(member, here, kIdBytesMax, false);
      has_field = true;
    } else if (key == "before") {
      value_json(member, out.before);
    } else if (key == "after") {
      value_json(member, out.after);
    } else {
      unknown(here);
    }
  }
  if (!has_field) required(&place, "field");
}

void EventReader::organization(Node node, const Place& place, EventView& out) {
  if (node.is(Type::null) || !expect(node, Type::string, place, "a string")) return;
  auto org = OrgId::parse(node.text());
  if (!org) {
    problem(&place, "invalid_organization", "must be 1 to 64 of A-Z a-z 0-9 _ and -");
    return;
  }
  if (context_.default_organization && *org != *context_.default_organization) {
    problem(&place, "unknown_organization", "there is no such organization for this key");
    return;
  }
  out.organization_id = node.text();
}

bool EventReader::what_member(std::string_view key, Node node, const Place& place, EventView& out) {
  if (key == "organization_id") {
    organization(node, place, out);
  } else if (key == "action") {
    out.action = text(node, place, kNameBytesMax, false);
  } else if (key == "action_label") {
    text(node, place, out.action_label, kNameBytesMax);
  } else if (key == "area") {
    text(node, place, out.area, kNameBytesMax);
  } else if (key == "application") {
    text(node, place, out.application, kNameBytesMax);
  } else if (key == "category") {
    one_of(node, place, out.category, kCategories);
  } else if (key == "crud") {
    one_of(node, place, out.crud, kCruds);
  } else if (key == "occurred_at") {
    time(node, place);
  } else {
    return false;
  }
  return true;
}

bool EventReader::rest_member(std::string_view key, Node node, const Place& place, EventView& out) {
  if (key == "actor") {
    if (expect(node, Type::object, place, "an object")) actor(node, place, out.actor);
  } else if (key == "targets") {
    list(node, place, out.targets, &EventReader::target);
  } else if (key == "context") {
    if (node.is(Type::null) || !expect(node, Type::object, place, "an object")) return true;
    context(node, place, out.context.emplace());
  } else if (key == "outcome") {
    one_of(node, place, out.outcome, kOutcomes);
  } else if (key == "http_status") {
    whole(node, place, out.http_status, 100, 599);
  } else if (key == "error") {
    if (node.is(Type::null) || !expect(node, Type::object, place, "an object")) return true;
    error(node, place, out.error.emplace());
  } else if (key == "changes") {
    list(node, place, out.changes, &EventReader::change);
  } else if (key == "metadata") {
    object_json(node, place, out.metadata);
  } else if (key == "external_id") {
    text(node, place, out.external_id, kNameBytesMax);
    if (out.external_id && out.external_id->empty()) problem(&place, "empty", "must not be empty");
  } else if (key == "version") {
    whole(node, place, out.version, 0, kVersionMax);
  } else {
    return false;
  }
  return true;
}

bool is_head_member(std::string_view key) {
  return key == "v" || key == "seq" || key == "received_at" || key == "id" || key == "nonce";
}

void EventReader::read(Node node, EventView& out) {
  if (!node.is(Type::object)) {
    problem(nullptr, "wrong_type", "an event must be an object");
    return;
  }
  bool has_action = false;
  bool has_actor = false;
  for (Node member : node) {
    std::string_view key = member.key();
    Place here{nullptr, key};
    has_action |= key == "action";
    has_actor |= key == "actor";
    if (is_record_ && is_head_member(key)) continue;
    if (!what_member(key, member, here, out) && !rest_member(key, member, here, out)) unknown(here);
  }
  if (!has_action) required(nullptr, "action");
  if (!has_actor) required(nullptr, "actor");
  if (out.organization_id.empty() && context_.default_organization) {
    out.organization_id = context_.default_organization->str();
  }
  if (out.organization_id.empty() && problems_.empty()) required(nullptr, "organization_id");
  out.occurred_at = occurred_at_.value_or(context_.now);
  if (!out.application && !context_.default_application.empty())
    out.application = context_.default_application;
}

Error invalid_event(std::vector<FieldProblem> problems) {
  Error error{ErrorKind::invalid, "invalid_event", "The event is not valid."};
  if (!problems.empty()) {
    const FieldProblem& first = problems.front();
    error.message = "The event is not valid at \"" + first.pointer + "\": " + first.detail + ".";
  }
  error.fields = std::move(problems);
  return error;
}

}  // namespace

struct EventParser::Impl {
  CompactTexts texts;
  EventView event;
};

EventParser::EventParser() : impl_(std::make_unique<Impl>()) {}
EventParser::~EventParser() = default;

Result<const EventView*> EventParser::parse(json::Node node, const ParseContext& context) {
  impl_->texts.clear();
  impl_->event = {};
  EventReader reader(context, impl_->texts, false);
  reader.read(node, impl_->event);
  auto problems = reader.take_problems();
  if (!problems.empty()) return invalid_event(std::move(problems));
  return &impl_->event;
}

Result<Event> parse_event(json::Node node, const ParseContext& context) {
  thread_local EventParser parser;
  return copy_of(*TRY(parser.parse(node, context)));
}

struct RecordParser::Impl {
  Result<> parse(std::string_view line);

  std::string record;
  RecordReader reader;
  json::Document document;
  CompactTexts texts;
  StoredView stored;
};

RecordParser::RecordParser() : impl_(std::make_unique<Impl>()) {}
RecordParser::~RecordParser() = default;

Result<const StoredView*> RecordParser::parse(std::string_view record) {
  // Records often come as temporaries, and a copy costs far less than what is saved.
  impl_->record.assign(record);
  if (!impl_->reader.read(impl_->record, impl_->stored)) TRY(impl_->parse(record));
  return &impl_->stored;
}

Result<> RecordParser::Impl::parse(std::string_view line) {
  const Node node = TRY(document.parse(line));
  texts.clear();
  StoredView& out = stored = {};
  if (!node.is(Type::object) || !read_head(node, out)) {
    return Error{ErrorKind::invalid, "invalid_record", "This is not a record of version 1."};
  }
  const ParseContext context{.now = out.received_at};
  EventReader event(context, texts, true);
  event.read(node, out.event);
  auto problems = event.take_problems();
  if (!problems.empty()) return invalid_event(std::move(problems));
  return {};
}

Result<StoredEvent> parse_record(std::string_view record) {
  thread_local RecordParser::Impl parser;
  TRY(parser.parse(record));
  return copy_of(parser.stored);
}

}  // namespace trailkeeper::event
