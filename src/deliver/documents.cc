#include "documents.h"

#include <algorithm>

#include "policy.h"

namespace trailkeeper::deliver {
namespace {

// JSON that a person reads: one member a line, two spaces a level. Strings stay as they are.
std::string pretty(const std::string& json) {
  std::string out;
  std::size_t level = 0;
  bool text = false;
  const auto line = [&] { out += "\n" + std::string(2 * level, ' '); };
  for (std::size_t i = 0; i < json.size(); ++i) {
    const char c = json[i];
    if (c == '"' && (i == 0 || json[i - 1] != '\\')) text = !text;
    if (text) {
      out += c;
    } else if (c == '{' || c == '[') {
      out += c;
      ++level;
      line();
    } else if (c == '}' || c == ']') {
      --level;
      line();
      out += c;
    } else if (c == ',') {
      out += c;
      line();
    } else {
      out += c;
      if (c == ':') out += ' ';
    }
  }
  return out;
}

std::string indented(const std::string& text, std::size_t spaces) {
  std::string out;
  for (std::size_t start = 0; start < text.size();) {
    const std::size_t end = std::min(text.find('\n', start), text.size());
    out += std::string(spaces, ' ') + text.substr(start, end - start) + "\n";
    start = end + 1;
  }
  return out;
}

// JSON within a heredoc of Terraform, where %{ begins a template. (No path holds a $.)
std::string heredoc(std::string json) {
  for (auto at = json.find("%{"); at != std::string::npos; at = json.find("%{", at + 3))
    json.insert(at, "%");
  return "<<-JSON\n" + indented(json, 4) + "  JSON\n";
}

std::string role_name(const SetupValues& values) {
  const auto role = parse_role_arn(values.role_arn);
  return role ? role->name : "trailkeeper-delivery";
}

class Documents {
 public:
  explicit Documents(const SetupValues& values) : values_(values) {
    const PolicyPlace place{values.partition, values.customer_role ? "" : values.principal,
                            values.bucket, values.path};
    policy_ = pretty(policy_of(
        {list_statement(place), put_statement(place, {"s3:PutObject", "s3:PutObjectAcl"})}));
    optional_ = pretty(abort_statement(place));
    trust_ = pretty(trust_policy(values.trusted, values.external_id));
    user_id_ = pretty(bucket_policy_by_user_id(values.role_arn, values.session_name, place));
  }

  std::vector<SetupDocument> all() const {
    std::vector<SetupDocument> found;
    found.push_back({"json", "json", policy_});
    if (values_.customer_role) {
      found.push_back({"trust", "json", trust_});
    } else {
      found.push_back({"json_user_id", "json", user_id_});
    }
    found.push_back({"optional", "json", optional_});
    found.push_back({"terraform", "hcl", values_.customer_role ? role_terraform() : terraform()});
    found.push_back(
        {"cloudformation", "yaml", values_.customer_role ? role_formation() : formation()});
    found.push_back({"cli", "sh", values_.customer_role ? role_cli() : cli()});
    return found;
  }

 private:
  std::string terraform() const {
    return "resource \"aws_s3_bucket_policy\" \"trailkeeper\" {\n  bucket = \"" + values_.bucket +
           "\"\n  policy = " + heredoc(policy_) + "}\n";
  }
  std::string role_terraform() const {
    return "resource \"aws_iam_role\" \"trailkeeper\" {\n  name = \"" + role_name(values_) +
           "\"\n  assume_role_policy = " + heredoc(trust_) +
           "}\n\nresource \"aws_iam_role_policy\" \"trailkeeper\" {\n  name = "
           "\"trailkeeper\"\n  role = aws_iam_role.trailkeeper.id\n  policy = " +
           heredoc(policy_) + "}\n";
  }
  std::string formation() const {
    return "Resources:\n  TrailkeeperBucketPolicy:\n    Type: AWS::S3::BucketPolicy\n    "
           "Properties:\n      Bucket: " +
           values_.bucket + "\n      PolicyDocument:\n" + indented(policy_, 8);
  }
  std::string role_formation() const {
    return "Resources:\n  TrailkeeperRole:\n    Type: AWS::IAM::Role\n    Properties:\n      "
           "RoleName: " +
           role_name(values_) + "\n      AssumeRolePolicyDocument:\n" + indented(trust_, 8) +
           "      Policies:\n        - PolicyName: trailkeeper\n          PolicyDocument:\n" +
           indented(policy_, 12);
  }
  std::string endpoint() const {
    return values_.endpoint.empty() ? "" : " --endpoint-url " + values_.endpoint;
  }
  std::string cli() const {
    return "# This replaces the bucket's policy: add the statements to the one you have, if any.\n"
           "aws s3api put-bucket-policy --bucket " +
           values_.bucket + endpoint() + " --policy file:///dev/stdin <<'JSON'\n" + policy_ +
           "\nJSON\n";
  }
  std::string role_cli() const {
    const std::string name = role_name(values_);
    return "aws iam create-role --role-name " + name +
           " --assume-role-policy-document file:///dev/stdin <<'JSON'\n" + trust_ +
           "\nJSON\naws iam put-role-policy --role-name " + name +
           " --policy-name trailkeeper --policy-document file:///dev/stdin <<'JSON'\n" + policy_ +
           "\nJSON\n";
  }

  const SetupValues& values_;
  std::string policy_;
  std::string optional_;
  std::string trust_;
  std::string user_id_;
};

}  // namespace

std::vector<SetupDocument> setup_documents(const SetupValues& values) {
  return Documents(values).all();
}

}  // namespace trailkeeper::deliver
