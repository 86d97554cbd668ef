#include <gtest/gtest.h>

#include "event/parse.h"
#include "event/record.h"
#include "testing/random_event.h"

// Any accepted event, any Unicode, any form of number (promise 4 rests on it: the store's columns
// are rendered by the same code).
namespace trailkeeper::event {
namespace {

using testing::random_event;
using testing::random_wire;

constexpr std::size_t kEvents = 20'000;

// A record read back and rendered again is the same bytes: nothing is lost, guessed or changed on
// the way.
TEST(RandomRecords, RenderReadRenderIsTheSame) {
  std::mt19937_64 random(20261122);
  for (std::size_t i = 1; i <= kEvents; ++i) {
    const StoredEvent stored = random_event(random, "acme", i);
    const std::string record = render_record(stored);
    auto read = parse_record(record);
    ASSERT_TRUE(read) << read.error().message << "\n" << record;
    ASSERT_EQ(*read, stored) << record;
    ASSERT_EQ(render_record(*read), record);
  }
}

// However a client spells an event, it is the same event: order of members, white space and escapes
// say nothing.
TEST(RandomRecords, HoweverAnEventIsSpelledItIsTheSame) {
  std::mt19937_64 random(7);
  json::Document document;
  for (std::size_t i = 1; i <= kEvents; ++i) {
    StoredEvent stored = random_event(random, "acme", i);
    if (!stored.event.application) stored.event.application = "crm";
    const std::string sent = random_wire(random, stored.event);
    auto node = document.parse(sent);
    ASSERT_TRUE(node) << node.error().message << "\n" << sent;
    auto event = parse_event(
        *node, {.now = from_micros(2'000'000'000'000'000), .default_application = "crm"});
    ASSERT_TRUE(event) << event.error().message << "\n" << sent;
    ASSERT_EQ(*event, stored.event) << sent;
  }
}

}  // namespace
}  // namespace trailkeeper::event
