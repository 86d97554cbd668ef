#pragma once

#include <optional>
#include <string>

#include "base/ids.h"
#include "base/time.h"
#include "settings/store.h"

// The SFTP server that an org's data packs go to.
namespace trailkeeper::settings {

struct SftpDestination {
  OrgId org;
  std::string host;
  int port = 22;
  std::string user;
  std::string password{};       // sealed; empty: none
  std::string private_key{};    // sealed; empty: none
  std::string passphrase{};     // sealed; of the private key
  std::string path{};           // where runs go; empty: where the server puts the user
  std::string host_key{};       // as confirmed, "ssh-ed25519 SHA256:..."; empty: not yet
  std::string state = "draft";  // draft | active | suspended
  std::string reason{};         // of suspended: the failure's code
  std::string detail{};         // and its sentence
  std::string remedy{};
  std::string checks{};  // the last check's result, a JSON list; empty: none of the values shown
  std::optional<Timestamp> checked_at{};
  std::optional<Timestamp> last_success_at{};  // when a run last arrived
  Timestamp updated_at{};
};

Result<std::optional<SftpDestination>> find_sftp_destination(const ReadTx& tx, const OrgId& org);
// Makes it or replaces all of it.
Result<> put_sftp_destination(WriteTx& tx, const SftpDestination& destination);
// It is no failure when there is none.
Result<> remove_sftp_destination(WriteTx& tx, const OrgId& org);

}  // namespace trailkeeper::settings
