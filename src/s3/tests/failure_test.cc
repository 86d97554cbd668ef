#include "s3/failure.h"

#include <gtest/gtest.h>

namespace trailkeeper::s3 {
namespace {

TEST(Failure, ReadsS3sForm) {
  const Failure failure = parse_failure(
      301,
      "<?xml version=\"1.0\"?><Error><Code>PermanentRedirect</Code><Message>Use the other &amp; "
      "right one</Message>"
      "<Region>eu-west-1</Region><RequestId>R1</RequestId><HostId>H1</HostId></Error>");
  EXPECT_EQ(failure.code, "PermanentRedirect");
  EXPECT_EQ(failure.message, "Use the other & right one");
  EXPECT_EQ(failure.region, "eu-west-1");
  EXPECT_EQ(failure.request_id, "R1");
  EXPECT_EQ(failure.host_id, "H1");
  EXPECT_EQ(failure.kind, FailureClass::customer_must_act);
}

TEST(Failure, ReadsStsForm) {
  const Failure failure =
      parse_failure(403,
                    "<ErrorResponse "
                    "xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\"><Error><Type>Sender</Type>"
                    "<Code>AccessDenied</Code><Message>not "
                    "authorized</Message></Error><RequestId>R2</RequestId></ErrorResponse>");
  EXPECT_EQ(failure.code, "AccessDenied");
  EXPECT_EQ(failure.request_id, "R2");
}

TEST(Failure, ClassifiesAnswersWithoutABody) {
  for (const char* body :
       {"", "<html>busy</html>", "<Error>", "not xml", "<Error><Code></Code></Error>"}) {
    EXPECT_EQ(parse_failure(503, body).kind, FailureClass::transient) << body;
    EXPECT_EQ(parse_failure(403, body).kind, FailureClass::customer_must_act) << body;
    EXPECT_EQ(parse_failure(503, body).code, "HTTP 503") << body;
  }
}

TEST(Failure, CutsALongMessage) {
  const std::string body =
      "<Error><Code>X</Code><Message>" + std::string(100000, 'm') + "</Message></Error>";
  EXPECT_LE(parse_failure(400, body).message.size(), 500u);
}

TEST(Failure, SaysWhoHasToAct) {
  struct Case {
    int status;
    const char* code;
    FailureClass kind;
  };
  const Case cases[] = {
      {403, "AccessDenied", FailureClass::customer_must_act},
      {404, "NoSuchBucket", FailureClass::customer_must_act},
      {400, "AuthorizationHeaderMalformed", FailureClass::customer_must_act},
      {400, "KMS.DisabledException", FailureClass::customer_must_act},
      {400, "AccessControlListNotSupported", FailureClass::customer_must_act},
      {400, "ExpiredToken", FailureClass::transient},
      {400, "RequestTimeout", FailureClass::transient},
      {403, "RequestTimeTooSkewed", FailureClass::transient},
      {409, "ConditionalRequestConflict", FailureClass::transient},
      {429, "whatever", FailureClass::transient},
      {500, "InternalError", FailureClass::transient},
      {503, "SlowDown", FailureClass::transient},
      {403, "SignatureDoesNotMatch", FailureClass::ours},
      {403, "InvalidAccessKeyId", FailureClass::ours},
      {400, "BadDigest", FailureClass::ours},
      {400, "SomethingNew", FailureClass::ours},
  };
  for (const Case& each : cases)
    EXPECT_EQ(classify(each.status, each.code), each.kind) << each.code;
}

TEST(Failure, WithoutAnAnswerTheOutcomeIsUnknownAndMayBeTriedAgain) {
  const Failure failure =
      transport_failure(Error{ErrorKind::unavailable, "cut", "The connection broke."});
  EXPECT_EQ(failure.status, 0);
  EXPECT_EQ(failure.kind, FailureClass::transient);
  const Failure refused =
      transport_failure(Error{ErrorKind::forbidden, "address_not_allowed", "Internal address."});
  EXPECT_EQ(refused.kind, FailureClass::ours);
}

}  // namespace
}  // namespace trailkeeper::s3
