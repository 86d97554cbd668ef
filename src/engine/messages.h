#pragma once

#include <cstddef>
#include <string>

#include "base/file.h"
#include "base/result.h"

// Texts with a file each, between two processes over a connected Unix socket.
namespace trailkeeper::engine {

struct Message {
  std::string text;
  FileDescriptor file{};  // may be none
};

// Both block. `failed` when the other side is gone, sends more than `bytes_max`, or is cut.
Result<> send_message(int socket, const std::string& text, int file = -1);
Result<Message> receive_message(int socket, std::size_t bytes_max);

}  // namespace trailkeeper::engine
