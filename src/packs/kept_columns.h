#pragma once

#include <memory>
#include <vector>

#include "packs/definition.h"
#include "packs/source.h"

// During its notice a version keeps its columns, though the source has others now.
namespace trailkeeper::packs {

// The rows with exactly `columns`, by name: one that the source no longer has is empty, one of
// another type holds its text where texts are wanted and is empty else. Columns that `rows` has
// beside them are left out.
std::unique_ptr<Extract> keep_columns(std::unique_ptr<Extract> rows, std::vector<Column> columns);

// What of that readers find empty or as texts, of changes that were `accepted` for the version
// after; nothing when there is a breaking one that was not.
std::vector<ColumnChange> kept_changes(const std::vector<ColumnChange>& changes,
                                       const std::vector<ColumnChange>& accepted);

}  // namespace trailkeeper::packs
