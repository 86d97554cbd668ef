#pragma once

#include <string>
#include <vector>

#include "access/sessions.h"
#include "base/result.h"
#include "data_folder.h"
#include "event/mask.h"
#include "export/exports.h"
#include "ingest/limits.h"
#include "server/config.h"

// What the configuration says, in the words of the parts that it is for.
namespace trailkeeper::server {

ingest::Limits::Settings intake_limits(const LimitsConfig& config);
access::Sessions::Options session_rules(const Config& config);
exports::Exports::Options export_options(const Config& config, const DataFolder& folder);
// "default" stands for the built-in names.
event::MaskRules mask_rules(const MaskConfig& config);
// Of logs that are opened from now on.
std::string log_origin(const Config& config, const std::string& public_url);

// They become a part of a header, so nothing else may stand in them. `invalid` (code `config`).
Result<> check_origins(const std::vector<std::string>& origins);
std::string without_slash(std::string url);

}  // namespace trailkeeper::server
