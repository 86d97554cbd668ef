#include "base/result.h"

#include <gtest/gtest.h>

#include <memory>

namespace trailkeeper {
namespace {

Result<std::unique_ptr<int>> make(bool good) {
  if (!good) return Error{ErrorKind::limited, "slow_down", "Wait.", {}, std::chrono::seconds{3}};
  return std::make_unique<int>(5);
}

Result<> check(bool good) {
  if (!good) return Error{ErrorKind::invalid, "bad", "Bad."};
  return {};
}

Result<int> use(bool first, bool second) {
  std::unique_ptr<int> value = TRY(make(first));
  TRY(check(second));
  return *value + 1;
}

TEST(Result, TryGivesTheValueOrReturnsTheError) {
  EXPECT_EQ(use(true, true).value(), 6);
  EXPECT_EQ(use(true, false).error().code, "bad");
  const Error error = use(false, true).error();
  EXPECT_EQ(error.kind, ErrorKind::limited);
  EXPECT_EQ(error.retry_after, std::chrono::seconds{3});
}

TEST(ResultDeathTest, AskingForAValueThatIsNotThereStopsTheProcess) {
  EXPECT_DEATH((void)make(false).value(), "");
}

}  // namespace
}  // namespace trailkeeper
