#include "send_csv.h"

namespace trailkeeper::cli {
namespace {

constexpr std::size_t kRecordBytesMax = 1u << 20;
constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

bool is_empty(const CsvRecords::Record& record) {
  return record.fields.size() == 1 && record.fields.front().empty() && record.problem.empty();
}

}  // namespace

void CsvRecords::feed(std::string_view bytes) {
  buffer_.erase(0, position_);
  position_ = 0;
  buffer_ += bytes;
}

void CsvRecords::end_field() {
  record_.fields.push_back(std::move(field_));
  field_.clear();
  state_ = State::field_start;
}

bool CsvRecords::take(char c) {
  if (state_ == State::quoted) {
    if (c == '"') {
      state_ = State::quote_in_quoted;
    } else {
      field_ += c;
    }
    return false;
  }
  if (c == separator_) {
    end_field();
    return false;
  }
  if (c == '\n') {
    if (state_ != State::quote_in_quoted && field_.ends_with('\r')) field_.pop_back();
    end_field();
    return true;
  }
  if (c == '"' && state_ == State::field_start) {
    state_ = State::quoted;
  } else if (c == '"' && state_ == State::quote_in_quoted) {
    field_ += c;
    state_ = State::quoted;
  } else if (c == '\r' && state_ == State::quote_in_quoted) {
    // The line end that follows; anything else after it is found there.
  } else {
    if (c == '"' || state_ == State::quote_in_quoted) {
      record_.problem = "A quote stands where none may: a field with quotes is quoted as a whole.";
    }
    if (state_ == State::field_start) state_ = State::plain;
    field_ += c;
  }
  return false;
}

Result<bool> CsvRecords::next(Record& record) {
  while (position_ < buffer_.size() || finished_) {
    const bool at_end = position_ == buffer_.size();
    if (at_end && record_bytes_ == 0) return false;
    if (at_end && state_ == State::quoted) {
      return Error{ErrorKind::invalid, "open_quote",
                   "the quoted field that begins in the record of line " +
                       std::to_string(record_.number) + " is never closed"};
    }
    if (record_bytes_ == 0) record_.number = line_;
    // A last line without an end is one all the same.
    const char c = at_end ? '\n' : buffer_[position_];
    if (!at_end) {
      ++position_;
      ++consumed_;
    }
    if (++record_bytes_ > kRecordBytesMax) {
      return Error{ErrorKind::invalid, "record_too_long",
                   "the record of line " + std::to_string(record_.number) +
                       " is longer than 1 MiB; is a quote missing?"};
    }
    if (c == '\n') ++line_;
    if (!take(c)) continue;
    record_bytes_ = 0;
    record_.end = consumed_;
    record = std::move(record_);
    record_ = {};
    return true;
  }
  return false;
}

Result<bool> CsvEvents::next(SendLine& line) {
  for (;;) {
    CsvRecords::Record record;
    if (!TRY(records_.next(record))) return false;
    if (columns_ == 0) {
      std::string& first = record.fields.front();
      if (first.starts_with(kByteOrderMark)) first.erase(0, kByteOrderMark.size());
      TRY(mapping_.bind(record.fields));
      columns_ = record.fields.size();
      continue;
    }
    if (is_empty(record)) continue;
    line = {record.number, record.end, {}, std::move(record.problem)};
    if (line.problem.empty() && record.fields.size() != columns_) {
      line.problem = "The record has " + std::to_string(record.fields.size()) +
                     " fields and the header " + std::to_string(columns_) + ".";
    }
    auto event = mapping_.event(record.fields);
    if (event) {
      line.text = *std::move(event);
    } else if (line.problem.empty()) {
      line.problem = event.error().message;
    }
    return true;
  }
}

}  // namespace trailkeeper::cli
