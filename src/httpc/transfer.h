#pragma once

#include <curl/curl.h>

#include <memory>
#include <string>
#include <string_view>

#include "httpc/client.h"

namespace trailkeeper::httpc {

// One request on one libcurl handle.
class Transfer {
 public:
  // `sink` may be null: then the whole body is collected. All must outlive the transfer.
  Transfer(CURL* handle, const Request& request, const BodySink* sink);
  Transfer(const Transfer&) = delete;
  Transfer& operator=(const Transfer&) = delete;

  Result<Response> run();

 private:
  struct ListDeleter {
    void operator()(curl_slist* list) const { curl_slist_free_all(list); }
  };
  using List = std::unique_ptr<curl_slist, ListDeleter>;
  enum class Stop { none, too_large, cancelled };

  Result<> set_headers();
  void add_header(const std::string& line);
  Result<> set_destination();
  void set_limits();
  void set_body();
  void set_callbacks();
  Error failure(CURLcode code) const;

  static std::size_t on_header(char* data, std::size_t size, std::size_t count, void* self);
  static std::size_t on_body(char* data, std::size_t size, std::size_t count, void* self);
  static int on_progress(void* self, curl_off_t, curl_off_t, curl_off_t, curl_off_t);
  static std::size_t on_read(char* data, std::size_t size, std::size_t count, void* self);
  bool take_header(std::string_view line);
  bool take_body(std::string_view chunk);

  CURL* const handle_;
  const Request& request_;
  const BodySink* const sink_;
  Response response_;
  List headers_;
  List connect_to_;
  std::size_t header_bytes_ = 0;
  std::uint64_t source_bytes_ = 0;
  bool body_begun_ = false;
  Stop stop_ = Stop::none;
  char message_[CURL_ERROR_SIZE] = "";
};

}  // namespace trailkeeper::httpc
