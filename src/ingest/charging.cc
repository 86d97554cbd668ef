#include "charging.h"

#include <string_view>
#include <unordered_map>

namespace trailkeeper::ingest {
namespace {

bool is_limited(const Limits* limits, const Request& request) {
  return limits != nullptr && !request.own;
}

std::int64_t count(std::size_t number) { return static_cast<std::int64_t>(number); }

// Most requests are of one org, and events of one org mostly stand together.
std::vector<Limits::OrgCost> costs_by_org(const std::vector<journal::Item>& items) {
  std::vector<Limits::OrgCost> costs;
  std::unordered_map<std::string_view, std::size_t> places;
  std::size_t last = 0;
  for (const journal::Item& item : items) {
    if (!item.org) continue;
    if (costs.empty() || costs[last].org != *item.org) {
      const auto [place, is_new] = places.try_emplace(item.org->str(), costs.size());
      if (is_new) costs.push_back({*item.org, {}});
      last = place->second;
    }
    costs[last].cost.events += 1;
    costs[last].cost.bytes += count(item.tail.size());
  }
  return costs;
}

}  // namespace

Result<> admit(Limits* limits, const Request& request) {
  if (!is_limited(limits, request)) return {};
  LimitReport unseen;
  return limits->admit(request.sender, request.limits != nullptr ? *request.limits : unseen);
}

Result<> charge(Limits* limits, const Request& request, const std::vector<journal::Item>& items) {
  if (!is_limited(limits, request)) return {};
  LimitReport unseen;
  const Cost of_key{.events = count(items.size()), .bytes = count(request.body.size())};
  auto of_orgs = request.sender.org ? std::vector<Limits::OrgCost>{{*request.sender.org, of_key}}
                                    : costs_by_org(items);
  return limits->charge(request.sender, of_key, of_orgs,
                        request.limits != nullptr ? *request.limits : unseen);
}

void charge_unread(Limits* limits, const Request& request) { (void)charge(limits, request, {}); }

}  // namespace trailkeeper::ingest
