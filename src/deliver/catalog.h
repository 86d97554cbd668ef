#pragma once

#include <string>
#include <vector>

#include "deliver/deliveries.h"

namespace trailkeeper::deliver {

// `catalog.json`: what the actions in the files mean (docs/formats/manifest.md). The same actions
// in whatever order give the same bytes.
std::string render_catalog(const OrgId& org, std::vector<CatalogAction> actions);

}  // namespace trailkeeper::deliver
