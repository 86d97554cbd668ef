#include "notify/mails.h"

#include <algorithm>
#include <chrono>
#include <utility>

#include "base/log.h"
#include "notify/templates.h"
#include "settings/orgs.h"

namespace trailkeeper::notify {

namespace {

using settings::ReadTx;
using settings::WaitingMail;
using settings::WriteTx;
using std::chrono::hours;
using std::chrono::seconds;

constexpr std::chrono::milliseconds kPause{500};
constexpr Duration kFirstWait = seconds(30);
constexpr Duration kLongestWait = hours(1);
constexpr Duration kPatience = hours(72);

Duration wait_after(int attempts) {
  Duration wait = kFirstWait;
  for (int i = 1; i < attempts && wait < kLongestWait; ++i) wait *= 2;
  return std::min(wait, kLongestWait);
}

// The right part of a Message-ID: the host of the links.
std::string host_of(const std::string& url) {
  const std::size_t scheme = url.find("://");
  const std::string rest = scheme == std::string::npos ? url : url.substr(scheme + 3);
  const std::string host = rest.substr(0, rest.find_first_of(":/"));
  return host.empty() || host.front() == '[' ? "trailkeeper.invalid" : host;
}

std::string without_slash(std::string url) {
  while (!url.empty() && url.back() == '/') url.pop_back();
  return url;
}

}  // namespace

Mails::Mails(settings::Store& store, MailSender& sender, const Clock& clock,
             metrics::Registry& metrics, Options options)
    : store_(store),
      sender_(sender),
      clock_(clock),
      public_url_(without_slash(std::move(options.public_url))),
      sent_(metrics.counter("trailkeeper_mails_sent_total", "Mails handed over.")),
      given_up_(
          metrics.counter("trailkeeper_mails_given_up_total", "Mails that could not be sent.")),
      retries_(
          metrics.counter("trailkeeper_mail_retries_total", "Tries that have to be repeated.")),
      background_("mails", kPause, [this] { return send_one(); }) {}

Mails::~Mails() { stop(); }

void Mails::start() { background_.start(); }

void Mails::stop() { background_.stop(); }

Result<> Mails::download_ready(WriteTx& tx, const settings::Export& record) {
  if (record.requester_email.empty()) return {};
  const auto org = TRY(settings::find_org(tx, record.org));
  const std::string link =
      public_url_ + "/v1/orgs/" + record.org.str() + "/exports/" + record.id.str() + "/file";
  Content content = notify::download_ready(record, org ? org->name : record.org.str(), link);
  return queue(tx, "export-" + record.id.str(), record.requester_email, std::move(content));
}

Result<> Mails::invitation(WriteTx& tx, const To& to, const std::string& org_name,
                           const std::string& invited_by) {
  return queue(tx, "invitation-" + to.id, to.address,
               notify::invitation(org_name, invited_by, to.expires_at,
                                  public_url_ + "/invitation#" + to.token));
}

Result<> Mails::password_reset(WriteTx& tx, const To& to) {
  return queue(tx, "reset-" + to.id, to.address,
               notify::password_reset(to.expires_at, public_url_ + "/reset#" + to.token));
}

Result<> Mails::queue(WriteTx& tx, std::string id, const std::string& address, Content content) {
  const Timestamp now = clock_.now();
  const WaitingMail mail{.message_id = std::move(id),
                         .to = address,
                         .subject = std::move(content.subject),
                         .text = std::move(content.text),
                         .html = std::move(content.html),
                         .created_at = now,
                         .next_attempt_at = now};
  TRY(settings::add_mail(tx, mail));
  background_.wake();
  return {};
}

bool Mails::send_one() {
  const auto done = try_one();
  if (!done) log::error("mails could not be read or noted", {{"reason", done.error().message}});
  return done && *done;
}

Result<bool> Mails::try_one() {
  const auto mail =
      TRY(store_.read([&](ReadTx& tx) { return settings::next_due_mail(tx, clock_.now()); }));
  if (!mail) return false;
  const smtp::Mail message{
      .to = mail->to, .subject = mail->subject, .text = mail->text, .html = mail->html};
  const auto sent =
      sender_.send(message, mail->created_at, mail->message_id + "@" + host_of(public_url_));
  if (!sent) {
    TRY(note_failure(*mail, sent.error()));
    return true;
  }
  TRY(store_.write([&](WriteTx& tx) { return settings::remove_mail(tx, mail->id); }));
  sent_.add();
  log::info("mail sent", {{"message_id", mail->message_id}});
  return true;
}

Result<> Mails::note_failure(const WaitingMail& mail, const Error& error) {
  const Timestamp now = clock_.now();
  const int attempts = mail.attempts + 1;
  if (error.kind == ErrorKind::unavailable && now - mail.created_at < kPatience) {
    retries_.add();
    log::warn("mail has to wait",
              {{"message_id", mail.message_id}, {"attempts", attempts}, {"reason", error.message}});
    return store_.write([&](WriteTx& tx) {
      return settings::postpone_mail(tx, mail.id, attempts, now + wait_after(attempts));
    });
  }
  given_up_.add();
  log::error("mail given up", {{"message_id", mail.message_id},
                               {"attempts", attempts},
                               {"code", error.code},
                               {"reason", error.message}});
  return store_.write([&](WriteTx& tx) { return settings::remove_mail(tx, mail.id); });
}

}  // namespace trailkeeper::notify
