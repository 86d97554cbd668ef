#pragma once

#include <functional>
#include <map>
#include <mutex>
#include <string>
#include <vector>

#include "deliver/ports.h"

namespace trailkeeper::deliver {

// An org's trail in memory: commits, cuts and reads, as journal and event store would do it
// together. The store can be behind the journal, out of reach, or lack a row. Thread-safe.
class FakeTrail final : public Cuts, public RecordSource {
 public:
  struct Entry {
    Timestamp received_at;
    std::string line;
  };

  void add(const OrgId& org, Timestamp received_at, const std::string& text = "x") {
    const std::lock_guard lock(mutex_);
    auto& entries = entries_[org];
    const std::uint64_t seq = entries.size() + 1;
    const Timestamp floor =
        entries.empty() ? received_at : std::max(received_at, entries.back().received_at);
    entries.push_back({std::max(floor, floor_[org]),
                       R"({"seq":)" + std::to_string(seq) + R"(,"text":")" + text + R"("})"});
    if (on_add_) on_add_(org, Seq{seq}, entries.back());
    if (!store_behind_)
      stored_ = ++committed_;
    else
      ++committed_;
  }
  // Told of each entry, as the log is.
  void set_on_add(std::function<void(const OrgId&, Seq, const Entry&)> on_add) {
    on_add_ = std::move(on_add);
  }
  std::vector<std::string> lines(const OrgId& org) {
    const std::lock_guard lock(mutex_);
    std::vector<std::string> found;
    for (const Entry& entry : entries_[org]) found.push_back(entry.line);
    return found;
  }

  Result<Cut> close(const OrgId& org, Timestamp end) override {
    const std::lock_guard lock(mutex_);
    const auto known = cuts_.find({org, end});
    if (known != cuts_.end()) return known->second;
    floor_[org] = std::max(floor_[org], end);
    const Cut cut{end, last_before(org, end), committed_};
    return cuts_[{org, end}] = cut;
  }
  bool stored(const Cut& cut) const override { return stored_ >= cut.position; }
  Seq head(const OrgId& org) const override {
    const std::lock_guard lock(mutex_);
    const auto found = entries_.find(org);
    return Seq{found == entries_.end() ? 0 : found->second.size()};
  }

  Result<> read(const OrgId& org, Seq first, Seq last,
                const std::function<bool(Seq, std::string_view)>& line) override {
    std::vector<Entry> entries;
    {
      const std::lock_guard lock(mutex_);
      ++reads_;
      if (out_of_reach_)
        return Error{ErrorKind::unavailable, "store_down", "The event store does not answer."};
      entries = entries_[org];
    }
    for (std::uint64_t seq = first.value; seq <= last.value && seq <= entries.size(); ++seq) {
      if (seq == missing_.value) continue;
      if (!line(Seq{seq}, entries[seq - 1].line))
        return Error{ErrorKind::unavailable, "cancelled", "Stopped."};
    }
    return {};
  }
  Result<Seq> last_seq_before(const OrgId& org, Timestamp time) override {
    const std::lock_guard lock(mutex_);
    return last_before(org, time);
  }

  void hold_store_back() { store_behind_ = true; }
  void catch_up() {
    store_behind_ = false;
    stored_ = committed_;
  }
  void set_out_of_reach(bool value) { out_of_reach_ = value; }
  void lose(Seq seq) { missing_ = seq; }
  int reads() const { return reads_; }

 private:
  Seq last_before(const OrgId& org, Timestamp time) {
    std::uint64_t last = 0;
    for (const Entry& entry : entries_[org]) {
      if (entry.received_at < time) ++last;
    }
    return Seq{last};
  }

  mutable std::mutex mutex_;
  std::map<OrgId, std::vector<Entry>> entries_;
  std::map<OrgId, Timestamp> floor_;
  std::map<std::pair<OrgId, Timestamp>, Cut> cuts_;
  std::uint64_t committed_ = 0;
  std::uint64_t stored_ = 0;
  bool store_behind_ = false;
  bool out_of_reach_ = false;
  std::function<void(const OrgId&, Seq, const Entry&)> on_add_;
  Seq missing_{};
  int reads_ = 0;
};

}  // namespace trailkeeper::deliver
