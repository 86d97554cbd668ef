#include "s3/client.h"

#include <fcntl.h>
#include <unistd.h>

#include <pugixml.hpp>

#include "base/file.h"
#include "crypto/hash.h"
#include "transport.h"

namespace trailkeeper::s3 {
namespace {

constexpr std::size_t kListKeysMax = 1000;
// Time for a body at 64 KiB/s on top of a minute; a stalled transfer ends much earlier.
constexpr std::uint64_t kSlowBytesPerSecond = 64 * 1024;

std::chrono::milliseconds time_for(std::uint64_t bytes) {
  return std::chrono::seconds(60 + bytes / kSlowBytesPerSecond);
}

Failure local_failure(std::string code, std::string message) {
  Failure failure;
  failure.kind = FailureClass::ours;
  failure.code = std::move(code);
  failure.message = std::move(message);
  return failure;
}

Failure unreadable_answer(const httpc::Response& response) {
  Failure failure = local_failure("bad_answer", "The answer is not the XML that S3 sends.");
  failure.status = response.status;
  return failure;
}

void add_encryption(Pairs& headers, const PutRequest& put) {
  if (put.encryption.empty()) return;
  headers.emplace_back("x-amz-server-side-encryption", put.encryption);
  if (!put.kms_key.empty())
    headers.emplace_back("x-amz-server-side-encryption-aws-kms-key-id", put.kms_key);
}

std::string request_id_of(const httpc::Response& response) {
  return std::string(response.header("x-amz-request-id").value_or(""));
}

Outcome<ListAnswer> parse_list(const httpc::Response& response) {
  pugi::xml_document document;
  if (!document.load_buffer(response.body.data(), response.body.size(), pugi::parse_default,
                            pugi::encoding_utf8)) {
    return unreadable_answer(response);
  }
  const pugi::xml_node root = document.document_element();
  if (std::string_view(root.name()) != "ListBucketResult") return unreadable_answer(response);
  ListAnswer answer;
  for (const pugi::xml_node entry : root.children("Contents")) {
    const auto modified = parse_rfc3339(entry.child_value("LastModified"));
    if (!modified) return unreadable_answer(response);
    answer.objects.push_back(ListedObject{entry.child_value("Key"),
                                          entry.child("Size").text().as_ullong(),
                                          unquoted(entry.child_value("ETag")), *modified});
  }
  answer.truncated = root.child("IsTruncated").text().as_bool();
  answer.request_id = request_id_of(response);
  return answer;
}

}  // namespace

std::string aws_origin(const std::string& service, const std::string& region) {
  const std::string domain = region.starts_with("cn-") ? ".amazonaws.com.cn" : ".amazonaws.com";
  return "https://" + service + "." + region + domain;
}

Client::Client(httpc::Client& http, ClientSettings settings, CredentialsProvider& credentials,
               const Clock& wall)
    : http_(http), settings_(std::move(settings)), credentials_(credentials), wall_(wall) {}

Client::Address Client::address(const std::string& bucket) const {
  const bool own = !settings_.endpoint.empty();
  const std::string origin = own ? settings_.endpoint : aws_origin("s3", settings_.region);
  // A certificate for *.s3.region.amazonaws.com does not cover a name with dots in it.
  if (own || settings_.path_style || bucket.find('.') != std::string::npos) {
    return {origin, host_of(origin), "/" + bucket};
  }
  const std::string host = bucket + "." + host_of(origin);
  return {"https://" + host, host, ""};
}

Outcome<httpc::Response> Client::send(const Address& address, Signable signable,
                                      httpc::Request request) {
  const auto credentials = credentials_.get();
  if (!credentials) {
    Failure failure = local_failure(credentials.error().code, credentials.error().message);
    if (credentials.error().kind == ErrorKind::unavailable) failure.kind = FailureClass::transient;
    return failure;
  }
  request.connect_timeout = settings_.connect_timeout;
  if (request.stall_timeout < settings_.stall_timeout)
    request.stall_timeout = settings_.stall_timeout;
  request.bytes_per_second_min = settings_.bytes_per_second_min;
  if (!request.stop.stop_possible()) request.stop = settings_.stop;
  const Exchange with{http_, settings_.addresses, *credentials, Scope{settings_.region, "s3"},
                      address.origin};
  signable.path = address.base_path + signable.path;
  return exchange(with, std::move(signable), std::move(request), wall_.now());
}

Outcome<PutAnswer> Client::put_object(const PutRequest& put) {
  httpc::Request request;
  request.method = "PUT";
  request.total_timeout = time_for(put.bytes);
  FileDescriptor file;
  if (put.file.empty()) {
    request.body = put.content;
  } else {
    file = FileDescriptor(::open(put.file.c_str(), O_RDONLY | O_CLOEXEC));
    if (!file) return local_failure("staged_file", "The staged file cannot be opened.");
    request.body_length = put.bytes;
    request.body_source = [&file](char* data, std::size_t size) {
      const ssize_t got = ::read(file.get(), data, size);
      return got < 0 ? std::size_t{0} : static_cast<std::size_t>(got);
    };
  }
  Signable signable;
  signable.path = "/" + put.key;
  signable.payload_sha256 = to_hex(as_text(put.sha256));
  signable.headers = {{"content-type", put.content_type},
                      {"x-amz-content-sha256", signable.payload_sha256},
                      {"x-amz-checksum-sha256", to_base64(as_text(put.sha256))}};
  if (!put.md5.empty()) signable.headers.emplace_back("content-md5", to_base64(put.md5));
  if (put.if_absent) signable.headers.emplace_back("if-none-match", "*");
  if (put.owner_full_control)
    signable.headers.emplace_back("x-amz-acl", "bucket-owner-full-control");
  if (!put.expected_owner.empty())
    signable.headers.emplace_back("x-amz-expected-bucket-owner", put.expected_owner);
  add_encryption(signable.headers, put);

  auto response = send(address(put.bucket), std::move(signable), std::move(request));
  if (!response) return response.error();
  // A success names what it stored; anything else is somebody else's answer.
  if (!response->header("etag")) {
    Failure failure = unreadable_answer(*response);
    failure.kind = FailureClass::transient;
    failure.status = 0;
    return failure;
  }
  return PutAnswer{unquoted(*response->header("etag")), request_id_of(*response),
                   std::string(response->header("x-amz-server-side-encryption").value_or(""))};
}

Outcome<ListAnswer> Client::list_objects(const ListRequest& list) {
  httpc::Request request;
  request.method = "GET";
  request.total_timeout = time_for(0);
  Signable signable;
  signable.path = address(list.bucket).base_path.empty() ? "/" : "";
  signable.query = {{"list-type", "2"},
                    {"max-keys", std::to_string(std::min(list.keys_max, kListKeysMax))}};
  if (!list.prefix.empty()) signable.query.emplace_back("prefix", list.prefix);
  if (!list.start_after.empty()) signable.query.emplace_back("start-after", list.start_after);
  signable.payload_sha256 = to_hex(as_text(crypto::sha256("")));
  signable.headers = {{"x-amz-content-sha256", signable.payload_sha256}};
  if (!list.expected_owner.empty())
    signable.headers.emplace_back("x-amz-expected-bucket-owner", list.expected_owner);
  auto response = send(address(list.bucket), std::move(signable), std::move(request));
  if (!response) return response.error();
  return parse_list(*response);
}

}  // namespace trailkeeper::s3
