#include <cstdio>
#include <cstdlib>

#include "forms.h"
#include "verify/manifest.h"
#include "verify/receipt.h"
#include "verify/rows.h"

namespace trailkeeper::fuzz {
namespace {

void must(bool holds, const char* what, std::string_view detail) {
  if (holds) return;
  std::fprintf(stderr, "broken: %s: %.*s\n", what, static_cast<int>(detail.size()), detail.data());
  std::abort();
}

// What comes back fits together: whoever uses it need not think of it again.
void check_fits(const verify::Manifest& manifest, std::string_view input) {
  must(manifest.first_seq >= 1 && manifest.last_seq + 1 >= manifest.first_seq, "a range", input);
  std::uint64_t rows = manifest.withheld;
  for (const verify::ObjectRef& file : manifest.files) rows += file.rows;
  must(rows == manifest.entries(), "the number of rows", input);
  must(manifest.seal.has_value() == manifest.log.has_value(), "half a signature", input);
  if (!manifest.log) return;
  must(manifest.log->range.size() + 1 == manifest.first_seq, "the compact range", input);
  must(manifest.log->checkpoint.size == manifest.last_seq, "the checkpoint", input);
  must(manifest.seal->signed_bytes < input.size(), "the signed part", input);
  (void)verify::check_log_part(manifest);
  must(verify::check_seal(verify::kManifestType, input, *manifest.seal, {}).state ==
           verify::State::unverifiable,
       "a signature without a key", input);
}

}  // namespace

Tally check_manifest(std::string_view input) {
  Tally tally;
  if (const auto manifest = verify::parse_manifest(input)) {
    check_fits(*manifest, input);
    ++tally.accepted;
  } else {
    must(!manifest.error().message.empty(), "a refusal without a reason", input);
    ++tally.refused;
  }
  const auto count = [&tally](bool accepted) { ++(accepted ? tally.accepted : tally.refused); };
  count(verify::parse_heartbeat(input).has_value());
  count(verify::parse_receipts(input).has_value());
  count(verify::parse_proof(input).has_value());
  verify::RowReader whole(16), halves(16);
  const bool fine = whole.feed(input).has_value();
  const std::size_t middle = input.size() / 2;
  const bool same = halves.feed(input.substr(0, middle)).has_value() &&
                    halves.feed(input.substr(middle)).has_value();
  must(fine == same && whole.rows().leaves == halves.rows().leaves, "rows in two pieces", input);
  count(fine && !whole.rows().leaves.empty());
  return tally;
}

}  // namespace trailkeeper::fuzz
