#include "problem.h"

#include <gtest/gtest.h>

#include "json/document.h"

namespace trailkeeper::api {
namespace {

httpd::Request request() {
  httpd::Request request;
  request.request_id = "req-1";
  request.path = "/v1/x";
  return request;
}

std::string body_of(const httpd::Response& response) {
  return std::get<std::string>(response.body);
}

std::string header_of(const httpd::Response& response, std::string_view name) {
  for (const httpd::Header& header : response.headers) {
    if (header.name == name) return header.value;
  }
  return {};
}

TEST(ProblemTest, EveryKindHasItsStatus) {
  const std::pair<ErrorKind, int> table[] = {
      {ErrorKind::invalid, 422},   {ErrorKind::unauthenticated, 401}, {ErrorKind::forbidden, 403},
      {ErrorKind::not_found, 404}, {ErrorKind::conflict, 409},        {ErrorKind::too_large, 413},
      {ErrorKind::limited, 429},   {ErrorKind::unavailable, 503},     {ErrorKind::failed, 502},
      {ErrorKind::fatal, 500}};
  for (const auto& [kind, status] : table) EXPECT_EQ(status_of({kind, "some_code", ""}), status);
}

TEST(ProblemTest, SomeCodesSayMoreThanTheirKind) {
  EXPECT_EQ(status_of({ErrorKind::invalid, "malformed_json", ""}), 400);
  EXPECT_EQ(status_of({ErrorKind::invalid, "invalid_request", ""}), 400);
  EXPECT_EQ(status_of({ErrorKind::invalid, "unsupported_media_type", ""}), 415);
  EXPECT_EQ(status_of({ErrorKind::conflict, "idempotency_key_reused", ""}), 422);
  EXPECT_EQ(status_of({ErrorKind::not_found, "expired", ""}), 410);
}

TEST(ProblemTest, AProblemNamesRequestAndPlaces) {
  Error error{ErrorKind::invalid, "invalid_field", "Name is \"missing\"."};
  error.fields.push_back({"/name", "required", "This member is required."});
  const auto response = render_error(error, request());
  EXPECT_EQ(response.status, 422);
  EXPECT_EQ(header_of(response, "Content-Type"), "application/problem+json");
  EXPECT_EQ(header_of(response, "Cache-Control"), "no-store");
  EXPECT_EQ(body_of(response),
            R"({"type":"about:blank","title":"Invalid input","status":422,"code":"invalid_field",)"
            R"("detail":"Name is \"missing\".","request_id":"req-1","errors":[{"pointer":"/name",)"
            R"("code":"required","detail":"This member is required."}]})");
}

TEST(ProblemTest, RetryAfterIsAlwaysSaidWhenItHelps) {
  Error error{ErrorKind::unavailable, "store_down", "Later."};
  EXPECT_EQ(header_of(render_error(error, request()), "Retry-After"), "1");
  error.retry_after = std::chrono::seconds(7);
  EXPECT_EQ(header_of(render_error(error, request()), "Retry-After"), "7");
  error.kind = ErrorKind::limited;
  EXPECT_EQ(header_of(render_error(error, request()), "Retry-After"), "7");
  error.kind = ErrorKind::forbidden;
  EXPECT_EQ(header_of(render_error(error, request()), "Retry-After"), "");
}

TEST(ProblemTest, InternalFailuresAreNotShown) {
  for (const ErrorKind kind : {ErrorKind::fatal, ErrorKind::failed}) {
    const auto response = render_error({kind, "io", "open /srv/secret.db: I/O error"}, request());
    EXPECT_EQ(body_of(response).find("secret"), std::string::npos);
    const auto workos =
        render_error({kind, "io", "open /srv/secret.db: I/O error"}, request(), Surface::workos);
    EXPECT_EQ(body_of(workos).find("secret"), std::string::npos);
  }
}

TEST(ProblemTest, TheOtherSurfaceAnswersAsItsClientsParse) {
  Error error{ErrorKind::invalid, "invalid_event", "The event is not valid."};
  error.fields.push_back({"/event/actor", "required", "This member is required."});
  const auto response = render_error(error, request(), Surface::workos);
  EXPECT_EQ(header_of(response, "Content-Type"), "application/json");
  EXPECT_EQ(body_of(response),
            R"({"message":"The event is not valid.","code":"invalid_event","errors":[)"
            R"({"field":"/event/actor","code":"required","message":"This member is required."}]})");
  const auto denied =
      render_error({ErrorKind::unauthenticated, "bad_key", "No."}, request(), Surface::workos);
  EXPECT_EQ(denied.status, 401);
  EXPECT_EQ(body_of(denied), R"({"message":"No.","code":"bad_key"})");
}

}  // namespace
}  // namespace trailkeeper::api
