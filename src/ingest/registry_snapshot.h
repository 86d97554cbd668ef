#pragma once

#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "ingest/registry.h"
#include "lenient_rules.h"

namespace trailkeeper::ingest {

// The registry at one moment.
class Registry::Snapshot final : public EventRules, public LenientRules {
 public:
  Snapshot(const Entries& entries, Masking masking, SchemaTally& tally);

  Result<> apply(event::Event& event, const std::string& pointer) const override;
  bool leaves(const event::EventView& event) const override;

  RegisteredActionPtr find(std::string_view action) const;
  const std::vector<RegisteredActionPtr>& by_name() const { return by_name_; }
  const std::vector<std::string>& critical_actions() const { return critical_actions_; }
  const Masking& masking() const { return masking_; }
  std::size_t schema_bytes() const { return schema_bytes_; }

 private:
  struct Hash {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const {
      return std::hash<std::string_view>{}(text);
    }
  };
  Result<> check(const RegisteredAction& action, const event::Event& event,
                 const std::string& pointer) const;

  std::unordered_map<std::string_view, RegisteredActionPtr, Hash> actions_;  // keys lie in values
  std::vector<RegisteredActionPtr> by_name_;
  std::vector<std::string> critical_actions_;
  const Masking masking_;
  const event::Masker masker_;
  SchemaTally& tally_;
  std::size_t schema_bytes_ = 0;
};

}  // namespace trailkeeper::ingest
