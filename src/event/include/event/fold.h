#pragma once

#include <string>
#include <string_view>

namespace trailkeeper::event {

// The form in which text is compared without regard to case: Unicode NFC, full case folding, NFC
// again. Done to needle and text alike, so that ß, dotted and dotless i, final sigma and decomposed
// accents find each other as people expect.
std::string fold(std::string_view text);

}  // namespace trailkeeper::event
