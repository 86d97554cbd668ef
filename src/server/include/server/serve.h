#pragma once

#include <string>

#include "server/config.h"

namespace trailkeeper::server {

// Exit codes of the program (sysexits.h), for scripts and service managers.
inline constexpr int kExitOk = 0;
inline constexpr int kExitFailed = 1;
inline constexpr int kExitUsage = 64;      // the command line
inline constexpr int kExitIo = 74;         // storage failed: going on could lose data
inline constexpr int kExitTemporary = 75;  // taken port, locked folder: try again later
inline constexpr int kExitConfig = 78;     // the configuration

// `trailkeeper serve`: runs until SIGTERM or SIGINT, then stops in order; a second signal ends at
// once. Says "Listening on http://..." on standard output when it is ready; everything else goes to
// the log on standard error.
int serve(const CommandLine& command_line);

}  // namespace trailkeeper::server
