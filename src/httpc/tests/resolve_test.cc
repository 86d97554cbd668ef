#include "httpc/resolve.h"

#include <gtest/gtest.h>

namespace trailkeeper::httpc {
namespace {

TEST(HttpcResolve, RefusesLoopback) {
  auto result = resolve_checked("127.0.0.1", {});
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().code, "address_not_allowed");
}

}  // namespace
}  // namespace trailkeeper::httpc
