#include "changed.h"

#include <algorithm>
#include <atomic>
#include <cstring>
#include <deque>
#include <numeric>

#include "base/thread_annotations.h"
#include "packs/definition.h"
#include "sorted_rows.h"

namespace trailkeeper::packs {
namespace {

constexpr std::size_t kBatchRows = 2000;
constexpr std::size_t kBatchBytes = 1u << 20;

bool is_text(ColumnType type) {
  return type == ColumnType::decimal || type == ColumnType::text || type == ColumnType::bytes ||
         type == ColumnType::json;
}

template <typename T>
void append_plain(std::string& out, const T& value) {
  out.append(reinterpret_cast<const char*>(&value), sizeof value);
}

// A mark, and the value: 8 bytes, or a length and its bytes. No two values have the same bytes.
void append_cell(std::string& out, const Column& column, const Cell& cell) {
  out += cell.null ? '\0' : '\1';
  if (cell.null) return;
  if (is_text(column.type)) {
    append_plain(out, static_cast<std::uint32_t>(cell.text.size()));
    out.append(cell.text);
  } else if (column.type == ColumnType::real) {
    append_plain(out, cell.real);
  } else {
    append_plain(out, cell.integer);
  }
}

// What append_cell() wrote; the text points into `in`, which moves on. `in` was written by us.
Cell take_cell(std::string_view& in, const Column& column) {
  Cell cell{.null = in.empty() || in[0] == '\0'};
  if (!in.empty()) in.remove_prefix(1);
  if (cell.null) return cell;
  const auto take = [&](void* to, std::size_t size) {
    std::memcpy(to, in.data(), std::min(size, in.size()));
    in.remove_prefix(std::min(size, in.size()));
  };
  if (is_text(column.type)) {
    std::uint32_t size = 0;
    take(&size, sizeof size);
    cell.text = in.substr(0, size);
    in.remove_prefix(cell.text.size());
  } else if (column.type == ColumnType::real) {
    take(&cell.real, sizeof cell.real);
  } else {
    take(&cell.integer, sizeof cell.integer);
  }
  return cell;
}

class SortedChanges final : public ChangedExtract {
 public:
  SortedChanges(std::unique_ptr<Extract> rows, ChangedSettings settings,
                std::vector<std::size_t> key)
      : inner_(rows->columns()),
        columns_(with_change_column(inner_)),
        snapshot_at_(rows->snapshot_at()),
        settings_(std::move(settings)),
        key_(std::move(key)),
        by_name_(inner_.size()),
        rows_(std::move(rows)) {
    // Columns that only stand in another order make no row another one.
    std::iota(by_name_.begin(), by_name_.end(), std::size_t{0});
    std::sort(by_name_.begin(), by_name_.end(),
              [&](std::size_t a, std::size_t b) { return inner_[a].name < inner_[b].name; });
    for (const std::size_t i : by_name_) names_ += inner_[i].name + '\0';
    std::vector<Column> key_columns;
    for (const std::size_t i : key_) key_columns.push_back({inner_[i].name, inner_[i].type});
    head_ = "trailkeeper-pack-rows/v1 " + to_json(key_columns);
  }

  const std::vector<Column>& columns() const override { return columns_; }
  Timestamp snapshot_at() const override { return snapshot_at_; }
  Result<std::string> high_water() override { return std::string(); }
  ChangeCounts counts() const override { return counts_; }

  void cancel() override {
    cancelled_ = true;
    const MutexLock lock(mutex_);
    if (rows_) rows_->cancel();
  }

  Result<bool> next(Batch& batch) override {
    batch.clear();
    held_.clear();
    held_bytes_ = 0;
    if (!sorter_) TRY(sort());
    while (!done_ && batch.rows < kBatchRows && held_bytes_ < kBatchBytes) TRY(step(batch));
    return batch.rows > 0;
  }

 private:
  Result<> check_going() const {
    if (!cancelled_) return {};
    return Error{ErrorKind::conflict, "cancelled", "The run was cancelled."};
  }

  // Reads everything, and lets the source go.
  Result<> sort() {
    sorter_ =
        std::make_unique<RowSorter>(settings_.folder, settings_.memory_max, settings_.check_space);
    Batch batch;
    std::string key, cells, hashed;
    // Only cancel() comes from another thread, and it does not take the rows away.
    Extract& rows = *rows_;
    while (TRY(rows.next(batch))) {
      TRY(check_going());
      for (std::size_t row = 0; row < batch.rows; ++row)
        TRY(add(batch.cells.data() + row * inner_.size(), key, cells, hashed));
    }
    {
      const MutexLock lock(mutex_);
      rows_.reset();
    }
    TRY(sorter_->begin());
    writer_.emplace(TRY(StateWriter::create(settings_.after, head_)));
    if (!settings_.before.empty()) {
      before_.emplace(TRY(StateReader::open(settings_.before, head_)));
      TRY(advance_before());
    }
    return advance_now();
  }

  Result<> add(const Cell* row, std::string& key, std::string& cells, std::string& hashed) {
    key.clear();
    cells.clear();
    hashed = names_;
    for (const std::size_t i : key_) {
      if (row[i].null) {
        return Error{ErrorKind::failed, "null_key",
                     "The column " + inner_[i].name + " of the key is empty in a row."};
      }
      append_cell(key, inner_[i], row[i]);
    }
    for (std::size_t i = 0; i < inner_.size(); ++i) append_cell(cells, inner_[i], row[i]);
    for (const std::size_t i : by_name_) append_cell(hashed, inner_[i], row[i]);
    const Sha256Digest digest = crypto::sha256(hashed);
    RowHash hash;
    std::memcpy(hash.data(), digest.data(), hash.size());
    return sorter_->add(key, hash, cells);
  }

  Result<> advance_before() {
    if (!TRY(before_->next(before_key_, before_hash_))) before_.reset();
    return {};
  }

  Result<> advance_now() {
    const bool first = !has_now_;
    last_key_ = now_.key;
    has_now_ = TRY(sorter_->next(now_));
    if (!first && has_now_ && now_.key == last_key_) {
      return Error{ErrorKind::failed, "duplicate_key",
                   "Two rows have the same key: " + key_text() + "."};
    }
    return {};
  }

  std::string key_text() const {
    std::string text;
    for (const std::size_t i : key_) text += (text.empty() ? "" : ", ") + inner_[i].name;
    return text;
  }

  // One key further on either side or on both.
  Result<> step(Batch& batch) {
    if (!has_now_ && !before_) {
      done_ = true;
      return writer_->finish();
    }
    TRY(check_going());
    const int order = !before_ ? -1 : !has_now_ ? 1 : now_.key.compare(before_key_);
    if (order > 0) {
      ++counts_.removed;
      give_removed(batch);
      return advance_before();
    }
    TRY(writer_->add(now_.key, now_.hash));
    if (order < 0) {
      ++counts_.added;
      give(batch, "added");
    } else {
      if (now_.hash != before_hash_) {
        ++counts_.changed;
        give(batch, "changed");
      }
      TRY(advance_before());
    }
    return advance_now();
  }

  std::string_view hold(std::string text) {
    held_bytes_ += text.size() + columns_.size() * sizeof(Cell);
    return held_.emplace_back(std::move(text));
  }

  void give(Batch& batch, std::string_view change) {
    std::string_view in = hold(std::move(now_.cells));
    batch.cells.push_back({.null = false, .text = change});
    for (const Column& column : inner_) batch.cells.push_back(take_cell(in, column));
    ++batch.rows;
  }

  void give_removed(Batch& batch) {
    std::string_view in = hold(before_key_);
    batch.cells.push_back({.null = false, .text = "removed"});
    const std::size_t first = batch.cells.size();
    batch.cells.resize(first + inner_.size());
    for (const std::size_t i : key_) batch.cells[first + i] = take_cell(in, inner_[i]);
    ++batch.rows;
  }

  const std::vector<Column> inner_;
  const std::vector<Column> columns_;
  const Timestamp snapshot_at_;
  const ChangedSettings settings_;
  const std::vector<std::size_t> key_;
  std::vector<std::size_t> by_name_;
  std::string names_;
  std::string head_;
  Mutex mutex_;  // of taking rows_ away, which cancel() uses
  std::unique_ptr<Extract> rows_;
  std::atomic<bool> cancelled_{false};
  std::unique_ptr<RowSorter> sorter_;
  std::optional<StateWriter> writer_;
  std::optional<StateReader> before_;
  std::string before_key_;
  RowHash before_hash_{};
  SortedRow now_;
  std::string last_key_;
  bool has_now_ = false;
  bool done_ = false;
  ChangeCounts counts_;
  std::deque<std::string> held_;  // the texts of the batch given last
  std::size_t held_bytes_ = 0;
};

}  // namespace

std::vector<Column> with_change_column(const std::vector<Column>& columns) {
  std::vector<Column> all{{.name = std::string(kChangeColumn), .type = ColumnType::text}};
  all.insert(all.end(), columns.begin(), columns.end());
  return all;
}

Result<std::unique_ptr<ChangedExtract>> ChangedExtract::make(std::unique_ptr<Extract> rows,
                                                             ChangedSettings settings) {
  std::vector<std::size_t> key;
  const std::vector<Column>& columns = rows->columns();
  for (const std::string& name : settings.key) {
    const auto found = std::find_if(columns.begin(), columns.end(),
                                    [&](const Column& column) { return column.name == name; });
    if (found == columns.end())
      return Error{ErrorKind::failed, "no_key_column",
                   "The query gives no column " + name + ", which is part of the key."};
    key.push_back(static_cast<std::size_t>(found - columns.begin()));
  }
  return std::unique_ptr<ChangedExtract>(
      new SortedChanges(std::move(rows), std::move(settings), std::move(key)));
}

}  // namespace trailkeeper::packs
