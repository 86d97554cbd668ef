#include "export/links.h"

#include <array>

#include "base/bytes.h"
#include "crypto/hash.h"

namespace trailkeeper::exports {
namespace {

constexpr std::size_t kTokenCharacters = 43;

}  // namespace

Result<std::string> Links::make(const settings::Export& record, const Uuid& key) {
  std::array<std::uint8_t, 32> bits{};
  fill_random(bits.data(), bits.size());
  std::string token = to_base64url(as_text(bits));
  const Timestamp now = clock_.now();
  const settings::ExportLink link{.token_hash = crypto::sha256(token),
                                  .org = record.org,
                                  .export_id = record.id,
                                  .key = key,
                                  .expires_at = now + kLinkLife};
  TRY(store_.write(
      [&](settings::WriteTx& tx) { return settings::add_export_link(tx, link, now); }));
  return token;
}

Result<settings::ExportLink> Links::find(std::string_view token) {
  const Error gone{
      ErrorKind::not_found, "export_not_found",
      "There is no such download, or its address has ended. Ask for the export again."};
  if (token.size() != kTokenCharacters) return gone;
  const Sha256Digest hash = crypto::sha256(token);
  auto link =
      TRY(store_.read([&](settings::ReadTx& tx) { return settings::find_export_link(tx, hash); }));
  if (!link || link->expires_at <= clock_.now()) return gone;
  return *std::move(link);
}

}  // namespace trailkeeper::exports
