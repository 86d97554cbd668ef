#include "catalog.h"

#include <algorithm>

#include "forms.h"
#include "json/writer.h"

namespace trailkeeper::deliver {

std::string render_catalog(const OrgId& org, std::vector<CatalogAction> actions) {
  std::sort(actions.begin(), actions.end(),
            [](const CatalogAction& a, const CatalogAction& b) { return a.action < b.action; });
  json::Writer out;
  out.begin_object().member("type", "trailkeeper-catalog/v1");
  out.member("organization_id", org.str()).key("actions").begin_array();
  for (const CatalogAction& each : actions) {
    const OcsfClass kind = ocsf_class(each.category);
    out.begin_object().member("action", each.action);
    if (!each.label.empty()) out.member("label", each.label);
    if (!each.area.empty()) out.member("area", each.area);
    if (!each.category.empty()) out.member("category", each.category);
    if (!each.crud.empty()) out.member("crud", each.crud);
    if (!each.description.empty()) out.member("description", each.description);
    out.key("ocsf").begin_object().member("class_uid", kind.uid);
    out.member("class_name", kind.name).end_object().end_object();
  }
  return out.end_array().end_object().take() + "\n";
}

}  // namespace trailkeeper::deliver
