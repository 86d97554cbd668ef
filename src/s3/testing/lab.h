#pragma once

#include <sys/types.h>

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "httpc/client.h"
#include "s3/client.h"

namespace trailkeeper::s3 {

// Ceph's S3 and STS, started once per test program by tools/s3lab and ended with it. Its buckets
// are the customer's; what it does here it does as the customer, with a small client of its own
// (s3lab), not with the code under test.
class Lab {
 public:
  // Starts it at the first call; ends the process when it cannot be started.
  static Lab& get();

  std::string endpoint;
  std::string region;
  std::string role_arn;
  Credentials vendor;
  Credentials customer;

  // A new bucket with a name of its own.
  std::string make_bucket();
  void put_policy(const std::string& bucket, const std::string& policy);
  void remove_policy(const std::string& bucket);
  std::string read(const std::string& bucket, const std::string& key);
  void remove(const std::string& bucket, const std::string& key);
  std::vector<ListedObject> list(const std::string& bucket, const std::string& prefix = "");
  // s3lab's own output of `s3lab NAME FOLDER ARGUMENTS...`.
  std::string run(const std::string& name, const std::vector<std::string>& arguments,
                  const std::string& input = "");

  ~Lab();

 private:
  Lab();
  void start();

  std::string folder_;
  pid_t child_ = -1;
  int hold_ =
      -1;  // its standard input: it stops when this closes, also when this process is killed
  int buckets_ = 0;
};

}  // namespace trailkeeper::s3
