#include "access/orgs.h"

#include <mutex>
#include <utility>

#include "actions.h"
#include "json/writer.h"
#include "limit_rules.h"
#include "text_rules.h"

namespace trailkeeper::access {

namespace {

using settings::Change;
using settings::Entitlements;
using settings::Org;

constexpr int kDaysMax = 3650;
constexpr int kLinkHoursMax = 168;
constexpr std::size_t kOrgsPerRead = 1000;

std::string json_of(bool flag) { return flag ? "true" : "false"; }
std::string json_of(int number) { return std::to_string(number); }
std::string json_of(const std::string& text) {
  std::string out;
  json::append_string_lossy(out, text);
  return out;
}

// Adds the field when it differs; with nothing before, always.
template <typename T>
void note(std::vector<Change>& changes, std::string_view field, const T* before, const T& after) {
  if (before != nullptr && *before == after) return;
  changes.push_back({.field = std::string(field),
                     .before = before == nullptr ? std::string() : json_of(*before),
                     .after = json_of(after)});
}

std::vector<Change> entitlement_changes(const Entitlements* before, const Entitlements& after) {
  std::vector<Change> changes;
  note(changes, "audit_logs", before ? &before->audit_logs : nullptr, after.audit_logs);
  note(changes, "data_packs", before ? &before->data_packs : nullptr, after.data_packs);
  note(changes, "s3", before ? &before->s3 : nullptr, after.s3);
  return changes;
}

std::vector<Change> other_changes(const Org* before, const Org& after) {
  std::vector<Change> changes;
  note(changes, "name", before ? &before->name : nullptr, after.name);
  note(changes, "viewing_window_days", before ? &before->viewing_window_days : nullptr,
       after.viewing_window_days);
  note(changes, "retention_days", before ? &before->retention_days : nullptr, after.retention_days);
  note(changes, "link_hours", before ? &before->link_hours : nullptr, after.link_hours);
  return changes;
}

void check_range(std::vector<FieldProblem>& problems, std::string pointer, int value, int least,
                 int most) {
  if (value >= least && value <= most) return;
  problems.push_back(
      {std::move(pointer), "out_of_range",
       "It must be from " + std::to_string(least) + " to " + std::to_string(most) + "."});
}

Result<> check(const Org& org) {
  std::vector<FieldProblem> problems;
  check_name(problems, "/name", org.name, 200);
  check_range(problems, "/viewing_window_days", org.viewing_window_days, 1, kDaysMax);
  check_range(problems, "/retention_days", org.retention_days, org.viewing_window_days, kDaysMax);
  check_range(problems, "/link_hours", org.link_hours, 1, kLinkHoursMax);
  check_limits(problems, "/limits", org.limits);
  return answer_problems(std::move(problems));
}

Org changed(Org org, const OrgChange& change) {
  org.name = change.name.value_or(org.name);
  org.entitlements.audit_logs = change.audit_logs.value_or(org.entitlements.audit_logs);
  org.entitlements.data_packs = change.data_packs.value_or(org.entitlements.data_packs);
  org.entitlements.s3 = change.s3.value_or(org.entitlements.s3);
  org.viewing_window_days = change.viewing_window_days.value_or(org.viewing_window_days);
  org.retention_days = change.retention_days.value_or(org.retention_days);
  org.link_hours = change.link_hours.value_or(org.link_hours);
  org.limits = change.limits.value_or(org.limits);
  return org;
}

}  // namespace

Result<std::unique_ptr<Orgs>> Orgs::open(settings::Store& store, const Clock& clock) {
  std::unique_ptr<Orgs> orgs(new Orgs(store, clock));
  const Org own{.id = settings::own_org(),
                .name = "Trailkeeper (operators)",
                .entitlements = {.audit_logs = true},
                .created_at = clock.now()};
  TRY(store.write([&](settings::WriteTx& tx) -> Result<> {
    if (TRY(settings::find_org(tx, own.id))) return {};
    return settings::put_org(tx, own);
  }));
  TRY(orgs->load());
  return orgs;
}

Result<> Orgs::load() {
  std::string after;
  for (;;) {
    auto some = TRY(store_.read(
        [&](settings::ReadTx& tx) { return settings::list_orgs(tx, "", after, kOrgsPerRead); }));
    if (some.empty()) return {};
    after = some.back().id.str();
    const std::unique_lock lock(mutex_);
    for (Org& org : some) {
      const OrgId id = org.id;
      orgs_[id] = std::make_shared<const Org>(std::move(org));
    }
  }
}

std::shared_ptr<const Org> Orgs::find(const OrgId& id) const {
  const std::shared_lock lock(mutex_);
  const auto found = orgs_.find(id);
  return found == orgs_.end() ? nullptr : found->second;
}

std::vector<std::shared_ptr<const Org>> Orgs::all() const {
  std::vector<std::shared_ptr<const Org>> all;
  {
    const std::shared_lock lock(mutex_);
    all.reserve(orgs_.size());
    for (const auto& [id, org] : orgs_) all.push_back(org);
  }
  std::sort(all.begin(), all.end(),
            [](const auto& a, const auto& b) { return a->id.str() < b->id.str(); });
  return all;
}

Result<OrgPut> Orgs::put(const Principal& by, const settings::Origin& origin, const OrgId& id,
                         const OrgChange& change) {
  if (id == settings::own_org()) {
    return Error{ErrorKind::forbidden, "reserved",
                 "The id " + id.str() + " is reserved for the operators' own trail."};
  }
  const std::lock_guard one_at_a_time(put_mutex_);
  const auto before = find(id);
  const Org after =
      changed(before ? *before : Org{.id = id, .name = "", .created_at = clock_.now()}, change);
  TRY(check(after));
  if (before && *before == after) return OrgPut{.org = after};
  TRY(store_.write([&](settings::WriteTx& tx) -> Result<> {
    TRY(settings::put_org(tx, after));
    return note_changes(tx, by, origin, before.get(), after);
  }));
  const std::unique_lock lock(mutex_);
  orgs_[id] = std::make_shared<const Org>(after);
  return OrgPut{.org = after, .created = before == nullptr, .changed = true};
}

Result<> Orgs::note_changes(settings::WriteTx& tx, const Principal& by,
                            const settings::Origin& origin, const Org* before,
                            const Org& after) const {
  const auto note_as = [&](const ActionInfo& info, std::vector<Change> changes) -> Result<> {
    if (changes.empty()) return {};
    return settings::add_to_outbox(
        tx,
        {.info = info,
         .org = after.id,
         .actor = by.actor(&after.id),
         .origin = origin,
         .targets = {{.type = "organization", .id = after.id.str(), .name = after.name}},
         .changes = std::move(changes)},
        clock_.now());
  };
  auto changes = other_changes(before, after);
  auto entitlements =
      entitlement_changes(before ? &before->entitlements : nullptr, after.entitlements);
  std::vector<Change> limits;
  add_limit_changes(limits, before ? before->limits : settings::Limits{}, after.limits);
  if (before == nullptr) {
    changes.insert(changes.end(), limits.begin(), limits.end());
    changes.insert(changes.end(), entitlements.begin(), entitlements.end());
    return note_as(kOrgCreated, std::move(changes));
  }
  TRY(note_as(kOrgChanged, std::move(changes)));
  TRY(note_as(kLimitsChanged, std::move(limits)));
  return note_as(kEntitlementsChanged, std::move(entitlements));
}

Result<std::vector<Org>> Orgs::list(std::string_view text, std::string_view after,
                                    std::size_t limit) const {
  return store_.read(
      [&](settings::ReadTx& tx) { return settings::list_orgs(tx, text, after, limit); });
}

}  // namespace trailkeeper::access
