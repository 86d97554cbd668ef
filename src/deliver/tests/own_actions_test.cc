#include "testing/table_faults.h"
#include "tests/delivery_fixture.h"

namespace trailkeeper::deliver {
namespace {

// A change of an integration and the entry about it are committed together: with any statement of
// any of them failing, there is neither.
class OwnActionsTest : public DeliveryTest {
 protected:
  std::size_t noted(const std::string& action) {
    const auto entries =
        store_
            ->read([](const settings::ReadTx& tx) { return settings::read_outbox(tx, 0, 10'000); })
            .value();
    std::size_t count = 0;
    for (const auto& entry : entries)
      count += entry.event.find("\"action\":\"" + action + "\"") != std::string::npos ? 1 : 0;
    return count;
  }
  void sweep(const std::string& action, const std::function<void()>& prepare,
             const std::function<bool()>& work) {
    SCOPED_TRACE(action);
    prepare();
    const std::size_t before = noted(action);
    ASSERT_TRUE(work());
    EXPECT_EQ(noted(action), before + 1);
    settings::TableFaults faults(folder_.path());
    // At least by its own table and by the outbox.
    EXPECT_GE(faults.sweep(prepare, work), 2);
  }
  DestinationRequest request(schedule::Frequency frequency) {
    return {.bucket = "acme-logs",
            .region = "eu-west-1",
            .account_id = "123456789012",
            .path = "in/audit",
            .frequency = frequency};
  }
};

TEST_F(OwnActionsTest, AreCommittedWithTheChangeOfTheIntegration) {
  restart();
  connect(acme_, "acme-logs");
  int made = 0;
  sweep(
      "trailkeeper.s3.changed", [] {},
      [&] {
        return service_->put(acme_, "new" + std::to_string(++made), request({})).has_value();
      });
  auto frequency = schedule::Frequency::hourly;
  const auto other = [&] {
    frequency = frequency == schedule::Frequency::hourly ? schedule::Frequency::daily
                                                         : schedule::Frequency::hourly;
  };
  sweep("trailkeeper.s3.changed", other,
        [&] { return service_->put(acme_, "main", request(frequency)).has_value(); });
  sweep(
      "trailkeeper.s3.paused", [&] { ASSERT_TRUE(service_->resume(acme_, "main")); },
      [&] { return service_->pause(acme_, "main").has_value(); });
  sweep(
      "trailkeeper.s3.resumed", [&] { ASSERT_TRUE(service_->pause(acme_, "main")); },
      [&] { return service_->resume(acme_, "main").has_value(); });
  sweep(
      "trailkeeper.s3.validated", [] {},
      [&] { return service_->validate(acme_, "main").has_value(); });
  sweep(
      "trailkeeper.s3.activated", [&] { ASSERT_TRUE(service_->validate(acme_, "main")); },
      [&] { return service_->activate(acme_, "main").has_value(); });
}

TEST_F(OwnActionsTest, TheSameAgainIsNoEntry) {
  restart();
  connect(acme_, "acme-logs");
  const std::size_t before = noted("trailkeeper.s3.changed");
  const auto view = service_->get(acme_, "main");
  ASSERT_TRUE(view);
  ASSERT_TRUE(service_->put(acme_, "main", view->values));
  EXPECT_EQ(noted("trailkeeper.s3.changed"), before);
}

}  // namespace
}  // namespace trailkeeper::deliver
