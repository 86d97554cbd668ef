#pragma once

#include <gtest/gtest.h>

#include <chrono>
#include <memory>
#include <string>

#include "events/store.h"
#include "httpc/client.h"
#include "testing/store_process.h"

namespace trailkeeper::events::testing {

// One engine for all tests of a suite; each test has a database of its own.
class StoreTest : public ::testing::Test {
 protected:
  static void SetUpTestSuite() { process_ = std::make_unique<StoreProcess>(); }
  static void TearDownTestSuite() { process_.reset(); }

  void SetUp() override {
    settings_.unix_socket = process_->socket();
    settings_.query_time_max = std::chrono::seconds(120);  // a busy machine is no failure
    settings_.database = "test_" + std::to_string(++databases_);
    open();
    auto migrated = store_->migrate();
    ASSERT_TRUE(migrated) << migrated.error().message;
  }
  void open() { store_ = std::make_unique<EventStore>(settings_, client_); }

  inline static std::unique_ptr<StoreProcess> process_;
  inline static int databases_ = 0;
  httpc::Client client_;
  StoreSettings settings_;
  std::unique_ptr<EventStore> store_;
};

// The value, or a failed test and an empty value.
template <typename T>
T value_of(Result<T> result) {
  if (result) return *std::move(result);
  ADD_FAILURE() << result.error().code << ": " << result.error().message;
  return T{};
}

inline void expect_ok(const Result<>& result) {
  EXPECT_TRUE(result) << (result ? "" : result.error().code + ": " + result.error().message);
}

}  // namespace trailkeeper::events::testing
