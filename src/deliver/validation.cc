#include "validation.h"

#include <chrono>
#include <thread>

#include "base/ids.h"
#include "crypto/hash.h"
#include "layout.h"
#include "policy.h"

namespace trailkeeper::deliver {
namespace {

constexpr std::string_view kProbe =
    "Trailkeeper tried whether it may write here. This file can be deleted.\n";

SinkObject probe_object(const std::string& path, bool owner_full_control) {
  SinkObject object;
  object.key = probe_key(path);
  object.content = kProbe;
  object.bytes = kProbe.size();
  object.sha256 = crypto::sha256(kProbe);
  object.md5 = std::string(as_text(crypto::md5(kProbe)));
  object.content_type = "text/plain";
  object.if_absent = false;
  object.owner_full_control = owner_full_control;
  return object;
}

// Runs the checks one after the other; after the first that fails nothing more is tried.
class Run {
 public:
  Run(ObjectSink& sink, const ValidationInput& input) : sink_(sink), input_(input) {}

  ValidationOutcome all() {
    values();
    location();
    reachable();
    if (input_.customer_role) external_id_needed();
    assume();
    region();
    if (!input_.customer_role) other_session_list();
    own_list();
    owner();
    if (!input_.customer_role) other_session_put();
    own_put();
    encryption();
    conditional_put();
    outcome_.validation.ok = !failed_;
    return std::move(outcome_);
  }

 private:
  Check& add(std::string name, bool ok, std::string detail, std::string remedy,
             const std::string& request_id) {
    const auto took = std::chrono::duration_cast<std::chrono::milliseconds>(
        std::chrono::steady_clock::now() - began_);
    Check check{.name = std::move(name), .ok = ok, .detail = std::move(detail)};
    if (!ok) check.remedy = std::move(remedy);
    check.request_id = request_id;
    check.duration_ms = took.count();
    outcome_.validation.checks.push_back(std::move(check));
    failed_ = failed_ || !ok;
    return outcome_.validation.checks.back();
  }
  bool begin() {
    began_ = std::chrono::steady_clock::now();
    return !failed_;
  }
  Check& add_failure(std::string name, const SinkFailure& failure) {
    return add(std::move(name), false, failure.message + " (" + failure.code + ")", failure.remedy,
               failure.request_id);
  }
  SinkTarget other() const {
    SinkTarget target = input_.target;
    target.session_name = input_.other_session;
    return target;
  }
  static bool refused(const SinkFailure& failure) { return failure.status == 403; }
  PolicyPlace place() const {
    const auto role = parse_role_arn(input_.target.role_arn);
    return {role ? role->partition : "aws", input_.principal, input_.target.bucket, input_.path};
  }

  void values() {
    if (!begin()) return;
    if (input_.values_problem.empty()) {
      add("values", true, "Name, region and path are well formed.", "", "");
    } else {
      add("values", false, input_.values_problem, "Change the value and validate again.", "");
    }
  }

  void location() {
    if (!begin() || !input_.claimed_by_own) return;
    add("location", false,
        "Another destination of your organization writes to this bucket and path.",
        "Choose another path, or disconnect the other destination.", "");
  }

  void reachable() {
    if (!begin()) return;
    SinkTarget target = input_.target;
    // The service is asked, never another customer's bucket.
    if (input_.claimed_by_other) target.bucket.clear();
    const Reach reach = sink_.reach(target);
    if (reach.failure) {
      add_failure("reachable", *reach.failure);
      return;
    }
    region_ = input_.claimed_by_other ? target.region : reach.region;
    region_request_ = reach.request_id;
    add("reachable", true, "The bucket's service answers.", "", reach.request_id);
  }

  void external_id_needed() {
    if (!begin()) return;
    for (const char* wrong : {"", "wrong-external-id"}) {
      SinkTarget target = input_.target;
      target.external_id = wrong;
      const auto failure = sink_.assume(target);
      if (failure && !refused(*failure)) {
        add_failure("external_id", *failure);
        return;
      }
      if (!failure) {
        add("external_id", false,
            "The role can be assumed without the right external id, so by anyone who knows its "
            "name.",
            "Add the condition StringEquals sts:ExternalId " + input_.target.external_id +
                " to the role's trust policy.",
            "")
            .change = external_id_condition(input_.target.external_id);
        return;
      }
    }
    add("external_id", true, "The role cannot be assumed without the external id.", "", "");
  }

  void assume() {
    if (!begin()) return;
    if (const auto failure = sink_.assume(input_.target)) {
      add_failure("assume_role", *failure);
      return;
    }
    add("assume_role", true, "The role was assumed.", "", "");
  }

  void region() {
    if (!begin() || region_.empty()) return;
    if (region_ == input_.target.region) {
      add("region", true, "The bucket is in " + region_ + ".", "", region_request_);
      return;
    }
    // What other makers' services call their region is the operator's to know.
    if (!input_.target.endpoint.empty()) return;
    add("region", false,
        "The bucket is in the region " + region_ + ", not in " + input_.target.region + ".",
        "Choose the region " + region_ + ".", region_request_)
        .suggested_region = region_;
  }

  void other_session_list() {
    if (!begin()) return;
    if (input_.claimed_by_other) {
      add("other_session_list", true, kOthersRefused, "", pretended_request());
      return;
    }
    const ListOutcome listed = sink_.list(other(), input_.target.prefix, 1);
    if (!listed.failure) {
      add("other_session_list", false, "The bucket lets every customer of this service list it.",
          "In the bucket policy, let the principal be exactly " + input_.principal + ".",
          listed.request_id)
          .change = list_statement(place());
    } else if (refused(*listed.failure)) {
      add("other_session_list", true, kOthersRefused, "", listed.request_id);
    } else {
      failed_list(*listed.failure);
    }
  }

  void failed_list(const SinkFailure& failure) {
    Check& check = add_failure(failure.suggested_region.empty() ? "list" : "region", failure);
    if (refused(failure)) check.change = list_statement(place());
    check.suggested_region = failure.suggested_region;
  }

  void own_list() {
    if (!begin()) return;
    if (input_.claimed_by_other) {
      failed_list(denied_list());
      return;
    }
    const ListOutcome listed = sink_.list(input_.target, input_.target.prefix, 1);
    if (listed.failure) {
      failed_list(*listed.failure);
      return;
    }
    list_request_ = listed.request_id;
    add("list", true, "The bucket can be listed below the path.", "", listed.request_id);
  }

  // What S3 answers to a session that no policy names.
  SinkFailure denied_list() const {
    return {Blame::customer,
            "AccessDenied",
            "Listing the bucket was refused.",
            "Put the bucket policy shown here on the bucket " + input_.target.bucket +
                ": it allows s3:ListBucket below the path to this destination's principal.",
            pretended_request(),
            403};
  }

  // The refusal is ours to play: nothing may tell it from the bucket's own, neither the id of a
  // request nor the time.
  static std::string pretended_request() {
    constexpr std::string_view kLetters = "ABCDEFGHJKMNPQRSTVWXYZ0123456789";
    std::uint8_t random[17];
    fill_random(random, sizeof random);
    std::this_thread::sleep_for(std::chrono::milliseconds(20 + random[16] % 64));
    std::string id;
    for (int i = 0; i < 16; ++i) id += kLetters[random[i] % kLetters.size()];
    return id;
  }

  void owner() {
    if (!begin() || input_.claimed_by_other) return;
    add("owner", true,
        input_.target.account_id.empty()
            ? "Not checked: name the owner's account id, so that nobody else's bucket is ever "
              "taken "
              "for yours."
            : "The bucket belongs to the account " + input_.target.account_id + ".",
        "", list_request_);
    outcome_.validation.checks.back().checked = !input_.target.account_id.empty();
  }

  void other_session_put() {
    if (!begin()) return;
    const PutOutcome put = sink_.put(other(), probe_object(input_.path, true));
    if (put.kind == PutOutcome::Kind::stored) {
      add("other_session_put", false, "The bucket lets every customer of this service write to it.",
          "In the bucket policy, let the principal be exactly " + input_.principal + ".",
          put.request_id)
          .change = put_statement(place(), {"s3:PutObject", "s3:PutObjectAcl"});
    } else if (refused(put.failure)) {
      add("other_session_put", true, "Other customers of this service cannot write.", "",
          put.request_id);
    } else if (put.failure.code == "AccessControlListNotSupported") {
      add("other_session_put", true, "Not tried: the bucket refuses ACLs.", "", put.request_id);
    } else {
      failed_put(put.failure);
    }
  }

  void failed_put(const SinkFailure& failure) {
    const bool key = failure.code.starts_with("KMS.");
    Check& check = add_failure(key ? "encryption" : "put", failure);
    if (key) {
      check.change = key_statement(place());
    } else if (refused(failure)) {
      check.change = put_statement(place(), {"s3:PutObject"});
    }
  }

  void own_put() {
    if (!begin()) return;
    const SinkObject object = probe_object(input_.path, true);
    const PutOutcome put = sink_.put(input_.target, object);
    if (put.kind == PutOutcome::Kind::stored) {
      written(put, object);
      add("put_acl", true, "Objects are given to the bucket's owner.", "", put.request_id);
      return;
    }
    const bool without_acls = put.failure.code == "AccessControlListNotSupported";
    if (!refused(put.failure) && !without_acls) {
      failed_put(put.failure);
      return;
    }
    const SinkObject plain = probe_object(input_.path, false);
    const PutOutcome again = sink_.put(input_.target, plain);
    if (again.kind != PutOutcome::Kind::stored) {
      failed_put(without_acls ? again.failure : put.failure);
      return;
    }
    written(again, plain);
    if (without_acls) {
      outcome_.send_acl = false;
      add("put_acl", true,
          "ACLs are disabled on the bucket: everything in it belongs to its owner already.", "",
          put.request_id);
      return;
    }
    add("put_acl", false, "Objects can be written, but not given to the bucket's owner.",
        "Add s3:PutObjectAcl to the actions that the bucket policy allows below the path.",
        put.request_id)
        .change = put_statement(place(), {"s3:PutObjectAcl"});
  }

  void written(const PutOutcome& put, const SinkObject& object) {
    outcome_.etag_is_md5 = put.etag == to_hex(object.md5);
    encryption_ = put.encryption;
    put_request_ = put.request_id;
    add("put", true, "Objects can be written. " + object.key + " was written.", "", put.request_id);
  }

  void encryption() {
    if (!begin()) return;
    const std::string& asked = input_.target.encryption;
    if (!asked.empty() && !encryption_.empty() && encryption_ != asked) {
      add("encryption", false,
          "Objects were to be encrypted with " + asked + ", the bucket did it with " + encryption_ +
              ".",
          "Choose the encryption that the bucket enforces, or the bucket's default.", put_request_);
      return;
    }
    add("encryption", true,
        encryption_.empty() ? "Objects are stored as the bucket's default says."
                            : "Objects are encrypted with " + encryption_ + ".",
        "", put_request_);
  }

  void conditional_put() {
    if (!begin()) return;
    SinkObject object = probe_object(input_.path, outcome_.send_acl);
    object.if_absent = true;
    const PutOutcome put = sink_.put(input_.target, object);
    if (put.kind == PutOutcome::Kind::exists) {
      add("conditional_put", true, "An object that is there is never replaced.", "",
          put.request_id);
    } else if (put.kind == PutOutcome::Kind::stored) {
      add("conditional_put", false,
          "The service ignores If-None-Match: objects that were delivered could be replaced.",
          "Use a service that honours If-None-Match, such as Amazon S3.", put.request_id);
    } else {
      add_failure("conditional_put", put.failure);
    }
  }

  static constexpr const char* kOthersRefused =
      "Other customers of this service cannot list the bucket.";

  ObjectSink& sink_;
  const ValidationInput& input_;
  ValidationOutcome outcome_;
  std::string region_;
  std::string region_request_;
  std::string list_request_;
  std::string put_request_;
  std::string encryption_;
  bool failed_ = false;
  std::chrono::steady_clock::time_point began_{};
};

}  // namespace

ValidationOutcome validate_access(ObjectSink& sink, const ValidationInput& input) {
  return Run(sink, input).all();
}

}  // namespace trailkeeper::deliver
