#include "log_names.h"

#include <algorithm>
#include <map>

#include "base/log.h"

namespace trailkeeper::ingest {

void LogNames::add(const event::EventView* event) {
  if (logs_ == nullptr) return;
  if (org_) {
    any_ |= event != nullptr;
  } else {
    orgs_.emplace_back(event != nullptr ? event->organization_id : std::string_view());
  }
}

std::string LogNames::name(std::string_view org) {
  const auto id = OrgId::parse(org);
  if (!id) return {};
  auto found = logs_->name(*id);
  if (found) return *std::move(found);
  log::warn("an answer names no log", {{"org", org}, {"error", found.error().message}});
  return {};
}

void LogNames::put(Answer& answer) {
  if (any_) answer.log = name(org_->str());
  std::map<std::string_view, std::string> names;
  for (const std::string& org : orgs_) {
    if (!org.empty() && !names.contains(org)) names.emplace(org, name(org));
  }
  if (names.size() == 1) answer.log = names.begin()->second;
  if (names.size() < 2) return;
  for (const std::string& org : orgs_) answer.logs.push_back(org.empty() ? "" : names.at(org));
}

}  // namespace trailkeeper::ingest
