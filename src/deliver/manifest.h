#pragma once

#include <string>
#include <vector>

#include "settings/deliveries.h"

namespace trailkeeper::deliver {

struct PreviousManifest {
  std::string key;     // empty: there is none
  std::string sha256;  // hex, of the whole file
};

// The line of a window's manifest, with its line feed (docs/formats/manifest.md). The same input
// gives the same bytes. `window.entries` are those in the files.
std::string render_manifest(const settings::Stream& stream, const settings::DeliveryWindow& window,
                            const std::vector<settings::StagedObject>& files,
                            const PreviousManifest& previous);

}  // namespace trailkeeper::deliver
