#pragma once

#include <deque>
#include <string>
#include <string_view>

#include "event/record.h"
#include "json/document.h"

namespace trailkeeper::event {

// Keeps the vendor's JSON values of one event in their compact form. Their places never move, and
// the memory serves the next event.
class CompactTexts {
 public:
  void clear() {
    used_ = 0;
    if (texts_.size() > kKeep) texts_.resize(kKeep);
  }
  std::string_view add(json::Node node) {
    if (used_ == texts_.size()) texts_.emplace_back();
    std::string& text = texts_[used_++];
    if (text.capacity() > kRecordBytesMax) text = {};
    text.clear();
    json::append(text, node);
    return text;
  }

 private:
  static constexpr std::size_t kKeep = 16;
  std::deque<std::string> texts_;
  std::size_t used_ = 0;
};

}  // namespace trailkeeper::event
