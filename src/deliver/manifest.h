#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "ledger/ledger.h"
#include "settings/deliveries.h"

namespace trailkeeper::deliver {

inline constexpr std::string_view kManifestType = "trailkeeper-manifest/v1";

struct PreviousManifest {
  std::string key;          // empty: there is none
  std::string sha256;       // hex, of the whole file
  std::uint32_t epoch = 0;  // of the log that it was signed for; 0: not signed
};

// What a signed manifest says of the log.
struct ManifestProof {
  ledger::Border border;
  std::optional<ledger::OldLog> old_log;  // of an opening manifest after a restore
};

// The object of a window's manifest (docs/formats/manifest.md): with a proof all but its signature
// and line feed, for Ledger::sign_document; without one the whole unsigned line. `files` without
// the manifest, leaves among them. The same input gives the same bytes. `window.entries` are those
// in the files.
std::string render_manifest(const settings::Stream& stream, const settings::DeliveryWindow& window,
                            const std::vector<settings::StagedObject>& files,
                            const PreviousManifest& previous,
                            const std::optional<ManifestProof>& proof);

// What the log says of the window, for its manifest.
Result<ManifestProof> manifest_proof(ledger::Ledger& log, const settings::Stream& stream,
                                     const settings::DeliveryWindow& window);

}  // namespace trailkeeper::deliver
