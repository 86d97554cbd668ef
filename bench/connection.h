#pragma once

#include <string>
#include <string_view>

namespace bench {

struct Answer {
  int status = 0;
  std::string body;
};

// One keep-alive connection of a blocking HTTP/1.1 client; small, so that the generator takes
// little of the machine.
class Connection {
 public:
  Connection(std::string host, int port);
  ~Connection();
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;
  // Sends a whole request and reads the whole answer; ends the program when the server does not
  // speak HTTP to it. With `keep_body` false, the answer's body is read and dropped.
  Answer send(std::string_view head, std::string_view body = {}, bool keep_body = true) {
    begin(head, body);
    return finish(keep_body);
  }
  // The two halves of it.
  void begin(std::string_view head, std::string_view body);
  Answer finish(bool keep_body);
  int socket() const { return fd_; }  // readable when an answer, or a part of one, is there

 private:
  void fill();
  std::string_view unread() const {
    return std::string_view(buffer_).substr(position_, filled_ - position_);
  }
  void take(std::size_t size, bool keep, std::string& out);
  std::string buffer_;
  std::size_t position_ = 0;  // of what was not used yet
  std::size_t filled_ = 0;
  int fd_ = -1;
};

// The head of a request; what follows it is sent beside it.
std::string post(const std::string& path, const std::string& key, std::size_t body_size);
std::string get(const std::string& path, const std::string& key);

}  // namespace bench
