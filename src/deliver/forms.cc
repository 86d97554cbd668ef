#include "forms.h"

#include <algorithm>
#include <array>

#include "filter.h"

namespace trailkeeper::deliver {
namespace {

constexpr std::array<std::string_view, 4> kForms = {"jsonl", "ocsf", "csv", "parquet"};

class Lines final : public LineForm {
 public:
  explicit Lines(const settings::Shape& shape)
      : form_(shape.form), filter_(parse_filter(shape.filter)) {}

  std::string_view header() const override {
    return form_ == "csv" ? csv_header() : std::string_view();
  }

  Result<bool> append(std::string& out, std::string_view record) override {
    // The record itself needs no reading.
    if (form_ == "jsonl" && filter_.empty()) {
      out.append(record).append("\n");
      return true;
    }
    const json::Node root = TRY(document_.parse(record, {.depth_max = kDepthMax}));
    // What was erased is in the record's own form only.
    if (root.find("erased") || !passes(filter_, root)) return false;
    if (form_ == "ocsf") {
      TRY(append_ocsf(out, root));
      out += '\n';
    } else if (form_ == "csv") {
      append_csv(out, root);
    } else {
      out.append(record).append("\n");
    }
    return true;
  }

 private:
  // The sender's objects are 32 deep at most and lie in lists of ours.
  static constexpr int kDepthMax = 40;
  const std::string form_;
  const DeliveryFilter filter_;
  json::Document document_;
};

}  // namespace

Result<std::unique_ptr<LineForm>> line_form(const settings::Shape& shape) {
  if (!is_form(shape.form) || shape.form == "parquet")
    return Error{ErrorKind::invalid, "bad_form", "This form is not made of lines."};
  return std::unique_ptr<LineForm>(std::make_unique<Lines>(shape));
}

bool is_form(const std::string& form) {
  return std::find(kForms.begin(), kForms.end(), form) != kForms.end();
}

bool is_compression(const std::string& compression) {
  return compression == "gzip" || compression == "zstd";
}

std::string file_ending(const settings::Shape& shape) {
  if (shape.form == "parquet") return "parquet";
  const std::string packed = shape.compression == "zstd" ? ".zst" : ".gz";
  if (shape.form == "csv") return "csv" + packed;
  return (shape.form == "ocsf" ? "ocsf.jsonl" : "jsonl") + packed;
}

std::string content_type(const settings::Shape& shape) {
  if (shape.form == "parquet") return "application/vnd.apache.parquet";
  return shape.compression == "zstd" ? "application/zstd" : "application/gzip";
}

}  // namespace trailkeeper::deliver
