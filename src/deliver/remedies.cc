#include "remedies.h"

namespace trailkeeper::deliver {
namespace {

Blame blame_of(s3::FailureClass kind) {
  switch (kind) {
    case s3::FailureClass::customer_must_act:
      return Blame::customer;
    case s3::FailureClass::transient:
      return Blame::transient;
    case s3::FailureClass::ours:
      return Blame::ours;
  }
  return Blame::ours;
}

bool wrong_region(const s3::Failure& failure) {
  return failure.code == "PermanentRedirect" || failure.code == "TemporaryRedirect" ||
         failure.code == "AuthorizationHeaderMalformed" ||
         failure.code == "IllegalLocationConstraintException" || failure.status == 301 ||
         failure.status == 307;
}

bool failure_is(const SinkFailure& failure, std::string_view code) { return failure.code == code; }

std::string location_of(const SinkTarget& target) {
  return target.bucket + "/" + target.prefix + "*";
}

void explain_assume(SinkFailure& out, const SinkTarget& target) {
  if (out.blame != Blame::customer) return;
  if (target.external_id.empty()) {
    // The common role is the vendor's: no customer can mend it.
    out.blame = Blame::ours;
    out.message = "The common role could not be assumed.";
    out.remedy = "The operator has to check the role's trust policy and the server's credentials.";
    return;
  }
  out.message = "The role " + target.role_arn + " could not be assumed.";
  out.remedy =
      "Check that the role exists and that its trust policy lets this service assume it with the "
      "external id " +
      target.external_id + ".";
}

void explain_silence(SinkFailure& out, Call call, const SinkTarget& target) {
  const std::string who = call == Call::assume ? "The token service (STS)" : "The bucket's service";
  if (failure_is(out, "resolve")) {
    out.message = who + " has no address.";
  } else if (failure_is(out, "tls")) {
    out.message = who + " has no certificate that can be trusted.";
  } else {
    out.message = who + (failure_is(out, "timeout") || failure_is(out, "cancelled")
                             ? " did not answer in time."
                             : " did not answer.");
  }
  out.remedy = target.endpoint.empty()
                   ? "Check the region; otherwise try again in a minute."
                   : "The operator has to look at the endpoint " + target.endpoint + ".";
}

void explain_denied(SinkFailure& out, Call call, const SinkTarget& target) {
  if (call == Call::list) {
    out.message = "Listing the bucket was refused.";
    out.remedy = "Put the bucket policy shown here on the bucket " + target.bucket +
                 ": it allows s3:ListBucket below the path to this destination's principal.";
  } else {
    out.message = "Writing to the bucket was refused.";
    out.remedy = "The bucket policy must allow s3:PutObject and s3:PutObjectAcl on " +
                 location_of(target) +
                 " to this destination's principal; a key policy must allow kms:GenerateDataKey "
                 "when the bucket is encrypted with one.";
  }
}

}  // namespace

SinkFailure explain(const s3::Failure& failure, Call call, const SinkTarget& target) {
  SinkFailure out{blame_of(failure.kind), failure.code,   failure.message,    "",
                  failure.request_id,     failure.status, failure.retry_after};
  // S3 says in its message only that the key refused, not the bucket.
  if (failure.status == 403 && failure.message.find("kms:") != std::string::npos)
    out.code = "KMS.AccessDenied";
  if (out.message.empty()) out.message = "The service answered " + failure.code + ".";
  if (failure.status == 0 && failure.kind == s3::FailureClass::transient) {
    explain_silence(out, call, target);
  } else if (failure.code == "RequestTimeTooSkewed") {
    out.message = "This server's clock and the bucket's differ by more than 15 minutes.";
    out.remedy = "The operator has to set this server's clock; there is nothing to change here.";
  } else if (call == Call::assume) {
    explain_assume(out, target);
  } else if (failure.code == "NoSuchBucket" || (failure.status == 404 && call == Call::list)) {
    out.message = "There is no bucket " + target.bucket + ".";
    out.remedy = "Check the bucket's name, or make the bucket.";
  } else if (wrong_region(failure)) {
    out.message = failure.region.empty() ? "The bucket is in another region."
                                         : "The bucket is in the region " + failure.region +
                                               ", not in " + target.region + ".";
    out.suggested_region = failure.region;
    out.remedy = failure.region.empty() ? "Choose the bucket's region."
                                        : "Choose the region " + failure.region + ".";
  } else if (out.code.starts_with("KMS.")) {
    out.message = "The key that encrypts the bucket refused: " + out.message;
    out.remedy =
        "The key that encrypts the bucket must be enabled, and its policy must allow "
        "kms:GenerateDataKey to the role.";
  } else if (failure.code == "AccessControlListNotSupported") {
    out.remedy =
        "Set the bucket's object ownership to \"Bucket owner enforced\" or \"Bucket owner "
        "preferred\".";
  } else if (failure.code == "ExpiredToken") {
    out.message = "The session of the role ended; a new one is made.";
  } else if (failure.code == "SlowDown" || failure.code == "ServiceUnavailable") {
    out.message = "The bucket's service is busy.";
    out.remedy = "Nothing to do: it is tried again by itself.";
  } else if (failure.status == 403 && out.blame == Blame::customer) {
    explain_denied(out, call, target);
  }
  return out;
}

}  // namespace trailkeeper::deliver
