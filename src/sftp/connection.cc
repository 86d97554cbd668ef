#include "sftp/connection.h"

#include <fcntl.h>

#include "session.h"

namespace trailkeeper::sftp {

namespace {

Failure refusal(int code, const std::string& subject) {
  switch (code) {
    case SSH_FX_PERMISSION_DENIED:
    case SSH_FX_WRITE_PROTECT:
      return must_act("permission_denied", subject + ": the user may not do that there.");
    case SSH_FX_NO_SUCH_FILE:
    case SSH_FX_NO_SUCH_PATH:
      return must_act("not_found", subject + ": there is no such file or folder.");
    case SSH_FX_FILE_ALREADY_EXISTS:
      return must_act("refused", subject + ": something of that name is there.");
    default:
      return must_act("refused",
                      subject + ": the server refused (status " + std::to_string(code) + ").");
  }
}

ServerInfo describe(const Transport& transport, sftp_session sftp) {
  const char* banner = ssh_get_serverbanner(transport.session.get());
  return {.host_key = transport.host_key,
          .banner = banner == nullptr ? "" : banner,
          .posix_rename = sftp_extension_supported(sftp, "posix-rename@openssh.com", "1") != 0,
          .fsync = sftp_extension_supported(sftp, "fsync@openssh.com", "1") != 0};
}

}  // namespace

Failure Connection::Impl::failure(const std::string& what, const std::string& path) const {
  int code = sftp_get_error(sftp.get());
  bool lost = code == SSH_FX_OK || code == SSH_FX_NO_CONNECTION || code == SSH_FX_CONNECTION_LOST ||
              code == SSH_FX_BAD_MESSAGE || ssh_is_connected(transport.session.get()) == 0;
  if (lost || transport.watch->timed_out() || transport.watch->cancelled()) {
    return transport.broken(what + " " + path);
  }
  return refusal(code, what + " " + path);
}

bool Connection::Impl::nothing_there() const {
  int code = sftp_get_error(sftp.get());
  return code == SSH_FX_NO_SUCH_FILE || code == SSH_FX_NO_SUCH_PATH;
}

Connection::Connection(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}

// Whatever closing would wait for ends with the watch.
Connection::~Connection() { impl_->transport.watch->begin(std::chrono::seconds(5)); }

const ServerInfo& Connection::server() const { return impl_->server; }

void Connection::cancel() { impl_->transport.watch->cancel(); }

Outcome<std::unique_ptr<Connection>> Connection::open(const Settings& settings) {
  auto impl = std::make_unique<Impl>();
  impl->settings = settings;
  impl->transport = SFTP_TRY(connect(settings));
  SFTP_TRY(sftp::sign_in(impl->transport, settings));
  auto step = impl->step();
  impl->sftp.reset(sftp_new(impl->transport.session.get()));
  if (!impl->sftp || sftp_init(impl->sftp.get()) != SSH_OK) {
    if (impl->transport.watch->timed_out()) return impl->transport.broken("Opening SFTP");
    return must_act("no_sftp", settings.host + " lets user " + settings.user +
                                   " in, but offers no SFTP to that user.");
  }
  impl->server = describe(impl->transport, impl->sftp.get());
  return std::unique_ptr<Connection>(new Connection(std::move(impl)));
}

Outcome<std::optional<Entry>> Connection::stat(const std::string& path) {
  auto step = impl_->step();
  OwnedAttributes found(sftp_stat(impl_->sftp.get(), path.c_str()));
  if (!found) {
    if (impl_->nothing_there()) return std::optional<Entry>();
    return impl_->failure("Looking at", path);
  }
  return std::optional<Entry>(Entry{"", found->size, found->type == SSH_FILEXFER_TYPE_DIRECTORY});
}

Outcome<> Connection::make_folders(const std::string& path) {
  auto whole = SFTP_TRY(stat(path));
  if (whole && whole->folder) return {};
  for (std::size_t at = 0; at != std::string::npos;) {
    at = path.find('/', at + 1);
    std::string folder = path.substr(0, at);
    if (folder.empty() || folder.ends_with('/')) continue;
    auto there = SFTP_TRY(stat(folder));
    if (there && there->folder) continue;
    if (there) return must_act("refused", folder + " is a file, not a folder.");
    auto step = impl_->step();
    if (sftp_mkdir(impl_->sftp.get(), folder.c_str(), 0755) != 0) {
      Failure failure = impl_->failure("Making the folder", folder);
      if (failure.kind == FailureClass::transient) return failure;
      // Somebody else may have made it just now.
      auto again = SFTP_TRY(stat(folder));
      if (!again || !again->folder) return failure;
    }
  }
  return {};
}

Outcome<std::vector<Entry>> Connection::list(const std::string& path, std::size_t entries_max) {
  auto step = impl_->step();
  sftp_dir folder = sftp_opendir(impl_->sftp.get(), path.c_str());
  if (folder == nullptr) return impl_->failure("Listing", path);
  std::vector<Entry> entries;
  bool too_many = false;
  while (sftp_attributes raw = sftp_readdir(impl_->sftp.get(), folder)) {
    OwnedAttributes found(raw);
    std::string name = found->name == nullptr ? "" : found->name;
    if (name == "." || name == "..") continue;
    too_many = entries.size() == entries_max;
    if (too_many) break;
    entries.push_back({name, found->size, found->type == SSH_FILEXFER_TYPE_DIRECTORY});
  }
  bool whole = too_many || sftp_dir_eof(folder) != 0;
  Failure failure = whole ? Failure{} : impl_->failure("Listing", path);
  sftp_closedir(folder);
  if (too_many) return must_act("refused", path + " holds too many files to list.");
  if (!whole) return failure;
  return entries;
}

Outcome<std::string> Connection::read(const std::string& path, std::size_t bytes_max) {
  std::string content;
  bool too_large = false;
  auto all = read_through(path, [&](std::string_view piece) {
    too_large = content.size() + piece.size() > bytes_max;
    if (!too_large) content += piece;
    return !too_large;
  });
  if (too_large) return must_act("refused", path + " is too large.");
  if (!all) return all.error();
  return content;
}

Outcome<> Connection::read_through(const std::string& path,
                                   const std::function<bool(std::string_view piece)>& piece) {
  auto step = impl_->step();
  OwnedFile file(sftp_open(impl_->sftp.get(), path.c_str(), O_RDONLY, 0));
  if (!file) return impl_->failure("Reading", path);
  std::string block(impl_->block_bytes(), '\0');
  while (true) {
    ssize_t got = sftp_read(file.get(), block.data(), block.size());
    if (got < 0) return impl_->failure("Reading", path);
    if (got == 0) return {};
    impl_->transport.watch->end();
    const bool more = piece(std::string_view(block.data(), got));
    impl_->transport.watch->begin(impl_->settings.step_timeout);
    if (!more) return passing("cancelled", "Stopped.");
  }
}

Outcome<> Connection::rename(const std::string& from, const std::string& to) {
  {
    auto step = impl_->step();
    bool renamed = impl_->server.posix_rename
                       ? impl_->posix_rename(from, to)
                       : sftp_rename(impl_->sftp.get(), from.c_str(), to.c_str()) == 0;
    if (renamed) return {};
  }
  Failure failure = impl_->failure("Renaming to", to);
  if (impl_->server.posix_rename || failure.kind == FailureClass::transient) return failure;
  // Older servers refuse to rename onto something that is there.
  if (!SFTP_TRY(stat(to))) return failure;
  SFTP_TRY(remove_file(to));
  auto step = impl_->step();
  if (sftp_rename(impl_->sftp.get(), from.c_str(), to.c_str()) == 0) return {};
  return impl_->failure("Renaming to", to);
}

Outcome<> Connection::remove_file(const std::string& path) {
  auto step = impl_->step();
  if (sftp_unlink(impl_->sftp.get(), path.c_str()) == 0 || impl_->nothing_there()) return {};
  return impl_->failure("Removing", path);
}

Outcome<> Connection::remove_folder(const std::string& path) {
  auto step = impl_->step();
  if (sftp_rmdir(impl_->sftp.get(), path.c_str()) == 0 || impl_->nothing_there()) return {};
  return impl_->failure("Removing", path);
}

}  // namespace trailkeeper::sftp
