#pragma once

#include <string>

#include "base/background.h"
#include "base/clock.h"
#include "base/metrics.h"
#include "base/result.h"
#include "notify/sender.h"
#include "notify/templates.h"
#include "settings/exports.h"
#include "settings/mails.h"

namespace trailkeeper::notify {

// Mails to people. A mail is queued in the transaction of what it tells about and sent in the
// background, tried again with growing pauses (30 s to 1 hour) for three days. A crash between
// sending and noting it sends it twice, with the same Message-ID. Thread-safe.
class Mails {
 public:
  struct Options {
    std::string public_url;  // every link begins with it; a slash at its end does not count
  };

  Mails(settings::Store& store, MailSender& sender, const Clock& clock, metrics::Registry& metrics,
        Options options);
  ~Mails();

  // Queues "your download is ready" to the one who asked; nothing when there is nobody to mail.
  // Fits exports::ReadyNotice.
  Result<> download_ready(settings::WriteTx& tx, const settings::Export& record);

  // Queues a mail about a delivery that stopped, or works again, to each primary admin and admin of
  // the org.
  Result<> delivery_news(settings::WriteTx& tx, const OrgId& org, const std::string& destination,
                         DeliveryNews news);
  // The same people: both sides of a data pack's run differ.
  Result<> pack_difference(settings::WriteTx& tx, const OrgId& org, PackDifference difference);

  // Queue a mail with a link to a page of the console, whose token stands in the fragment. `id` is
  // of the mail, the same when the same one is queued again.
  struct To {
    std::string id;
    std::string address;
    std::string token;
    Timestamp expires_at{};
  };
  Result<> invitation(settings::WriteTx& tx, const To& to, const std::string& org_name,
                      const std::string& invited_by);
  Result<> password_reset(settings::WriteTx& tx, const To& to);

  void start();
  void stop();  // waits for the mail that is being sent

  // Sends one mail that is due; false when there was none. For tests, and the background.
  bool send_one();

 private:
  Result<> queue(settings::WriteTx& tx, std::string id, const std::string& address,
                 Content content);
  Result<> to_admins(settings::WriteTx& tx, const OrgId& org, const std::string& id,
                     const Content& content);
  Result<bool> try_one();
  Result<> note_failure(const settings::WaitingMail& mail, const Error& error);

  settings::Store& store_;
  MailSender& sender_;
  const Clock& clock_;
  const std::string public_url_;
  metrics::Counter& sent_;
  metrics::Counter& given_up_;
  metrics::Counter& retries_;
  Background background_;
};

}  // namespace trailkeeper::notify
