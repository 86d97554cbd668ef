#pragma once

#include <string_view>

#include "settings/store.h"

// Which parts of the data folder have been there once: a part that is new although it was noted was
// deleted.
namespace trailkeeper::settings {

Result<bool> had_part(const ReadTx& tx, std::string_view part);
Result<> note_part(WriteTx& tx, std::string_view part);

}  // namespace trailkeeper::settings
