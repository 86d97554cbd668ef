#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "event/view.h"

namespace trailkeeper::event {

// Reads records in the very form in which `append_record` writes them: members in their order,
// nothing between them, the sender's JSON as it lies there. One pass and no document, for a fifth
// of what it costs to read them as JSON of unknown origin. It checks the form, not what the values
// mean: whoever uses it renders what was read and compares.
class RecordReader {
 public:
  // `out` is valid until the next call, and as long as `record` is. False when the record is not of
  // that form; then `out` is of no use.
  bool read(std::string_view record, StoredView& out);

 private:
  void clear(StoredView& out);

  // Used again.
  std::string decoded_;
  std::vector<TargetView> targets_;
  std::vector<ChangeView> changes_;
};

}  // namespace trailkeeper::event
