#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <functional>

#include "event/csv.h"
#include "event/record.h"
#include "events/store.h"
#include "testing/random_event.h"
#include "testing/store_fixture.h"

namespace trailkeeper::events {
namespace {

using testing::expect_ok;
using testing::value_of;

class Speed : public testing::StoreTest {};

double seconds_of(const std::function<void()>& work) {
  const auto begun = std::chrono::steady_clock::now();
  work();
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - begun).count();
}

double median_ms(const std::function<void()>& work) {
  std::vector<double> times;
  for (int i = 0; i < 15; ++i) times.push_back(seconds_of(work) * 1000);
  std::ranges::sort(times);
  return times[times.size() / 2];
}

long resident_kb(int pid) {
  std::ifstream status("/proc/" + std::to_string(pid) + "/status");
  for (std::string line; std::getline(status, line);) {
    if (line.starts_with("VmRSS:")) return std::strtol(line.c_str() + 6, nullptr, 10);
  }
  return 0;
}

// Not a check: prints figures. Run it by hand: --gtest_also_run_disabled_tests
// --gtest_filter=*Million
TEST_F(Speed, DISABLED_Million) {
  constexpr std::uint64_t kBatches = 20, kRows = 50000, kOrgs = 5;
  std::mt19937_64 random(1);
  const OrgId org = *OrgId::parse("org_0");
  double encoding = 0, inserting = 0, reading = 0;
  std::uint64_t record_bytes = 0;
  const Timestamp start = from_micros(1790000000000000);
  for (std::uint64_t batch = 1; batch <= kBatches; ++batch) {
    std::vector<std::pair<event::StoredEvent, std::string>> events;
    for (std::uint64_t i = 0; i < kRows; ++i) {
      const std::uint64_t number = batch * kRows + i;
      auto stored = event::testing::typical_event(random, "org_" + std::to_string(number % kOrgs),
                                                  number / kOrgs,
                                                  start + std::chrono::milliseconds(number * 2500));
      events.emplace_back(stored, event::render_record(stored));
      record_bytes += events.back().second.size();
    }
    BatchBuilder rows(batch);
    encoding += seconds_of([&] {
      for (const auto& [stored, record] : events) EXPECT_TRUE(rows.add(stored, record));
    });
    inserting +=
        seconds_of([&] { expect_ok(store_->insert_batch(rows, "b" + std::to_string(batch))); });
    std::uint64_t read = 0;
    reading += seconds_of([&] {
      expect_ok(store_->read_batch(batch,
                                   [&](StoredRow&& row) { return ++read, !row.record().empty(); }));
    });
    EXPECT_EQ(read, kRows);
  }
  const double total = kBatches * kRows;
  std::printf(
      "record %.0f bytes; encode and prove %.2f us/row; insert %.0f rows/s; read back %.0f "
      "rows/s\n",
      static_cast<double>(record_bytes) / total, encoding / total * 1e6, total / inserting,
      total / reading);
  const auto page = [&](const char* name, Filter filter) {
    filter.from = start;
    std::printf("%-28s %.1f ms\n", name,
                median_ms([&] { value_of(store_->search(org, filter, {})); }));
  };
  page("newest 50", {});
  page("search common", Filter{.q = "acme"});
  page("search rare", Filter{.q = "person499@"});
  page("search nothing", Filter{.q = "nosuchword"});
  page("search action", Filter{.action = "invite"});
  std::printf("%-28s %.1f ms\n", "count capped",
              median_ms([&] { value_of(store_->count(org, Filter{.q = "acme"})); }));
  const Uuid id = value_of(store_->search(org, {}, {})).rows.back().id;
  std::printf("%-28s %.1f ms\n", "get", median_ms([&] { value_of(store_->get(org, id)); }));
  std::printf("%-28s %.1f ms\n", "range of 1000", median_ms([&] {
                expect_ok(store_->stream_range(org, Seq{100000}, Seq{100999},
                                               [](StoredRow&&) { return true; }));
              }));
  std::uint64_t rows = 0;
  std::string csv;
  double time = seconds_of([&] {
    expect_ok(
        store_->stream_shown(org, {}, Order::newest_first, [&](const event::EventView& shown) {
          csv.clear();
          event::append_csv_row(csv, shown);
          return ++rows, true;
        }));
  });
  std::printf("export as CSV: %.0f rows/s\n", static_cast<double>(rows) / time);
  rows = 0;
  time = seconds_of([&] {
    expect_ok(store_->stream_range(org, Seq{1}, Seq{1000000}, [&](StoredRow&& row) {
      return rows += row.record().empty() ? 0 : 1, true;
    }));
  });
  std::printf("range as records: %.0f rows/s\n", static_cast<double>(rows) / time);
  std::printf("high water: %.1f ms\n", median_ms([&] { value_of(store_->high_water()); }));
  std::printf("resident memory of the engine: %ld MB\n", resident_kb(process_->pid()) / 1024);
}

}  // namespace
}  // namespace trailkeeper::events
