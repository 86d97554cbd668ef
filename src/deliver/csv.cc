#include <array>

#include "forms.h"

namespace trailkeeper::deliver {
namespace {

// A cell that a spreadsheet would take for a formula, in any width of its first character.
bool begins_formula(std::string_view text) {
  if (text.empty()) return false;
  if (std::string_view("=+-@\t\r").find(text.front()) != std::string_view::npos) return true;
  for (const std::string_view wide :
       {"\xef\xbc\x9d", "\xef\xbc\x8b", "\xef\xbc\x8d", "\xef\xbc\xa0"}) {
    if (text.starts_with(wide)) return true;
  }
  return false;
}

void append_cell(std::string& out, std::string_view text, bool last = false) {
  out += '"';
  if (begins_formula(text)) out += '\'';
  for (const char c : text) {
    if (c == '"') out += '"';
    out += c;
  }
  out += '"';
  out += last ? "\r\n" : ",";
}

std::string_view text_at(const json::Node& record, std::string_view object, std::string_view name) {
  const auto outer = object.empty() ? std::optional<json::Node>(record) : record.find(object);
  if (!outer) return {};
  const auto found = outer->find(name);
  return found ? found->text() : std::string_view();
}

void append_json_cell(std::string& out, const json::Node& record, std::string_view name,
                      bool last = false) {
  std::string text;
  if (const auto found = record.find(name)) json::append(text, *found);
  append_cell(out, text, last);
}

struct Column {
  std::string_view object;
  std::string_view name;
};

constexpr std::array<Column, 26> kColumns = {{{"", "seq"},
                                              {"", "received_at"},
                                              {"", "occurred_at"},
                                              {"", "id"},
                                              {"", "organization_id"},
                                              {"", "application"},
                                              {"", "action"},
                                              {"", "action_label"},
                                              {"", "area"},
                                              {"", "category"},
                                              {"", "crud"},
                                              {"actor", "type"},
                                              {"actor", "id"},
                                              {"actor", "name"},
                                              {"actor", "username"},
                                              {"actor", "email"},
                                              {"actor", "role"},
                                              {"context", "ip"},
                                              {"context", "user_agent"},
                                              {"context", "url"},
                                              {"context", "request_id"},
                                              {"context", "session_id"},
                                              {"", "outcome"},
                                              {"", "http_status"},
                                              {"error", "code"},
                                              {"error", "message"}}};

}  // namespace

std::string_view csv_header() {
  return "seq,received_at,occurred_at,id,organization_id,application,action,action_label,area,"
         "category,crud,actor_type,actor_id,actor_name,actor_username,actor_email,actor_role,ip,"
         "user_agent,url,request_id,session_id,outcome,http_status,error_code,error_message,"
         "targets,changes,metadata\r\n";
}

void append_csv(std::string& out, const json::Node& record) {
  for (const Column& column : kColumns)
    append_cell(out, text_at(record, column.object, column.name));
  append_json_cell(out, record, "targets");
  append_json_cell(out, record, "changes");
  append_json_cell(out, record, "metadata", true);
}

}  // namespace trailkeeper::deliver
