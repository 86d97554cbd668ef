#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "base/result.h"
#include "deliver/deliveries.h"
#include "json/document.h"
#include "settings/deliveries.h"

namespace trailkeeper::deliver {

// Turns records into the lines of a file. For one thread at a time.
class LineForm {
 public:
  virtual ~LineForm() = default;
  // What a file begins with; may be empty.
  virtual std::string_view header() const { return {}; }
  // Appends what stands for the record, line feed included; false when the filter keeps it back.
  virtual Result<bool> append(std::string& out, std::string_view record) = 0;
};

// `invalid` for a form that is not made of lines.
Result<std::unique_ptr<LineForm>> line_form(const settings::Shape& shape);

// The end of a file's name: jsonl.gz, ocsf.jsonl.zst, csv.gz, parquet ...
std::string file_ending(const settings::Shape& shape);
std::string content_type(const settings::Shape& shape);
// Whether the form and the compression are known.
bool is_form(const std::string& form);
bool is_compression(const std::string& compression);

// The OCSF 1.6.0 class of an action, for the catalogue.
struct OcsfClass {
  int uid = 0;
  std::string_view name;
};
OcsfClass ocsf_class(std::string_view category);

// Appends the record as an OCSF 1.6.0 event, without line feed.
Result<> append_ocsf(std::string& out, const json::Node& record);

// Appends the record as a row of RFC 4180, line feed included; cells that a spreadsheet would take
// for a formula begin with an apostrophe.
void append_csv(std::string& out, const json::Node& record);
std::string_view csv_header();

}  // namespace trailkeeper::deliver
