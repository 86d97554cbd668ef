#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <set>
#include <thread>

#include "event/record.h"
#include "events/store.h"
#include "testing/random_event.h"
#include "testing/store_fixture.h"

namespace trailkeeper::events {
namespace {

using testing::expect_ok;
using testing::value_of;

class Durable : public testing::StoreTest {};

BatchBuilder batch_of(std::uint64_t batch, std::uint64_t rows) {
  std::mt19937_64 random(batch);
  BatchBuilder builder(batch);
  for (std::uint64_t i = 0; i < rows; ++i) {
    const auto stored = event::testing::typical_event(random, "org_1", batch * rows + i,
                                                      from_micros(1790000000000000));
    builder.add(stored, event::render_record(stored));
  }
  return builder;
}

// Promises 1 and 4: what was confirmed is there after any crash, whole, and a retry does not double
// it.
TEST_F(Durable, KillDuringInsertsLosesNoConfirmedBatch) {
  constexpr std::uint64_t kRows = 500;
  std::uint64_t next = 1;
  std::set<std::uint64_t> confirmed;
  int unknown = 0;
  for (int round = 0; round < 4; ++round) {
    std::atomic<bool> inserting{true};
    std::thread killer([&] {
      std::this_thread::sleep_for(std::chrono::milliseconds(150 + 70 * round));
      process_->kill_hard();
      inserting = false;
    });
    while (inserting) {
      const std::uint64_t batch = next++;
      if (store_->insert_batch(batch_of(batch, kRows), "b" + std::to_string(batch)))
        confirmed.insert(batch);
    }
    killer.join();
    process_->start();
    for (std::uint64_t batch = 1; batch < next; ++batch) {
      const std::uint64_t count = value_of(store_->count_batch(batch));
      if (confirmed.contains(batch)) {
        ASSERT_EQ(count, kRows) << batch;
        continue;
      }
      ++unknown;
      ASSERT_TRUE(count == 0 || count == kRows) << count;
      expect_ok(store_->insert_batch(batch_of(batch, kRows), "b" + std::to_string(batch)));
      ASSERT_EQ(value_of(store_->count_batch(batch)), kRows);
      confirmed.insert(batch);
    }
  }
  EXPECT_GT(confirmed.size(), 4u);
  EXPECT_GT(unknown, 0) << "no insert was under way at any kill";
}

TEST_F(Durable, RowsStayThroughAnOrderlyRestart) {
  expect_ok(store_->insert_batch(batch_of(1, 100), "t"));
  EXPECT_EQ(process_->stop(), 0);
  const auto down = store_->count_batch(1);
  ASSERT_FALSE(down);
  EXPECT_EQ(down.error().kind, ErrorKind::unavailable);
  process_->start();
  EXPECT_EQ(value_of(store_->count_batch(1)), 100u);
}

}  // namespace
}  // namespace trailkeeper::events
