#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sftp/failure.h"

// A client of SFTP servers that trusts a server by its pinned host key only.
namespace trailkeeper::sftp {

struct Settings {
  std::string host;             // as the customer typed it; for messages
  std::string connect_address;  // numeric, already checked (httpc::resolve_checked)
  std::uint16_t port = 22;
  std::string user;
  std::string password{};     // also answers a keyboard-interactive prompt
  std::string private_key{};  // OpenSSH or PEM text; with `password` too, both are used as asked
  std::string passphrase{};   // of the private key
  // The server's key as confirmed once: "ssh-ed25519 SHA256:...", or the fingerprint alone. Empty:
  // open() fails with host_key_unknown and the key found; no name or credential was sent.
  std::string host_key{};
  std::chrono::milliseconds connect_timeout{10'000};  // TCP and the key exchange, each
  std::chrono::milliseconds step_timeout{30'000};     // one request, or one block of an upload
};

// What the server is and offers.
struct ServerInfo {
  std::string host_key;  // "TYPE SHA256:..."
  std::string banner;    // "SSH-2.0-OpenSSH_9.2p1 ..."
  bool posix_rename = false;
  bool fsync = false;
};

struct Entry {
  std::string name;  // of stat(): empty
  std::uint64_t bytes = 0;
  bool folder = false;
};

struct Upload {
  std::string local_path;
  std::uint64_t bytes = 0;  // of the local file
  // Where the bytes go first, in the folder of `target`. What lies there already is taken for the
  // beginning of the same bytes, so the name has to depend on the content.
  std::string temporary;
  std::string target;
  bool replace = false;  // the target may exist and is replaced
  // Told now and then how many bytes are there; false gives up with `cancelled`.
  std::function<bool(std::uint64_t done)> progress{};
  // Written bytes are synced (where the server offers it) before more than so many follow, and a
  // broken upload goes on at such a border.
  std::uint64_t checkpoint_bytes = 16u << 20;
};

struct Uploaded {
  bool was_there = false;          // the target already held these bytes; nothing was sent
  std::uint64_t resumed_from = 0;  // bytes of an earlier try that were kept
};

// One signed-in connection. One thread at a time, except cancel(). Calls block, each no longer than
// its timeouts; after a transient failure the connection is of no more use. Paths are absolute or
// relative to where the server puts the user. Only algorithms without known weaknesses are offered:
// no SHA-1, no CBC, no RSA keys below 2,048 bits.
class Connection {
 public:
  static Outcome<std::unique_ptr<Connection>> open(const Settings& settings);
  ~Connection();
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  const ServerInfo& server() const;

  // mkdir -p. What exists is left as it is.
  Outcome<> make_folders(const std::string& path);
  // Nothing when there is nothing of that name.
  Outcome<std::optional<Entry>> stat(const std::string& path);
  // Without "." and ".."; `refused` when there are more than `entries_max`.
  Outcome<std::vector<Entry>> list(const std::string& path, std::size_t entries_max);
  Outcome<std::string> read(const std::string& path, std::size_t bytes_max);
  // Gives the file's bytes in pieces, in their order; `piece` answers false to give up
  // (`cancelled`). It may take its time: the server is not asked for more before it returns.
  Outcome<> read_through(const std::string& path,
                         const std::function<bool(std::string_view piece)>& piece);
  // Writes the temporary file (going on where an earlier try broke off), syncs it where the server
  // offers it, compares the size and renames it to the target. Until the rename the target is as it
  // was. On success the target holds the bytes; durable there if server().fsync. Where the server
  // has no posix-rename, a target that is replaced is missing for a moment.
  // A target that is there and may not be replaced: compared byte by byte (by size where reading is
  // forbidden); the same is success, another is `target_differs`.
  Outcome<Uploaded> upload(const Upload& upload);
  // Replaces what is at `to`.
  Outcome<> rename(const std::string& from, const std::string& to);
  // It is no failure when there is nothing.
  Outcome<> remove_file(const std::string& path);
  Outcome<> remove_folder(const std::string& path);
  // Makes the call in progress, and every later one, fail with `cancelled`. Any thread.
  void cancel();

 private:
  struct Impl;
  explicit Connection(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

// The server's host key, by a key exchange and nothing else: no name is sent. "TYPE SHA256:...".
Outcome<std::string> look_at_host_key(const Settings& settings);

// Whether the text is a private key that can be read with that passphrase; else private_key.
Outcome<> check_private_key(const std::string& private_key, const std::string& passphrase);

// "TYPE SHA256:..." or "SHA256:..." with a whole SHA-256 in base64.
bool is_host_key(const std::string& text);

}  // namespace trailkeeper::sftp
