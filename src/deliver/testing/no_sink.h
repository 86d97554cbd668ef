#pragma once

#include "deliver/ports.h"

namespace trailkeeper::deliver::testing {

// No bucket can be reached.
class NoSink final : public ObjectSink {
 public:
  PutOutcome put(const SinkTarget&, const SinkObject&) override { return {}; }
  ListOutcome list(const SinkTarget&, const std::string&, std::size_t,
                   const std::string&) override {
    return {.failure = SinkFailure{}};
  }
  Reach reach(const SinkTarget&) override { return {.failure = SinkFailure{}}; }
  std::optional<SinkFailure> assume(const SinkTarget&) override { return SinkFailure{}; }
};

}  // namespace trailkeeper::deliver::testing
