#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/result.h"
#include "wire.h"

namespace trailkeeper::ingest::otlp {

// Which attributes become which fields of an event: ours, and on top of it what a key says.
class Mapping {
 public:
  // `configured`: the key's `otlp_mapping`, or empty. A field that it names comes from that
  // attribute and no other; an empty name turns the field's attributes off.
  static Result<Mapping> make(std::string_view configured);

  struct Use {
    Field field;
    std::uint32_t rank;  // of the attribute among those of the field, the first first
  };
  // The fields that an attribute of this name may fill; null when none.
  const std::vector<Use>* find(std::string_view attribute) const;
  // Whether the key says where the field comes from.
  bool is_configured(Field field) const { return configured_[static_cast<std::size_t>(field)]; }

 private:
  struct Hash {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const {
      return std::hash<std::string_view>{}(text);
    }
  };
  void add(std::string_view attribute, Field field, std::uint32_t rank);

  std::unordered_map<std::string, std::vector<Use>, Hash, std::equal_to<>> uses_;
  std::array<bool, kFieldCount> configured_{};
};

}  // namespace trailkeeper::ingest::otlp
