#include <bit>
#include <charconv>
#include <cstring>

#include "base/bytes.h"
#include "columns.h"
#include "event/record.h"
#include "json/writer.h"

namespace trailkeeper::events {
namespace {

static_assert(std::endian::native == std::endian::little, "the first byte is the lowest");

// The first byte below 0x20, which is a mark; eight at a time, because nearly all are none.
const char* find_mark(const char* from, const char* end) {
  constexpr std::uint64_t kOnes = 0x0101010101010101, kHighs = 0x8080808080808080;
  for (; end - from >= 8; from += 8) {
    std::uint64_t word;
    std::memcpy(&word, from, sizeof word);
    const std::uint64_t found = (word - kOnes * 0x20) & ~word & kHighs;
    if (found != 0) return from + std::countr_zero(found) / 8;
  }
  while (from != end && static_cast<unsigned char>(*from) >= 0x20) ++from;
  return from;
}

void append_head(std::string& out, const RowColumns& row) {
  event::append_head(out, row.seq, row.received_at);
  out += "\"id\":\"";
  out += row.id.str();
  out += "\",\"nonce\":\"";
  out += to_base64url(as_text(row.nonce));
  out += "\",\"organization_id\":\"";
  out += row.org;
  out += '"';
}

void append_member(std::string& out, std::string_view key, std::string_view text) {
  out += '"';
  out += key;
  out += "\":";
  json::append_string(out, text);
}

class Joiner {
 public:
  Joiner(std::string& out, const RowColumns& row) : out_(out), row_(row) {}

  bool join() {
    const char* from = row_.rest.data();
    const char* const end = from + row_.rest.size();
    while (from != end) {
      const char* const mark = find_mark(from, end);
      out_.append(from, mark);
      if (mark == end) break;
      if (!column(*mark)) return false;
      from = mark + 1;
    }
    return next_target_ == row_.targets.size();
  }

 private:
  bool column(char mark) {
    switch (mark) {
      case kHeadMark:
        append_head(out_, row_);
        return true;
      case kOccurredAtMark:
        out_ += "\"occurred_at\":\"";
        append_rfc3339(out_, row_.occurred_at);
        out_ += '"';
        return true;
      case kHttpStatusMark:
        out_ += "\"http_status\":";
        out_ += std::to_string(row_.http_status);
        return true;
      case kTargetTypeMark:
        return target("type", kTargetType);
      case kTargetIdMark:
        return target("id", kTargetId);
      case kTargetNameMark:
        return target("name", kTargetName);
      default:
        return text(mark);
    }
  }

  bool text(char mark) {
    const auto column = static_cast<std::size_t>(mark - kFirstTextMark);
    if (mark < kFirstTextMark || column >= kTextMembers.size()) return false;
    append_member(out_, kTextMembers[column].key, row_.texts[column]);
    return true;
  }

  bool target(std::string_view key, TargetLetter letter) {
    if (next_target_ == row_.targets.size()) return false;
    const std::string_view item = row_.targets[next_target_++];
    if (!item.starts_with(letter)) return false;
    append_member(out_, key, item.substr(1));
    return true;
  }

  std::string& out_;
  const RowColumns& row_;
  std::size_t next_target_ = 0;
};

}  // namespace

bool append_record(std::string& out, const RowColumns& row) {
  if (!row.has_exact_line()) return Joiner(out, row).join();
  out += row.rest.substr(1);
  return true;
}

}  // namespace trailkeeper::events
