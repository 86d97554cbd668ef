#include "usual.h"

#include <algorithm>
#include <cmath>

#include "json/document.h"
#include "json/writer.h"

namespace trailkeeper::packs {
namespace {

constexpr std::size_t kRunsMin = 3;
constexpr double kRowsFloor = 20;        // so few more or less are never odd
constexpr double kBytesFloor = 1 << 16;  // nor so few bytes
constexpr double kNullPoints = 25;       // of a hundred

double median(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  const std::size_t half = values.size() / 2;
  return values.size() % 2 != 0 ? values[half] : (values[half - 1] + values[half]) / 2;
}

void compare(std::vector<Oddity>& out, const char* what, std::vector<double> before, double now,
             double tolerance, double floor) {
  const double usual = median(std::move(before));
  const bool gone = now == 0 && usual > 0;
  if (gone || std::abs(now - usual) > std::max(usual * tolerance, floor))
    out.push_back({what, usual, now});
}

double null_percent(const settings::PackRun& run, const std::string& column) {
  json::Document document;
  const auto root = document.parse(run.nulls);
  if (!root || run.rows == 0) return 0;
  const auto count = root->find(column);
  return count ? 100.0 * count->real().value_or(0) / static_cast<double>(run.rows) : 0;
}

}  // namespace

std::vector<Oddity> oddities(const std::vector<settings::PackRun>& before,
                             const std::vector<Column>& columns, const Staged& staged,
                             int tolerance_percent) {
  std::vector<Oddity> out;
  if (before.size() < kRunsMin) return out;
  const double tolerance = tolerance_percent / 100.0;
  std::vector<double> rows, bytes;
  for (const settings::PackRun& run : before) {
    rows.push_back(static_cast<double>(run.rows));
    bytes.push_back(static_cast<double>(run.bytes));
  }
  if (staged.rows_known)
    compare(out, "rows", std::move(rows), static_cast<double>(staged.rows), tolerance, kRowsFloor);
  if (staged.rows > 0 || !staged.rows_known)
    compare(out, "bytes", std::move(bytes), static_cast<double>(staged.bytes), tolerance,
            kBytesFloor);
  for (std::size_t i = 0; i < columns.size() && staged.rows >= kRowsFloor; ++i) {
    std::vector<double> shares;
    for (const settings::PackRun& run : before)
      shares.push_back(null_percent(run, columns[i].name));
    const double usual = median(std::move(shares));
    const double now =
        100.0 * static_cast<double>(staged.nulls[i]) / static_cast<double>(staged.rows);
    if (std::abs(now - usual) > kNullPoints)
      out.push_back({"nulls of " + columns[i].name + ", %", usual, now});
  }
  return out;
}

std::string nulls_json(const std::vector<Column>& columns,
                       const std::vector<std::uint64_t>& nulls) {
  json::Writer out;
  out.begin_object();
  for (std::size_t i = 0; i < columns.size(); ++i) out.member(columns[i].name, nulls[i]);
  return out.end_object().take();
}

std::string hold_json(const std::vector<ColumnChange>& changes) {
  json::Writer out;
  out.begin_object().member("reason", "columns");
  out.member("detail", "The source no longer gives the columns that readers rely on.");
  out.key("changes").begin_array();
  for (const ColumnChange& change : changes) {
    out.begin_object().member("column", change.column).member("change", change.change);
    out.key("before");
    change.before.empty() ? out.null() : out.string(change.before);
    out.key("after");
    change.after.empty() ? out.null() : out.string(change.after);
    out.end_object();
  }
  return out.end_array().key("numbers").begin_array().end_array().end_object().take();
}

std::string hold_json(const std::vector<Oddity>& numbers) {
  json::Writer out;
  out.begin_object().member("reason", "size");
  out.member("detail", "The run is far from what the runs before it held.");
  out.key("changes").begin_array().end_array();
  out.key("numbers").begin_array();
  for (const Oddity& each : numbers) {
    out.begin_object().member("what", each.what).key("usual").real(each.usual);
    out.key("now").real(each.now).end_object();
  }
  return out.end_array().end_object().take();
}

}  // namespace trailkeeper::packs
