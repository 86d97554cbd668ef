#include "filter.h"

#include <algorithm>

#include "json/writer.h"

namespace trailkeeper::deliver {
namespace {

void write_list(json::Writer& out, std::string_view name, std::vector<std::string> values) {
  std::sort(values.begin(), values.end());
  values.erase(std::unique(values.begin(), values.end()), values.end());
  if (values.empty()) return;
  out.key(name).begin_array();
  for (const std::string& value : values) out.string(value);
  out.end_array();
}

std::vector<std::string> read_list(const json::Node& filter, std::string_view name) {
  std::vector<std::string> values;
  const auto list = filter.find(name);
  if (!list) return values;
  for (const json::Node value : *list) values.emplace_back(value.text());
  return values;
}

bool holds(const std::vector<std::string>& values, const json::Node& record,
           std::string_view name) {
  if (values.empty()) return true;
  const auto found = record.find(name);
  const std::string_view text = found ? found->text() : std::string_view();
  return std::find(values.begin(), values.end(), text) != values.end();
}

}  // namespace

std::string render_filter(const DeliveryFilter& filter) {
  if (filter.empty()) return "";
  json::Writer out;
  out.begin_object();
  write_list(out, "categories", filter.categories);
  write_list(out, "actions", filter.actions);
  write_list(out, "areas", filter.areas);
  return out.end_object().take();
}

DeliveryFilter parse_filter(const std::string& kept) {
  json::Document document;
  if (kept.empty()) return {};
  const auto root = document.parse(kept);
  if (!root) return {};
  return {read_list(*root, "categories"), read_list(*root, "actions"), read_list(*root, "areas")};
}

bool passes(const DeliveryFilter& filter, const json::Node& record) {
  return holds(filter.categories, record, "category") && holds(filter.actions, record, "action") &&
         holds(filter.areas, record, "area");
}

}  // namespace trailkeeper::deliver
