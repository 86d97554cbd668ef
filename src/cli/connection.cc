#include "connection.h"

namespace trailkeeper::cli {

Result<Answer> Connection::call(const std::string& method, const std::string& path,
                                const std::string& body) {
  httpc::Request request;
  request.method = method;
  if (where_.url.empty()) {
    request.url = "http://localhost" + path;
    request.unix_socket = where_.data + "/admin.sock";
  } else {
    request.url = where_.url + path;
    request.headers.emplace_back("Authorization", "Bearer " + where_.key);
  }
  if (!body.empty()) {
    request.headers.emplace_back("Content-Type", "application/json");
    request.body = body;
  }
  auto response = client_.send(request);
  if (response) return Answer{response->status, std::move(response->body)};
  const std::string place = where_.url.empty() ? "the data folder " + where_.data : where_.url;
  return Error{
      ErrorKind::unavailable, "no_server",
      "no server answers at " + place + " (" + response.error().message +
          "); start one with `trailkeeper serve`, or say where it is with --data or --url."};
}

}  // namespace trailkeeper::cli
