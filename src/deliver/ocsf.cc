#include <array>

#include "base/time.h"
#include "forms.h"
#include "json/writer.h"

// Records as events of the Open Cybersecurity Schema Framework, version 1.6.0.
namespace trailkeeper::deliver {
namespace {

constexpr int kAuthentication = 3002;
constexpr int kEntityManagement = 3004;
constexpr int kUserAccess = 3005;
constexpr int kApiActivity = 6003;
constexpr int kApplicationError = 6008;
constexpr int kOther = 99;

struct Activity {
  int id = 0;
  std::string_view name;
};

std::string_view text(const json::Node& node, std::string_view name) {
  const auto found = node.find(name);
  return found ? found->text() : std::string_view();
}

std::string_view text(const json::Node& node, std::string_view object, std::string_view name) {
  const auto found = node.find(object);
  return found ? text(*found, name) : std::string_view();
}

void member(json::Writer& out, std::string_view name, std::string_view value) {
  if (!value.empty()) out.member(name, value);
}

std::int64_t milliseconds(std::string_view time) {
  const auto parsed = parse_rfc3339(time);
  if (!parsed) return 0;
  return std::chrono::floor<std::chrono::milliseconds>(parsed->time_since_epoch()).count();
}

bool says(std::string_view action, std::initializer_list<std::string_view> words) {
  for (const std::string_view word : words) {
    if (action.find(word) != std::string_view::npos) return true;
  }
  return false;
}

Activity sign_in_activity(std::string_view action) {
  if (says(action, {"sign_out", "signed_out", "signout", "logout", "log_out", "logged_out"}))
    return {2, "Logoff"};
  if (says(action, {"sign_in", "signed_in", "signin", "login", "log_in", "logged_in", "logon"}))
    return {1, "Logon"};
  return {kOther, "Other"};
}

Activity crud_activity(std::string_view crud) {
  if (crud == "create") return {1, "Create"};
  if (crud == "read") return {2, "Read"};
  if (crud == "update") return {3, "Update"};
  if (crud == "delete") return {4, "Delete"};
  return {kOther, "Other"};
}

Activity access_activity(std::string_view crud) {
  if (crud == "create") return {1, "Assign Privileges"};
  if (crud == "delete") return {2, "Revoke Privileges"};
  return {kOther, "Other"};
}

Activity activity_of(int uid, const json::Node& record) {
  if (uid == kAuthentication) return sign_in_activity(text(record, "action"));
  if (uid == kUserAccess) return access_activity(text(record, "crud"));
  if (uid == kApplicationError) return {1, "General Error"};
  return crud_activity(text(record, "crud"));
}

// REQUIRES: the actor has an id, as every record's has.
void write_user(json::Writer& out, const json::Node& actor) {
  out.begin_object();
  member(out, "uid", text(actor, "id"));
  const std::string_view name = text(actor, "username");
  member(out, "name", name.empty() ? text(actor, "name") : name);
  member(out, "full_name", text(actor, "name"));
  member(out, "email_addr", text(actor, "email"));
  member(out, "type", text(actor, "type"));
  if (!text(actor, "type").empty()) out.member("type_id", kOther);
  out.end_object();
}

void write_source(json::Writer& out, const json::Node& record) {
  const std::string_view ip = text(record, "context", "ip");
  out.key("src_endpoint").begin_object();
  if (!ip.empty()) {
    out.member("ip", ip);
  } else {
    // An endpoint has to have a name of some kind.
    const std::string_view place = text(record, "context", "location");
    out.member("name", place.empty() ? std::string_view("unknown") : place);
  }
  out.end_object();
}

void write_metadata(json::Writer& out, const json::Node& record) {
  out.key("metadata").begin_object().member("version", "1.6.0");
  out.key("product").begin_object().member("name", text(record, "application"));
  out.member("vendor_name", "Trailkeeper").end_object();
  out.member("uid", text(record, "id")).member("event_code", text(record, "action"));
  if (const auto seq = record.find("seq"); seq && seq->integer())
    out.member("sequence", *seq->integer());
  out.member("logged_time", milliseconds(text(record, "received_at")));
  out.member("original_time", text(record, "occurred_at"));
  out.member("tenant_uid", text(record, "organization_id")).member("log_name", "audit");
  member(out, "correlation_uid", text(record, "context", "request_id"));
  out.end_object();
}

void write_status(json::Writer& out, const json::Node& record) {
  const std::string_view outcome = text(record, "outcome");
  const int id = outcome == "success" ? 1 : outcome == "failure" ? 2 : 0;
  constexpr std::array<std::string_view, 3> kNames = {"Unknown", "Success", "Failure"};
  out.member("status_id", id).member("status", kNames[static_cast<std::size_t>(id)]);
  const std::string_view code = text(record, "error", "code");
  member(out, "status_code", code.empty() ? text(record, "http_status") : code);
  member(out, "status_detail", text(record, "error", "message"));
}

std::optional<json::Node> first_target(const json::Node& record) {
  const auto targets = record.find("targets");
  if (!targets || targets->size() == 0) return std::nullopt;
  return *targets->begin();
}

// Name and uid of a target, of which one has to be there.
void write_named(json::Writer& out, const std::optional<json::Node>& target,
                 std::string_view otherwise) {
  const std::string_view id = target ? text(*target, "id") : std::string_view();
  const std::string_view name = target ? text(*target, "name") : std::string_view();
  member(out, "uid", id);
  member(out, "name", id.empty() && name.empty() ? otherwise : name);
}

std::string_view area_or_action(const json::Node& record) {
  const std::string_view area = text(record, "area");
  return area.empty() ? text(record, "action") : area;
}

void write_resources(json::Writer& out, const json::Node& record) {
  const auto targets = record.find("targets");
  if (!targets || targets->size() == 0) return;
  out.key("resources").begin_array();
  for (const json::Node target : *targets) {
    out.begin_object();
    write_named(out, target, area_or_action(record));
    member(out, "type", text(target, "type"));
    out.end_object();
  }
  out.end_array();
}

void write_access(json::Writer& out, const json::Node& record) {
  const auto target = first_target(record);
  out.key("user").begin_object();
  write_named(out, target, area_or_action(record));
  out.end_object().key("privileges").begin_array();
  const auto changes = record.find("changes");
  if (changes && changes->size() > 0) {
    for (const json::Node change : *changes) out.string(text(change, "field"));
  } else {
    out.string(text(record, "action"));
  }
  out.end_array();
}

void write_entity(json::Writer& out, const json::Node& record) {
  const auto target = first_target(record);
  out.key("entity").begin_object();
  write_named(out, target, area_or_action(record));
  if (target) member(out, "type", text(*target, "type"));
  out.end_object();
}

void write_api(json::Writer& out, const json::Node& record) {
  out.key("api").begin_object().member("operation", text(record, "action"));
  out.key("service").begin_object().member("name", text(record, "application")).end_object();
  const std::string_view request = text(record, "context", "request_id");
  if (!request.empty()) out.key("request").begin_object().member("uid", request).end_object();
  out.end_object();
  const std::string_view url = text(record, "context", "url");
  const std::string_view agent = text(record, "context", "user_agent");
  if (!url.empty() || !agent.empty()) {
    out.key("http_request").begin_object();
    if (!url.empty()) out.key("url").begin_object().member("url_string", url).end_object();
    member(out, "user_agent", agent);
    out.end_object();
  }
  write_resources(out, record);
}

void write_class(json::Writer& out, int uid, const json::Node& record, const json::Node& actor) {
  if (uid == kAuthentication) {
    out.key("user");
    write_user(out, actor);
    out.key("service").begin_object().member("name", text(record, "application")).end_object();
    const std::string_view session = text(record, "context", "session_id");
    if (!session.empty()) out.key("session").begin_object().member("uid", session).end_object();
  } else if (uid == kUserAccess) {
    write_access(out, record);
    write_resources(out, record);
  } else if (uid == kEntityManagement) {
    write_entity(out, record);
  } else if (uid == kApiActivity) {
    write_api(out, record);
  }
}

// What OCSF has no place for stays as the record has it.
void write_unmapped(json::Writer& out, const json::Node& record) {
  constexpr std::array<std::string_view, 8> kMembers = {
      "area", "category", "crud", "changes", "metadata", "targets", "external_id", "http_status"};
  out.key("unmapped").begin_object();
  for (const std::string_view name : kMembers) {
    const auto found = record.find(name);
    if (!found) continue;
    std::string json;
    json::append(json, *found);
    out.key(name).raw(json);
  }
  out.end_object();
}

}  // namespace

OcsfClass ocsf_class(std::string_view category) {
  if (category == "authentication") return {kAuthentication, "Authentication"};
  if (category == "permission") return {kUserAccess, "User Access Management"};
  if (category == "configuration") return {kEntityManagement, "Entity Management"};
  if (category == "error") return {kApplicationError, "Application Error"};
  return {kApiActivity, "API Activity"};
}

Result<> append_ocsf(std::string& out, const json::Node& record) {
  const auto actor = record.find("actor");
  if (!actor)
    return Error{ErrorKind::failed, "not_a_record", "What is stored is not a record of ours."};
  const std::string_view category = text(record, "category");
  const OcsfClass kind = ocsf_class(category);
  const Activity activity = activity_of(kind.uid, record);
  const bool identity = kind.uid < 4000;
  const bool failed = text(record, "outcome") == "failure" || category == "error";
  json::Writer event;
  event.begin_object();
  event.member("class_uid", kind.uid).member("class_name", kind.name);
  event.member("category_uid", identity ? 3 : 6)
      .member("category_name", identity ? "Identity & Access Management" : "Application Activity");
  event.member("activity_id", activity.id).member("activity_name", activity.name);
  event.member("type_uid", kind.uid * 100 + activity.id);
  event.member("severity_id", failed ? 2 : 1).member("severity", failed ? "Low" : "Informational");
  event.member("time", milliseconds(text(record, "occurred_at")));
  const std::string_view label = text(record, "action_label");
  event.member("message", label.empty() ? text(record, "action") : label);
  write_status(event, record);
  // An application error has neither.
  if (kind.uid != kApplicationError) {
    event.key("actor").begin_object().key("user");
    write_user(event, *actor);
    const std::string_view session = text(record, "context", "session_id");
    if (!session.empty()) event.key("session").begin_object().member("uid", session).end_object();
    event.end_object();
    write_source(event, record);
  }
  write_class(event, kind.uid, record, *actor);
  write_metadata(event, record);
  write_unmapped(event, record);
  out += event.end_object().take();
  return {};
}

}  // namespace trailkeeper::deliver
