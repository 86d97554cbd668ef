#include "event/csv.h"

#include <array>
#include <string_view>

namespace trailkeeper::event {
namespace {

// What makes a spreadsheet take a cell for a formula (CWE-1236), with the full-width forms that
// some fold to these.
constexpr std::array<std::string_view, 12> kFormulaStarts{
    "=", "+", "-", "@", "\t", "\r", "\n", std::string_view("\0", 1), "＝", "＋", "－", "＠"};

bool starts_like_formula(std::string_view text) {
  for (std::string_view start : kFormulaStarts) {
    if (text.starts_with(start)) return true;
  }
  return false;
}

std::string_view first_of(const TextView& a, const TextView& b, std::string_view otherwise) {
  if (a && !a->empty()) return *a;
  if (b && !b->empty()) return *b;
  return otherwise;
}

}  // namespace

void append_csv_cell(std::string& out, std::string_view text) {
  const bool guarded = starts_like_formula(text);
  const bool quoted = text.find_first_of(",\"\r\n") != std::string_view::npos;
  if (quoted) out += '"';
  if (guarded) out += '\'';
  for (char c : text) {
    if (c == '"') out += '"';
    out += c;
  }
  if (quoted) out += '"';
}

std::string csv_header() { return "Date,Username,Name,Application,Action,IP Address,Area\r\n"; }

void append_csv_row(std::string& out, const StoredEvent& stored) {
  append_csv_row(out, view_of(stored.event));
}

void append_csv_row(std::string& out, const EventView& event) {
  append_rfc3339(out, event.occurred_at);
  out += ',';
  append_csv_cell(out, first_of(event.actor.username, event.actor.email, event.actor.id));
  out += ',';
  append_csv_cell(out, event.actor.name.value_or(""));
  out += ',';
  append_csv_cell(out, event.application.value_or(""));
  out += ',';
  append_csv_cell(out, first_of(event.action_label, {}, event.action));
  out += ',';
  if (event.context) append_csv_cell(out, event.context->ip.value_or(""));
  out += ',';
  append_csv_cell(out, event.area.value_or(""));
  out += "\r\n";
}

}  // namespace trailkeeper::event
