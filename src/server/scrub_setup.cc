#include "scrub_setup.h"

#include "base/log.h"
#include "settings/orgs.h"
#include "settings/outbox.h"

namespace trailkeeper::server {
namespace {

constexpr settings::ActionInfo kStoreDiffers{"trailkeeper.store.differs",
                                             "Found stored entries that the log does not have so",
                                             "Operation", "error", "read"};

std::string described(const ingest::ScrubFinding& finding) {
  return "entry " + std::to_string(finding.seq.value) + " of " + finding.org.str() + " (" +
         std::string(ingest::scrub_word(finding.what)) + ")";
}

void note(settings::Store& settings, const Clock& clock,
          const std::vector<ingest::ScrubFinding>& found) {
  std::string sentence = described(found.front());
  if (found.size() > 1) sentence += " and " + std::to_string(found.size() - 1) + " more";
  const settings::OwnAction action{
      .info = kStoreDiffers,
      .org = settings::own_org(),
      .actor = settings::system_actor(),
      .targets = {{.type = "organization", .id = found.front().org.str()}},
      .success = false,
      .error_code = "stored_entry_differs",
      .error_message = sentence};
  const auto noted = settings.write([&](settings::WriteTx& tx) -> Result<> {
    return settings::add_to_outbox(tx, action, clock.now());
  });
  if (!noted) log::error("a finding was not noted", {{"error", noted.error().message}});
}

}  // namespace

std::unique_ptr<ingest::Scrub> make_scrub(const ScrubParts& parts) {
  ingest::Scrub::Settings settings{
      .file = parts.file,
      .rows_per_second = parts.config.rows_per_second,
      .every = std::chrono::hours(parts.config.every_hours),
      .verified_until = [&journal = parts.journal] { return journal.depth().verified; },
      .report = [&kept = parts.settings,
                 &clock = parts.clock](const auto& found) { note(kept, clock, found); }};
  const auto rows = [&store = parts.store](const OrgId& org, Seq first, Seq last,
                                           const events::RowSink& sink) {
    return store.stream_range(org, first, last, sink);
  };
  return std::make_unique<ingest::Scrub>(std::move(settings), parts.ledger, rows, parts.clock,
                                         parts.metrics);
}

std::string scrub_warning(const ingest::Scrub& scrub) {
  const ingest::Scrub::State state = scrub.state();
  if (state.found == 0 || state.examples.empty()) return {};
  return std::to_string(state.found) + " stored entries are not what the log holds, such as " +
         described(state.examples.front()) + ".";
}

}  // namespace trailkeeper::server
