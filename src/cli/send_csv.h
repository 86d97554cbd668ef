#pragma once

#include <string>
#include <vector>

#include "send_mapping.h"
#include "send_text.h"

namespace trailkeeper::cli {

// The records of RFC 4180, one after the other: fields may be quoted, quoted ones may hold commas,
// line ends and doubled quotes. Line ends are CRLF or LF.
class CsvRecords {
 public:
  explicit CsvRecords(char separator) : separator_(separator) {}
  void feed(std::string_view bytes);
  void finish() { finished_ = true; }

  struct Record {
    std::uint64_t number = 0;  // of the line on which it begins
    std::uint64_t end = 0;
    std::vector<std::string> fields;
    std::string problem;  // a quote where none may stand
  };
  // False when more bytes are needed. Error: a quote that is not closed at the end, or a record
  // beyond 1 MiB.
  Result<bool> next(Record& record);

 private:
  enum class State { field_start, plain, quoted, quote_in_quoted };
  bool take(char c);  // true when `c` ends the record
  void end_field();

  const char separator_;
  std::string buffer_;
  std::size_t position_ = 0;
  std::uint64_t consumed_ = 0;
  std::uint64_t line_ = 1;
  bool finished_ = false;

  State state_ = State::field_start;
  Record record_;
  std::string field_;
  std::size_t record_bytes_ = 0;
};

// A CSV file with a header, made into events by a mapping.
class CsvEvents final : public LineReader {
 public:
  CsvEvents(Mapping mapping, char separator) : mapping_(std::move(mapping)), records_(separator) {}
  void feed(std::string_view bytes) override { records_.feed(bytes); }
  void finish() override { records_.finish(); }
  Result<bool> next(SendLine& line) override;

 private:
  Mapping mapping_;
  CsvRecords records_;
  std::size_t columns_ = 0;  // 0: the header was not read yet
};

}  // namespace trailkeeper::cli
