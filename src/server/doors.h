#pragma once

#include <memory>
#include <string>

#include "access_log.h"
#include "api/api.h"
#include "data_folder.h"
#include "httpd/server.h"
#include "server/config.h"

namespace trailkeeper::server {

// The two listeners: the network's, and admin.sock for whoever owns the data folder. Both are bound
// before anything else starts, so that a taken port is known early, and get their routes later.
class Doors {
 public:
  static Result<std::unique_ptr<Doors>> bind(const Config& config, const DataFolder& folder,
                                             metrics::Registry& metrics);

  // The address for people: configured, or where it listens. Without a slash at its end.
  const std::string& public_url() const { return public_url_; }
  std::string address() const { return network_->address(); }

  // Once, before start(). `services` outlive this.
  void add_routes(const api::Services& services, api::Options options);
  void start();
  // Lets running requests finish for `grace`.
  void stop(std::chrono::milliseconds grace);

 private:
  Doors(metrics::Registry& metrics, api::TrustedProxies proxies)
      : access_log_(metrics, std::move(proxies)) {}
  httpd::ServerSettings settings(const Config& config);

  AccessLog access_log_;
  httpd::Router network_router_;
  httpd::Router admin_router_;
  std::unique_ptr<api::Api> network_api_;
  std::unique_ptr<api::Api> admin_api_;
  std::unique_ptr<httpd::Server> network_;
  std::unique_ptr<httpd::Server> admin_;
  std::string public_url_;
};

}  // namespace trailkeeper::server
