#include "validation.h"

#include <chrono>

#include "crypto/hash.h"
#include "json/document.h"
#include "json/writer.h"
#include "layout.h"

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
    location();
    if (input_.customer_role) external_id_needed();
    assume();
    if (!input_.customer_role) other_session_list();
    own_list();
    if (!input_.customer_role) other_session_put();
    own_put();
    outcome_.validation.ok = !failed_;
    return std::move(outcome_);
  }

 private:
  void add(std::string name, bool ok, std::string detail, std::string remedy,
           const std::string& request_id) {
    const auto took = std::chrono::duration_cast<std::chrono::milliseconds>(
        std::chrono::steady_clock::now() - began_);
    outcome_.validation.checks.push_back({std::move(name), ok, std::move(detail),
                                          ok ? "" : std::move(remedy), request_id, took.count()});
    failed_ = failed_ || !ok;
  }
  bool begin() {
    began_ = std::chrono::steady_clock::now();
    return !failed_;
  }
  void add_failure(std::string name, const SinkFailure& failure) {
    add(std::move(name), false, failure.message + " (" + failure.code + ")", failure.remedy,
        failure.request_id);
  }
  SinkTarget other() const {
    SinkTarget target = input_.target;
    target.session_name = input_.other_session;
    return target;
  }
  static bool refused(const SinkFailure& failure) { return failure.status == 403; }

  void location() {
    if (!begin() || !input_.claimed_by_own) return;
    add("location", false,
        "Another destination of your organization writes to this bucket and path.",
        "Choose another path, or disconnect the other destination.", "");
  }

  void external_id_needed() {
    if (!begin()) return;
    for (const char* wrong : {"", "wrong-external-id"}) {
      SinkTarget target = input_.target;
      target.external_id = wrong;
      const auto failure = sink_.assume(target);
      if (failure && !refused(*failure)) return add_failure("external_id", *failure);
      if (!failure) {
        add("external_id", false,
            "The role can be assumed without the right external id, so by anyone who knows its "
            "name.",
            "Add the condition StringEquals sts:ExternalId " + input_.target.external_id +
                " to the role's trust policy.",
            "");
        return;
      }
    }
    add("external_id", true, "The role cannot be assumed without the external id.", "", "");
  }

  void assume() {
    if (!begin()) return;
    if (const auto failure = sink_.assume(input_.target))
      return add_failure("assume_role", *failure);
    add("assume_role", true, "The role was assumed.", "", "");
  }

  void other_session_list() {
    if (!begin()) return;
    if (input_.claimed_by_other) return add("other_session_list", true, kOthersRefused, "", "");
    const ListOutcome listed = sink_.list(other(), input_.target.prefix, 1);
    if (!listed.failure) {
      return add("other_session_list", false,
                 "The bucket lets every customer of this service list it.",
                 "In the bucket policy, let the principal be exactly " + input_.principal + ".",
                 listed.request_id);
    }
    if (refused(*listed.failure))
      return add("other_session_list", true, kOthersRefused, "", listed.request_id);
    add_failure("list", *listed.failure);
  }

  void own_list() {
    if (!begin()) return;
    if (input_.claimed_by_other) return add_denied_list();
    const ListOutcome listed = sink_.list(input_.target, input_.target.prefix, 1);
    if (listed.failure) return add_failure("list", *listed.failure);
    add("list", true, "The bucket can be listed below the path.", "", listed.request_id);
  }

  void add_denied_list() {
    add("list", false, "Listing the bucket was refused. (AccessDenied)",
        "Put the bucket policy shown here on the bucket " + input_.target.bucket +
            ": it allows s3:ListBucket below the path to this destination's principal.",
        "");
  }

  void other_session_put() {
    if (!begin()) return;
    const PutOutcome put = sink_.put(other(), probe_object(input_.path, true));
    if (put.kind == PutOutcome::Kind::stored) {
      return add("other_session_put", false,
                 "The bucket lets every customer of this service write to it.",
                 "In the bucket policy, let the principal be exactly " + input_.principal + ".",
                 put.request_id);
    }
    if (refused(put.failure))
      return add("other_session_put", true, "Other customers of this service cannot write.", "",
                 put.request_id);
    add_failure("put", put.failure);
  }

  void own_put() {
    if (!begin()) return;
    const SinkObject object = probe_object(input_.path, true);
    const PutOutcome put = sink_.put(input_.target, object);
    if (put.kind == PutOutcome::Kind::stored) {
      outcome_.etag_is_md5 = put.etag == to_hex(object.md5);
      return add(
          "put", true,
          "Objects can be written and given to the bucket's owner. " + object.key + " was written.",
          "", put.request_id);
    }
    if (refused(put.failure) && sink_.put(input_.target, probe_object(input_.path, false)).kind ==
                                    PutOutcome::Kind::stored) {
      return add("put", false, "Objects can be written, but not given to the bucket's owner.",
                 "Add s3:PutObjectAcl to the actions that the bucket policy allows below the path.",
                 put.request_id);
    }
    add_failure("put", put.failure);
  }

  static constexpr const char* kOthersRefused =
      "Other customers of this service cannot list the bucket.";

  ObjectSink& sink_;
  const ValidationInput& input_;
  ValidationOutcome outcome_;
  bool failed_ = false;
  std::chrono::steady_clock::time_point began_{};
};

}  // namespace

ValidationOutcome validate_access(ObjectSink& sink, const ValidationInput& input) {
  return Run(sink, input).all();
}

std::string render_checks(const std::vector<Check>& checks) {
  json::Writer out;
  out.begin_array();
  for (const Check& check : checks) {
    out.begin_object().member("name", check.name).member("ok", check.ok);
    std::string text;
    json::append_string_lossy(text, check.detail);
    out.key("detail").raw(text);
    text.clear();
    json::append_string_lossy(text, check.remedy);
    out.key("remedy").raw(text);
    text.clear();
    json::append_string_lossy(text, check.request_id);
    out.key("request_id").raw(text).member("duration_ms", check.duration_ms).end_object();
  }
  return out.end_array().take();
}

std::vector<Check> parse_checks(const std::string& json) {
  std::vector<Check> checks;
  if (json.empty()) return checks;
  json::Document document;
  const auto root = document.parse(json);
  if (!root) return checks;
  for (const json::Node node : *root) {
    const auto text = [&node](std::string_view name) {
      const auto found = node.find(name);
      return found ? std::string(found->text()) : std::string();
    };
    Check check{text("name"), false, text("detail"), text("remedy"), text("request_id"), 0};
    if (const auto ok = node.find("ok")) check.ok = ok->boolean();
    if (const auto took = node.find("duration_ms")) check.duration_ms = took->integer().value_or(0);
    checks.push_back(std::move(check));
  }
  return checks;
}

}  // namespace trailkeeper::deliver
