#pragma once

#include <condition_variable>
#include <fstream>
#include <map>
#include <mutex>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "crypto/hash.h"
#include "deliver/ports.h"

namespace trailkeeper::deliver {

// What a call to the bucket does instead of working.
enum class Fault {
  none,
  lost,           // the request never arrives
  cut_after,      // it takes effect, the answer is lost
  busy,           // 503
  slow_down,      // 429
  internal,       // 500
  conflict,       // 409
  expired,        // the session's token
  skewed,         // clocks differ
  denied,         // 403
  no_bucket,      // 404
  wrong_region,   // 301
  bad_signature,  // ours
  cut_file,       // half of the body arrives: S3 refuses it, nothing is stored
  stall,          // like lost, after release()
};

// Buckets in memory that keep policies as sets of sessions that may list and write below a prefix.
// Counts every stored object and remembers whether one was ever replaced. Thread-safe.
class FakeBuckets final : public ObjectSink {
 public:
  struct Object {
    std::string content;
    Timestamp modified;
  };
  struct Grant {
    bool anyone = false;
    std::set<std::string> sessions{};
    bool list = true;
    bool put = true;
    bool put_acl = true;
  };

  void make(const std::string& bucket, const Grant& grant) {
    const std::lock_guard lock(mutex_);
    grants_[bucket] = grant;
  }
  void remove(const std::string& bucket) {
    const std::lock_guard lock(mutex_);
    grants_.erase(bucket);
  }
  void set_external_id(const std::string& id) { external_id_ = id; }
  // Where the buckets are, as they tell strangers.
  void set_region(const std::string& region) { region_ = region; }
  void set_etag_is_md5(bool value) { etag_is_md5_ = value; }
  void set_clock_time(Timestamp time) { now_ = time; }
  // The next calls meet these faults, one each.
  void plan(std::vector<Fault> faults) {
    const std::lock_guard lock(mutex_);
    faults_ = std::move(faults);
    next_fault_ = 0;
  }
  int fired() const { return fired_; }
  int puts() const { return puts_; }
  int replaced() const { return replaced_; }
  std::map<std::string, Object> objects(const std::string& bucket) {
    const std::lock_guard lock(mutex_);
    return objects_[bucket];
  }
  void put_foreign(const std::string& bucket, const std::string& key, const std::string& content) {
    const std::lock_guard lock(mutex_);
    objects_[bucket][key] = {content, now_};
  }
  void remove_object(const std::string& bucket, const std::string& key) {
    const std::lock_guard lock(mutex_);
    objects_[bucket].erase(key);
  }
  void release() {
    const std::lock_guard lock(mutex_);
    released_ = true;
    released_now_.notify_all();
  }
  // Every call to the bucket stalls, until it is told to stop or released.
  void make_dead(const std::string& bucket) {
    const std::lock_guard lock(mutex_);
    dead_.insert(bucket);
  }
  // Waits until a call stalls, or so many have.
  void wait_for_stall(int calls = 1) {
    std::unique_lock lock(mutex_);
    released_now_.wait(lock, [this, calls] { return stalled_ >= calls; });
  }
  // Called before each call to a bucket; for crashes at a chosen step.
  std::function<void()> before_call{};
  // Called when an object was stored, before that is answered.
  std::function<void()> after_put{};
  // Faults pass this bucket by.
  std::string healthy{};

  std::optional<SinkFailure> assume(const SinkTarget& target) override {
    const std::lock_guard lock(mutex_);
    if (external_id_.empty() || target.external_id == external_id_) return std::nullopt;
    return failure(Blame::customer, "AccessDenied", 403);
  }

  PutOutcome put(const SinkTarget& target, const SinkObject& object) override {
    const Fault fault = next_fault(target);
    PutOutcome outcome;
    outcome.request_id = "put-" + std::to_string(++puts_);
    if (fault != Fault::none && fault != Fault::cut_after) return fail(outcome, fault);
    const std::lock_guard lock(mutex_);
    if (const auto refused = refuse(target, object.key, object.owner_full_control)) {
      outcome.failure = *refused;
      return outcome;
    }
    auto& bucket = objects_[target.bucket];
    if (object.if_absent && bucket.contains(object.key)) {
      outcome.kind = PutOutcome::Kind::exists;
      outcome.failure = failure(Blame::customer, "PreconditionFailed", 412);
      return outcome;
    }
    const std::string content = body_of(object);
    if (crypto::sha256(content) != object.sha256 || content.size() != object.bytes) {
      outcome.failure = failure(Blame::ours, "BadDigest", 400);
      return outcome;
    }
    if (bucket.contains(object.key) && !object.key.ends_with(".trailkeeper-connection-test") &&
        !object.key.ends_with("/catalog.json") && !object.key.ends_with("/heartbeat.json"))
      ++replaced_;
    bucket[object.key] = {content, now_};
    if (after_put) after_put();
    if (fault == Fault::cut_after) return fail(outcome, fault);
    outcome.kind = PutOutcome::Kind::stored;
    outcome.etag = etag_of(content);
    return outcome;
  }

  Reach reach(const SinkTarget&) override { return {.region = region_, .request_id = "head"}; }

  ListOutcome list(const SinkTarget& target, const std::string& prefix, std::size_t keys_max,
                   const std::string& start_after = "") override {
    const Fault fault = next_fault(target);
    ListOutcome outcome;
    if (fault != Fault::none) {
      PutOutcome failed;
      outcome.failure = fail(failed, fault).failure;
      return outcome;
    }
    const std::lock_guard lock(mutex_);
    const auto grant = grants_.find(target.bucket);
    if (grant == grants_.end()) {
      outcome.failure = failure(Blame::customer, "NoSuchBucket", 404);
    } else if (!allowed(grant->second, target) || !grant->second.list) {
      outcome.failure = failure(Blame::customer, "AccessDenied", 403);
    } else {
      for (const auto& [key, object] : objects_[target.bucket]) {
        if (key.starts_with(prefix) && key > start_after && outcome.objects.size() < keys_max) {
          outcome.objects.push_back(
              {key, object.content.size(), etag_of(object.content), object.modified});
        }
      }
    }
    return outcome;
  }

 private:
  static SinkFailure failure(Blame blame, const std::string& code, int status) {
    return {blame, code, "The fake answers " + code + ".", "Mend it.", "request-" + code, status};
  }
  static PutOutcome fail(PutOutcome outcome, Fault fault) {
    switch (fault) {
      case Fault::none:
        break;
      case Fault::lost:
      case Fault::stall:
      case Fault::cut_after:
        outcome.failure = failure(Blame::transient, "cut", 0);
        break;
      case Fault::busy:
        outcome.failure = failure(Blame::transient, "ServiceUnavailable", 503);
        break;
      case Fault::slow_down:
        outcome.failure = failure(Blame::transient, "SlowDown", 429);
        break;
      case Fault::internal:
        outcome.failure = failure(Blame::transient, "InternalError", 500);
        break;
      case Fault::conflict:
        outcome.failure = failure(Blame::transient, "ConditionalRequestConflict", 409);
        break;
      case Fault::expired:
        outcome.failure = failure(Blame::transient, "ExpiredToken", 400);
        break;
      case Fault::skewed:
        outcome.failure = failure(Blame::transient, "RequestTimeTooSkewed", 403);
        break;
      case Fault::denied:
        outcome.failure = failure(Blame::customer, "AccessDenied", 403);
        break;
      case Fault::no_bucket:
        outcome.failure = failure(Blame::customer, "NoSuchBucket", 404);
        break;
      case Fault::wrong_region:
        outcome.failure = failure(Blame::customer, "PermanentRedirect", 301);
        break;
      case Fault::bad_signature:
        outcome.failure = failure(Blame::ours, "SignatureDoesNotMatch", 403);
        break;
      case Fault::cut_file:
        outcome.failure = failure(Blame::transient, "RequestTimeout", 400);
        break;
    }
    return outcome;
  }

  Fault next_fault(const SinkTarget& target) {
    if (before_call) before_call();
    std::unique_lock lock(mutex_);
    if (dead_.contains(target.bucket)) return stall(lock, target);
    if (next_fault_ >= faults_.size()) return Fault::none;
    if (target.bucket == healthy) return Fault::none;
    const Fault fault = faults_[next_fault_++];
    if (fault != Fault::none) ++fired_;
    return fault == Fault::stall ? stall(lock, target) : fault;
  }
  Fault stall(std::unique_lock<std::mutex>& lock, const SinkTarget& target) {
    ++stalled_;
    released_now_.notify_all();
    released_now_.wait(lock, target.stop, [this] { return released_; });
    return released_ && dead_.contains(target.bucket) ? Fault::none : Fault::stall;
  }
  static bool allowed(const Grant& grant, const SinkTarget& target) {
    return grant.anyone || grant.sessions.contains(target.session_name);
  }
  std::optional<SinkFailure> refuse(const SinkTarget& target, const std::string& key,
                                    bool with_acl) const {
    const auto grant = grants_.find(target.bucket);
    if (grant == grants_.end()) return failure(Blame::customer, "NoSuchBucket", 404);
    const bool may =
        allowed(grant->second, target) && grant->second.put && (grant->second.put_acl || !with_acl);
    if (!may || !key.starts_with(target.prefix))
      return failure(Blame::customer, "AccessDenied", 403);
    return std::nullopt;
  }
  static std::string body_of(const SinkObject& object) {
    if (object.file.empty()) return object.content;
    std::ifstream file(object.file, std::ios::binary);
    std::ostringstream content;
    content << file.rdbuf();
    return content.str();
  }
  std::string etag_of(const std::string& content) const {
    return etag_is_md5_ ? to_hex(as_text(crypto::md5(content)))
                        : to_hex(as_text(crypto::sha256(content))).substr(0, 32);
  }

  std::mutex mutex_;
  std::condition_variable_any released_now_;
  std::map<std::string, Grant> grants_;
  std::map<std::string, std::map<std::string, Object>> objects_;
  std::set<std::string> dead_;
  std::vector<Fault> faults_;
  std::size_t next_fault_ = 0;
  std::string external_id_;
  std::string region_;
  bool etag_is_md5_ = true;
  bool released_ = false;
  int stalled_ = 0;
  Timestamp now_ = wall_time();
  int fired_ = 0;
  int puts_ = 0;
  int replaced_ = 0;

  static Timestamp wall_time() {
    return std::chrono::time_point_cast<Duration>(std::chrono::system_clock::now());
  }
};

}  // namespace trailkeeper::deliver
