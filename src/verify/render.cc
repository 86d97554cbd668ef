#include <cstdio>
#include <string>

#include "json/writer.h"
#include "verify/report.h"

namespace trailkeeper::verify {
namespace {

// Of the folder's own texts (names, keys): a terminal shows no control characters of others.
std::string plain(std::string_view text) {
  std::string out;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    out += byte < 0x20 || byte == 0x7f ? '?' : c;
  }
  return out;
}

std::string minutes(Timestamp time) {
  std::string text = format_rfc3339_seconds(time).substr(0, 16);
  text[10] = ' ';
  return text;
}

std::string padded(std::string text, std::size_t width) {
  if (text.size() < width) text.append(width - text.size(), ' ');
  return text;
}

std::string span(std::uint64_t first, std::uint64_t last) {
  return first == last ? std::to_string(first) : std::to_string(first) + "-" + std::to_string(last);
}

std::string entries_text(const WindowReport& row) {
  if (row.first_seq == 0) return "";
  return row.entries() == 0 ? "none" : span(row.first_seq, row.last_seq);
}

std::string details_text(const std::vector<std::string>& details) {
  std::string out;
  for (std::size_t i = 0; i < details.size() && i < 3; ++i) {
    out += (i == 0 ? ": " : "; ") + plain(details[i]);
  }
  return out;
}

std::string state_line(const WindowReport& row) {
  std::string out(state_text(row.state));
  if (row.erased > 0) out += ", " + std::to_string(row.erased) + " erased";
  return out + details_text(row.details);
}

std::string table_line(const WindowReport& row) {
  const bool known = row.end != Timestamp{} || row.start != Timestamp{};
  return "  " + padded(span(row.window, row.window + row.windows - 1), 12) +
         padded(known ? minutes(row.start) : "", 18) + padded(known ? minutes(row.end) : "", 18) +
         padded(entries_text(row), 24) + state_line(row) + "\n";
}

bool plainly_complete(const WindowReport& row) {
  return row.state == State::complete && row.details.empty();
}

// A run of complete windows as one row.
void join(WindowReport& run, const WindowReport& row) {
  run.windows += row.windows;
  run.end = row.end;
  run.last_seq = row.last_seq;
  run.erased += row.erased;
}

std::string stream_lines(const StreamReport& stream, bool all) {
  std::string out = "Organization " + plain(stream.organization_id) + ", destination " +
                    plain(stream.destination) + ", stream " + std::to_string(stream.stream);
  if (!stream.reason.empty()) out += " (" + plain(stream.reason) + ")";
  out += "\n  " + padded("window", 12) + padded("from (UTC)", 18) + padded("to", 18) +
         padded("entries", 24) + "state\n";
  for (std::size_t i = 0; i < stream.windows.size(); ++i) {
    WindowReport row = stream.windows[i];
    while (!all && plainly_complete(row) && i + 1 < stream.windows.size() &&
           plainly_complete(stream.windows[i + 1]) &&
           stream.windows[i + 1].window == row.window + row.windows) {
      join(row, stream.windows[++i]);
    }
    out += table_line(row);
  }
  return out + "\n";
}

std::string run_line(const RunReport& run) {
  const bool known = run.end != Timestamp{} || run.start != Timestamp{};
  std::string rows = run.rows ? std::to_string(*run.rows) + " rows" : "";
  if (known && !run.rows) rows = std::to_string(run.files) + " files";
  std::string out = "  " + padded(plain(run.run), 38) +
                    padded(known ? minutes(run.start) : "", 18) +
                    padded(known ? minutes(run.end) : "", 18) + padded(rows, 18) +
                    std::string(state_text(run.state)) + details_text(run.details);
  if (run.before_is_elsewhere && run.state == State::complete) out += " (older ones are not here)";
  return out + "\n";
}

// Complete runs are counted unless all are asked for.
std::string pack_lines(const PackReport& pack, bool all) {
  std::string out = "Data pack " + plain(pack.pack.empty() ? pack.place : pack.pack);
  if (!pack.pack.empty()) out += " of " + plain(pack.organization_id) + ", " + plain(pack.place);
  if (pack.version > 1) out += ", version " + std::to_string(pack.version);
  out += "\n  " + padded("run", 38) + padded("from (UTC)", 18) + padded("to", 18) +
         padded("rows", 18) + "state\n";
  std::uint64_t complete = 0;
  for (const RunReport& run : pack.runs) {
    if (all || run.state != State::complete) {
      out += run_line(run);
    } else {
      ++complete;
    }
  }
  if (complete > 0) out += "  " + std::to_string(complete) + " complete\n";
  return out + "\n";
}

std::string other_lines(std::string_view title, const std::vector<OtherReport>& others,
                        bool with_fine) {
  std::string out;
  for (const OtherReport& other : others) {
    if (other.state == State::complete && !with_fine) continue;
    out += "  " + plain(other.what) + ": ";
    if (other.state != State::complete) out += std::string(state_text(other.state)) + ": ";
    out += plain(other.detail) + "\n";
  }
  return out.empty() ? out : std::string(title) + "\n" + out + "\n";
}

std::string bytes_text(std::uint64_t bytes) {
  char text[32];
  const double value = static_cast<double>(bytes);
  if (bytes < 1'000'000) {
    std::snprintf(text, sizeof text, "%.1f kB", value / 1e3);
  } else {
    std::snprintf(text, sizeof text, bytes < 1'000'000'000 ? "%.1f MB" : "%.2f GB",
                  value / (bytes < 1'000'000'000 ? 1e6 : 1e9));
  }
  return text;
}

// What was found complete: "18204 entries, 3 runs of data packs".
std::string proven(const Report& report) {
  const std::uint64_t runs = report.runs()[static_cast<std::size_t>(State::complete)];
  std::string out;
  if (!report.streams.empty()) out = std::to_string(report.entries(State::complete)) + " entries";
  if (runs > 0) {
    out += (out.empty() ? "" : ", ") + std::to_string(runs) +
           (runs == 1 ? " run of a data pack" : " runs of data packs");
  }
  return out;
}

std::string verdict(const Report& report) {
  switch (report.state()) {
    case State::complete:
      return "COMPLETE: " + proven(report) + ", nothing missing, nothing changed" +
             (report.erased() > 0 ? " (" + std::to_string(report.erased()) + " erased)" : "") + ".";
    case State::gap:
      return "GAP: something that should be here is not. See the lines above.";
    case State::altered:
      return "ALTERED: something here is not what was delivered. See the lines above.";
    default:
      break;
  }
  if (!report.anything()) return "UNVERIFIABLE: nothing could be checked. See the lines above.";
  return "NOT ALL CHECKED: nothing wrong was found; " + proven(report) +
         " are complete, the rest is not proven. See the lines above.";
}

std::string counts_text(std::string out, const std::array<std::uint64_t, kStates>& counts) {
  bool any = false;
  for (std::size_t i = 0; i < kStates; ++i) {
    if (counts[i] == 0) continue;
    out += std::string(any ? "," : "") + " " + std::to_string(counts[i]) + " " +
           std::string(state_text(static_cast<State>(i)));
    any = true;
  }
  return out + (any ? ". " : " none. ");
}

std::string summary(const Report& report) {
  std::string out = counts_text("Windows:", report.windows());
  if (!report.packs.empty()) out += counts_text("Runs of data packs:", report.runs());
  return out + "Read " + std::to_string(report.files) + " files, " + bytes_text(report.bytes) +
         "; due by " + format_rfc3339_seconds(report.at) + ".\n";
}

std::string json_state(State state) {
  std::string text(state_text(state));
  for (char& c : text) {
    if (c == ' ') c = '_';
  }
  return text;
}

void write_lossy(json::Writer& out, std::string_view name, std::string_view text) {
  std::string value;
  json::append_string_lossy(value, text);
  out.key(name).raw(value);
}

void write_window(json::Writer& out, const WindowReport& row) {
  out.begin_object().member("window", row.window).member("windows", row.windows);
  if (row.manifest.empty()) {
    out.key("manifest").null();
  } else {
    write_lossy(out, "manifest", row.manifest);
  }
  if (row.end != Timestamp{} || row.start != Timestamp{}) {
    out.member("start", format_rfc3339(row.start)).member("end", format_rfc3339(row.end));
  }
  if (row.first_seq > 0) {
    out.member("first_seq", std::to_string(row.first_seq))
        .member("last_seq", std::to_string(row.last_seq));
  }
  out.member("erased", row.erased).member("withheld", row.withheld);
  out.member("state", json_state(row.state)).key("details").begin_array();
  for (const std::string& detail : row.details) {
    std::string value;
    json::append_string_lossy(value, detail);
    out.raw(value);
  }
  out.end_array().end_object();
}

void write_run(json::Writer& out, const RunReport& run) {
  out.begin_object().member("run", run.run).key("manifest");
  if (run.manifest.empty()) {
    out.null();
  } else {
    std::string value;
    json::append_string_lossy(value, run.manifest);
    out.raw(value);
  }
  if (run.end != Timestamp{} || run.start != Timestamp{}) {
    out.member("start", format_rfc3339(run.start)).member("end", format_rfc3339(run.end));
  }
  out.key("rows");
  run.rows ? out.unsigned_integer(*run.rows) : out.null();
  out.member("bytes", run.bytes).member("files", run.files);
  out.member("before_is_elsewhere", run.before_is_elsewhere);
  out.member("state", json_state(run.state)).key("details").begin_array();
  for (const std::string& detail : run.details) {
    std::string value;
    json::append_string_lossy(value, detail);
    out.raw(value);
  }
  out.end_array().end_object();
}

void write_packs(json::Writer& out, const Report& report) {
  out.key("runs").begin_object();
  const auto counts = report.runs();
  for (std::size_t i = 0; i < kStates; ++i) {
    out.member(json_state(static_cast<State>(i)), counts[i]);
  }
  out.end_object().key("packs").begin_array();
  for (const PackReport& pack : report.packs) {
    out.begin_object();
    write_lossy(out, "place", pack.place);
    write_lossy(out, "organization_id", pack.organization_id);
    write_lossy(out, "pack", pack.pack);
    out.member("version", pack.version).key("runs").begin_array();
    for (const RunReport& run : pack.runs) write_run(out, run);
    out.end_array().end_object();
  }
  out.end_array();
}

void write_others(json::Writer& out, std::string_view name,
                  const std::vector<OtherReport>& others) {
  out.key(name).begin_array();
  for (const OtherReport& other : others) {
    out.begin_object();
    write_lossy(out, "what", other.what);
    out.member("state", json_state(other.state));
    write_lossy(out, "detail", other.detail);
    out.end_object();
  }
  out.end_array();
}

}  // namespace

std::string render_table(const Report& report, bool all) {
  std::string out;
  for (const StreamReport& stream : report.streams) out += stream_lines(stream, all);
  for (const PackReport& pack : report.packs) out += pack_lines(pack, all);
  out += other_lines("Kept checkpoints", report.checkpoints, true);
  out += other_lines("Other findings", report.others, false);
  return out + summary(report) + verdict(report) + "\n";
}

std::string render_json(const Report& report) {
  json::Writer out;
  out.begin_object()
      .member("state", json_state(report.state()))
      .member("exit_code", exit_code(report))
      .member("at", format_rfc3339(report.at));
  out.key("windows").begin_object();
  const auto counts = report.windows();
  for (std::size_t i = 0; i < kStates; ++i) {
    out.member(json_state(static_cast<State>(i)), counts[i]);
  }
  out.end_object();
  out.member("entries_complete", report.entries(State::complete))
      .member("entries_erased", report.erased())
      .member("files", report.files)
      .member("bytes", report.bytes)
      .member("other_files", report.other_files);
  out.key("streams").begin_array();
  for (const StreamReport& stream : report.streams) {
    out.begin_object();
    write_lossy(out, "organization_id", stream.organization_id);
    write_lossy(out, "destination", stream.destination);
    out.member("stream", stream.stream);
    write_lossy(out, "reason", stream.reason);
    out.key("windows").begin_array();
    for (const WindowReport& row : stream.windows) write_window(out, row);
    out.end_array().end_object();
  }
  out.end_array();
  write_packs(out, report);
  write_others(out, "checkpoints", report.checkpoints);
  write_others(out, "others", report.others);
  out.end_object();
  return out.take() + "\n";
}

}  // namespace trailkeeper::verify
