#pragma once

#include <string_view>

namespace trailkeeper::api {

// The sum of all series of `name` in Prometheus' text form; with `label`, of those whose labels
// hold that text, such as `status="rejected"`.
double metric_sum(std::string_view text, std::string_view name, std::string_view label = {});

}  // namespace trailkeeper::api
