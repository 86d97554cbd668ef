#include "doors.h"

#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>

namespace trailkeeper::server {
namespace {

// Where people reach what listens at `address`.
std::string url_of(const Config& config, std::string address) {
  if (!config.public_url.empty()) return config.public_url;
  if (address.starts_with('/')) return "http://localhost";
  for (const std::string_view everywhere : {"0.0.0.0:", "[::]:"}) {
    if (address.starts_with(everywhere)) {
      address = "127.0.0.1:" + address.substr(everywhere.size());
    }
  }
  return (config.tls_certificate.empty() ? "http://" : "https://") + address;
}

}  // namespace

httpd::ServerSettings Doors::settings(const Config& config) {
  httpd::ServerSettings settings;
  settings.io_threads = config.limits.io_threads;
  settings.pool_threads = config.limits.pool_threads;
  settings.connections_max = static_cast<std::size_t>(config.limits.connections);
  settings.problem = api::Api::problem;
  settings.on_answer = [this](const httpd::Request& request, const httpd::Route* route, int status,
                              std::uint64_t bytes, std::chrono::microseconds duration) {
    access_log_.answered(request, route, status, bytes, duration);
  };
  return settings;
}

Result<std::unique_ptr<Doors>> Doors::bind(const Config& config, const DataFolder& folder,
                                           metrics::Registry& metrics) {
  std::unique_ptr<Doors> doors(
      new Doors(metrics, TRY(api::TrustedProxies::parse(config.trusted_proxies))));
  const bool https = !config.tls_certificate.empty() || config.public_url.starts_with("https://");
  httpd::ServerSettings network = doors->settings(config);
  network.listen = config.listen;
  if (!config.tls_certificate.empty()) {
    network.tls = httpd::TlsFiles{config.tls_certificate, config.tls_key};
  }
  network.default_headers = api::Api::default_headers(https);
  doors->network_ = TRY(httpd::Server::create(std::move(network), doors->network_router_));
  doors->public_url_ = url_of(config, doors->network_->address());

  // We hold the folder's lock: a socket that is there was left by a server that was killed.
  const std::string socket = folder.file("admin.sock");
  if (::unlink(socket.c_str()) != 0 && errno != ENOENT)
    return system_error("unlink " + socket, errno);
  httpd::ServerSettings admin = doors->settings(config);
  admin.listen = socket;
  admin.pool_threads = 2;
  admin.default_headers = api::Api::default_headers(false);
  doors->admin_ = TRY(httpd::Server::create(std::move(admin), doors->admin_router_));
  if (::chmod(socket.c_str(), 0600) != 0) return system_error("chmod " + socket, errno);
  return doors;
}

void Doors::add_routes(const api::Services& services, api::Options options) {
  options.public_url = public_url_;
  network_api_ =
      std::make_unique<api::Api>(services, options, api::Api::Door::network, network_router_);
  admin_api_ =
      std::make_unique<api::Api>(services, options, api::Api::Door::admin_socket, admin_router_);
}

void Doors::start() {
  network_->start();
  admin_->start();
}

void Doors::stop(std::chrono::milliseconds grace) {
  network_->stop(grace);
  admin_->stop(grace);
}

}  // namespace trailkeeper::server
