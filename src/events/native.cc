#include "native.h"

#include "binary.h"

namespace trailkeeper::events {

NativeBlock::NativeBlock(std::size_t rows) {
  constexpr std::size_t kUsualText = 20, kUsualRest = 256;
  for (std::string& column : columns_) column.reserve(rows * kUsualText);
  columns_[kRest].reserve(rows * kUsualRest);
  target_items_.reserve(rows * 2 * kUsualText);
}

void NativeBlock::add(const RowColumns& row, std::string_view folded) {
  put_text(columns_[kOrg], row.org);
  put_number(columns_[kSeq], row.seq.value);
  put_number(columns_[kReceivedAt], to_micros(row.received_at));
  put_number(columns_[kOccurredAt], to_micros(row.occurred_at));
  put_number(columns_[kBatch], row.batch);
  columns_[kId] += as_text(row.id.bytes);
  columns_[kNonce] += as_text(row.nonce);
  for (std::size_t i = 0; i < row.texts.size(); ++i) put_text(columns_[kTexts + i], row.texts[i]);
  put_number(columns_[kHttpStatus], row.http_status);
  for (const std::string_view target : row.targets) put_text(target_items_, target);
  put_number(columns_[kTargets], targets_ += row.targets.size());
  put_text(columns_[kRest], row.rest);
  put_text(columns_[kFolded], folded);
  ++rows_;
}

std::size_t NativeBlock::bytes() const {
  std::size_t sum = target_items_.size();
  for (const std::string& column : columns_) sum += column.size();
  return sum;
}

std::vector<std::string_view> NativeBlock::pieces(std::string& head) const {
  // Each column's name and type.
  static const std::array<std::string, kColumns> kNames = [] {
    std::array<std::string, kColumns> names;
    const auto name = [&](std::size_t column, std::string_view text, std::string_view type) {
      put_text(names[column], text);
      put_text(names[column], type);
    };
    name(kOrg, "org", "String");
    name(kSeq, "seq", "UInt64");
    name(kReceivedAt, "received_at", "Int64");
    name(kOccurredAt, "occurred_at", "Int64");
    name(kBatch, "batch", "UInt64");
    name(kId, "id", "FixedString(16)");
    name(kNonce, "nonce", "FixedString(16)");
    for (std::size_t i = 0; i < kTextMembers.size(); ++i) {
      name(kTexts + i, kTextMembers[i].column, "String");
    }
    name(kHttpStatus, "http_status", "UInt16");
    name(kTargets, "targets", "Array(String)");
    name(kRest, "rest", "String");
    name(kFolded, "folded", "String");
    return names;
  }();
  head.clear();
  put_length(head, kColumns);
  put_length(head, rows_);
  std::vector<std::string_view> pieces{head};
  for (std::size_t column = 0; column < kColumns; ++column) {
    pieces.push_back(kNames[column]);
    pieces.push_back(columns_[column]);
    if (column == kTargets) pieces.push_back(target_items_);
  }
  return pieces;
}

}  // namespace trailkeeper::events
