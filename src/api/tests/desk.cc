#include "desk.h"

#include "json/writer.h"

namespace trailkeeper::api {
namespace {

class Catch final : public httpd::Responder::Target {
 public:
  void send(httpd::Response response) override { promise.set_value(std::move(response)); }
  std::promise<httpd::Response> promise;
};

std::string whole(httpd::Response& response) {
  if (auto* text = std::get_if<std::string>(&response.body)) return *text;
  std::string out;
  char buffer[4096];
  auto& source = std::get<std::unique_ptr<httpd::BodySource>>(response.body);
  for (;;) {
    const auto count = source->read(buffer, sizeof(buffer));
    if (!count || *count == 0) return out;
    out.append(buffer, *count);
  }
}

}  // namespace

Desk::Desk() {
  open_services();
  const Services services{.keys = *keys_,
                          .sessions = *sessions_,
                          .orgs = *orgs_,
                          .people = *people_,
                          .account = *account_,
                          .invitations = *invitations_,
                          .password_resets = *password_resets_,
                          .portal = *portal_,
                          .oidc = *oidc_,
                          .permissions = *permissions_,
                          .looks = *looks_,
                          .ingest = *ingest_,
                          .query = *query_,
                          .analysis = *analysis_,
                          .views = *views_,
                          .feed = *feed_,
                          .feed_waiters = *feed_waiters_,
                          .exports = *exports_,
                          .export_links = *export_links_,
                          .registry = *registry_,
                          .deliveries = deliveries_,
                          .packs = *packs_,
                          .sftp = *sftp_,
                          .ledger = *ledger_,
                          .activity = *activity_,
                          .clock = clock_,
                          .metrics = metrics_,
                          .readiness = [this] { return readiness_; },
                          .store_report = [] { return StoreReport{}; },
                          .store_available = []() -> Result<> { return {}; },
                          .note_clock = [this](const settings::OwnAction& action) -> Result<> {
                            noted_.emplace_back(action.info.id);
                            return {};
                          }};
  Options options;
  options.public_url = "http://trail.example";
  options.openapi_file = TRAILKEEPER_SOURCE_DIR "/api/openapi.yaml";
  network_api_ = std::make_unique<Api>(services, options, Api::Door::network, network_);
  socket_api_ = std::make_unique<Api>(services, options, Api::Door::admin_socket, socket_router_);
  for (const std::string org : {"acme", "globex"}) {
    const Got made =
        admin("PUT", "/v1/orgs/" + org,
              json(R"({"name":"An org","entitlements":{"audit_logs":true,"s3":true}})"));
    EXPECT_EQ(made.status, 201) << made.body;
  }
}

void Desk::open_services() {
  orgs_ = *access::Orgs::open(*store_, clock_);
  keys_ = std::make_unique<access::Keys>(*store_, *orgs_, clock_);
  sessions_ = std::make_unique<access::Sessions>(*store_, passwords_, second_factors_, clock_);
  people_ = std::make_unique<access::People>(*store_, *orgs_, passwords_, clock_);
  account_ =
      std::make_unique<access::Account>(*store_, passwords_, *sessions_, second_factors_, clock_);
  invitations_ = std::make_unique<access::Invitations>(*store_, *orgs_, passwords_, *sessions_,
                                                       letters_, clock_);
  password_resets_ =
      std::make_unique<access::PasswordResets>(*store_, passwords_, *sessions_, letters_, clock_);
  portal_ = std::make_unique<access::Portal>(
      *store_, *orgs_, *sessions_, clock_,
      access::Portal::Options{{"https://app.example/settings"}, {"https://app.example"}});
  providers_ =
      std::make_unique<access::Providers>(provider_client_, clock_, access::Providers::Options{});
  destinations_ = std::make_unique<settings::Deliveries>(*store_);
  sftp_ =
      std::make_unique<packs::SftpDestinations>(*store_, sealer_, httpc::AddressPolicy{}, clock_);
  packs::Settings pack_settings;
  pack_settings.staging_folder = folder_.path() + "/packs";
  pack_settings.make_source =
      [](const packs::SourceSettings&) -> Result<std::unique_ptr<packs::Source>> {
    return Error{ErrorKind::unavailable, "no_source", "There is no database here."};
  };
  pack_settings.enabled = [](const OrgId&) { return true; };
  packs_ = packs::Packs::make(std::move(pack_settings), *store_, *destinations_, sink_, sealer_,
                              clock_, metrics_);
  oidc_ = std::make_unique<access::Oidc>(*store_, *orgs_, *sessions_, *providers_, sealer_, clock_,
                                         clock_, access::Oidc::Options{"http://trail.example"});
  looks_ = std::move(access::Looks::open(*store_, *orgs_, clock_)).value();
  permissions_ = std::make_unique<access::Permissions>(*orgs_, clock_, looks_.get());
  journal_ = *journal::Journal::open({.folder = folder_.path() + "/journal"}, clock_, metrics_);
  journal_->start();
  ledger_ = *ledger::Ledger::open({folder_.path() + "/ledger", "trail.example"},
                                  *crypto::Sealer::from_key(std::string(32, 'k')), clock_);
  ingest_orgs_ = std::make_unique<OrgsAsIngestSeesThem>(*orgs_);
  registry_ = *ingest::Registry::open(*store_, clock_, metrics_, event::default_mask_rules());
  ingest_ = std::make_unique<ingest::Ingest>(*journal_, *ingest_orgs_, clock_, metrics_,
                                             registry_.get(), nullptr, ledger_.get());
  events::StoreSettings nowhere;
  nowhere.unix_socket = folder_.path() + "/nobody.sock";
  events_ = std::make_unique<events::EventStore>(nowhere, client_);
  query_ = std::make_unique<query::Query>(*events_, *journal_, clock_);
  analysis_ = std::make_unique<query::Analysis>(*events_, *journal_, clock_);
  views_ = std::make_unique<query::Views>(*store_, clock_);
  tallies_ = std::make_unique<events::Tallies>(nowhere, client_);
  activity_ = std::make_unique<query::Activity>(*tallies_, *journal_, clock_,
                                                [] { return std::vector<OrgId>(); });
  feed_ = std::make_unique<query::Feed>(*events_, *journal_);
  feed_waiters_ =
      std::make_unique<query::FeedWaiters>(*feed_, metrics_, query::FeedWaiters::Settings{});
  feed_waiters_->start();
  export_links_ = std::make_unique<exports::Links>(*store_, clock_);
  exports_ = std::make_unique<exports::Exports>(
      *store_, rows_, [](settings::WriteTx&, const settings::Export&) -> Result<> { return {}; },
      clock_, metrics_,
      exports::Exports::Options{.folder = folder_.path() + "/exports", .free_bytes_min = 0});
  EXPECT_TRUE(exports_->resume());
}

Got Desk::route(const httpd::Router& router, const std::string& method, const std::string& path,
                Sent sent) {
  const httpd::Match match = router.match(method, path);
  if (match.route == nullptr) return {.status = match.allowed.empty() ? 404 : 405};
  httpd::Request request;
  request.method = method;
  request.path = request.target = path;
  request.parameters = match.parameters;
  request.query = std::move(sent.query);
  request.headers = std::move(sent.headers);
  request.body = std::move(sent.body);
  request.peer = "192.0.2.7";
  request.request_id = "req-1";
  auto target = std::make_shared<Catch>();
  auto answer = target->promise.get_future();
  match.route->handler(std::move(request), httpd::Responder(target));
  httpd::Response response = answer.get();
  return {response.status, response.headers, whole(response)};
}

std::string Desk::make_key(const std::string& org, const std::string& scopes) {
  const Got made =
      admin("POST", "/v1/keys",
            json(R"({"org":")" + org + R"(","application":"Shop","scopes":[)" + scopes + "]}"));
  EXPECT_EQ(made.status, 201) << made.body;
  return made.text("key");
}

void Desk::make_person(const std::string& org, const std::string& email, const std::string& role) {
  const Got made = admin("POST", "/v1/orgs/" + org + "/people",
                         json(R"({"email":")" + email + R"(","name":"Ann","role":")" + role +
                              R"(","password":")" + kPassword + R"("})"));
  EXPECT_EQ(made.status, 201) << made.body;
}

std::vector<httpd::Header> Desk::sign_in(const std::string& email) {
  const Got session =
      call("POST", "/v1/sessions",
           json(R"({"email":")" + email + R"(","password":")" + kPassword + R"("})"));
  EXPECT_EQ(session.status, 201) << session.body;
  std::string cookie;  // the session's comes last
  for (const httpd::Header& header : session.headers) {
    if (header.name == "Set-Cookie") cookie = header.value;
  }
  return {{"Cookie", cookie.substr(0, cookie.find(';'))},
          {"X-CSRF-Token", session.text("csrf_token")}};
}

}  // namespace trailkeeper::api
