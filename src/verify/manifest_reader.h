#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/time.h"
#include "json/document.h"
#include "manifest.h"
#include "merkle/hash.h"

namespace trailkeeper::verify {

// Members of an object of a manifest. The first one that is missing or of another form is
// remembered; what is read after it means nothing. For one thread, while the document lives.
class Members {
 public:
  explicit Members(json::Node object) : object_(object) {
    if (!object.is(json::Type::object)) wrong_ = "object";
  }

  std::string text(std::string_view name);
  std::uint64_t count(std::string_view name);    // a number
  std::uint64_t decimal(std::string_view name);  // a string of digits
  bool boolean(std::string_view name);
  Timestamp time(std::string_view name);
  Sha256Digest digest(std::string_view name);
  std::vector<merkle::Hash> hashes(std::string_view name);
  // Empty when it is null.
  std::optional<json::Node> object_or_null(std::string_view name);
  std::optional<json::Node> list(std::string_view name);
  bool has(std::string_view name) const { return object_.find(name).has_value(); }

  void fail(std::string_view name) {
    if (wrong_.empty()) wrong_ = name;
  }
  bool ok() const { return wrong_.empty(); }
  const std::string& wrong() const { return wrong_; }

 private:
  std::optional<json::Node> find(std::string_view name, json::Type type);

  const json::Node object_;
  std::string wrong_;
};

ManifestRef read_manifest_ref(json::Node node, Members& outer);
ObjectRef read_object_ref(json::Node node, bool with_rows, Members& outer);
// Of the line without its line feed: its last member must be `signature`, written exactly so.
Seal read_seal(std::string_view line, json::Node node, Members& outer);

}  // namespace trailkeeper::verify
