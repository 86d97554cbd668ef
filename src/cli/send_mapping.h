#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace trailkeeper::cli {

// Which column of a CSV file goes into which field of an event. Fields are named by their path:
// `action`, `actor.id`, `targets.0.type`, `metadata.plan`. What is empty in a record is left out of
// its event.
class Mapping {
 public:
  // `FIELD=COLUMN`, or `FIELD:=TEXT` for a text that all events get.
  Result<> add(std::string_view rule);
  // A rule a line; empty lines and lines with # are passed over.
  Result<> add_file(const std::string& path);
  bool empty() const { return rules_.empty(); }
  // The rules as text, to notice that they changed.
  std::string describe() const;

  // Finds the columns in the file's header. Without rules the header itself names the fields.
  Result<> bind(const std::vector<std::string>& header);
  // A record as an event. Error: two values where only one can be.
  Result<std::string> event(const std::vector<std::string>& fields) const;

 private:
  struct Rule {
    std::vector<std::string> path;
    std::string column;
    std::optional<std::string> constant;
    std::size_t index = 0;  // of the column
  };
  Result<> add(std::string_view field, std::string_view column,
               std::optional<std::string> constant);

  std::vector<Rule> rules_;
};

}  // namespace trailkeeper::cli
