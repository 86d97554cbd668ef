#pragma once

#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "crypto/sealer.h"
#include "deliver/deliveries.h"
#include "httpc/resolve.h"
#include "packs/sink.h"
#include "settings/sftp.h"
#include "settings/store.h"
#include "sftp/connection.h"

// The SFTP server of an org: what its admins set, tried and confirmed, and the sink that uses it.
namespace trailkeeper::packs {

// With which the server lets the user in; one of the first two, or both where a server asks so.
struct SftpAuth {
  std::string password{};
  std::string private_key{};  // OpenSSH or PEM
  std::string passphrase{};
};

// What a person enters. PUT replaces all of it, except what is absent here.
struct SftpRequest {
  std::string host;
  int port = 22;
  std::string user;
  std::string path{};
  // Absent: stays, as long as host, port and user do; a secret goes to the server it was for.
  std::optional<SftpAuth> auth{};
  // The key that the person confirms. Absent: stays, as long as host and port do.
  std::optional<std::string> host_key{};
};

struct SftpView {
  settings::SftpDestination values;  // without the secrets
  bool has_password = false;
  bool has_private_key = false;
};

struct SftpCheck {
  bool ok = false;
  std::string host_key{};  // of the server, "ssh-ed25519 SHA256:..."; empty: not reached
  // In this order, up to the first that fails: resolve, connect, host_key, sign_in, folder, write,
  // rename, delete.
  std::vector<deliver::Check> checks{};
};

std::string checks_json(const std::vector<deliver::Check>& checks);

// Thread-safe. Calls that reach out block, within limits for each step. Everything given outlives
// it.
class SftpDestinations {
 public:
  // Hosts at internal addresses are refused unless `addresses` allows them.
  SftpDestinations(settings::Store& store, const crypto::Sealer& sealer,
                   httpc::AddressPolicy addresses, const Clock& clock);

  // `not_found`, code `sftp_not_set`.
  Result<SftpView> get(const OrgId& org);
  // `invalid`, code `invalid_field`, with the problems by JSON pointer. A change of anything makes
  // a draft of it: nothing is delivered before a check succeeded again.
  Result<SftpView> put(const OrgId& org, const SftpRequest& request, const deliver::By& by);
  Result<> remove(const OrgId& org, const deliver::By& by);
  // Tries everything that a delivery will do, in the folder itself, with a small file that is
  // removed again. A success makes a draft or a suspended destination active.
  Result<SftpCheck> check(const OrgId& org, const deliver::By& by);

  // See MakeSftpSink. A suspended destination is tried too: it may have been mended.
  Result<std::unique_ptr<PackSink>> sink(const OrgId& org);

 private:
  struct Opened {
    settings::SftpDestination shown;
    sftp::Settings settings;  // without an address to connect to
  };
  friend class SftpSink;

  Result<Opened> open(const OrgId& org);
  Result<settings::SftpDestination> merged(const OrgId& org, const SftpRequest& request,
                                           std::optional<settings::SftpDestination> before) const;
  std::string seal(const OrgId& org, std::string_view column, const std::string& secret) const;
  Result<std::string> unseal(const OrgId& org, std::string_view column,
                             const std::string& sealed) const;
  // Writes down how the values of `shown` did; nothing if they were changed meanwhile.
  Result<> note(const settings::SftpDestination& shown,
                const std::optional<deliver::SinkFailure>& failure,
                const std::optional<std::string>& checks, bool delivered);

  settings::Store& store_;
  const crypto::Sealer& sealer_;
  const httpc::AddressPolicy addresses_;
  const Clock& clock_;
};

}  // namespace trailkeeper::packs
