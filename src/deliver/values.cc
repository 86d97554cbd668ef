#include "values.h"

#include <algorithm>
#include <array>

#include "filter.h"
#include "forms.h"
#include "policy.h"

namespace trailkeeper::deliver {
namespace {

constexpr std::size_t kFilterMax = 200;
constexpr std::array<std::string_view, 7> kCategories = {
    "authentication", "data", "permission", "configuration", "export", "error", "other"};

constexpr std::size_t kPathMax = 400;  // of the 1,024 bytes of a key

bool is_lower_or_digit(char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'); }
bool is_digit(char c) { return c >= '0' && c <= '9'; }

// "Bucket naming rules", Amazon S3 user guide.
bool is_bucket_name(const std::string& name) {
  if (name.size() < 3 || name.size() > 63) return false;
  if (!is_lower_or_digit(name.front()) || !is_lower_or_digit(name.back())) return false;
  const bool letters = std::all_of(name.begin(), name.end(), [](char c) {
    return is_lower_or_digit(c) || c == '.' || c == '-';
  });
  if (!letters || name.find("..") != std::string::npos) return false;
  const bool like_address =
      std::all_of(name.begin(), name.end(), [](char c) { return is_digit(c) || c == '.'; }) &&
      std::count(name.begin(), name.end(), '.') == 3;
  return !like_address && !name.starts_with("xn--") && !name.ends_with("-s3alias");
}

std::string without_outer_slashes(std::string path) {
  path.erase(0, path.find_first_not_of('/') == std::string::npos ? path.size()
                                                                 : path.find_first_not_of('/'));
  while (!path.empty() && path.back() == '/') path.pop_back();
  return path;
}

// Empty when the path is fine, else what is wrong with it.
std::string path_problem(const std::string& path) {
  if (path.size() > kPathMax) return "The path is longer than 400 bytes.";
  for (const char c : path) {
    const auto byte = static_cast<unsigned char>(c);
    // Wildcards and variables would mean something else in a policy.
    if (byte < 0x20 || byte == 0x7f || c == '*' || c == '?' || c == '$' || c == '\\') {
      return "The path may not hold control characters or any of * ? $ \\.";
    }
  }
  for (std::size_t start = 0; start <= path.size();) {
    const std::size_t end = std::min(path.find('/', start), path.size());
    const std::string part = path.substr(start, end - start);
    if (part.empty() || part == "." || part == "..")
      return "The path may not hold empty parts, . or ..";
    start = end + 1;
  }
  return "";
}

const Endpoint* find_endpoint(const Settings& settings, const std::string& url) {
  for (const Endpoint& endpoint : settings.endpoints) {
    if (endpoint.url == url) return &endpoint;
  }
  return nullptr;
}

class Problems {
 public:
  void add(std::string pointer, std::string code, std::string detail) {
    fields_.push_back({std::move(pointer), std::move(code), std::move(detail)});
  }
  bool any() const { return !fields_.empty(); }
  Error error() const {
    return Error{ErrorKind::invalid, "invalid_destination", "Some values cannot be right.",
                 fields_};
  }

 private:
  std::vector<FieldProblem> fields_;
};

void check_place(settings::S3Target& target, const Settings& settings, Problems& problems) {
  if (!target.bucket.empty() && !is_bucket_name(target.bucket)) {
    problems.add("/bucket", "bad_bucket",
                 "A bucket's name has 3 to 63 lower-case letters, digits, dots and hyphens, such "
                 "as acme-audit-logs.");
  }
  if (!target.endpoint.empty()) {
    const Endpoint* endpoint = find_endpoint(settings, target.endpoint);
    if (endpoint == nullptr) {
      problems.add("/endpoint", "endpoint_not_allowed",
                   "This endpoint is not among those that the operator allows.");
    } else if (target.region.empty()) {
      target.region = endpoint->region;
    }
    return;
  }
  const auto& regions = settings.regions;
  if (target.region.empty() && target.bucket.empty()) return;
  if (std::find(regions.begin(), regions.end(), target.region) == regions.end()) {
    problems.add("/region", "bad_region", "Choose one of the regions offered.");
  }
}

std::string encryption_header(const std::string& choice) {
  if (choice == "s3") return "AES256";
  return choice == "kms" ? "aws:kms" : "";
}

void check_encryption(const DestinationRequest& request, Problems& problems) {
  if (!request.encryption.empty() && request.encryption != "s3" && request.encryption != "kms")
    problems.add("/encryption", "bad_encryption", "Choose s3, kms or the bucket's default.");
  if (request.kms_key.empty()) return;
  const bool fits = request.kms_key.starts_with("arn:aws") &&
                    request.kms_key.find(":kms:") != std::string::npos &&
                    request.kms_key.find_first_of(" \t\r\n") == std::string::npos;
  if (request.encryption != "kms" || !fits) {
    problems.add("/kms_key", "bad_kms_key",
                 "A key's ARN looks like arn:aws:kms:eu-west-1:123456789012:key/ID, and goes with "
                 "the encryption kms.");
  }
}

void check_shape(const DestinationRequest& request, Problems& problems) {
  if (!is_form(request.form))
    problems.add("/form", "bad_form", "Choose jsonl, ocsf, csv or parquet.");
  if (!is_compression(request.compression))
    problems.add("/compression", "bad_compression", "Choose gzip or zstd.");
  const DeliveryFilter& filter = request.filter;
  if (filter.actions.size() > kFilterMax || filter.areas.size() > kFilterMax ||
      filter.categories.size() > kFilterMax)
    problems.add("/filter", "too_many", "A list of the filter holds at most 200 values.");
  for (const std::string& category : filter.categories) {
    if (std::find(kCategories.begin(), kCategories.end(), category) == kCategories.end())
      problems.add("/filter/categories", "bad_category", "There is no category " + category + ".");
  }
}

}  // namespace

std::string encryption_choice(const std::string& header) {
  if (header == "AES256") return "s3";
  return header == "aws:kms" ? "kms" : "";
}

settings::Shape shape_of(const DestinationRequest& request) {
  return {request.form, request.compression, render_filter(request.filter)};
}

std::vector<std::string> Settings::default_regions() {
  return {"us-east-1",      "us-east-2",      "us-west-1",      "us-west-2",      "ap-south-1",
          "ap-northeast-1", "ap-northeast-2", "ap-northeast-3", "ap-southeast-1", "ap-southeast-2",
          "ca-central-1",   "eu-west-1",      "eu-west-2",      "eu-west-3",      "eu-central-1",
          "eu-north-1",     "sa-east-1"};
}

Result<settings::S3Target> checked_target(const DestinationRequest& request,
                                          const Settings& settings) {
  settings::S3Target target{request.bucket,
                            request.region,
                            request.endpoint,
                            request.account_id,
                            without_outer_slashes(request.path),
                            request.role_arn,
                            request.path_style,
                            encryption_header(request.encryption),
                            request.kms_key};
  while (!target.endpoint.empty() && target.endpoint.back() == '/') target.endpoint.pop_back();
  if (target.path.empty()) target.path = "trailkeeper";
  Problems problems;
  check_place(target, settings, problems);
  if (const std::string problem = path_problem(target.path); !problem.empty())
    problems.add("/path", "bad_path", problem);
  check_encryption(request, problems);
  check_shape(request, problems);
  const std::string& account = target.account_id;
  if (!account.empty() &&
      (account.size() != 12 || !std::all_of(account.begin(), account.end(), is_digit))) {
    problems.add("/account_id", "bad_account_id", "An AWS account id has 12 digits.");
  }
  if (!target.role_arn.empty()) {
    if (!parse_role_arn(target.role_arn)) {
      problems.add("/role_arn", "bad_role_arn",
                   "A role's ARN looks like arn:aws:iam::123456789012:role/NAME.");
    }
  } else if (settings.role_arn.empty()) {
    problems.add("/role_arn", "role_needed",
                 "There is no common role here: name a role of your own account.");
  }
  if (problems.any()) return problems.error();
  return target;
}

SinkTarget sink_target(const settings::S3Target& target, const settings::Destination& destination,
                       const Settings& settings) {
  SinkTarget sink;
  sink.endpoint = target.endpoint;
  if (const Endpoint* endpoint = find_endpoint(settings, target.endpoint); endpoint != nullptr) {
    sink.sts_endpoint = endpoint->sts_url.empty() ? endpoint->url : endpoint->sts_url;
  }
  sink.region = target.region;
  sink.bucket = target.bucket;
  sink.path_style = target.path_style;
  sink.account_id = target.account_id;
  sink.prefix = target.path + "/";
  sink.encryption = target.encryption;
  sink.kms_key = target.kms_key;
  sink.send_acl = destination.send_acl;
  sink.role_arn = target.role_arn.empty() ? settings.role_arn : target.role_arn;
  sink.session_name = destination.session_name;
  if (!target.role_arn.empty()) sink.external_id = destination.external_id;
  return sink;
}

}  // namespace trailkeeper::deliver
