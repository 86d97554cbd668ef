#include "configured.h"

#include <algorithm>

namespace trailkeeper::server {

ingest::Limits::Settings intake_limits(const LimitsConfig& config) {
  return {.org = {.events_per_second = config.org_events,
                  .bytes_per_second = static_cast<std::int64_t>(config.org_bytes),
                  .requests_per_second = config.org_requests,
                  .burst_seconds = config.burst_seconds},
          .key = {.events_per_second = config.key_events,
                  .bytes_per_second = static_cast<std::int64_t>(config.key_bytes),
                  .requests_per_second = config.key_requests,
                  .burst_seconds = config.burst_seconds}};
}

Result<> check_origins(const std::vector<std::string>& origins) {
  for (const std::string& origin : origins) {
    const bool web = origin.starts_with("https://") || origin.starts_with("http://");
    const std::size_t host = origin.find("://") + 3;
    const bool plain = std::all_of(origin.begin(), origin.end(), [](char c) {
      return c > ' ' && c < 0x7F && c != ';' && c != ',' && c != '"' && c != '\'' && c != '*';
    });
    if (web && plain && host < origin.size() && origin.find('/', host) == std::string::npos)
      continue;
    return Error{ErrorKind::invalid, "config",
                 "embed.parents: \"" + origin + "\" is no origin such as https://app.example.com"};
  }
  return {};
}

std::string without_slash(std::string url) {
  while (url.ends_with('/')) url.pop_back();
  return url;
}

access::Sessions::Options session_rules(const Config& config) {
  using access::SecondFactorRule;
  const std::string& rule = config.sign_in.second_factor;
  return {.second_factor = rule == "everyone"    ? SecondFactorRule::everyone
                           : rule == "operators" ? SecondFactorRule::operators
                                                 : SecondFactorRule::optional};
}

exports::Exports::Options export_options(const Config& config, const DataFolder& folder) {
  exports::Exports::Options options;
  options.folder = folder.file("exports");
  options.workers = config.exports.workers;
  options.free_bytes_min = config.exports.free_bytes_min;
  return options;
}

event::MaskRules mask_rules(const MaskConfig& config) {
  event::MaskRules rules{.drop_fields = config.drop_fields, .card_numbers = config.card_numbers};
  for (const std::string& name : config.fields) {
    if (name != "default") {
      rules.fields.push_back(name);
      continue;
    }
    const event::MaskRules built_in = event::default_mask_rules();
    rules.fields.insert(rules.fields.end(), built_in.fields.begin(), built_in.fields.end());
  }
  return rules;
}

std::string log_origin(const Config& config, const std::string& public_url) {
  if (!config.ledger.origin.empty()) return config.ledger.origin;
  const auto scheme = public_url.find("://");
  return scheme == std::string::npos ? public_url : public_url.substr(scheme + 3);
}

}  // namespace trailkeeper::server
