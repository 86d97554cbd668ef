#include "s3/sigv4.h"

#include <gtest/gtest.h>

#include "base/bytes.h"
#include "crypto/hash.h"
#include "tests/sigv4_vectors.h"

namespace trailkeeper::s3 {
namespace {

Signature sign_vector(const Vector& vector) {
  const bool s3 = std::string_view(vector.service) == "s3";
  const Credentials credentials =
      s3 ? Credentials{"AKIAIOSFODNN7EXAMPLE", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY", ""}
         : Credentials{"AKIDEXAMPLE", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY", ""};
  const Timestamp time =
      parse_rfc3339(s3 ? "2013-05-24T00:00:00Z" : "2015-08-30T12:36:00Z").value();
  const Signable request{vector.method, vector.path, vector.query, vector.headers,
                         to_hex(as_text(crypto::sha256(vector.payload)))};
  return sign(request, credentials, Scope{"us-east-1", vector.service}, time);
}

TEST(SigV4, AgreesWithThePublishedSignatures) {
  for (const Vector& vector : published_vectors()) {
    const Signature signature = sign_vector(vector);
    const std::string day = std::string_view(vector.service) == "s3"
                                ? "AKIAIOSFODNN7EXAMPLE/20130524"
                                : "AKIDEXAMPLE/20150830";
    EXPECT_EQ(signature.authorization, "AWS4-HMAC-SHA256 Credential=" + day + "/us-east-1/" +
                                           vector.service +
                                           "/aws4_request, SignedHeaders=" + vector.signed_headers +
                                           ", Signature=" + vector.signature)
        << vector.name << "\n"
        << signature.canonical_request;
  }
}

TEST(SigV4, AnyChangeChangesTheSignature) {
  const Signable request{
      "PUT", "/a", {{"b", "c"}}, {{"host", "h"}, {"x-amz-date", "20150830T123600Z"}}, "00"};
  const Credentials credentials{"K", "S", ""};
  const Scope scope{"eu-west-1", "s3"};
  const Timestamp time = parse_rfc3339("2015-08-30T12:36:00Z").value();
  const std::string original = sign(request, credentials, scope, time).authorization;
  std::vector<Signable> changed(6, request);
  changed[0].method = "GET";
  changed[1].path = "/A";
  changed[2].query[0].second = "d";
  changed[3].headers[0].second = "i";
  changed[4].payload_sha256 = "01";
  changed[5].headers.emplace_back("x-amz-acl", "private");
  for (const Signable& other : changed)
    EXPECT_NE(sign(other, credentials, scope, time).authorization, original);
  EXPECT_NE(sign(request, Credentials{"K", "T", ""}, scope, time).authorization, original);
  EXPECT_NE(sign(request, credentials, Scope{"eu-west-2", "s3"}, time).authorization, original);
}

TEST(SigV4, EncodesKeysOnceAndSortsTheQuery) {
  const Signable request{"GET",
                         "/dt=2026-11-22/a+b %/\xc3\xa9",
                         {{"prefix", "a=b/"}, {"list-type", "2"}, {"A", "~"}},
                         {{"host", "h"}},
                         "00"};
  const Signature signature =
      sign(request, Credentials{"K", "S", ""}, Scope{"r", "s3"}, Timestamp{});
  EXPECT_EQ(signature.path, "/dt%3D2026-11-22/a%2Bb%20%25/%C3%A9");
  EXPECT_EQ(signature.query, "A=~&list-type=2&prefix=a%3Db%2F");
}

TEST(SigV4, WritesTheDateInItsShortForm) {
  EXPECT_EQ(amz_date(parse_rfc3339("2013-05-24T00:00:00.999999Z").value()), "20130524T000000Z");
}

}  // namespace
}  // namespace trailkeeper::s3
