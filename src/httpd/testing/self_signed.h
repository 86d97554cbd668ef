#pragma once

#include <string>

namespace trailkeeper::httpd {

// A certificate for localhost and 127.0.0.1 with its key, as PEM files in a folder that goes with
// the object.
class SelfSigned {
 public:
  SelfSigned();
  ~SelfSigned();
  SelfSigned(const SelfSigned&) = delete;
  SelfSigned& operator=(const SelfSigned&) = delete;
  std::string certificate_path() const { return folder_ + "/cert.pem"; }
  std::string key_path() const { return folder_ + "/key.pem"; }

 private:
  std::string folder_;
};

}  // namespace trailkeeper::httpd
