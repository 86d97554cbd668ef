#include "record_head.h"

#include <algorithm>

#include "base/bytes.h"
#include "event/record.h"

namespace trailkeeper::event {

bool read_head(json::Node node, StoredView& out) {
  auto version = node.find("v");
  auto seq = node.find("seq");
  auto received_at = node.find("received_at");
  auto id = node.find("id");
  auto nonce = node.find("nonce");
  if (!version || !seq || !received_at || !id || !nonce) return false;
  auto time = parse_rfc3339(received_at->text());
  auto uuid = Uuid::parse(id->text());
  auto bytes = from_base64url(nonce->text());
  if (version->integer() != kRecordVersion || !seq->integer() || *seq->integer() < 1 || !time ||
      !uuid || !bytes || bytes->size() != out.nonce.size()) {
    return false;
  }
  out.seq = Seq{static_cast<std::uint64_t>(*seq->integer())};
  out.received_at = *time;
  out.id = *uuid;
  std::copy(bytes->begin(), bytes->end(), out.nonce.begin());
  return true;
}

}  // namespace trailkeeper::event
