#pragma once

#include "base/result.h"
#include "deliver/ports.h"
#include "settings/sftp.h"
#include "sftp/failure.h"

namespace trailkeeper::packs {

// A failure of the kit, with what the customer can do about it.
deliver::SinkFailure explain(const sftp::Failure& failure, const settings::SftpDestination& values);
// A name that leads nowhere, or where nobody may go.
deliver::SinkFailure explain_address(const Error& error, const settings::SftpDestination& values);

// Joins folder and name; an empty folder is where the server puts the user.
std::string below(const std::string& folder, const std::string& name);

}  // namespace trailkeeper::packs
