#pragma once

#include "access/letters.h"
#include "notify/mails.h"

namespace trailkeeper::server {

// Tokens for people, as mails.
class MailedLetters final : public access::Letters {
 public:
  explicit MailedLetters(notify::Mails& mails) : mails_(mails) {}

  Result<> send(settings::WriteTx& tx, const access::InvitationLetter& letter) override {
    return mails_.invitation(tx, {letter.id, letter.to, letter.token, letter.expires_at},
                             letter.org_name, letter.invited_by);
  }
  Result<> send(settings::WriteTx& tx, const access::ResetLetter& letter) override {
    return mails_.password_reset(tx, {letter.id, letter.to, letter.token, letter.expires_at});
  }

 private:
  notify::Mails& mails_;
};

}  // namespace trailkeeper::server
