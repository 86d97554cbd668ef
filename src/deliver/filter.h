#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "deliver/deliveries.h"
#include "json/document.h"

namespace trailkeeper::deliver {

// As it is kept: sorted, each value once; empty when everything passes.
std::string render_filter(const DeliveryFilter& filter);
// What render_filter() made; anything else is everything.
DeliveryFilter parse_filter(const std::string& kept);

// Whether the record passes.
bool passes(const DeliveryFilter& filter, const json::Node& record);

}  // namespace trailkeeper::deliver
