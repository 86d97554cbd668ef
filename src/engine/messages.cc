#include "messages.h"

#include <sys/socket.h>
#include <sys/uio.h>

#include <cerrno>
#include <cstdint>
#include <cstring>

namespace trailkeeper::engine {
namespace {

Error gone() { return {ErrorKind::failed, "peer_gone", "the other process is gone"}; }

Result<> send_all(int socket, const char* data, std::size_t size) {
  while (size > 0) {
    const ssize_t sent = send(socket, data, size, MSG_NOSIGNAL);
    if (sent < 0 && errno == EINTR) continue;
    if (sent <= 0) return gone();
    data += sent;
    size -= static_cast<std::size_t>(sent);
  }
  return {};
}

Result<> receive_all(int socket, char* data, std::size_t size) {
  while (size > 0) {
    const ssize_t got = recv(socket, data, size, 0);
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) return gone();
    data += got;
    size -= static_cast<std::size_t>(got);
  }
  return {};
}

union Control {
  cmsghdr header;
  char bytes[CMSG_SPACE(sizeof(int))];
};

}  // namespace

// The file goes with the first byte; four bytes of length come before the text.
Result<> send_message(int socket, const std::string& text, int file) {
  auto size = static_cast<std::uint32_t>(text.size());
  iovec part{&size, 1};
  msghdr message{};
  message.msg_iov = &part;
  message.msg_iovlen = 1;
  Control control{};
  if (file >= 0) {
    message.msg_control = &control;
    message.msg_controllen = sizeof(control.bytes);
    cmsghdr* header = CMSG_FIRSTHDR(&message);
    header->cmsg_level = SOL_SOCKET;
    header->cmsg_type = SCM_RIGHTS;
    header->cmsg_len = CMSG_LEN(sizeof(int));
    std::memcpy(CMSG_DATA(header), &file, sizeof(int));
  }
  if (sendmsg(socket, &message, MSG_NOSIGNAL) != 1) return gone();
  TRY(send_all(socket, reinterpret_cast<const char*>(&size) + 1, sizeof(size) - 1));
  return send_all(socket, text.data(), text.size());
}

Result<Message> receive_message(int socket, std::size_t bytes_max) {
  std::uint32_t size = 0;
  iovec part{&size, 1};
  Control control{};
  msghdr head{};
  head.msg_iov = &part;
  head.msg_iovlen = 1;
  head.msg_control = &control;
  head.msg_controllen = sizeof(control.bytes);
  ssize_t got = 0;
  do {
    got = recvmsg(socket, &head, MSG_CMSG_CLOEXEC);
  } while (got < 0 && errno == EINTR);
  if (got != 1) return gone();
  Message message;
  for (cmsghdr* header = CMSG_FIRSTHDR(&head); header != nullptr;
       header = CMSG_NXTHDR(&head, header)) {
    if (header->cmsg_level != SOL_SOCKET || header->cmsg_type != SCM_RIGHTS) continue;
    int file = -1;
    std::memcpy(&file, CMSG_DATA(header), sizeof(int));
    message.file = FileDescriptor(file);
  }
  TRY(receive_all(socket, reinterpret_cast<char*>(&size) + 1, sizeof(size) - 1));
  if (size > bytes_max) return Error{ErrorKind::failed, "message_size", "a message is too long"};
  message.text.resize(size);
  TRY(receive_all(socket, message.text.data(), size));
  return message;
}

}  // namespace trailkeeper::engine
