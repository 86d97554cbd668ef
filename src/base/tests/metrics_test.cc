#include "base/metrics.h"

#include <gtest/gtest.h>

#include <thread>

namespace trailkeeper::metrics {
namespace {

TEST(Metrics, ShowInTheTextForm) {
  Registry registry;
  registry.counter("events_total", "Events.", {{"surface", "native"}}).add();
  registry.counter("events_total", "Events.", {{"surface", "native"}}).add(2);
  registry.counter("events_total", "Events.", {{"surface", "odd \"\n\\"}}).add(4);
  registry.gauge("lag_seconds", "Lag.").set(7);
  registry.gauge("lag_seconds", "Lag.").add(-1.5);
  registry.histogram("wait_seconds", "Wait.", {0.1, 1}).observe(0.5);
  const std::string text = registry.text();
  for (const char* line :
       {"# HELP events_total Events.\n", "# TYPE events_total counter\n",
        "events_total{surface=\"native\"} 3\n", "events_total{surface=\"odd \\\"\\n\\\\\"} 4\n",
        "# TYPE lag_seconds gauge\n", "lag_seconds 5.5\n", "wait_seconds_count 1\n",
        "wait_seconds_bucket{le=\"0.1\"} 0\n", "wait_seconds_bucket{le=\"1\"} 1\n",
        "wait_seconds_bucket{le=\"+Inf\"} 1\n"}) {
    EXPECT_NE(text.find(line), std::string::npos) << line << text;
  }
}

TEST(Metrics, TheSameNameAndLabelsAreTheSameObject) {
  Registry registry;
  EXPECT_EQ(&registry.counter("a_total", "A."), &registry.counter("a_total", "A."));
  EXPECT_NE(&registry.counter("a_total", "A."), &registry.counter("a_total", "A.", {{"x", "1"}}));
}

TEST(Metrics, AreCountedFromManyThreads) {
  Registry registry;
  {
    std::vector<std::jthread> threads;
    for (int t = 0; t < 4; ++t) {
      threads.emplace_back([&] {
        for (int i = 0; i < 1000; ++i) registry.counter("a_total", "A.").add();
      });
    }
  }
  EXPECT_NE(registry.text().find("a_total 4000\n"), std::string::npos);
}

}  // namespace
}  // namespace trailkeeper::metrics
