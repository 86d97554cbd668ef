#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "access/account.h"
#include "access/invitations.h"
#include "access/keys.h"
#include "access/looks.h"
#include "access/oidc.h"
#include "access/orgs.h"
#include "access/password_resets.h"
#include "access/people.h"
#include "access/permissions.h"
#include "access/portal.h"
#include "access/sessions.h"
#include "api/trusted_proxies.h"
#include "base/clock.h"
#include "base/metrics.h"
#include "base/result.h"
#include "deliver/deliveries.h"
#include "export/exports.h"
#include "export/links.h"
#include "httpd/router.h"
#include "httpd/server.h"
#include "ingest/ingest.h"
#include "ingest/registry.h"
#include "ledger/ledger.h"
#include "packs/packs.h"
#include "packs/sftp.h"
#include "query/activity.h"
#include "query/analysis.h"
#include "query/feed.h"
#include "query/feed_waiters.h"
#include "query/query.h"
#include "query/views.h"
#include "settings/outbox.h"

// The HTTP interface (api/openapi.yaml): requests become calls of services, results become answers.
// The only place that knows HTTP statuses.
namespace trailkeeper::api {

// What /readyz says.
struct Readiness {
  bool ready = true;
  std::map<std::string, std::string> parts{};  // part -> "ok" or what is wrong
  std::vector<std::string> warnings{};
};

// How far the event store is behind, for operators.
struct StoreReport {
  std::string state = "ok";  // or what is wrong
  std::string refusal{};     // why intake takes nothing; empty while it does
  double lag_seconds = 0;    // age of the oldest entry that pages cannot show yet
  std::uint64_t unstored = 0;
  std::uint64_t unverified = 0;
  std::uint64_t backlog_bytes = 0;
  std::uint64_t journal_bytes = 0;  // on disk
};

// What the routes call. Everything given outlives the routers.
struct Services {
  access::Keys& keys;
  access::Sessions& sessions;
  access::Orgs& orgs;
  access::People& people;
  access::Account& account;
  access::Invitations& invitations;
  access::PasswordResets& password_resets;
  access::Portal& portal;
  access::Oidc& oidc;
  const access::Permissions& permissions;
  access::Looks& looks;
  ingest::Ingest& ingest;
  query::Query& query;
  const query::Analysis& analysis;
  query::Views& views;
  query::Feed& feed;
  query::FeedWaiters& feed_waiters;
  exports::Exports& exports;
  exports::Links& export_links;
  ingest::Registry& registry;
  deliver::Deliveries& deliveries;
  packs::Packs& packs;
  packs::SftpDestinations& sftp;
  ledger::Ledger& ledger;
  query::Activity& activity;
  BusinessClock& clock;
  metrics::Registry& metrics;
  std::function<Readiness()> readiness;
  std::function<StoreReport()> store_report;
  // Quick; `unavailable` while the event store is known to be away, so that pages say so at once
  // instead of waiting.
  std::function<Result<>()> store_available;
  // Writes down that the clock was set, so that no later start begins before it, together with the
  // entry about it.
  std::function<Result<>(const settings::OwnAction&)> note_clock;
};

struct Options {
  std::string public_url;      // without a slash at its end
  std::string console_folder;  // built console; empty or absent: none is served
  std::string openapi_file;
  bool log_needs_key = false;                // logs are read with a key only
  std::vector<std::string> s3_regions{};     // shown as choices
  std::vector<std::string> s3_endpoints{};   // operator's list
  std::vector<std::string> embed_parents{};  // origins that may show the embedded page
  TrustedProxies proxies{};
};

// The routes of one listener: puts them into a router that is not served yet.
class Api {
 public:
  enum class Door { network, admin_socket };

  // With `admin_socket` whoever comes is the operator, without a credential: only for a socket that
  // the data folder's owner alone can open. The object lives as long as `router` is served, and
  // `router` as long as the object.
  Api(const Services& services, const Options& options, Door door, httpd::Router& router);
  ~Api();
  Api(const Api&) = delete;
  Api& operator=(const Api&) = delete;

  // What every answer carries unless its route says otherwise.
  static std::vector<httpd::Header> default_headers(bool https);
  // The body of answers that the server gives by itself.
  static httpd::Response problem(int status, std::string_view code, std::string_view detail,
                                 const httpd::Request& request);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace trailkeeper::api
