#include "access/looks.h"

#include <algorithm>
#include <utility>

#include "actions.h"
#include "look_entries.h"
#include "text_rules.h"

namespace trailkeeper::access {

namespace {

using settings::Look;
using settings::Origin;
using settings::WriteTx;

// Of different readings within kSameReading; beyond it each is an entry of its own.
constexpr std::size_t kNotedMax = 10'000;

Result<> check_operator(const Principal& by) {
  const SessionPerson* person = by.person();
  if (person == nullptr || person->session_id.empty()) {
    return Error{ErrorKind::forbidden, "session_needed",
                 "A look belongs to the session of an operator: sign in."};
  }
  if (person->is_operator) return {};
  return Error{ErrorKind::forbidden, "operators_only", "Only operators may do this."};
}

Error no_such_look() { return {ErrorKind::not_found, "not_found", "There is no such look."}; }

}  // namespace

Result<std::unique_ptr<Looks>> Looks::open(settings::Store& store, const Orgs& orgs,
                                           const Clock& clock) {
  std::unique_ptr<Looks> looks(new Looks(store, orgs, clock));
  auto kept =
      TRY(store.read([&](settings::ReadTx& tx) { return settings::list_looks(tx, clock.now()); }));
  const MutexLock lock(looks->mutex_);
  looks->looks_ = std::move(kept);
  return looks;
}

Result<Look> Looks::begin(const Principal& by, const Origin& origin, const OrgId& org,
                          const std::string& reason) {
  TRY(check_operator(by));
  const auto found = orgs_.find(org);
  if (!found || org == settings::own_org()) {
    return Error{ErrorKind::not_found, "org_not_found", "There is no such organization."};
  }
  if (!found->entitlements.audit_logs) {
    return Error{ErrorKind::forbidden, "not_enabled",
                 "The audit log is not enabled for this organization."};
  }
  std::vector<FieldProblem> problems;
  check_name(problems, "/reason", reason, kLookReasonBytesMax);
  TRY(answer_problems(std::move(problems)));
  const Timestamp now = clock_.now();
  const Look look{.id = Uuid::v7(now),
                  .org = org,
                  .person = by.person()->id,
                  .session_id = by.person()->session_id,
                  .reason = reason,
                  .started_at = now,
                  .expires_at = now + kLookLongest};
  const MutexLock lock(mutex_);
  const auto before = find(by, org);
  TRY(store_.write([&](WriteTx& tx) -> Result<> {
    if (before) TRY(settings::remove_look(tx, before->id));
    TRY(settings::add_look(tx, look));
    return settings::add_to_outbox(tx, entry_about(kLookStarted, by, origin, look), now);
  }));
  if (before) std::erase_if(looks_, [&](const Look& one) { return one.id == before->id; });
  looks_.push_back(look);
  return look;
}

std::vector<Look> Looks::list(const Principal& by) const {
  std::vector<Look> own;
  if (by.person() == nullptr) return own;
  const Timestamp now = clock_.now();
  const MutexLock lock(mutex_);
  for (const Look& look : looks_) {
    if (look.session_id == by.person()->session_id && look.expires_at > now) own.push_back(look);
  }
  return own;
}

Result<> Looks::end(const Principal& by, const Origin& origin, const Uuid& id) {
  TRY(check_operator(by));
  const Timestamp now = clock_.now();
  const MutexLock lock(mutex_);
  const auto found = std::find_if(looks_.begin(), looks_.end(), [&](const Look& look) {
    return look.id == id && look.session_id == by.person()->session_id && look.expires_at > now;
  });
  if (found == looks_.end()) return no_such_look();
  TRY(store_.write([&](WriteTx& tx) -> Result<> {
    TRY(settings::remove_look(tx, id));
    return settings::add_to_outbox(tx, entry_about(kLookEnded, by, origin, *found), now);
  }));
  looks_.erase(found);
  return {};
}

std::optional<Look> Looks::find(const Principal& by, const OrgId& org) const {
  const SessionPerson* person = by.person();
  const Timestamp now = clock_.now();
  for (const Look& look : looks_) {
    if (person != nullptr && look.org == org && look.session_id == person->session_id &&
        look.expires_at > now) {
      return look;
    }
  }
  return std::nullopt;
}

Result<> Looks::note_reading(const Principal& by, const OrgId& org) {
  const MutexLock lock(mutex_);
  const auto look = find(by, org);
  if (!look && by.person() != nullptr) {
    return Error{ErrorKind::forbidden, "look_needed",
                 "An operator reads an organization's audit log by a look: open it with a reason, "
                 "which the organization can read."};
  }
  const Timestamp now = clock_.now();
  const Reading reading = by.reading() ? *by.reading() : Reading{};
  // Scripts on the server ask for much that shows no entry, such as a log's public keys.
  if (!look && reading.kind == Reading::Kind::other) return {};
  const std::string same = (look ? look->id.str() : "socket " + org.str()) + same_reading(reading);
  const bool repeats =
      reading.kind == Reading::Kind::search || reading.kind == Reading::Kind::other;
  if (const auto before = noted_.find(same); repeats && before != noted_.end()) {
    if (before->second + kSameReading > now) return {};
  }
  TRY(store_.write([&](WriteTx& tx) {
    return settings::add_to_outbox(tx, entry_about(reading, by, org, look ? &*look : nullptr), now);
  }));
  if (noted_.size() >= kNotedMax) forget(now);
  if (repeats && noted_.size() < kNotedMax) noted_[same] = now;
  return {};
}

void Looks::forget(Timestamp now) {
  std::erase_if(noted_, [&](const auto& one) { return one.second + kSameReading <= now; });
  std::erase_if(looks_, [&](const Look& look) { return look.expires_at <= now; });
}

Result<> Looks::forget_ended() {
  const Timestamp now = clock_.now();
  {
    const MutexLock lock(mutex_);
    forget(now);
  }
  return store_.write([&](WriteTx& tx) { return settings::remove_ended_looks(tx, now); });
}

}  // namespace trailkeeper::access
