#include "access/keys.h"

#include <algorithm>
#include <cstring>
#include <utility>

#include "actions.h"
#include "crypto/hash.h"
#include "text_rules.h"

namespace trailkeeper::access {

namespace {

constexpr std::size_t kParts = 16;
constexpr std::size_t kFoundPerPartMax = 1024;
constexpr std::size_t kHintSize = 8;

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

Result<> check(const NewKey& request, Timestamp now) {
  std::vector<FieldProblem> problems;
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

// A key that was found. What it may do never changes.
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

Result<std::shared_ptr<Keys::Found>> Keys::look_up(const Sha256Digest& hash) {
  Part& part = parts_[hash[0] % kParts];
  {
    MutexLock lock(part.mutex);
    const auto known = part.found.find(hash);
    if (known != part.found.end()) return known->second;
  }
  // A revocation after this point makes what is read below unfit for keeping: it takes its key out
  // of the memory only after it counted, so that one of the two sees the other.
  const std::uint64_t revocations = revocations_.load();
  const auto key =
      TRY(store_.read([&](settings::ReadTx& tx) { return settings::find_key_by_hash(tx, hash); }));
  if (!key || key->revoked_at) return bad_key();
  auto found = std::make_shared<Found>();
  found->key = {
      .id = key->id, .application = key->application, .org = key->org, .scopes = key->scopes};
  found->expires_at = key->expires_at;
  MutexLock lock(part.mutex);
  if (revocations_.load() == revocations) {
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
                 .expires_at = request.expires_at};
  TRY(store_.write([&](settings::WriteTx& tx) -> Result<> {
    TRY(settings::add_key(tx, created.key));
    return settings::add_to_outbox(tx, entry(kKeyCreated, created.key, by, origin), now);
  }));
  return created;
}

Result<std::vector<settings::Key>> Keys::list(const std::optional<OrgId>& org,
                                              std::optional<Uuid> after, std::size_t limit) {
  return store_.read(
      [&](settings::ReadTx& tx) { return settings::list_keys(tx, org, after, limit); });
}

Result<settings::Key> Keys::find(const Uuid& id) {
  auto key = TRY(store_.read([&](settings::ReadTx& tx) { return settings::find_key(tx, id); }));
  if (!key) return key_not_found();
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
  revocations_.fetch_add(1);
  Part& part = parts_[key.hash[0] % kParts];
  MutexLock lock(part.mutex);
  part.found.erase(key.hash);
  return {};
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
