#include <algorithm>

#include "base/bytes.h"
#include "crypto/hash.h"
#include "foreign.h"
#include "spoiled.h"
#include "translation.h"

// CloudEvents 1.0 in its JSON format and HTTP binding (docs/formats/intake.md has the mapping).
namespace trailkeeper::ingest {
namespace {

using json::Node;
using json::Type;

constexpr std::size_t kExternalIdBytesMax = 256;

// Members of our own form that `data` may hold, next to `actor`.
constexpr std::string_view kOwnMembers[] = {
    "action_label", "area",    "application", "category",    "crud",  "actor",  "targets",
    "context",      "outcome", "version",     "http_status", "error", "changes"};

bool is_own(std::string_view name) {
  return std::find(std::begin(kOwnMembers), std::end(kOwnMembers), name) != std::end(kOwnMembers);
}

void append_member(std::string& out, std::string_view key, std::string_view json) {
  if (!out.empty()) out += ',';
  ((out += to_json(key)) += ':') += json;
}

bool is_json_type(std::string_view type) {
  std::string name(type.substr(0, type.find(';')));
  while (!name.empty() && name.back() == ' ') name.pop_back();
  for (char& c : name) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  return name == "application/json" || name == "text/json" || name.ends_with("+json");
}

// One text of (source, id) that no other pair has: the first blank parts them. The long ones by
// their hash, which has no blank.
std::string external_id(std::string_view source, std::string_view id) {
  std::string out;
  for (const char c : source) {
    if (c == '%') {
      out += "%25";
    } else if (c == ' ') {
      out += "%20";
    } else {
      out += c;
    }
  }
  (out += ' ') += id;
  if (out.size() <= kExternalIdBytesMax) return out;
  return "sha256:" + to_hex(as_text(crypto::sha256(out)));
}

// The data of a base64 member that is JSON by its type lies in another document.
json::Document& data_document() {
  thread_local json::Document document;
  return document;
}

class Reader {
 public:
  explicit Reader(Translation& translation)
      : translation_(translation), wire_(translation.wire()) {}

  void add(Node event, std::string pointer);

 private:
  using MaybeNode = std::optional<Node>;
  struct Parts {
    MaybeNode specversion, id, source, type, subject, time, datacontenttype, dataschema, data,
        data_base64;
    MaybeNode organizationid, authtype, authid;
  };

  void sort_member(Node member);
  MaybeNode* known(std::string_view name);
  void text_attribute(const MaybeNode& node, std::string_view name, bool is_required);
  void check_attributes();
  void identity();
  void find_data();
  void read_data(Node data);
  void own_data(Node data);
  void organization();
  void actor_and_target();
  void keep(std::string_view name, const MaybeNode& node) {
    if (node) append_member(others_, name, to_json(*node));
  }
  void place(std::string_view wire, std::string_view origin) { wire_.origins.add(wire, origin); }
  void wrong(const std::string& origin, std::string code, std::string detail) {
    problems_.push_back(problem(pointer_ + origin, std::move(code), std::move(detail)));
  }

  Translation& translation_;
  Wire& wire_;
  // Of the event at hand:
  std::string pointer_;
  std::vector<FieldProblem> problems_;
  Parts parts_;
  std::string others_;     // members of metadata.cloudevent
  std::string data_name_;  // "/data" or "/data_base64"
  MaybeNode data_;
  bool data_is_event_ = false;
};

Reader::MaybeNode* Reader::known(std::string_view name) {
  struct Row {
    std::string_view name;
    MaybeNode Parts::*part;
  };
  static constexpr Row kRows[] = {{"specversion", &Parts::specversion},
                                  {"id", &Parts::id},
                                  {"source", &Parts::source},
                                  {"type", &Parts::type},
                                  {"subject", &Parts::subject},
                                  {"time", &Parts::time},
                                  {"datacontenttype", &Parts::datacontenttype},
                                  {"dataschema", &Parts::dataschema},
                                  {"data", &Parts::data},
                                  {"data_base64", &Parts::data_base64},
                                  {"organizationid", &Parts::organizationid},
                                  {"authtype", &Parts::authtype},
                                  {"authid", &Parts::authid}};
  for (const Row& row : kRows) {
    if (row.name == name) return &(parts_.*row.part);
  }
  return nullptr;
}

void Reader::sort_member(Node member) {
  MaybeNode* part = known(member.key());
  // A data that is null is a value; an attribute that is null is absent.
  if (member.is(Type::null) && member.key() != "data") return;
  if (part) {
    *part = member;
  } else if (member.is(Type::object) || member.is(Type::array)) {
    wrong(json::pointer("", member.key()), "wrong_type",
          "an extension attribute must be a string, a number or true or false");
  } else {
    append_member(others_, member.key(), to_json(member));
  }
}

void Reader::text_attribute(const MaybeNode& node, std::string_view name, bool is_required) {
  const std::string at = "/" + std::string(name);
  if (!node) {
    if (is_required) wrong(at, "required", std::string(name) + " is required");
  } else if (!node->is(Type::string)) {
    wrong(at, "wrong_type", "must be a string");
  } else if (node->text().empty()) {
    wrong(at, "empty", "must not be empty");
  }
}

void Reader::check_attributes() {
  text_attribute(parts_.specversion, "specversion", true);
  text_attribute(parts_.id, "id", true);
  text_attribute(parts_.source, "source", true);
  text_attribute(parts_.type, "type", true);
  text_attribute(parts_.subject, "subject", false);
  text_attribute(parts_.time, "time", false);
  text_attribute(parts_.datacontenttype, "datacontenttype", false);
  text_attribute(parts_.dataschema, "dataschema", false);
  text_attribute(parts_.organizationid, "organizationid", false);
  text_attribute(parts_.authtype, "authtype", false);
  text_attribute(parts_.authid, "authid", false);
  if (parts_.specversion && parts_.specversion->text() != "1.0" && problems_.empty()) {
    wrong("/specversion", "unknown_value", "must be 1.0");
  }
  if (parts_.data && parts_.data_base64) {
    wrong("/data_base64", "one_value", "data and data_base64 may not both be there");
  }
}

void Reader::identity() {
  wire_.set(Field::action, to_json(*parts_.type));
  place("/action", "/type");
  wire_.set_text(Field::external_id, external_id(parts_.source->text(), parts_.id->text()));
  place("/external_id", "/id");
  keep("source", parts_.source);
  keep("id", parts_.id);
  keep("datacontenttype", parts_.datacontenttype);
  keep("dataschema", parts_.dataschema);
  if (parts_.time) {
    wire_.set(Field::occurred_at, to_json(*parts_.time));
    place("/occurred_at", "/time");
  }
}

void Reader::find_data() {
  data_.reset();
  data_is_event_ = false;
  data_name_ = parts_.data ? "/data" : "/data_base64";
  if (parts_.data) {
    data_ = parts_.data;
  } else if (parts_.data_base64) {
    const auto bytes = from_base64(parts_.data_base64->text());
    if (!parts_.data_base64->is(Type::string) || !bytes) {
      return wrong(data_name_, "invalid_base64", "must be base64 in a string");
    }
    const auto& type = parts_.datacontenttype;
    if (!type || !is_json_type(type->text())) return;
    auto parsed = data_document().parse(*bytes);
    if (!parsed) return wrong(data_name_, parsed.error().code, parsed.error().message);
    data_ = *parsed;
  }
  if (!data_) return;
  const auto actor = data_->find("actor");
  data_is_event_ = actor && actor->is(Type::object);
}

void Reader::own_data(Node data) {
  std::string rest;
  for (Node member : data) {
    const std::string_view name = member.key();
    const std::string at = json::pointer(data_name_, name);
    if (name == "organization_id" || (name == "occurred_at" && !parts_.time)) {
      if (name == "organization_id") continue;
      wire_.set(Field::occurred_at, to_json(member));
      place("/occurred_at", at);
    } else if (is_own(name)) {
      if (member.is(Type::null)) continue;
      wire_.member(name, to_json(member));
      place(json::pointer("", name), at);
    } else if (name == "metadata" && member.is(Type::object)) {
      for (Node inner : member) wire_.metadata(inner.key(), to_json(inner));
      place("/metadata", at);
    } else {
      append_member(rest, name, to_json(member));
    }
  }
  if (rest.empty()) return;
  wire_.metadata("data", "{" + rest + "}");
  place("/metadata/data", data_name_);
}

void Reader::read_data(Node data) {
  if (data_is_event_) return own_data(data);
  wire_.metadata("data", to_json(data));
  place("/metadata/data", data_name_);
}

void Reader::organization() {
  MaybeNode in_data = data_ ? data_->find("organization_id") : std::nullopt;
  if (in_data && !in_data->is(Type::string)) in_data.reset();
  const std::string at = json::pointer(data_name_, "organization_id");
  const MaybeNode& extension = parts_.organizationid;
  if (extension && in_data && extension->text() != in_data->text()) {
    return wrong(at, "contradiction", "must be the same as organizationid");
  }
  if (!extension && !in_data) return place("/organization_id", "/organizationid");
  wire_.set(Field::organization_id, to_json(extension ? *extension : *in_data));
  place("/organization_id", extension ? "/organizationid" : at);
}

void Reader::actor_and_target() {
  if (data_is_event_) {
    keep("authtype", parts_.authtype);
    keep("authid", parts_.authid);
  } else if (parts_.authid) {
    wire_.set(Field::actor_id, to_json(*parts_.authid));
    if (parts_.authtype) wire_.set(Field::actor_type, to_json(*parts_.authtype));
    place("/actor/id", "/authid");
    place("/actor/type", "/authtype");
  } else {
    wrong("/data/actor", "required",
          "data.actor with an id, or the extension authid, is required: it is the actor");
  }
  if (!parts_.subject) return;
  const auto targets = data_is_event_ ? data_->find("targets") : std::nullopt;
  if (targets && !targets->is(Type::null)) return keep("subject", parts_.subject);
  wire_.set(Field::target_id, to_json(*parts_.subject));
  place("/targets/0/id", "/subject");
}

void Reader::add(Node event, std::string pointer) {
  pointer_ = std::move(pointer);
  problems_.clear();
  parts_ = {};
  others_.clear();
  if (event.is(Type::object)) {
    for (Node member : event) sort_member(member);
    check_attributes();
  } else {
    wrong("", "wrong_type", "an event must be an object");
  }
  if (problems_.empty()) {
    identity();
    find_data();
    organization();
    actor_and_target();
  }
  if (!problems_.empty()) return translation_.refuse(pointer_, std::move(problems_));
  if (data_) {
    read_data(*data_);
  } else if (parts_.data_base64) {
    wire_.metadata("data_base64", to_json(*parts_.data_base64));
  }
  wire_.metadata("cloudevent", "{" + others_ + "}");
  translation_.add(pointer_);
}

// The event of the binary mode in the JSON format: attributes from headers, data from the body.
Result<std::string> from_binary(const Request& request) {
  std::string out;
  for (const auto& [name, value] : request.attributes) {
    if (name == "data" || name == "data_base64" || name == "datacontenttype") {
      return wrong_request("invalid_attribute", "There is no attribute of this name.",
                           json::pointer("", name));
    }
    append_member(out, name, to_json(value));
  }
  if (!request.media_type.empty()) {
    append_member(out, "datacontenttype", to_json(request.media_type));
  }
  if (request.body.empty()) return "{" + out + "}";
  if (request.media_type.empty() || is_json_type(request.media_type)) {
    auto data = data_document().parse(request.body);
    if (!data) {
      Error error = std::move(data).error();
      for (FieldProblem& field : error.fields) field.pointer.insert(0, "/data");
      return error;
    }
    append_member(out, "data", to_json(*data));
  } else if (request.media_type.starts_with("text/")) {
    append_member(out, "data", to_json(request.body));
  } else {
    append_member(out, "data_base64", to_json(to_base64(request.body)));
  }
  return "{" + out + "}";
}

// The events of a batch stand one level down.
constexpr json::ParseLimits kBatchLimits{.depth_max = json::ParseLimits().depth_max + 1};

Result<> add_batch(Reader& reader, Translation& translation, Node root,
                   const SpoiledItems& spoiled) {
  if (!root.is(Type::array)) {
    return wrong_request("wrong_type", "The body must be an array of events.");
  }
  if (root.size() == 0) return wrong_request("no_events", "The array holds no event.");
  if (root.size() > kEventsPerRequestMax) return too_many_events();
  std::size_t index = 0;
  for (Node event : root) {
    std::string pointer = json::pointer("", index++);
    const auto found = spoiled.find(pointer);
    if (found == spoiled.end()) {
      reader.add(event, std::move(pointer));
    } else {
      translation.refuse(found->second, std::move(pointer));
    }
  }
  return {};
}

}  // namespace

Result<ParsedRequest> parse_cloudevents(const Request& request, Timestamp now,
                                        bool with_fingerprint, const ItemSink& sink) {
  constexpr std::string_view kEvents[] = {kEach};
  Translation translation(request, now, sink);
  Reader reader(translation);
  const bool binary = request.form == Form::cloudevent_binary;
  const bool batch = request.form == Form::cloudevent_batch;
  const std::string made = binary ? TRY(from_binary(request)) : std::string();
  SpoiledItems spoiled;
  Node root = TRY(batch ? parse_apart(sent_document(), request.body, kBatchLimits, kEvents, spoiled)
                        : sent_document().parse(binary ? made : request.body));
  if (batch) {
    TRY(add_batch(reader, translation, root, spoiled));
  } else {
    reader.add(root, "");
  }
  return ParsedRequest{with_fingerprint ? canonical(root, spoiled, request.body) : std::string()};
}

}  // namespace trailkeeper::ingest
