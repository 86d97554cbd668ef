#include "json/document.h"
#include "json/writer.h"
#include "validation.h"

// Checks as they are kept with a destination.
namespace trailkeeper::deliver {
namespace {

void lossy(json::Writer& out, std::string_view name, const std::string& value) {
  std::string text;
  json::append_string_lossy(text, value);
  out.key(name).raw(text);
}

}  // namespace

std::string render_checks(const std::vector<Check>& checks) {
  json::Writer out;
  out.begin_array();
  for (const Check& check : checks) {
    out.begin_object().member("name", check.name).member("ok", check.ok);
    out.member("checked", check.checked);
    lossy(out, "detail", check.detail);
    lossy(out, "remedy", check.remedy);
    lossy(out, "request_id", check.request_id);
    out.member("duration_ms", check.duration_ms);
    lossy(out, "change", check.change);
    lossy(out, "suggested_region", check.suggested_region);
    out.end_object();
  }
  return out.end_array().take();
}

std::vector<Check> parse_checks(const std::string& json) {
  std::vector<Check> checks;
  if (json.empty()) return checks;
  json::Document document;
  const auto root = document.parse(json);
  if (!root) return checks;
  for (const json::Node node : *root) {
    const auto text = [&node](std::string_view name) {
      const auto found = node.find(name);
      return found ? std::string(found->text()) : std::string();
    };
    Check check{.name = text("name"), .detail = text("detail"), .remedy = text("remedy")};
    check.request_id = text("request_id");
    check.change = text("change");
    check.suggested_region = text("suggested_region");
    if (const auto checked = node.find("checked")) check.checked = checked->boolean();
    if (const auto ok = node.find("ok")) check.ok = ok->boolean();
    if (const auto took = node.find("duration_ms")) check.duration_ms = took->integer().value_or(0);
    checks.push_back(std::move(check));
  }
  return checks;
}

}  // namespace trailkeeper::deliver
