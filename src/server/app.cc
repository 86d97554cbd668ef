#include "app.h"

#include <algorithm>
#include <filesystem>
#include <thread>

#include "access/account.h"
#include "access/invitations.h"
#include "access/keys.h"
#include "access/looks.h"
#include "access/oidc.h"
#include "access/orgs.h"
#include "access/password_resets.h"
#include "access/passwords.h"
#include "access/people.h"
#include "access/permissions.h"
#include "access/portal.h"
#include "access/sessions.h"
#include "adapters.h"
#include "base/log.h"
#include "configured.h"
#include "data_folder.h"
#include "delivery_setup.h"
#include "doors.h"
#include "export/exports.h"
#include "export/links.h"
#include "export/store_rows.h"
#include "housekeeping.h"
#include "ingest/flusher.h"
#include "ingest/ledger_feeder.h"
#include "ingest/registry.h"
#include "ingest/witness.h"
#include "letters.h"
#include "mail_senders.h"
#include "notify/mails.h"
#include "places.h"
#include "query/activity.h"
#include "query/analysis.h"
#include "query/feed.h"
#include "query/feed_waiters.h"
#include "query/query.h"
#include "query/views.h"
#include "relay.h"
#include "scrub_setup.h"
#include "settings/deliveries.h"
#include "settings/parts.h"
#include "settings/times.h"
#include "store_home.h"

namespace trailkeeper::server {
namespace {

constexpr std::chrono::milliseconds kStorePatience{20'000};
constexpr std::chrono::milliseconds kGrace{10'000};
constexpr std::chrono::milliseconds kFlushPatience{3'000};
constexpr std::chrono::milliseconds kFlushLook{20};

// What is kept on disk, open.
struct Stores {
  std::unique_ptr<settings::Store> settings;
  std::unique_ptr<settings::Deliveries> deliveries;
  std::unique_ptr<journal::Journal> journal;
  std::unique_ptr<ledger::Ledger> ledger;
};

// Of the files right in it.
std::uint64_t folder_bytes(const std::string& folder) {
  std::uint64_t bytes = 0;
  std::error_code problem;
  for (const auto& file : std::filesystem::directory_iterator(folder, problem)) {
    std::error_code gone;  // one that was dropped meanwhile counts as nothing
    const std::uintmax_t size = file.file_size(gone);
    if (!gone) bytes += size;
  }
  return bytes;
}

// Members stand in the order in which they need each other.
class RealApp final : public App {
 public:
  RealApp(Config config, DataFolder folder, crypto::Sealer sealer,
          std::unique_ptr<metrics::Registry> metrics, std::unique_ptr<BusinessClock> clock,
          Stores stores, std::unique_ptr<access::Orgs> orgs, std::unique_ptr<access::Looks> looks,
          std::unique_ptr<ingest::Registry> registry, std::unique_ptr<Doors> doors);
  ~RealApp() override { stop(); }

  Result<> start(std::function<void(const Error&)> on_fatal) override;
  void stop() override;
  std::string public_url() const override { return doors_->public_url(); }

 private:
  std::vector<OrgId> known_orgs() const;
  api::Services services();
  api::Options api_options() const;
  api::Readiness readiness() const;
  api::StoreReport store_report() const;
  Result<> check_ledger();
  Result<> make_witness();
  Result<> begin_flush();
  void flush_what_is_quick();

  const Config config_;
  const DataFolder folder_;
  const crypto::Sealer sealer_;
  std::unique_ptr<metrics::Registry> metrics_;
  std::unique_ptr<BusinessClock> clock_;
  Stores stores_;
  const WallClock wall_;
  httpc::Client store_client_;
  httpc::Client witness_client_;

  StoreHome home_;
  ingest::LedgerFeeder ledger_feeder_;
  std::unique_ptr<ingest::Witness> witness_;  // only when one is configured
  ingest::Flusher flusher_;
  std::unique_ptr<ingest::Scrub> scrub_;
  std::unique_ptr<access::Orgs> orgs_;
  std::unique_ptr<access::Looks> looks_;
  access::Passwords passwords_;
  access::SecondFactors second_factors_;
  access::Keys keys_;
  access::Sessions sessions_;
  access::People people_;
  access::Permissions permissions_;
  KnownOrganizations organizations_;
  LimitsOfOrgs org_limits_;
  ingest::Limits limits_;
  std::unique_ptr<ingest::Registry> registry_;
  ingest::Ingest ingest_;
  OutboxRelay relay_;
  query::Query query_;
  query::Activity activity_;
  query::Analysis analysis_;
  query::Views views_;
  query::Feed feed_;
  query::FeedWaiters feed_waiters_;

  std::unique_ptr<notify::MailSender> mail_sender_;
  notify::Mails mails_;
  MailedLetters letters_;
  access::Account account_;
  access::Invitations invitations_;
  access::PasswordResets password_resets_;
  access::Portal portal_;
  httpc::Client provider_client_;
  access::Providers providers_;
  access::Oidc oidc_;
  exports::StoreRows export_rows_;
  exports::Exports exports_;
  exports::Links export_links_;

  DeliverySetup delivery_;

  Housekeeping housekeeping_;
  std::unique_ptr<Doors> doors_;
  bool running_ = false;
};

RealApp::RealApp(Config config, DataFolder folder, crypto::Sealer sealer,
                 std::unique_ptr<metrics::Registry> metrics, std::unique_ptr<BusinessClock> clock,
                 Stores stores, std::unique_ptr<access::Orgs> orgs,
                 std::unique_ptr<access::Looks> looks, std::unique_ptr<ingest::Registry> registry,
                 std::unique_ptr<Doors> doors)
    : config_(std::move(config)),
      folder_(std::move(folder)),
      sealer_(std::move(sealer)),
      metrics_(std::move(metrics)),
      clock_(std::move(clock)),
      stores_(std::move(stores)),
      home_(config_.store, folder_, store_client_),
      ledger_feeder_(*stores_.journal, *stores_.ledger, home_.store(), *metrics_),
      flusher_(*stores_.journal, home_.store(), *metrics_,
               {.pause = std::chrono::milliseconds(config_.journal.flush_ms),
                .on_stored = [this] { feed_waiters_.ring(); },
                .recorded_until = [this] { return ledger_feeder_.recorded_until(); }}),
      scrub_(make_scrub({config_.scrub, folder_.file("scrub"), *stores_.journal, *stores_.ledger,
                         home_.store(), *stores_.settings, *clock_, *metrics_})),
      orgs_(std::move(orgs)),
      looks_(std::move(looks)),
      second_factors_(sealer_, wall_),
      keys_(*stores_.settings, *orgs_, *clock_),
      sessions_(*stores_.settings, passwords_, second_factors_, *clock_, session_rules(config_)),
      people_(*stores_.settings, *orgs_, passwords_, *clock_),
      permissions_(*orgs_, *clock_, looks_.get()),
      organizations_(*orgs_),
      org_limits_(*orgs_),
      limits_(intake_limits(config_.limits), org_limits_, *metrics_),
      registry_(std::move(registry)),
      ingest_(*stores_.journal, organizations_, *clock_, *metrics_, registry_.get(), &limits_,
              stores_.ledger.get()),
      relay_(*stores_.settings, ingest_, *metrics_),
      query_(home_.store(), *stores_.journal, *clock_),
      activity_(home_.tallies(), *stores_.journal, *clock_, [this] { return known_orgs(); }),
      analysis_(home_.store(), *stores_.journal, *clock_),
      views_(*stores_.settings, *clock_),
      feed_(home_.store(), *stores_.journal),
      feed_waiters_(feed_, *metrics_, {}),
      mail_sender_(make_mail_sender(config_.smtp, doors->public_url(), folder_.file("outbox"))),
      mails_(*stores_.settings, *mail_sender_, *clock_, *metrics_, {doors->public_url()}),
      letters_(mails_),
      account_(*stores_.settings, passwords_, sessions_, second_factors_, *clock_),
      invitations_(*stores_.settings, *orgs_, passwords_, sessions_, letters_, *clock_),
      password_resets_(*stores_.settings, passwords_, sessions_, letters_, *clock_),
      portal_(*stores_.settings, *orgs_, sessions_, *clock_,
              {config_.portal.return_urls, config_.embed.parents}),
      providers_(provider_client_, wall_, {config_.sign_in.oidc_private_hosts}),
      oidc_(*stores_.settings, *orgs_, sessions_, providers_, sealer_, *clock_, wall_,
            {without_slash(doors->public_url())}),
      export_rows_(home_.store(), *stores_.journal,
                   [this] { return registry_->critical_actions(); }),
      exports_(
          *stores_.settings, export_rows_,
          [this](settings::WriteTx& tx, const settings::Export& record) {
            return mails_.download_ready(tx, record);
          },
          *clock_, *metrics_, export_options(config_, folder_)),
      export_links_(*stores_.settings, *clock_),
      delivery_({config_, folder_, sealer_, *stores_.settings, *stores_.deliveries,
                 *stores_.journal, *stores_.ledger, home_.store(), *orgs_, *registry_, mails_,
                 *clock_, wall_, *metrics_}),
      housekeeping_({*clock_, *stores_.settings, sessions_, *looks_, portal_, keys_,
                     *stores_.journal, home_, *metrics_}),
      doors_(std::move(doors)) {
  doors_->add_routes(services(), api_options());
}

std::vector<OrgId> RealApp::known_orgs() const {
  std::vector<OrgId> ids;
  for (const auto& org : orgs_->all()) ids.push_back(org->id);
  return ids;
}

api::Services RealApp::services() {
  const auto note_clock = [this](const settings::OwnAction& action) -> Result<> {
    return stores_.settings->write([&](settings::WriteTx& tx) -> Result<> {
      const Timestamp now = clock_->now();
      TRY(settings::raise_time_floor(tx, now));
      return settings::add_to_outbox(tx, action, now);
    });
  };
  return api::Services{.keys = keys_,
                       .sessions = sessions_,
                       .orgs = *orgs_,
                       .people = people_,
                       .account = account_,
                       .invitations = invitations_,
                       .password_resets = password_resets_,
                       .portal = portal_,
                       .oidc = oidc_,
                       .permissions = permissions_,
                       .looks = *looks_,
                       .ingest = ingest_,
                       .query = query_,
                       .analysis = analysis_,
                       .views = views_,
                       .feed = feed_,
                       .feed_waiters = feed_waiters_,
                       .exports = exports_,
                       .export_links = export_links_,
                       .registry = *registry_,
                       .deliveries = delivery_.deliveries(),
                       .packs = delivery_.packs(),
                       .sftp = delivery_.sftp(),
                       .ledger = *stores_.ledger,
                       .activity = activity_,
                       .clock = *clock_,
                       .metrics = *metrics_,
                       .readiness = [this] { return readiness(); },
                       .store_report = [this] { return store_report(); },
                       .store_available = [this] { return home_.available(); },
                       .note_clock = note_clock};
}

api::Options RealApp::api_options() const {
  api::Options options;
  options.console_folder = config_.console_folder;
  if (options.console_folder.empty()) {
    options.console_folder =
        find_beside_program({"../share/trailkeeper/console", "../../console/dist"});
  }
  options.openapi_file = config_.openapi_file;
  if (options.openapi_file.empty()) {
    options.openapi_file =
        find_beside_program({"../share/trailkeeper/openapi.yaml", "../../api/openapi.yaml"});
  }
  options.s3_regions = delivery_.settings().regions;
  options.s3_endpoints = config_.s3.endpoints;
  options.embed_parents = config_.embed.parents;
  // Checked when the server was opened.
  if (auto proxies = api::TrustedProxies::parse(config_.trusted_proxies))
    options.proxies = *proxies;
  options.log_needs_key = config_.ledger.read_key;
  return options;
}

api::Readiness RealApp::readiness() const {
  api::Readiness readiness;
  const auto add = [&readiness](const std::string& part, std::string state) {
    if (state != "ok") readiness.ready = false;
    readiness.parts[part] = std::move(state);
  };
  const auto refusal = stores_.journal->refusal();
  add("intake", refusal ? refusal->message : "ok");
  add("store", home_.state());
  for (const deliver::StoppedLogView& stopped : delivery_.deliveries().stopped_logs()) {
    readiness.warnings.push_back("The log of " + stopped.org.str() +
                                 " is stopped, neither signed nor delivered: " + stopped.reason);
  }
  if (auto warning = scrub_warning(*scrub_); !warning.empty())
    readiness.warnings.push_back(std::move(warning));
  if (!home_.confined()) {
    readiness.warnings.push_back("The kernel has no Landlock: the engine is not confined.");
  }
  return readiness;
}

api::StoreReport RealApp::store_report() const {
  api::StoreReport report{.state = home_.state()};
  if (const auto refusal = stores_.journal->refusal()) report.refusal = refusal->message;
  const journal::Depth depth = stores_.journal->depth();
  report.unstored = depth.committed - depth.stored;
  report.unverified = depth.committed - depth.verified;
  report.backlog_bytes = depth.backlog_bytes;
  const Duration age = clock_->now() - stores_.journal->watermark();
  if (report.unstored > 0 && age > Duration{0}) {
    report.lag_seconds = std::chrono::duration<double>(age).count();
  }
  report.journal_bytes = folder_bytes(folder_.file("journal"));
  return report;
}

Result<> RealApp::start(std::function<void(const Error&)> on_fatal) {
  TRY(check_ledger());
  TRY(make_witness());
  running_ = true;
  stores_.journal->start();
  feed_waiters_.start();
  doors_->start();
  TRY(home_.start());
  relay_.start();
  housekeeping_.start();
  TRY(home_.open([this] { return begin_flush(); }, kStorePatience, std::move(on_fatal)));
  TRY(exports_.resume());
  activity_.start();
  exports_.start();
  mails_.start();
  password_resets_.start();
  delivery_.start();
  return {};
}

// A ledger that is not there although it was is refused before anything is received.
Result<> RealApp::check_ledger() {
  const bool had_ledger = TRY(stores_.settings->read(
      [](const settings::ReadTx& tx) { return settings::had_part(tx, "ledger"); }));
  return ledger_feeder_.check(had_ledger);
}

// Before anything is signed: logs that the witness knows wait for it.
Result<> RealApp::make_witness() {
  if (config_.ledger.witness_url.empty()) return {};
  const auto stop_log = [this](const OrgId& org, const std::string& reason) {
    if (const auto stopped = delivery_.deliveries().stop_log(org, "witness_ahead", reason);
        !stopped)
      log::error("a stop could not be written down", {{"error", stopped.error().message}});
  };
  witness_ = TRY(ingest::Witness::make({config_.ledger.witness_url, config_.ledger.witness_vkey},
                                       *stores_.ledger, witness_client_, stop_log, *metrics_));
  return {};
}

// What reads and fills the event store, once it answers.
Result<> RealApp::begin_flush() {
  TRY(flusher_.check_store());
  TRY(ledger_feeder_.adopt_stored());
  TRY(stores_.settings->write(
      [](settings::WriteTx& tx) { return settings::note_part(tx, "ledger"); }));
  flusher_.start();
  ledger_feeder_.start();
  if (witness_) witness_->start();
  scrub_->start();
  return {};
}

void RealApp::flush_what_is_quick() {
  const auto deadline = std::chrono::steady_clock::now() + kFlushPatience;
  while (home_.state() == "ok" && std::chrono::steady_clock::now() < deadline) {
    const journal::Depth depth = stores_.journal->depth();
    if (depth.verified >= depth.committed) return;
    std::this_thread::sleep_for(kFlushLook);
  }
}

void RealApp::stop() {
  if (!running_) return;
  running_ = false;
  // First, so that those who wait are answered instead of cut off.
  feed_waiters_.stop();
  doors_->stop(kGrace);
  activity_.stop();
  delivery_.stop();
  exports_.stop();
  password_resets_.stop();
  mails_.stop();
  relay_.stop();
  // The flush needs the journal's writer, so the journal stops after it; nobody sends any more.
  flush_what_is_quick();
  scrub_->stop();
  flusher_.stop();
  ledger_feeder_.stop();
  if (witness_) witness_->stop();
  stores_.journal->stop();
  housekeeping_.stop();
  home_.stop();
}

Result<Stores> open_stores(const Config& config, const DataFolder& folder,
                           const crypto::Sealer& sealer, const Doors& doors, const Clock& clock,
                           metrics::Registry& metrics) {
  Stores stores;
  stores.settings = TRY(settings::Store::open({.folder = folder.path()}));
  stores.deliveries = std::make_unique<settings::Deliveries>(*stores.settings);
  journal::Settings journal;
  journal.folder = folder.file("journal");
  journal.backlog_bytes_max = config.limits.backlog_bytes;
  journal.segment_bytes = config.journal.segment_bytes;
  journal.log_bytes_max = config.journal.log_bytes;
  stores.journal = TRY(journal::Journal::open(std::move(journal), clock, metrics));
  stores.ledger = TRY(ledger::Ledger::open(
      {folder.file("ledger"), log_origin(config, doors.public_url())}, sealer, clock));
  return stores;
}

}  // namespace

Result<std::unique_ptr<App>> App::open(Config config) {
  TRY(api::TrustedProxies::parse(config.trusted_proxies));
  TRY(check_origins(config.embed.parents));
  DataFolder folder = TRY(DataFolder::open(config.data));
  crypto::Sealer sealer = TRY(folder.open_key(config.key_file));
  auto metrics = std::make_unique<metrics::Registry>();
  std::unique_ptr<Doors> doors = TRY(Doors::bind(config, folder, *metrics));
  auto clock = std::make_unique<BusinessClock>(Timestamp{}, config.test_clock);
  Stores stores = TRY(open_stores(config, folder, sealer, *doors, *clock, *metrics));
  const Timestamp floor = TRY(
      stores.settings->read([](const settings::ReadTx& tx) { return settings::time_floor(tx); }));
  clock->raise(std::max(floor, stores.journal->highest_time()));
  std::unique_ptr<access::Orgs> orgs = TRY(access::Orgs::open(*stores.settings, *clock));
  std::unique_ptr<access::Looks> looks = TRY(access::Looks::open(*stores.settings, *orgs, *clock));
  std::unique_ptr<ingest::Registry> registry =
      TRY(ingest::Registry::open(*stores.settings, *clock, *metrics, mask_rules(config.mask)));
  return std::unique_ptr<App>(std::make_unique<RealApp>(
      std::move(config), std::move(folder), std::move(sealer), std::move(metrics), std::move(clock),
      std::move(stores), std::move(orgs), std::move(looks), std::move(registry), std::move(doors)));
}

}  // namespace trailkeeper::server
