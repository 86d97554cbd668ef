#pragma once

#include <string>

#include "event/event.h"
#include "event/view.h"

namespace trailkeeper::event {

// The CSV for people: Date, Username, Name, Application, Action, IP Address, Area. RFC 4180: CRLF,
// quoted where needed. A cell that a spreadsheet could take for a formula gets an apostrophe before
// it.
std::string csv_header();
void append_csv_row(std::string& out, const StoredEvent& stored);
void append_csv_row(std::string& out, const EventView& event);

// Appends one cell, quoted where RFC 4180 asks for it and safe against formula injection
// (CWE-1236).
void append_csv_cell(std::string& out, std::string_view text);

}  // namespace trailkeeper::event
