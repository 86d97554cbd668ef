#include "ingest/limits.h"

#include <gtest/gtest.h>

#include <atomic>
#include <string>
#include <thread>
#include <unordered_map>

namespace trailkeeper::ingest {
namespace {

constexpr std::int64_t kSecond = 1'000'000'000;

class SetLimits final : public OrgLimits {
 public:
  settings::Limits limits(const OrgId& org) const override {
    const auto found = set.find(org);
    return found == set.end() ? settings::Limits{} : found->second;
  }
  std::unordered_map<OrgId, settings::Limits> set;
};

class LimitsTest : public testing::Test {
 protected:
  LimitsTest() {
    const Rates rates{.events_per_second = 100,
                      .bytes_per_second = 10'000,
                      .requests_per_second = 50,
                      .burst_seconds = 2};
    limits_ = std::make_unique<Limits>(Limits::Settings{rates, rates}, orgs_, metrics_,
                                       [this] { return now_; });
  }
  static OrgId org(const std::string& id) { return *OrgId::parse(id); }
  static Sender sender(const std::string& id, std::uint8_t key = 1) {
    Sender out;
    out.key.bytes.fill(key);
    out.org = org(id);
    return out;
  }
  // What accept does: look, then take. True when it got in.
  bool send(const Sender& from, const Cost& cost) {
    auto admitted = limits_->admit(from, report_);
    if (!admitted) {
      retry_after_ = admitted.error().retry_after.count();
      EXPECT_EQ(admitted.error().kind, ErrorKind::limited);
      EXPECT_EQ(admitted.error().code, "rate_limited");
      return false;
    }
    return limits_->charge(from, cost, {{*from.org, cost}}, report_).has_value();
  }

  SetLimits orgs_;
  metrics::Registry metrics_;
  std::int64_t now_ = 1'000 * kSecond;
  std::unique_ptr<Limits> limits_;
  LimitReport report_;
  std::int64_t retry_after_ = 0;
};

TEST_F(LimitsTest, ABurstPassesAndThenTheRate) {
  int passed = 0;
  for (int i = 0; i < 1'000; ++i) passed += send(sender("acme"), {.events = 10}) ? 1 : 0;
  EXPECT_EQ(passed, 20);
  EXPECT_EQ(retry_after_, 1);
  // Ten seconds of trying every millisecond: the rate, to the event.
  for (int i = 0; i < 10'000; ++i) {
    now_ += kSecond / 1'000;
    passed += send(sender("acme"), {.events = 10}) ? 1 : 0;
  }
  EXPECT_NEAR(passed, 20 + 100, 1);
}

// Promise 8: a noisy org delays no other.
TEST_F(LimitsTest, OneOrgsBucketIsNobodyElses) {
  while (send(sender("noisy", 1), {.events = 100})) {
  }
  EXPECT_TRUE(send(sender("quiet", 2), {.events = 100}));
  EXPECT_FALSE(send(sender("noisy", 3), {.events = 1})) << "another key of the same org";
}

TEST_F(LimitsTest, AKeyHasABucketOfItsOwn) {
  Sender slow = sender("acme", 1);
  slow.key_limits = {.events_per_second = 5, .burst_seconds = 1};
  EXPECT_TRUE(send(slow, {.events = 5}));
  EXPECT_FALSE(send(slow, {.events = 1}));
  EXPECT_TRUE(send(sender("acme", 2), {.events = 5}));
}

TEST_F(LimitsTest, EachOfEventsBytesAndRequestsLimits) {
  EXPECT_TRUE(send(sender("a", 1), {.events = 200}));
  EXPECT_FALSE(send(sender("a", 1), {}));
  EXPECT_TRUE(send(sender("b", 2), {.bytes = 20'000}));
  EXPECT_FALSE(send(sender("b", 2), {}));
  int passed = 0;
  for (int i = 0; i < 200; ++i) passed += send(sender("c", 3), {}) ? 1 : 0;
  EXPECT_EQ(passed, 100);
}

TEST_F(LimitsTest, ARequestLargerThanTheBurstPassesAndIsPaidBack) {
  EXPECT_TRUE(send(sender("acme"), {.events = 1'000}));
  EXPECT_FALSE(send(sender("acme"), {.events = 1}));
  EXPECT_EQ(retry_after_, 9);  // 1,000 at 100 a second, less the burst of two seconds, and one more
  now_ += 8 * kSecond;
  EXPECT_FALSE(send(sender("acme"), {.events = 1}));
  now_ += kSecond;
  EXPECT_TRUE(send(sender("acme"), {.events = 1}));
}

TEST_F(LimitsTest, WhatIsRefusedTakesNothing) {
  ASSERT_TRUE(send(sender("acme", 1), {.events = 200}));
  Sender everyone;
  everyone.key.bytes.fill(9);
  // One of the two orgs has nothing left: the other and the key are not charged.
  const auto refused =
      limits_->charge(everyone, {.events = 20},
                      {{org("other"), {.events = 10}}, {org("acme"), {.events = 10}}}, report_);
  ASSERT_FALSE(refused);
  ASSERT_TRUE(limits_->charge(everyone, {.events = 0}, {{org("other"), {}}}, report_));
  EXPECT_EQ(report_.states[0].remaining, 200);
}

TEST_F(LimitsTest, AnOperatorsWordHoldsAtOnce) {
  ASSERT_TRUE(send(sender("acme", 1), {.events = 200}));
  EXPECT_FALSE(send(sender("acme", 1), {.events = 1}));
  orgs_.set[org("acme")] = {.events_per_second = 1'000'000, .burst_seconds = 10};
  EXPECT_TRUE(send(sender("acme", 2), {.events = 1}));
}

TEST_F(LimitsTest, TheReportIsOfTheTighterOne) {
  Sender from = sender("acme");
  from.key_limits = {.events_per_second = 10};
  ASSERT_TRUE(send(from, {.events = 5, .bytes = 500}));
  ASSERT_EQ(report_.count, 3u);
  EXPECT_EQ(report_.states[0].name, "events");
  EXPECT_EQ(report_.states[0].quota, 20);
  EXPECT_EQ(report_.states[0].window, 2);
  EXPECT_EQ(report_.states[0].remaining, 15);
  EXPECT_EQ(report_.states[0].reset, 1);
  EXPECT_EQ(report_.states[1].quota, 20'000);
  EXPECT_EQ(report_.states[1].remaining, 19'500);
  EXPECT_EQ(report_.states[2].remaining, 99);
}

TEST_F(LimitsTest, ADebtOfTheHighestRatesDoesNotOverflow) {
  Sender from = sender("acme");
  from.key_limits = {.events_per_second = 1, .bytes_per_second = 1, .burst_seconds = 3600};
  orgs_.set[org("acme")] = {.events_per_second = settings::kRateMax,
                            .bytes_per_second = settings::kRateMax,
                            .burst_seconds = settings::kBurstSecondsMax};
  ASSERT_TRUE(send(from, {.events = 50'000, .bytes = 10 << 20}));
  EXPECT_FALSE(send(from, {}));
  EXPECT_GT(retry_after_, 10'000'000);
  EXPECT_GE(report_.states[0].remaining, 0);
}

TEST_F(LimitsTest, OnlyThoseWhoSendTakeMemory) {
  const auto from = [](const std::string& id) {
    Sender out = sender(id);
    out.key_limits = {.events_per_second = settings::kRateMax,
                      .requests_per_second = settings::kRateMax};
    return out;
  };
  for (int i = 0; i < 100'000; ++i) {
    const std::string id = "org-" + std::to_string(i);
    // One an org in the burst's time; two thousand send at any moment.
    now_ += kSecond / 10'000;
    ASSERT_TRUE(send(from(id), {.events = 10}));
  }
  EXPECT_LT(limits_->size(), 64u * 512u * 2u + 250u);
  now_ += 3'600 * kSecond;
  for (int i = 0; i < 1'000; ++i) ASSERT_TRUE(send(from("later-" + std::to_string(i)), {}));
  EXPECT_LT(limits_->size(), 64u * 512u * 2u + 250u);
}

TEST_F(LimitsTest, ManyThreadsTakeNoMoreThanThereIs) {
  std::atomic<int> passed{0};
  std::vector<std::thread> threads;
  for (int i = 0; i < 8; ++i) {
    threads.emplace_back([&] {
      LimitReport report;
      for (int n = 0; n < 2'000; ++n) {
        if (!limits_->admit(sender("acme"), report)) continue;
        if (limits_->charge(sender("acme"), {.events = 1}, {{org("acme"), {.events = 1}}}, report))
          ++passed;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  // The requests' bucket is the smallest; each thread may be in between the look and the taking.
  EXPECT_GE(passed.load(), 100);
  EXPECT_LE(passed.load(), 100 + 8);
}

}  // namespace
}  // namespace trailkeeper::ingest
