#pragma once

#include <string>
#include <string_view>

#include "columns.h"

namespace trailkeeper::events {

// Takes records apart into columns. Made for the one form in which records are rendered
// (docs/formats/record.md): it finds members, it does not check JSON. Whoever needs to be sure puts
// the columns together again and compares. An object of one thread; its memory is used again.
class RecordSplitter {
 public:
  // False when the bytes are no record. What it answered is valid until the next call and as long
  // as `record` is. The batch is left alone.
  bool split(std::string_view record, RowColumns& out);

 private:
  bool head();
  bool object(Parent parent);
  bool member(Parent parent, std::size_t start, std::string_view key);
  bool text(std::size_t start, std::size_t column);
  bool occurred_at(std::size_t start);
  bool http_status(std::size_t start);
  bool targets();
  bool target();
  bool target_text(std::size_t start, Mark mark, TargetLetter letter);

  bool expect(std::string_view literal);
  bool peek(char c) const { return at_ < record_.size() && record_[at_] == c; }
  std::string_view take(std::size_t size);
  // With its quotes; `escaped` says whether there is a backslash inside.
  bool string(std::string_view& inside, bool& escaped);
  bool skip_value();
  bool skip_nested();
  std::string_view plain(std::string_view inside, bool escaped, char first = 0);
  void cut(std::size_t start, Mark mark);

  std::string_view record_;
  std::size_t at_ = 0;
  std::size_t copied_ = 0;  // up to here the record is in rest_ or cut out
  std::size_t next_ = 0;    // of kTextMembers
  RowColumns* out_ = nullptr;
  std::string rest_;
  std::string texts_;  // what could not be a piece of the record; never grows beyond its capacity
};

}  // namespace trailkeeper::events
