#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "columns.h"

namespace trailkeeper::events {

// Rows as one block of ClickHouse's Native format: column after column, which costs the store half
// of what rows one after the other do. In the order in which they were added; the store sorts them.
class NativeBlock {
 public:
  // Memory is set aside for `rows` of the usual size.
  explicit NativeBlock(std::size_t rows = 0);
  void add(const RowColumns& row, std::string_view folded);
  std::size_t rows() const { return rows_; }
  std::size_t bytes() const;
  // The block in pieces, the first of which is kept in `head`. Valid as long as nothing is added.
  std::vector<std::string_view> pieces(std::string& head) const;

 private:
  // In the order of inserted_columns().
  enum Column : std::size_t {
    kOrg,
    kSeq,
    kReceivedAt,
    kOccurredAt,
    kBatch,
    kId,
    kNonce,
    kTexts,
    kHttpStatus = kTexts + kTextMembers.size(),
    kTargets,  // where each row's items end
    kRest,
    kFolded,
    kColumns
  };

  std::array<std::string, kColumns> columns_;
  std::string target_items_;
  std::uint64_t targets_ = 0;
  std::size_t rows_ = 0;
};

}  // namespace trailkeeper::events
