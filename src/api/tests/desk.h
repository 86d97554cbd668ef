#pragma once

#include <gtest/gtest.h>

#include <chrono>
#include <future>
#include <memory>
#include <string>
#include <vector>

#include "access/looks.h"
#include "access/permissions.h"
#include "api/api.h"
#include "json/document.h"
#include "packs/packs.h"
#include "packs/sftp.h"
#include "settings/deliveries.h"
#include "testing/no_sink.h"
#include "testing/temp_store.h"

namespace trailkeeper::api {

inline const std::string kPassword = "correct horse battery staple";

// Answers nothing: this interface's tests are not about deliveries.
class NoDeliveries final : public deliver::Deliveries {
 public:
  using View = Result<deliver::DestinationView>;
  static Error none() {
    return {ErrorKind::not_found, "not_found", "There is no such destination."};
  }
  View put(const OrgId&, const std::string& id, const deliver::DestinationRequest& request,
           const deliver::By& by) override {
    actors.push_back(by.actor.type);
    deliver::DestinationView view;
    view.id = id;
    view.state = "draft";
    view.values = request;
    view.auth_mode = "common_role";
    return view;
  }
  View get(const OrgId&, const std::string&) override { return none(); }
  Result<std::vector<deliver::DestinationView>> list(const OrgId&) override {
    return std::vector<deliver::DestinationView>();
  }
  Result<deliver::Validation> validate(const OrgId&, const std::string&,
                                       const deliver::By&) override {
    return none();
  }
  View activate(const OrgId&, const std::string&, const deliver::By&) override { return none(); }
  View pause(const OrgId&, const std::string&, const deliver::By&) override { return none(); }
  View resume(const OrgId&, const std::string&, const deliver::By&) override { return none(); }
  View try_now(const OrgId&, const std::string&, const deliver::By&) override { return none(); }
  Result<deliver::DestinationView> backfill(const OrgId&, const std::string&, Timestamp,
                                            const deliver::By&) override {
    return none();
  }
  Result<deliver::DeliveryView> redeliver(const OrgId&, const std::string&,
                                          const deliver::By&) override {
    return none();
  }
  Result<deliver::DryRun> dry_run(const OrgId&, const deliver::DestinationRequest&) override {
    return none();
  }
  Result<> disconnect(const OrgId&, const std::string&, const deliver::By&) override {
    return none();
  }
  Result<deliver::DeliveryPage> deliveries(const OrgId&, const std::string&, std::size_t,
                                           const std::string&) override {
    return deliver::DeliveryPage{};
  }
  std::vector<deliver::StoppedLogView> stopped_logs() const override { return {}; }
  Result<> stop_log(const OrgId&, const std::string&, const std::string&) override {
    return none();
  }
  Result<std::uint32_t> new_epoch(const OrgId&, const deliver::By&) override { return none(); }
  void start() override {}
  void stop() override {}
  bool step() override { return false; }

  std::vector<std::string> actors;  // who put something
};

class NoRows final : public exports::RowSource {
 public:
  Seq last_seq(const OrgId&) override { return Seq{1}; }
  bool holds_until(Timestamp) override { return true; }
  Result<std::uint64_t> count_rows(const exports::RowQuery&) override { return 1; }
  Result<exports::Sample> sample(const exports::RowQuery&) override {
    return exports::Sample{1, 10, 100, 20};
  }
  Result<> stream(const exports::RowQuery&, exports::Format,
                  const exports::ChunkSink& sink) override {
    sink("a,b\r\n", 1);
    return {};
  }
};

class OrgsAsIngestSeesThem final : public ingest::Organizations {
 public:
  explicit OrgsAsIngestSeesThem(const access::Orgs& orgs) : orgs_(orgs) {}
  bool exists(const OrgId& org) const override { return orgs_.exists(org); }

 private:
  const access::Orgs& orgs_;
};

// A whole answer.
struct Got {
  int status = 0;
  std::vector<httpd::Header> headers;
  std::string body;

  std::string header(std::string_view name) const {
    for (const httpd::Header& one : headers) {
      if (one.name == name) return one.value;
    }
    return {};
  }
  // A text member of the body's object.
  std::string text(std::string_view member) const {
    json::Document document;
    const auto root = document.parse(body);
    if (!root) return "no JSON: " + body;
    const auto found = root->find(member);
    return found ? std::string(found->text()) : "absent";
  }
};

// What a call sends.
struct Sent {
  std::string body{};
  std::vector<httpd::Header> headers{};
  std::vector<std::pair<std::string, std::string>> query{};
};

// The interface over real settings and a real journal in a temporary folder; the event store is a
// socket that nobody serves, as while the engine is down. Calls go straight to the routes.
// The last token that would have been mailed.
class KeptLetters final : public access::Letters {
 public:
  Result<> send(settings::WriteTx&, const access::InvitationLetter& letter) override {
    token = letter.token;
    return {};
  }
  Result<> send(settings::WriteTx&, const access::ResetLetter& letter) override {
    token = letter.token;
    return {};
  }
  std::string token;
};

class Desk : public ::testing::Test {
 protected:
  Desk();
  ~Desk() override { journal_->stop(); }

  Got call(const std::string& method, const std::string& path, Sent sent = {}) {
    return route(network_, method, path, std::move(sent));
  }
  // By admin.sock.
  Got admin(const std::string& method, const std::string& path, Sent sent = {}) {
    return route(socket_router_, method, path, std::move(sent));
  }

  static Sent json(std::string body, std::vector<httpd::Header> headers = {}) {
    headers.push_back({"Content-Type", "application/json"});
    return {std::move(body), std::move(headers)};
  }
  std::vector<httpd::Header> bearer(const std::string& key) {
    return {{"Authorization", "Bearer " + key}};
  }
  std::string make_key(const std::string& org, const std::string& scopes);
  // Cookie and CSRF token of a new session.
  std::vector<httpd::Header> sign_in(const std::string& email);
  void make_person(const std::string& org, const std::string& email, const std::string& role);

  settings::TempStore store_;
  settings::TempFolder folder_;
  metrics::Registry metrics_;
  BusinessClock clock_{from_micros(0), true};
  access::Passwords passwords_;
  std::unique_ptr<access::Orgs> orgs_;
  std::unique_ptr<access::Keys> keys_;
  const crypto::Sealer sealer_ = *crypto::Sealer::from_key(std::string(32, 'k'));
  const access::SecondFactors second_factors_{sealer_, clock_};
  std::unique_ptr<access::Sessions> sessions_;
  std::unique_ptr<access::People> people_;
  KeptLetters letters_;
  httpc::Client provider_client_;
  std::unique_ptr<access::Account> account_;
  std::unique_ptr<access::Invitations> invitations_;
  std::unique_ptr<access::PasswordResets> password_resets_;
  std::unique_ptr<access::Portal> portal_;
  std::unique_ptr<access::Providers> providers_;
  std::unique_ptr<access::Oidc> oidc_;
  std::unique_ptr<access::Looks> looks_;
  std::unique_ptr<access::Permissions> permissions_;
  std::unique_ptr<journal::Journal> journal_;
  std::unique_ptr<ledger::Ledger> ledger_;
  std::unique_ptr<OrgsAsIngestSeesThem> ingest_orgs_;
  std::unique_ptr<ingest::Ingest> ingest_;
  httpc::Client client_;
  std::unique_ptr<events::EventStore> events_;
  std::unique_ptr<query::Query> query_;
  std::unique_ptr<query::Analysis> analysis_;
  std::unique_ptr<query::Views> views_;
  std::unique_ptr<events::Tallies> tallies_;
  std::unique_ptr<query::Activity> activity_;
  std::unique_ptr<query::Feed> feed_;
  std::unique_ptr<query::FeedWaiters> feed_waiters_;
  NoRows rows_;
  std::unique_ptr<exports::Exports> exports_;
  std::unique_ptr<exports::Links> export_links_;
  std::unique_ptr<ingest::Registry> registry_;
  NoDeliveries deliveries_;
  deliver::testing::NoSink sink_;
  std::unique_ptr<settings::Deliveries> destinations_;
  std::unique_ptr<packs::Packs> packs_;
  std::unique_ptr<packs::SftpDestinations> sftp_;
  std::vector<std::string> noted_;
  Readiness readiness_;
  httpd::Router network_;
  httpd::Router socket_router_;
  std::unique_ptr<Api> network_api_;
  std::unique_ptr<Api> socket_api_;

 private:
  void open_services();
  Got route(const httpd::Router& router, const std::string& method, const std::string& path,
            Sent sent);
};

}  // namespace trailkeeper::api
