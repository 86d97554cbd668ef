#include "smtp/send.h"

#include <curl/curl.h>

#include <algorithm>
#include <cstring>
#include <memory>

namespace trailkeeper::smtp {

namespace {

struct EasyDeleter {
  void operator()(CURL* handle) const { curl_easy_cleanup(handle); }
};
struct ListDeleter {
  void operator()(curl_slist* list) const { curl_slist_free_all(list); }
};

template <typename T>
void set(CURL* handle, CURLoption option, T value) {
  curl_easy_setopt(handle, option, value);
}

Error bad_settings(std::string message) {
  return {ErrorKind::invalid, "bad_settings", std::move(message)};
}

bool is_this_machine(const std::string& host) {
  return host == "localhost" || host == "::1" || host == "[::1]" || host.starts_with("127.");
}

// A host's characters only: nothing that could become another part of the URL.
Result<std::string> url_of(const Settings& settings) {
  auto is_host = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           std::string_view(".-_:[]").find(c) != std::string_view::npos;
  };
  const auto& host = settings.host;
  if (host.empty() || !std::all_of(host.begin(), host.end(), is_host)) {
    return bad_settings("the mail server's host is not a host name");
  }
  bool bare_v6 = host.front() != '[' && std::count(host.begin(), host.end(), ':') > 1;
  if (settings.tls == Tls::none && !settings.password.empty() && !is_this_machine(host)) {
    return bad_settings("a password is not sent to another machine without TLS");
  }
  std::string url = settings.tls == Tls::implicit ? "smtps://" : "smtp://";
  url += bare_v6 ? "[" + host + "]" : host;
  return url + ":" + std::to_string(settings.port);
}

struct Reader {
  std::string_view left;
  static std::size_t read(char* data, std::size_t size, std::size_t count, void* self) {
    auto& left = static_cast<Reader*>(self)->left;
    auto n = std::min(left.size(), size * count);
    std::memcpy(data, left.data(), n);
    left.remove_prefix(n);
    return n;
  }
};

void set_security(CURL* handle, const Settings& settings) {
  set(handle, CURLOPT_PROTOCOLS_STR, settings.tls == Tls::implicit ? "smtps" : "smtp");
  set(handle, CURLOPT_USE_SSL,
      static_cast<long>(settings.tls == Tls::none ? CURLUSESSL_NONE : CURLUSESSL_ALL));
  set(handle, CURLOPT_SSLVERSION, static_cast<long>(CURL_SSLVERSION_TLSv1_2));
  if (!settings.ca_file.empty()) set(handle, CURLOPT_CAINFO, settings.ca_file.c_str());
  if (!settings.username.empty()) {
    set(handle, CURLOPT_USERNAME, settings.username.c_str());
    set(handle, CURLOPT_PASSWORD, settings.password.c_str());
  }
}

Error failure(CURL* handle, CURLcode code, const char* message) {
  std::string reason = message[0] ? message : curl_easy_strerror(code);
  reason = "the mail server: " + reason;
  auto later = [&](const char* stable) { return Error{ErrorKind::unavailable, stable, reason}; };
  auto never = [&](const char* stable) { return Error{ErrorKind::failed, stable, reason}; };
  long reply = 0;  // the last one the server gave
  curl_easy_getinfo(handle, CURLINFO_RESPONSE_CODE, &reply);
  switch (code) {
    case CURLE_COULDNT_RESOLVE_HOST:
      return later("resolve");
    case CURLE_COULDNT_CONNECT:
      return later("connect");
    case CURLE_OPERATION_TIMEDOUT:
      return later("timeout");
    case CURLE_USE_SSL_FAILED:
    case CURLE_PEER_FAILED_VERIFICATION:
    case CURLE_SSL_CACERT_BADFILE:
    case CURLE_SSL_CIPHER:
      return never("tls");
    case CURLE_SSL_CONNECT_ERROR:
      return later("connect");
    default:
      break;
  }
  if (reply / 100 == 4) return later("smtp_temporary");
  if (code == CURLE_LOGIN_DENIED) return never("smtp_auth");
  if (reply / 100 == 5) return never("smtp_refused");
  return later("cut");
}

}  // namespace

Result<> send(const Settings& settings, const Mail& mail, Timestamp date,
              std::string_view message_id) {
  static const CURLcode once = curl_global_init(CURL_GLOBAL_DEFAULT);
  (void)once;
  auto message = TRY(render_mime(mail, settings.from, date, message_id));
  auto from = "<" + TRY(address_of(settings.from)) + ">";
  auto to = "<" + TRY(address_of(mail.to)) + ">";
  auto url = TRY(url_of(settings));

  std::unique_ptr<CURL, EasyDeleter> handle(curl_easy_init());
  std::unique_ptr<curl_slist, ListDeleter> recipients(curl_slist_append(nullptr, to.c_str()));
  if (!handle || !recipients)
    return Error{ErrorKind::unavailable, "connect", "no memory for a mail"};
  char error_text[CURL_ERROR_SIZE] = "";
  Reader reader{message};
  auto* h = handle.get();
  set(h, CURLOPT_URL, url.c_str());
  set(h, CURLOPT_ERRORBUFFER, error_text);
  set(h, CURLOPT_NOSIGNAL, 1L);
  set(h, CURLOPT_PROXY, "");
  set(h, CURLOPT_NOPROXY, "*");
  set_security(h, settings);
  set(h, CURLOPT_CONNECTTIMEOUT_MS, static_cast<long>(settings.connect_timeout.count()));
  set(h, CURLOPT_TIMEOUT_MS, static_cast<long>(settings.total_timeout.count()));
  set(h, CURLOPT_MAIL_FROM, from.c_str());
  set(h, CURLOPT_MAIL_RCPT, recipients.get());
  set(h, CURLOPT_UPLOAD, 1L);
  set(h, CURLOPT_READFUNCTION, &Reader::read);
  set(h, CURLOPT_READDATA, &reader);
  auto code = curl_easy_perform(h);
  if (code != CURLE_OK) return failure(h, code, error_text);
  return {};
}

}  // namespace trailkeeper::smtp
