#pragma once

#include <memory>
#include <string>

#include "base/background.h"
#include "base/clock.h"
#include "base/metrics.h"
#include "base/result.h"
#include "notify/sender.h"
#include "settings/exports.h"
#include "settings/mails.h"

namespace trailkeeper::notify {

// Mails to people. A mail is queued in the transaction of what it tells about and sent in the
// background, tried again with growing pauses (1 minute to 1 hour) for three days. A crash between
// sending and noting it sends it twice, with the same Message-ID. Thread-safe.
class Mails {
 public:
  struct Options {
    std::string public_url;  // without a slash at its end; every link begins with it
  };

  Mails(settings::Store& store, MailSender& sender, const Clock& clock, metrics::Registry& metrics,
        Options options);
  ~Mails();

  // Queues "your download is ready" to the one who asked; nothing when there is nobody to mail.
  // Fits exports::ReadyNotice.
  Result<> download_ready(settings::WriteTx& tx, const settings::Export& record);

  void start();
  void stop();  // waits for the mail that is being sent
  // Sends one mail that is due; false when there was none. For tests, and the background.
  bool send_one();

 private:
  Result<> handle(const settings::WaitingMail& mail);

  settings::Store& store_;
  MailSender& sender_;
  const Clock& clock_;
  const Options options_;
  metrics::Counter& sent_;
  metrics::Counter& failed_;
  Background background_;
};

}  // namespace trailkeeper::notify
