#include "access/keys.h"

#include <algorithm>
#include <cstring>
#include <utility>

#include "actions.h"
#include "crypto/hash.h"
#include "json/writer.h"
#include "limit_rules.h"
#include "text_rules.h"

namespace trailkeeper::access {

namespace {

constexpr std::size_t kParts = 16;
constexpr std::size_t kFoundPerPartMax = 1024;
constexpr std::size_t kHintSize = 8;
constexpr std::size_t kNameBytesMax = 200;

struct DigestHash {
  // The bytes of a SHA-256 are as good as random.
  std::size_t operator()(const Sha256Digest& digest) const noexcept {
    std::size_t out = 0;
    std::memcpy(&out, digest.data() + 1, sizeof out);
    return out;
  }
};

Error bad_key() {
  return {ErrorKind::unauthenticated, "bad_key",
          "The application key is not known, was revoked or has expired."};
}

Error key_not_found() { return {ErrorKind::not_found, "key_not_found", "There is no such key."}; }

Error key_ended() {
  return {ErrorKind::conflict, "key_ended", "The key was revoked or has expired; make a new one."};
}

bool has_ended(const settings::Key& key, Timestamp now) {
  return key.revoked_at || (key.expires_at && *key.expires_at <= now);
}

void check_mapping(std::vector<FieldProblem>& problems, const std::string& mapping) {
  if (mapping.size() <= kOtlpMappingBytesMax) return;
  problems.push_back({"/otlp_mapping", "too_long",
                      "It has " + std::to_string(mapping.size()) + " bytes; at most " +
                          std::to_string(kOtlpMappingBytesMax) + " are allowed."});
}

void check_label(std::vector<FieldProblem>& problems, const std::string& name) {
  if (!name.empty()) check_name(problems, "/name", name, kNameBytesMax);
}

Result<> check(const KeyChange& change, Timestamp now) {
  std::vector<FieldProblem> problems;
  if (change.name) check_label(problems, *change.name);
  if (change.otlp_mapping) check_mapping(problems, *change.otlp_mapping);
  if (change.limits) check_limits(problems, "/limits", *change.limits);
  if (change.expires_at && *change.expires_at && **change.expires_at <= now) {
    problems.push_back(
        {"/expires_at", "in_the_past", "It must lie in the future; to end a key, revoke it."});
  }
  return answer_problems(std::move(problems));
}

Result<> check(const NewKey& request, Timestamp now) {
  std::vector<FieldProblem> problems;
  check_label(problems, request.name);
  check_mapping(problems, request.otlp_mapping);
  check_limits(problems, "/limits", request.limits);
  check_name(problems, "/application", request.application, 100);
  if (request.scopes == settings::Scopes{}) {
    problems.push_back({"/scopes", "missing", "Give at least one of ingest, read and manage."});
  }
  if (request.expires_at && *request.expires_at <= now) {
    problems.push_back({"/expires_at", "in_the_past", "It must lie in the future."});
  }
  return answer_problems(std::move(problems));
}

std::string scope_list(const settings::Scopes& scopes) {
  std::string out = "[";
  const auto add = [&](bool has, std::string_view name) {
    if (!has) return;
    if (out.size() > 1) out += ',';
    out.append("\"").append(name).append("\"");
  };
  add(scopes.ingest, "ingest");
  add(scopes.read, "read");
  add(scopes.manage, "manage");
  return out + "]";
}

// The entry goes into the trail of the key's org; what concerns all goes into the operators' own.
settings::OwnAction entry(const ActionInfo& info, const settings::Key& key, const Principal& by,
                          const settings::Origin& origin) {
  const OrgId& org = key.org ? *key.org : settings::own_org();
  return {.info = info,
          .org = org,
          .actor = by.actor(&org),
          .origin = origin,
          .targets = {{.type = "application_key", .id = key.id.str(), .name = key.application}},
          .metadata = "{\"hint\":\"" + key.hint + "\",\"scopes\":" + scope_list(key.scopes) + "}"};
}

}  // namespace

std::string quoted(std::string_view text) {
  std::string out;
  if (!text.empty()) json::append_string_lossy(out, text);
  return out;
}

std::string quoted(const std::optional<Timestamp>& time) {
  return time ? quoted(format_rfc3339(*time)) : std::string();
}

std::vector<settings::Change> changes_between(const settings::Key& before,
                                              const settings::Key& after) {
  std::vector<settings::Change> changes;
  const auto add = [&changes](std::string field, std::string was, std::string is) {
    if (was != is) changes.push_back({std::move(field), std::move(was), std::move(is)});
  };
  add("name", quoted(before.name), quoted(after.name));
  add("expires_at", quoted(before.expires_at), quoted(after.expires_at));
  add("otlp_mapping", before.otlp_mapping, after.otlp_mapping);
  add_limit_changes(changes, before.limits, after.limits);
  return changes;
}

// A key that was found. What it may do does not change; a change makes a new one.
struct Keys::Found {
  ApplicationKey key;
  std::optional<Timestamp> expires_at;
  std::atomic<std::int64_t> used_micros{0};
  std::atomic<std::int64_t> noted_micros{0};
};

struct Keys::Part {
  Mutex mutex;
  std::unordered_map<Sha256Digest, std::shared_ptr<Found>, DigestHash> found GUARDED_BY(mutex);
};

Keys::Keys(settings::Store& store, const Orgs& orgs, const Clock& clock)
    : store_(store), orgs_(orgs), clock_(clock), parts_(std::make_unique<Part[]>(kParts)) {}

Keys::~Keys() = default;

Result<ApplicationKey> Keys::verify(std::string_view text) {
  if (!looks_like_key(text)) return bad_key();
  const auto found = TRY(look_up(crypto::sha256(text)));
  const Timestamp now = clock_.now();
  if (found->expires_at && *found->expires_at <= now) return bad_key();
  found->used_micros.store(to_micros(now), std::memory_order_relaxed);
  return found->key;
}

bool Keys::remembers(std::string_view text) const {
  if (!looks_like_key(text)) return false;
  const Sha256Digest hash = crypto::sha256(text);
  Part& part = parts_[hash[0] % kParts];
  MutexLock lock(part.mutex);
  return part.found.contains(hash);
}

Result<std::shared_ptr<Keys::Found>> Keys::look_up(const Sha256Digest& hash) {
  Part& part = parts_[hash[0] % kParts];
  {
    MutexLock lock(part.mutex);
    const auto known = part.found.find(hash);
    if (known != part.found.end()) return known->second;
  }
  // A revocation or change after this point makes what is read below unfit for keeping: it takes
  // its key out of the memory only after it counted, so that one of the two sees the other.
  const std::uint64_t changes = changes_.load();
  const auto key =
      TRY(store_.read([&](settings::ReadTx& tx) { return settings::find_key_by_hash(tx, hash); }));
  if (!key || key->revoked_at) return bad_key();
  auto found = std::make_shared<Found>();
  found->key = {.id = key->id,
                .application = key->application,
                .org = key->org,
                .scopes = key->scopes,
                .otlp_mapping = key->otlp_mapping,
                .limits = key->limits};
  found->expires_at = key->expires_at;
  MutexLock lock(part.mutex);
  if (changes_.load() == changes) {
    if (part.found.size() >= kFoundPerPartMax) part.found.erase(part.found.begin());
    part.found[hash] = found;
  }
  return found;
}

Result<CreatedKey> Keys::create(const Principal& by, const settings::Origin& origin,
                                const NewKey& request) {
  const Timestamp now = clock_.now();
  TRY(check(request, now));
  if (request.org && (!orgs_.exists(*request.org) || *request.org == settings::own_org())) {
    return Error{ErrorKind::not_found, "org_not_found", "There is no such organization."};
  }
  CreatedKey created{.text = make_key_text()};
  created.key = {.id = Uuid::v7(now),
                 .hash = crypto::sha256(created.text),
                 .hint = created.text.substr(0, kHintSize),
                 .application = request.application,
                 .org = request.org,
                 .scopes = request.scopes,
                 .created_at = now,
                 .expires_at = request.expires_at,
                 .name = request.name,
                 .otlp_mapping = request.otlp_mapping,
                 .limits = request.limits};
  TRY(store_.write([&](settings::WriteTx& tx) -> Result<> {
    TRY(settings::add_key(tx, created.key));
    return settings::add_to_outbox(tx, entry(kKeyCreated, created.key, by, origin), now);
  }));
  return created;
}

void Keys::forget(const Sha256Digest& hash) {
  changes_.fetch_add(1);
  Part& part = parts_[hash[0] % kParts];
  MutexLock lock(part.mutex);
  part.found.erase(hash);
}

void Keys::add_last_use(settings::Key& key) const {
  Part& part = parts_[key.hash[0] % kParts];
  MutexLock lock(part.mutex);
  const auto found = part.found.find(key.hash);
  if (found == part.found.end()) return;
  const std::int64_t micros = found->second->used_micros.load();
  if (micros > 0)
    key.last_used_at = std::max(key.last_used_at.value_or(Timestamp{}), from_micros(micros));
}

Result<std::vector<settings::Key>> Keys::list(const settings::KeyFilter& filter,
                                              std::optional<Uuid> after, std::size_t limit) {
  auto keys = TRY(store_.read(
      [&](settings::ReadTx& tx) { return settings::list_keys(tx, filter, after, limit); }));
  for (settings::Key& key : keys) add_last_use(key);
  return keys;
}

Result<settings::Key> Keys::find(const Uuid& id) {
  auto key = TRY(store_.read([&](settings::ReadTx& tx) { return settings::find_key(tx, id); }));
  if (!key) return key_not_found();
  add_last_use(*key);
  return *std::move(key);
}

Result<> Keys::revoke(const Principal& by, const settings::Origin& origin, const Uuid& id) {
  const Timestamp now = clock_.now();
  const auto key = TRY(store_.write([&](settings::WriteTx& tx) -> Result<settings::Key> {
    const auto found = TRY(settings::find_key(tx, id));
    if (!found) return key_not_found();
    if (found->revoked_at) return *found;
    TRY(settings::revoke_key(tx, id, now));
    TRY(settings::add_to_outbox(tx, entry(kKeyRevoked, *found, by, origin), now));
    return *found;
  }));
  forget(key.hash);
  return {};
}

Result<settings::Key> Keys::change(const Principal& by, const settings::Origin& origin,
                                   const Uuid& id, const KeyChange& change) {
  const Timestamp now = clock_.now();
  TRY(check(change, now));
  auto key = TRY(store_.write([&](settings::WriteTx& tx) -> Result<settings::Key> {
    const auto before = TRY(settings::find_key(tx, id));
    if (!before) return key_not_found();
    if (has_ended(*before, now)) return key_ended();
    settings::Key after = *before;
    if (change.name) after.name = *change.name;
    if (change.otlp_mapping) after.otlp_mapping = *change.otlp_mapping;
    if (change.limits) after.limits = *change.limits;
    if (change.expires_at) after.expires_at = *change.expires_at;
    auto changes = changes_between(*before, after);
    if (changes.empty()) return after;
    TRY(settings::update_key(tx, after));
    auto action = entry(kKeyChanged, after, by, origin);
    action.changes = std::move(changes);
    TRY(settings::add_to_outbox(tx, action, now));
    return after;
  }));
  forget(key.hash);
  add_last_use(key);
  return key;
}

Result<CreatedKey> Keys::rotate(const Principal& by, const settings::Origin& origin, const Uuid& id,
                                std::chrono::seconds overlap) {
  const Timestamp now = clock_.now();
  CreatedKey created{.text = make_key_text()};
  const auto old = TRY(store_.write([&](settings::WriteTx& tx) -> Result<settings::Key> {
    const auto found = TRY(settings::find_key(tx, id));
    if (!found) return key_not_found();
    if (found->replaced_by) {
      return Error{ErrorKind::conflict, "already_rotated",
                   "The key was replaced by " + found->replaced_by->str() + "; rotate that one."};
    }
    if (has_ended(*found, now)) return key_ended();
    created.key = *found;
    created.key.id = Uuid::v7(now);
    created.key.hash = crypto::sha256(created.text);
    created.key.hint = created.text.substr(0, kHintSize);
    created.key.created_at = now;
    created.key.last_used_at.reset();
    if (found->expires_at) created.key.expires_at = now + (*found->expires_at - found->created_at);
    settings::Key ending = *found;
    ending.expires_at = std::min(found->expires_at.value_or(now + overlap), now + overlap);
    ending.replaced_by = created.key.id;
    TRY(settings::add_key(tx, created.key));
    TRY(settings::update_key(tx, ending));
    auto action = entry(kKeyRotated, *found, by, origin);
    action.targets.push_back(
        {.type = "application_key", .id = created.key.id.str(), .name = created.key.application});
    action.changes = changes_between(*found, ending);
    TRY(settings::add_to_outbox(tx, action, now));
    return *found;
  }));
  forget(old.hash);
  return created;
}

Result<> Keys::note_use() {
  std::vector<std::shared_ptr<Found>> used;
  for (std::size_t i = 0; i < kParts; ++i) {
    MutexLock lock(parts_[i].mutex);
    for (const auto& [hash, found] : parts_[i].found) {
      if (found->used_micros.load() > found->noted_micros.load()) used.push_back(found);
    }
  }
  if (used.empty()) return {};
  return store_.write([&](settings::WriteTx& tx) -> Result<> {
    for (const auto& found : used) {
      const std::int64_t micros = found->used_micros.load();
      TRY(settings::set_key_used(tx, found->key.id, from_micros(micros)));
      found->noted_micros.store(micros);
    }
    return {};
  });
}

}  // namespace trailkeeper::access
