#pragma once

#include <string>

#include "deliver/deliveries.h"
#include "deliver/ports.h"

namespace trailkeeper::deliver {

struct ValidationInput {
  SinkTarget target;          // with the destination's own session
  std::string other_session;  // a random session name, as another customer would come with
  std::string principal;
  std::string path;
  bool customer_role = false;
  std::string values_problem{};  // what the operator no longer allows; empty: nothing
  // The location belongs to another organization: answered as if the bucket refused us, without
  // asking it.
  bool claimed_by_other = false;
  // It belongs to another destination of the same organization.
  bool claimed_by_own = false;
};

struct ValidationOutcome {
  Validation validation;
  bool etag_is_md5 = true;
  bool send_acl = true;  // false where the bucket has ACLs disabled and says so
};

// Tries the permissions in the order of DESIGN section 3 and stops at the first that fails.
ValidationOutcome validate_access(ObjectSink& sink, const ValidationInput& input);

// For keeping.
std::string render_checks(const std::vector<Check>& checks);
std::vector<Check> parse_checks(const std::string& json);

}  // namespace trailkeeper::deliver
