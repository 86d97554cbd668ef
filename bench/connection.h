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
  // speak HTTP to it. With `keep_body` false, the body is read and dropped.
  Answer send(std::string_view request, bool keep_body = true);

 private:
  void fill();
  std::string buffer_;
  int fd_ = -1;
};

// A request's text.
std::string post(const std::string& path, const std::string& key, std::string_view body);
std::string get(const std::string& path, const std::string& key);

}  // namespace bench
