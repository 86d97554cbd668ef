#include <gtest/gtest.h>

#include <algorithm>
#include <map>

#include "event/fold.h"
#include "event/record.h"
#include "events/store.h"
#include "testing/random_event.h"
#include "testing/store_fixture.h"

namespace trailkeeper::events {
namespace {

using testing::expect_ok;
using testing::value_of;

bool contains(const event::Text& text, const std::string& needle) {
  return text && event::fold(*text).find(event::fold(needle)) != std::string::npos;
}

// What a filter means, the slow way.
bool matches(const event::Event& e, const Filter& f, Seq seq) {
  const auto one_of = [](const auto& values, const auto& value) {
    return values.empty() || (value && *value != typename std::decay_t<decltype(*value)>{} &&
                              std::ranges::find(values, *value) != values.end());
  };
  if (f.from && e.occurred_at < *f.from) return false;
  if (f.to && e.occurred_at >= *f.to) return false;
  if (f.last_seq && seq > *f.last_seq) return false;
  const bool in_name = contains(e.actor.name, f.name) || contains(e.actor.username, f.name);
  if (!f.name.empty() && !in_name) return false;
  if (!f.email.empty() && !contains(e.actor.email, f.email)) return false;
  if (!f.action.empty() && !contains(e.action, f.action) && !contains(e.action_label, f.action))
    return false;
  if (!f.area.empty() && !contains(e.area, f.area)) return false;
  if (!f.q.empty() && !contains(e.actor.name, f.q) && !contains(e.actor.username, f.q) &&
      !contains(e.actor.email, f.q) && !contains(e.action, f.q) && !contains(e.action_label, f.q) &&
      !contains(e.area, f.q)) {
    return false;
  }
  if (!f.ip.empty() && (!e.context || e.context->ip != f.ip)) return false;
  const auto is_wanted = [&](const event::Target& target) {
    return one_of(f.target_types, target.type);
  };
  if (!f.target_types.empty() && (!e.targets || std::ranges::none_of(*e.targets, is_wanted)))
    return false;
  if (!one_of(f.actions, std::optional(e.action)) || !one_of(f.actor_names, e.actor.name) ||
      !one_of(f.actor_ids, std::optional(e.actor.id))) {
    return false;
  }
  return one_of(f.categories, e.category) && one_of(f.outcomes, e.outcome) &&
         one_of(f.cruds, e.crud) && one_of(f.http_statuses, e.http_status);
}

class Search : public testing::StoreTest {
 protected:
  // What entries with each value call it, the newest first.
  std::map<std::string, std::vector<std::string>> labels_of(Field field) {
    std::map<std::string, std::vector<std::string>> labels;
    for (const std::uint64_t seq : expected({}, Order::newest_first)) {
      const event::Event& e = all_[seq - 1].event;
      if (field == Field::action) labels[e.action].push_back(e.action_label.value_or(""));
      if (field != Field::actor) continue;
      std::string label;
      for (const event::Text& text : {e.actor.email, e.actor.username, e.actor.name}) {
        if (text && !text->empty()) label = *text;
      }
      labels[e.actor.id].push_back(label);
    }
    return labels;
  }

  void SetUp() override {
    StoreTest::SetUp();
    BatchBuilder rows(1);
    for (std::uint64_t seq = 1; seq <= 1200; ++seq) {
      auto stored = event::testing::random_event(random_, "org_1", seq);
      // Few moments, so that pages end within one.
      stored.event.occurred_at =
          from_micros(1790000000000000 + static_cast<std::int64_t>(random_() % 150) * 1000000);
      rows.add(stored, event::render_record(stored));
      all_.push_back(std::move(stored));
    }
    auto other = event::testing::random_event(random_, "org_2", 1);
    rows.add(other, event::render_record(other));
    expect_ok(store_->insert_batch(rows, "t"));
  }

  std::vector<std::uint64_t> expected(const Filter& filter, Order order) {
    std::vector<const event::StoredEvent*> found;
    for (const auto& stored : all_) {
      if (matches(stored.event, filter, stored.seq)) found.push_back(&stored);
    }
    std::ranges::sort(found, [&](const auto* a, const auto* b) {
      const auto left = std::pair(a->event.occurred_at, a->seq),
                 right = std::pair(b->event.occurred_at, b->seq);
      return order == Order::newest_first ? left > right : left < right;
    });
    std::vector<std::uint64_t> seqs;
    for (const auto* stored : found) seqs.push_back(stored->seq.value);
    return seqs;
  }

  // All pages one after the other.
  std::vector<std::uint64_t> paged(const Filter& filter, Order order, std::size_t limit) {
    std::vector<std::uint64_t> seqs;
    PageRequest request{order, {}, limit, 10000};
    for (;;) {
      const Page page = value_of(store_->search(org_, filter, request));
      EXPECT_EQ(page.total.has_value(), request.count_to.has_value());
      if (page.total) {
        EXPECT_EQ(*page.total, (Total{expected(filter, order).size(), true}));
      }
      request.count_to.reset();
      for (const auto& row : page.rows) seqs.push_back(row.seq.value);
      if (!page.has_more || page.rows.empty()) return seqs;
      EXPECT_EQ(page.rows.size(), limit);
      request.after = Position{page.rows.back().occurred_at, page.rows.back().seq};
    }
  }

  void expect_same(const Filter& filter) {
    for (const Order order : {Order::newest_first, Order::oldest_first}) {
      EXPECT_EQ(paged(filter, order, 400), expected(filter, order));
      std::vector<std::uint64_t> streamed;
      expect_ok(store_->stream_matches(org_, filter, order, [&](StoredRow&& row) {
        streamed.push_back(row.seq.value);
        return true;
      }));
      EXPECT_EQ(streamed, expected(filter, order));
    }
    EXPECT_EQ(value_of(store_->count(org_, filter)).value,
              expected(filter, Order::newest_first).size());
  }

  std::mt19937_64 random_{5};
  std::vector<event::StoredEvent> all_;
  const OrgId org_ = *OrgId::parse("org_1");
};

TEST_F(Search, AllPagesTogetherAreEverythingOnce) { expect_same({}); }

TEST_F(Search, TimesBoundBySeconds) {
  Filter filter;
  filter.from = from_micros(1790000000000000 + 50 * 1000000);
  filter.to = from_micros(1790000000000000 + 60 * 1000000);
  filter.last_seq = Seq{900};
  expect_same(filter);
}

// Requirement B7: any Unicode text, without regard to case.
TEST_F(Search, SubstringsInAnyScriptAndCase) {
  for (const std::string needle :
       {"a", "AZ", "é", "É", "e\u0301", "ΣΑ", "ς", "ß", "i", "日", "😀", "'", "\\", "\"", "\n"}) {
    SCOPED_TRACE(needle);
    Filter filter;
    filter.q = needle;
    expect_same(filter);
  }
}

TEST_F(Search, EachFieldAlone) {
  for (const auto field : {&Filter::name, &Filter::email, &Filter::action, &Filter::area}) {
    Filter filter;
    filter.*field = "Z";
    expect_same(filter);
  }
}

TEST_F(Search, ExactValues) {
  Filter filter;
  filter.categories = {"it's", "\\"};
  for (std::size_t i = 0; i < 20; ++i) {
    if (all_[i].event.category.value_or("") != "")
      filter.categories.push_back(*all_[i].event.category);
  }
  ASSERT_GT(filter.categories.size(), 2u);
  expect_same(filter);
  Filter numbers;
  numbers.http_statuses = {0, 1, 2, 3, 500, 501, 502, 503, 504, 505};
  expect_same(numbers);
  Filter ip;
  for (const auto& stored : all_) {
    if (stored.event.context && stored.event.context->ip && !stored.event.context->ip->empty()) {
      ip.ip = *stored.event.context->ip;
    }
  }
  expect_same(ip);
}

// What WorkOS' exports filter by.
TEST_F(Search, ExactListsOfActionsActorsAndTargets) {
  Filter actions, names, ids, types;
  for (std::size_t i = 0; i < 40; ++i) {
    const event::Event& e = all_[i].event;
    actions.actions.push_back(e.action);
    ids.actor_ids.push_back(e.actor.id);
    if (e.actor.name) names.actor_names.push_back(*e.actor.name);
    if (!e.targets || e.targets->empty()) continue;
    types.target_types.push_back(e.targets->back().type.value_or(""));
  }
  for (const Filter& filter : {actions, names, ids, types}) {
    EXPECT_FALSE(expected(filter, Order::newest_first).empty());
    expect_same(filter);
  }
  actions.actor_ids = ids.actor_ids;
  expect_same(actions);
}

TEST_F(Search, SeenActionsAreCountedByOrganization) {
  const Timestamp middle = from_micros(1790000000000000 + 75 * 1000000);
  for (const std::optional<Timestamp> from : {std::optional<Timestamp>(), std::optional(middle)}) {
    std::map<std::string, SeenAction> expected;
    for (const auto& stored : all_) {
      if (from && stored.event.occurred_at < *from) continue;
      SeenAction& one = expected[stored.event.action];
      ++one.events;
      one.last_received_at = std::max(one.last_received_at, stored.received_at);
    }
    const auto seen = value_of(store_->seen_actions(org_, from));
    ASSERT_EQ(seen.size(), expected.size());
    for (const SeenAction& one : seen) {
      EXPECT_EQ(one.events, expected[one.action].events) << one.action;
      EXPECT_EQ(one.last_received_at, expected[one.action].last_received_at) << one.action;
    }
  }
  std::uint64_t events = 0;
  for (const SeenAction& one : value_of(store_->seen_actions({}, {}))) events += one.events;
  EXPECT_EQ(events, all_.size() + 1);
}

// Bad input is only ever a value: it finds nothing and breaks nothing.
TEST_F(Search, TextThatLooksLikeSqlIsText) {
  const std::vector<std::string> needles = {"') OR 1=1 --", "{q:String}", "\t\\N",
                                            std::string("a\0b", 3), "%27"};
  for (const std::string& needle : needles) {
    Filter filter;
    filter.q = filter.ip = needle;
    filter.cruds = {needle};
    const Page page = value_of(store_->search(org_, filter, {}));
    EXPECT_TRUE(page.rows.empty());
  }
}

TEST_F(Search, CountStopsAtItsCap) {
  const Total total = value_of(store_->count(org_, {}, 100));
  EXPECT_EQ(total.value, 100u);
  EXPECT_FALSE(total.exact);
  EXPECT_TRUE(value_of(store_->count(org_, {}, 1200)).exact);
}

// What is known of a search from before is used only where it must still be so.
TEST_F(Search, APageCountsAsManyAsThereAre) {
  const PageRequest newest{.limit = 10, .count_to = 100};
  const PageRequest oldest{.order = Order::oldest_first, .limit = 10, .count_to = 100};
  const auto total = [&](const Filter& filter, const PageRequest& request) {
    return *value_of(store_->search(org_, filter, request)).total;
  };
  for (const Filter& all : {Filter{}, Filter{.q = "a"}}) {
    const auto order = expected(all, Order::newest_first);
    ASSERT_GT(order.size(), 101u);
    const auto time_of = [&](std::size_t place) {
      return all_[order[place] - 1].event.occurred_at;
    };
    for (int again = 0; again < 2; ++again) {
      EXPECT_EQ(total(all, newest), (Total{100, false}));
      EXPECT_EQ(total(all, oldest), (Total{100, false}));
      // Begins among what was counted: less than that is left.
      Filter later = all;
      later.from = time_of(50);
      const auto left = expected(later, Order::newest_first).size();
      EXPECT_EQ(total(later, newest), (Total{left, true}));
      EXPECT_EQ(total(later, oldest), (Total{left, true}));
      later.from = time_of(100);
      EXPECT_EQ(total(later, newest), (Total{100, false}));
    }
  }
}

// The newest are looked for where the newest were the last time: entries that came since, earlier
// or later than those, or at the same moment, are on the page all the same.
TEST_F(Search, TheNewestAreFoundAgainAmongThoseThatCame) {
  const Filter texts{.q = "a"};
  for (std::uint64_t round = 1; round <= 4; ++round) {
    for (const Filter& filter : {Filter{}, texts}) {
      for (const std::size_t limit : {1u, 10u, 200u}) {
        const Page page = value_of(store_->search(org_, filter, {.limit = limit, .count_to = 250}));
        auto order = expected(filter, Order::newest_first);
        ASSERT_GT(order.size(), 251u);
        order.resize(limit);
        std::vector<std::uint64_t> found;
        for (const StoredRow& row : page.rows) found.push_back(row.seq.value);
        EXPECT_EQ(found, order) << round;
        EXPECT_TRUE(page.has_more);
        EXPECT_EQ(page.total, (Total{250, false}));
      }
    }
    BatchBuilder rows(1 + round);
    for (std::uint64_t i = 0; i < 60; ++i) {
      auto stored = event::testing::random_event(random_, "org_1", all_.size() + 1);
      stored.event.occurred_at =
          from_micros(1790000000000000 + static_cast<std::int64_t>(random_() % 160) * 1000000);
      rows.add(stored, event::render_record(stored));
      all_.push_back(std::move(stored));
    }
    expect_ok(store_->insert_batch(rows, "t" + std::to_string(round)));
  }
}

// Several fields at once count as each of them alone.
TEST_F(Search, FacetsAreTheValuesOfEachField) {
  const std::vector<Field> fields{Field::status, Field::actor,   Field::category,
                                  Field::action, Field::outcome, Field::area,
                                  Field::ip,     Field::crud,    Field::application};
  Filter nothing;
  nothing.from = from_micros(1890000000000000);
  for (const Filter& filter : {Filter{}, Filter{.q = "a"}, nothing}) {
    for (const std::size_t limit : {3u, 1000u}) {
      const auto facets = value_of(store_->counts().facets(org_, filter, fields, limit));
      ASSERT_EQ(facets.size(), fields.size());
      for (std::size_t i = 0; i < fields.size(); ++i) {
        auto labels = labels_of(fields[i]);
        auto alone = value_of(store_->counts().values(org_, filter, {fields[i], {}, limit}));
        ASSERT_EQ(facets[i].size(), alone.size());
        for (std::size_t k = 0; k < alone.size(); ++k) {
          const CountedValue& one = facets[i][k];
          EXPECT_EQ(one.value, alone[k].value);
          EXPECT_EQ(one.count, alone[k].count);
          const auto& known = labels[one.value];
          if (known.empty()) {
            EXPECT_EQ(one.label, "");
          } else if (filter == Filter{}) {
            EXPECT_EQ(one.label, known.front());
          } else {
            EXPECT_NE(std::ranges::find(known, one.label), known.end());
          }
        }
      }
    }
  }
}

// Rows come from memory only as long as the store has them.
TEST_F(Search, WhatIsTakenOutIsOnNoPage) {
  const PageRequest request{.limit = 200, .count_to = 1000};
  const Page before = value_of(store_->search(org_, {}, request));
  EXPECT_EQ(before.rows.size(), 200u);
  EXPECT_EQ(before.total, (Total{1000, false}));
  expect_ok(store_->delete_batch(1));
  const Page after = value_of(store_->search(org_, {}, request));
  EXPECT_TRUE(after.rows.empty());
  EXPECT_EQ(after.total, (Total{0, true}));
}

TEST_F(Search, HowFarAnOrganizationIsStoredIsKnownFromInserts) {
  EXPECT_EQ(store_->stored_head(org_), Seq{1200});
  EXPECT_EQ(store_->stored_head(*OrgId::parse("org_2")), Seq{1});
  EXPECT_EQ(store_->stored_head(*OrgId::parse("org_3")), std::nullopt);
  expect_ok(store_->delete_batch(1));
  EXPECT_EQ(store_->stored_head(org_), std::nullopt);
}

}  // namespace
}  // namespace trailkeeper::events
