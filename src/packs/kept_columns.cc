#include "kept_columns.h"

#include <algorithm>

#include "parts.h"

namespace trailkeeper::packs {
namespace {

class KeptColumns final : public Extract {
 public:
  KeptColumns(std::unique_ptr<Extract> rows, std::vector<Column> columns)
      : rows_(std::move(rows)), columns_(std::move(columns)) {
    const auto& theirs = rows_->columns();
    for (const Column& column : columns_) {
      const auto found = std::find_if(theirs.begin(), theirs.end(),
                                      [&](const Column& each) { return each.name == column.name; });
      Way way;
      if (found != theirs.end()) {
        way.from = found - theirs.begin();
        const bool same = changes_between({column}, {*found}).empty();
        way.as_text = !same && column.type == ColumnType::text;
        if (!same && !way.as_text) way.from = -1;
      }
      ways_.push_back(way);
    }
  }

  const std::vector<Column>& columns() const override { return columns_; }
  Timestamp snapshot_at() const override { return rows_->snapshot_at(); }
  void cancel() override { rows_->cancel(); }
  Result<std::string> high_water() override { return rows_->high_water(); }

  Result<bool> next(Batch& batch) override {
    batch.clear();
    texts_.clear();
    if (!TRY(rows_->next(theirs_))) return false;
    const std::size_t width = rows_->columns().size();
    const auto texts = static_cast<std::size_t>(
        std::count_if(ways_.begin(), ways_.end(), [](const Way& way) { return way.as_text; }));
    texts_.reserve(texts * theirs_.rows);  // cells point into it
    for (std::size_t row = 0; row < theirs_.rows; ++row) {
      for (const Way& way : ways_)
        batch.cells.push_back(way.from < 0 ? Cell{}
                                           : cell_of(theirs_.cells[row * width + way.from], way));
    }
    batch.rows = theirs_.rows;
    return true;
  }

 private:
  struct Way {
    std::ptrdiff_t from = -1;  // -1: empty
    bool as_text = false;
  };

  Cell cell_of(const Cell& cell, const Way& way) {
    if (!way.as_text || cell.null) return cell;
    append_text(texts_.emplace_back(), rows_->columns()[static_cast<std::size_t>(way.from)], cell);
    return Cell{.null = false, .text = texts_.back()};
  }

  const std::unique_ptr<Extract> rows_;
  const std::vector<Column> columns_;
  std::vector<Way> ways_;  // of each of columns_
  Batch theirs_;
  std::vector<std::string> texts_;
};

}  // namespace

std::unique_ptr<Extract> keep_columns(std::unique_ptr<Extract> rows, std::vector<Column> columns) {
  return std::make_unique<KeptColumns>(std::move(rows), std::move(columns));
}

std::vector<ColumnChange> kept_changes(const std::vector<ColumnChange>& changes,
                                       const std::vector<ColumnChange>& accepted) {
  std::vector<ColumnChange> kept;
  for (const ColumnChange& change : changes) {
    if (change.change == "added") continue;
    const bool known = std::any_of(accepted.begin(), accepted.end(), [&](const ColumnChange& each) {
      return each.column == change.column && each.change == change.change &&
             each.after == change.after;
    });
    if (!known) return {};
    kept.push_back(change);
  }
  return kept;
}

}  // namespace trailkeeper::packs
