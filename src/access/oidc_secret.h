#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "crypto/sealer.h"
#include "settings/org_sign_in.h"

namespace trailkeeper::access {

// The client's secret, sealed for its org's row; empty for none.
std::string sealed_secret(const crypto::Sealer& sealer, const OrgId& org,
                          const std::string& secret);
Result<std::string> opened_secret(const crypto::Sealer& sealer, const settings::OrgSignIn& sign_in);

// What stands behind the last @, in lower case.
std::string domain_of(std::string_view email);

}  // namespace trailkeeper::access
