#include <arpa/inet.h>

#include <cstdint>
#include <cstring>

#include "session.h"

// The one request that libssh 0.10 has no call for: posix-rename@openssh.com, which replaces what
// is there at once (OpenSSH's PROTOCOL, 4.3). It is written to libssh's own channel between two of
// its requests, when nothing else is on the way.
namespace trailkeeper::sftp {

namespace {

constexpr std::uint8_t kExtended = 200;  // SSH_FXP_EXTENDED
constexpr std::uint8_t kStatus = 101;    // SSH_FXP_STATUS
constexpr std::size_t kAnswerMax = 64u << 10;

void put_number(std::string& out, std::uint32_t number) {
  number = htonl(number);
  out.append(reinterpret_cast<const char*>(&number), sizeof(number));
}

void put_text(std::string& out, std::string_view text) {
  put_number(out, static_cast<std::uint32_t>(text.size()));
  out += text;
}

std::uint32_t number_at(const std::string& bytes, std::size_t at) {
  std::uint32_t number = 0;
  std::memcpy(&number, bytes.data() + at, sizeof(number));
  return ntohl(number);
}

bool write_all(ssh_channel channel, std::string_view bytes) {
  while (!bytes.empty()) {
    int put = ssh_channel_write(channel, bytes.data(), static_cast<std::uint32_t>(bytes.size()));
    if (put <= 0) return false;
    bytes.remove_prefix(put);
  }
  return true;
}

bool read_exactly(ssh_channel channel, std::string& bytes, std::size_t count) {
  bytes.resize(count);
  for (std::size_t have = 0; have < count;) {
    int got =
        ssh_channel_read(channel, bytes.data() + have, static_cast<std::uint32_t>(count - have), 0);
    if (got <= 0) return false;
    have += got;
  }
  return true;
}

}  // namespace

bool Connection::Impl::posix_rename(const std::string& from, const std::string& to) {
  sftp_session session = sftp.get();
  std::uint32_t id = ++session->id_counter;
  std::string request(1, static_cast<char>(kExtended));
  put_number(request, id);
  put_text(request, "posix-rename@openssh.com");
  put_text(request, from);
  put_text(request, to);
  std::string packet;
  put_text(packet, request);
  std::string answer;
  // What failure() will say unless a status comes.
  session->errnum = SSH_FX_CONNECTION_LOST;
  if (!write_all(session->channel, packet) || !read_exactly(session->channel, answer, 4)) {
    return false;
  }
  std::size_t length = number_at(answer, 0);
  constexpr std::size_t kHead = 9;  // type, id, code
  if (length < kHead || length > kAnswerMax || !read_exactly(session->channel, answer, length)) {
    return false;
  }
  if (static_cast<std::uint8_t>(answer[0]) != kStatus || number_at(answer, 1) != id) return false;
  session->errnum = static_cast<int>(number_at(answer, 5));
  return session->errnum == SSH_FX_OK;
}

}  // namespace trailkeeper::sftp
