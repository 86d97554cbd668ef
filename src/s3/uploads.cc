#include <fcntl.h>
#include <unistd.h>

#include <pugixml.hpp>

#include "base/bytes.h"
#include "base/file.h"
#include "crypto/hash.h"
#include "s3/client.h"
#include "transport.h"

// Uploads in parts, and what a bucket answers to a stranger.
namespace trailkeeper::s3 {
namespace {

// Of a part, which may be large and the way slow; one that stalls ends much earlier.
constexpr std::chrono::seconds kPartTime{600};
// Completing a large upload may take S3 minutes.
constexpr std::chrono::seconds kCompleteTime{300};

Signable signable_for(const std::string& key, const Sha256Digest& body,
                      const std::string& expected_owner) {
  Signable signable;
  signable.path = "/" + key;
  signable.payload_sha256 = to_hex(as_text(body));
  signable.headers = {{"x-amz-content-sha256", signable.payload_sha256}};
  if (!expected_owner.empty())
    signable.headers.emplace_back("x-amz-expected-bucket-owner", expected_owner);
  return signable;
}

httpc::Request request_of(std::string method, std::string body, std::chrono::milliseconds time) {
  httpc::Request request;
  request.method = std::move(method);
  request.body = std::move(body);
  request.total_timeout = time;
  return request;
}

std::string request_id_of(const httpc::Response& response) {
  return std::string(response.header("x-amz-request-id").value_or(""));
}

Failure unopened() {
  Failure failure;
  failure.kind = FailureClass::ours;
  failure.code = "staged_file";
  failure.message = "The staged file cannot be opened.";
  return failure;
}

Failure unreadable(const httpc::Response& response) {
  Failure failure;
  failure.kind = FailureClass::transient;
  failure.code = "bad_answer";
  failure.message = "The answer is not the XML that S3 sends.";
  failure.status = 0;  // whether it took effect is not known
  failure.request_id = request_id_of(response);
  return failure;
}

// The checksum of an upload in parts: that of the parts' checksums, and their number.
std::string checksum_of(const std::vector<Part>& parts) {
  crypto::Sha256 all;
  for (const Part& part : parts) all.update(as_text(part.sha256));
  return to_base64(as_text(all.finish())) + "-" + std::to_string(parts.size());
}

std::string complete_body(const std::vector<Part>& parts) {
  std::string body = "<CompleteMultipartUpload xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\">";
  for (const Part& part : parts) {
    body += "<Part><PartNumber>" + std::to_string(part.number) + "</PartNumber><ETag>\"" +
            part.etag + "\"</ETag><ChecksumSHA256>" + to_base64(as_text(part.sha256)) +
            "</ChecksumSHA256></Part>";
  }
  return body + "</CompleteMultipartUpload>";
}

}  // namespace

Outcome<std::string> Client::create_upload(const PutRequest& put) {
  httpc::Request request = request_of("POST", "", std::chrono::seconds(60));
  Signable signable = signable_for(put.key, crypto::sha256(""), put.expected_owner);
  signable.query = {{"uploads", ""}};
  signable.headers.emplace_back("content-type", put.content_type);
  signable.headers.emplace_back("x-amz-checksum-algorithm", "SHA256");
  if (put.owner_full_control)
    signable.headers.emplace_back("x-amz-acl", "bucket-owner-full-control");
  if (!put.encryption.empty())
    signable.headers.emplace_back("x-amz-server-side-encryption", put.encryption);
  if (!put.kms_key.empty())
    signable.headers.emplace_back("x-amz-server-side-encryption-aws-kms-key-id", put.kms_key);
  auto response = send(address(put.bucket), std::move(signable), std::move(request));
  if (!response) return response.error();
  pugi::xml_document document;
  document.load_buffer(response->body.data(), response->body.size(), pugi::parse_default,
                       pugi::encoding_utf8);
  std::string upload = document.document_element().child_value("UploadId");
  if (upload.empty()) return unreadable(*response);
  return upload;
}

Outcome<Part> Client::upload_part(const PartRequest& part) {
  const FileDescriptor file(::open(part.file.c_str(), O_RDONLY | O_CLOEXEC));
  if (!file) return unopened();
  httpc::Request request = request_of("PUT", "", kPartTime);
  request.body_length = part.bytes;
  request.body_source = [&file, at = part.offset](char* data, std::size_t size) mutable {
    const ssize_t got = ::pread(file.get(), data, size, static_cast<off_t>(at));
    if (got <= 0) return std::size_t{0};
    at += static_cast<std::uint64_t>(got);
    return static_cast<std::size_t>(got);
  };
  Signable signable = signable_for(part.key, part.sha256, part.expected_owner);
  signable.query = {{"partNumber", std::to_string(part.number)}, {"uploadId", part.upload}};
  signable.headers.emplace_back("x-amz-checksum-sha256", to_base64(as_text(part.sha256)));
  signable.headers.emplace_back("content-type", "application/octet-stream");
  auto response = send(address(part.bucket), std::move(signable), std::move(request));
  if (!response) return response.error();
  Part done{part.number, unquoted(response->header("etag").value_or("")), part.sha256};
  if (done.etag.empty()) return unreadable(*response);
  return done;
}

Outcome<PutAnswer> Client::complete_upload(const PutRequest& put, const std::string& upload,
                                           const std::vector<Part>& parts) {
  const std::string body = complete_body(parts);
  httpc::Request request = request_of("POST", body, kCompleteTime);
  request.stall_timeout = kCompleteTime;
  Signable signable = signable_for(put.key, crypto::sha256(body), put.expected_owner);
  signable.query = {{"uploadId", upload}};
  signable.headers.emplace_back("content-type", "application/xml");
  signable.headers.emplace_back("x-amz-checksum-sha256", checksum_of(parts));
  if (put.if_absent) signable.headers.emplace_back("if-none-match", "*");
  auto response = send(address(put.bucket), std::move(signable), std::move(request));
  if (!response) return response.error();
  pugi::xml_document document;
  if (!document.load_buffer(response->body.data(), response->body.size(), pugi::parse_default,
                            pugi::encoding_utf8)) {
    return unreadable(*response);
  }
  const pugi::xml_node root = document.document_element();
  // S3 begins its answer before it knows: a 200 may hold an error.
  if (std::string_view(root.name()) == "Error") {
    Failure failure = parse_failure(response->status, response->body);
    failure.kind = classify(500, failure.code);
    return failure;
  }
  if (std::string_view(root.name()) != "CompleteMultipartUploadResult")
    return unreadable(*response);
  return PutAnswer{unquoted(root.child_value("ETag")), request_id_of(*response),
                   std::string(response->header("x-amz-server-side-encryption").value_or(""))};
}

Outcome<std::string> Client::abort_upload(const PutRequest& put, const std::string& upload) {
  Signable signable = signable_for(put.key, crypto::sha256(""), put.expected_owner);
  signable.query = {{"uploadId", upload}};
  // What was stopped is tidied up all the same, if it goes quickly.
  const std::stop_source never;
  httpc::Request request = request_of("DELETE", "", std::chrono::seconds(10));
  request.stop = never.get_token();
  auto response = send(address(put.bucket), std::move(signable), std::move(request));
  if (!response) return response.error();
  return request_id_of(*response);
}

Outcome<HeadAnswer> Client::head_bucket(const std::string& bucket) {
  const std::string service =
      settings_.endpoint.empty() ? aws_origin("s3", settings_.region) : settings_.endpoint;
  const Address where = bucket.empty() ? Address{service, host_of(service), ""} : address(bucket);
  const std::string host = host_of(where.origin);
  const std::string name =
      host.starts_with('[') ? host.substr(1, host.find(']') - 1) : host.substr(0, host.find(':'));
  auto resolved = httpc::resolve_checked(name, settings_.addresses);
  if (!resolved) return transport_failure(resolved.error());
  // To a HEAD of the service radosgw answers with a body, which would be taken for the answer to
  // what is sent next on the connection.
  httpc::Request request =
      request_of(bucket.empty() ? "GET" : "HEAD", "", std::chrono::seconds(20));
  request.url = where.origin + (where.base_path.empty() ? "/" : where.base_path);
  request.connect_address = *resolved;
  request.connect_timeout = settings_.connect_timeout;
  request.stop = settings_.stop;
  const auto response = http_.send(request);
  if (!response) return transport_failure(response.error());
  return HeadAnswer{response->status,
                    std::string(response->header("x-amz-bucket-region").value_or("")),
                    request_id_of(*response)};
}

}  // namespace trailkeeper::s3
