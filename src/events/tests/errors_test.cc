#include <gtest/gtest.h>

#include "clickhouse.h"

namespace trailkeeper::events {
namespace {

TEST(StoreErrors, SayWhatToDo) {
  EXPECT_EQ(store_error(159, "").kind, ErrorKind::too_large);
  EXPECT_EQ(store_error(241, "Query memory limit exceeded").kind, ErrorKind::too_large);
  const Error busy = store_error(241, "(total) memory limit exceeded");
  EXPECT_EQ(busy.kind, ErrorKind::unavailable);
  EXPECT_GT(busy.retry_after.count(), 0);
  EXPECT_EQ(store_error(202, "").code, "store_busy");
  // The disk's faults are not the rows': nothing is halved or stored by its line for them.
  EXPECT_EQ(store_error(76, "Cannot open file").kind, ErrorKind::unavailable);
  EXPECT_EQ(store_error(1001, "filesystem error: in rename").kind, ErrorKind::unavailable);
  EXPECT_EQ(store_error(1001, "std::out_of_range").kind, ErrorKind::failed);
  EXPECT_EQ(store_error(62, "Syntax error").kind, ErrorKind::failed);
}

TEST(StoreErrors, AnEngineThatIsKnownToBeDownKeepsNobodyWaiting) {
  httpc::Client client;
  StoreSettings settings;
  settings.url = "http://192.0.2.1";  // nobody answers there: asking would wait
  settings.up = [] { return false; };
  EventStore store(settings, client);
  const auto failed = store.count_batch(1);
  ASSERT_FALSE(failed);
  EXPECT_EQ(failed.error().code, "store_down");
  EXPECT_GT(failed.error().retry_after.count(), 0);
}

TEST(StoreErrors, AStoreThatIsNotThereIsUnavailable) {
  httpc::Client client;
  StoreSettings settings;
  settings.unix_socket = "/nonexistent/socket";
  EventStore store(settings, client);
  for (const auto& failed : {store.ping(), store.migrate(), store.delete_batch(1)}) {
    ASSERT_FALSE(failed);
    EXPECT_EQ(failed.error().kind, ErrorKind::unavailable);
    EXPECT_EQ(failed.error().code, "store_down");
    EXPECT_GT(failed.error().retry_after.count(), 0);
  }
}

}  // namespace
}  // namespace trailkeeper::events
