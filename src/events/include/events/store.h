#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/ids.h"
#include "base/result.h"
#include "event/view.h"
#include "events/counts.h"
#include "events/filter.h"
#include "events/row.h"
#include "httpc/client.h"

namespace trailkeeper::events {

struct StoreSettings {
  std::string url = "http://localhost";  // of ClickHouse's HTTP interface
  std::string unix_socket{};  // connect there instead of the URL's host: the embedded engine
  std::string user{};         // empty: no credentials are sent
  std::string password{};
  std::string database = "trailkeeper";             // [a-z_][a-z0-9_]*
  std::chrono::milliseconds query_time_max{10000};  // of one page, count or lookup
  std::chrono::milliseconds insert_time_max{120000};
  std::chrono::milliseconds stream_time_max{3600000};  // of a whole export or range
  std::uint64_t query_memory_max = 256u << 20;
  std::size_t rows_kept_bytes = 6u << 20;  // of rows read for pages, kept in this process
  // When set and false, calls answer `unavailable` (`store_down`) at once instead of waiting in the
  // socket's queue with a thread each: whether the embedded engine is up. From any thread.
  std::function<bool()> up{};
};

struct Total {
  std::uint64_t value = 0;
  bool exact = true;  // false: at least `value`
  bool operator==(const Total&) const = default;
};

struct Page {
  std::vector<StoredRow> rows;
  bool has_more = false;         // rows beyond this page exist
  std::optional<Total> total{};  // of a page that asked for it
};

// How far the store has come with one organization.
struct OrgMark {
  OrgId org;
  Seq first_seq;
  Seq last_seq;
  std::uint64_t rows = 0;
};

struct HighWater {
  std::vector<OrgMark> orgs;
  std::uint64_t last_batch = 0;  // 0: empty
  Timestamp last_received_at{};
};

// What there is of one action.
struct SeenAction {
  std::string action;
  std::uint64_t events = 0;
  Timestamp last_received_at{};
};

// Given each row; answering false ends the reading without an error.
using RowSink = std::function<bool(StoredRow&&)>;
using ShownSink = std::function<bool(const event::EventView&)>;

// The events in ClickHouse, embedded or a server of its own: the only module that knows the table.
// Values travel as typed parameters, never inside SQL. Thread-safe; calls block, so they belong on
// a pool.
//
// Errors of all calls: `unavailable` (codes `store_down`, `store_busy`, `store_timeout`;
// retry_after set): the store is not there or too busy, nothing is known to have changed;
// `too_large` (`store_limit`): the query needs more memory or time than one may take, narrow it;
// `failed` (`store_refused`, `bad_row`): it cannot work as it is, a person has to look; the message
// names ClickHouse's code.
class EventStore {
 public:
  // `client` must outlive the store.
  EventStore(StoreSettings settings, httpc::Client& client);
  ~EventStore();
  EventStore(const EventStore&) = delete;
  EventStore& operator=(const EventStore&) = delete;

  Result<> ping();
  // Makes what is missing, up to this program's version of the schema; safe to repeat. `failed`
  // (`schema_newer`) when a later program has written here.
  Result<> migrate();

  // Puts the batch's rows in, in one insert. On success they are on disk (synced) and visible.
  // `token` deduplicates: the same token again is dropped silently, so a retry after an unknown
  // outcome is safe for the next 10,000 inserts. After an error the outcome is unknown unless
  // `failed`.
  Result<> insert_batch(const BatchBuilder& rows, const std::string& token);
  // All rows of a batch, in the order org, seq, at low priority.
  Result<> read_batch(std::uint64_t batch, const RowSink& sink);
  // What the rows of each batch from `first` to `last` look like; far cheaper than reading them in
  // order. Several at once cost little more than one when their parts were merged already.
  Result<std::map<std::uint64_t, RowsPrint>> print_batches(std::uint64_t first, std::uint64_t last);
  Result<std::uint64_t> count_batch(std::uint64_t batch);
  // Removes the rows of a batch; gone for every later query when it returns.
  Result<> delete_batch(std::uint64_t batch);

  // One page, in the asked order, with how many match when that is asked for. Rows that were read
  // lately come from memory; which there are, the store says each time.
  Result<Page> search(const OrgId& org, const Filter& filter, const PageRequest& page);
  // How many match, counted up to `cap`.
  Result<Total> count(const OrgId& org, const Filter& filter, std::uint64_t cap = 10000);
  // Up to here all entries of the organization are stored and visible; empty when it is not known
  // without asking: before this process has inserted one, and after trouble. Costs nothing.
  std::optional<Seq> stored_head(const OrgId& org) const;
  // Empty when there is none of that id in this organization.
  Result<std::optional<StoredRow>> get(const OrgId& org, const Uuid& id);

  // The rows first..last (inclusive) by seq, in that order, with constant memory. Rows that are not
  // there are left out; the caller counts.
  Result<> stream_range(const OrgId& org, Seq first, Seq last, const RowSink& sink);
  // The same for one page of rows, in the time of a page.
  Result<> read_seqs(const OrgId& org, Seq first, Seq last, const RowSink& sink);
  // Every match in the page's order, with constant memory. The sink may run while the store still
  // reads.
  Result<> stream_matches(const OrgId& org, const Filter& filter, Order order, const RowSink& sink);
  // The same of what the list for people shows, far cheaper: occurred_at, action and label, area,
  // application, the actor's id, name, username and email, and ip; the rest is absent. An absent
  // text is empty here.
  Result<> stream_shown(const OrgId& org, const Filter& filter, Order order, const ShownSink& sink);

  // The actions that there are, by name: of one organization, or of all. With `from`, of events
  // that occurred from then on.
  Result<std::vector<SeenAction>> seen_actions(const std::optional<OrgId>& org,
                                               std::optional<Timestamp> from);

  // Facets, histograms and the like.
  const Counts& counts() const { return counts_; }

  // What is there, for comparing with journal and ledger at start.
  Result<HighWater> high_water();

 private:
  struct Impl;
  const Counts counts_;
  std::unique_ptr<Impl> impl_;
};

}  // namespace trailkeeper::events
