#include "mail_senders.h"

namespace trailkeeper::server {
namespace {

smtp::Settings smtp_settings(const SmtpConfig& config, std::string from) {
  smtp::Settings settings;
  settings.host = config.host;
  settings.port = static_cast<std::uint16_t>(config.port);
  settings.tls = config.security == "none"  ? smtp::Tls::none
                 : config.security == "tls" ? smtp::Tls::implicit
                                            : smtp::Tls::starttls;
  settings.username = config.user;
  settings.password = config.password;
  settings.from = std::move(from);
  settings.ca_file = config.ca_file;
  return settings;
}

}  // namespace

std::string mail_domain(std::string_view public_url) {
  const std::size_t scheme = public_url.find("://");
  if (scheme != std::string_view::npos) public_url.remove_prefix(scheme + 3);
  const std::string host(public_url.substr(0, public_url.find_first_of(":/")));
  const bool number = host.empty() || host.front() == '[' ||
                      host.find_first_not_of("0123456789.") == std::string::npos;
  return number ? "localhost" : host;
}

std::unique_ptr<notify::MailSender> make_mail_sender(const SmtpConfig& config,
                                                     const std::string& public_url,
                                                     const std::string& outbox_folder) {
  std::string from = config.from;
  if (from.empty()) from = "Trailkeeper <no-reply@" + mail_domain(public_url) + ">";
  if (config.host.empty()) {
    return std::make_unique<notify::FolderSender>(outbox_folder, std::move(from));
  }
  return std::make_unique<notify::SmtpSender>(smtp_settings(config, std::move(from)));
}

}  // namespace trailkeeper::server
