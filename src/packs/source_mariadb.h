#pragma once

#include <memory>

#include "packs/source.h"

namespace trailkeeper::packs {

std::unique_ptr<Source> make_mariadb_source(const SourceSettings& settings);

}  // namespace trailkeeper::packs
