#include "notify/sender.h"
#include "smtp/outbox.h"

namespace trailkeeper::notify {

Result<> SmtpSender::send(const smtp::Mail& mail, Timestamp date, std::string_view message_id) {
  return smtp::send(settings_, mail, date, message_id);
}

Result<> FolderSender::send(const smtp::Mail& mail, Timestamp date, std::string_view message_id) {
  TRY(smtp::write_outbox(folder_, mail, from_, date, message_id));
  return {};
}

}  // namespace trailkeeper::notify
