#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "base/clock.h"
#include "httpc/client.h"
#include "httpc/resolve.h"
#include "s3/credentials.h"
#include "s3/failure.h"

// The few calls of Amazon S3's REST API that deliveries need, signed by us.
namespace trailkeeper::s3 {

struct ClientSettings {
  std::string endpoint;  // scheme://host[:port]; empty: AWS, by region
  std::string region;
  bool path_style = false;  // own endpoints and bucket names with dots are addressed so in any case
  httpc::AddressPolicy addresses{};
  std::chrono::milliseconds connect_timeout{5000};
  // Slower than this for so long, both directions together, and the call is over.
  std::chrono::seconds stall_timeout{30};
  std::uint32_t bytes_per_second_min = 256;
  std::stop_token stop{};  // ends a call in progress
};

struct PutRequest {
  std::string bucket;
  std::string key;
  std::string file;  // the body; empty: `content`
  std::string content;
  std::uint64_t bytes = 0;  // of the body
  Sha256Digest sha256{};
  std::string md5;  // 16 bytes, sent as Content-MD5; may be empty
  std::string content_type = "application/octet-stream";
  std::string expected_owner;      // 12 digits; may be empty
  bool if_absent = true;           // If-None-Match: *
  bool owner_full_control = true;  // x-amz-acl: bucket-owner-full-control
  std::string encryption{};  // x-amz-server-side-encryption: AES256, aws:kms; empty: none sent
  std::string kms_key{};     // with aws:kms; empty: the account's own key
};

struct PutAnswer {
  std::string etag;  // without quotes
  std::string request_id;
  std::string encryption{};  // what the service says it encrypted with
};

// One part of an upload in parts, as the service answered it.
struct Part {
  int number = 0;  // from 1
  std::string etag;
  Sha256Digest sha256{};
};

struct PartRequest {
  std::string bucket;
  std::string key;
  std::string upload;
  int number = 0;
  std::string file;  // the part is these bytes of it
  std::uint64_t offset = 0;
  std::uint64_t bytes = 0;
  Sha256Digest sha256{};
  std::string expected_owner;
};

// What a bucket answers to a stranger.
struct HeadAnswer {
  int status = 0;
  std::string region;  // where the bucket is, when the answer says so
  std::string request_id;
};

struct ListRequest {
  std::string bucket;
  std::string prefix;
  std::string start_after;
  std::size_t keys_max = 1000;
  std::string expected_owner;
};

struct ListedObject {
  std::string key;
  std::uint64_t bytes = 0;
  std::string etag;  // without quotes
  Timestamp modified;
};

struct ListAnswer {
  std::vector<ListedObject> objects;
  bool truncated = false;
  std::string request_id;
};

// What every call costs: one request, never repeated here; the caller knows when to try again.
// Redirects are not followed. Thread-safe as far as its HTTP client and credentials are, which
// outlive it.
class Client {
 public:
  // `wall` is the machine's wall clock: signatures are checked against the other side's time.
  Client(httpc::Client& http, ClientSettings settings, CredentialsProvider& credentials,
         const Clock& wall);

  // A failure with status 412 means the key exists; 409 that another upload of it is in progress.
  Outcome<PutAnswer> put_object(const PutRequest& request);
  // An upload in parts: begun with the headers of `put` (not its body), ended by complete or abort.
  // Every part and the whole carry SHA-256 checksums.
  Outcome<std::string> create_upload(const PutRequest& put);
  Outcome<Part> upload_part(const PartRequest& part);
  // If-None-Match is sent here when `put.if_absent`. An error in the body of a 200 is a failure.
  Outcome<PutAnswer> complete_upload(const PutRequest& put, const std::string& upload,
                                     const std::vector<Part>& parts);
  Outcome<std::string> abort_upload(const PutRequest& put, const std::string& upload);
  // HEAD on the bucket (empty: GET on the service) without credentials: whether the service
  // answers, and the bucket's region. Any status is an answer.
  Outcome<HeadAnswer> head_bucket(const std::string& bucket);
  // ListObjectsV2.
  Outcome<ListAnswer> list_objects(const ListRequest& request);

  // Scheme and host (with port) that requests for the bucket go to, and the path before the key (""
  // or "/bucket").
  struct Address {
    std::string origin;
    std::string host;
    std::string base_path;
  };
  Address address(const std::string& bucket) const;

 private:
  Outcome<httpc::Response> send(const Address& address, Signable signable, httpc::Request request);

  httpc::Client& http_;
  const ClientSettings settings_;
  CredentialsProvider& credentials_;
  const Clock& wall_;
};

// The origin of AWS' regional endpoint of a service: https://s3.eu-west-1.amazonaws.com.
std::string aws_origin(const std::string& service, const std::string& region);

}  // namespace trailkeeper::s3
