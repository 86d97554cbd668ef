#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "base/time.h"
#include "settings/orgs.h"
#include "settings/outbox.h"
#include "settings/store.h"
#include "testing/temp_folder.h"

namespace trailkeeper::settings {

inline OrgId org_id(std::string_view text) { return *OrgId::parse(text); }

inline Timestamp at(std::string_view rfc3339) { return *parse_rfc3339(rfc3339); }

// Real settings in a temporary folder. A storage fault fails the test instead of ending the
// process.
class TempStore {
 public:
  TempStore() { reopen(); }

  // As after a restart.
  void reopen() {
    store_.reset();
    auto opened = Store::open({.folder = folder_.path(), .on_fatal = [](const Error& error) {
                                 ADD_FAILURE() << error.message;
                               }});
    store_ = std::move(opened).value();
  }

  Store& operator*() { return *store_; }
  Store* operator->() { return store_.get(); }
  const std::string& folder() const { return folder_.path(); }

  void add_org(const Org& org) {
    const auto done = store_->write([&](WriteTx& tx) { return put_org(tx, org); });
    ASSERT_TRUE(done) << done.error().message;
  }

  // Every waiting entry, oldest first.
  std::vector<OutboxEntry> outbox() {
    auto entries = store_->read([](ReadTx& tx) { return read_outbox(tx, 0, 10'000); });
    return std::move(entries).value();
  }

  // The waiting entries of that action.
  std::vector<OutboxEntry> outbox(std::string_view action) {
    std::vector<OutboxEntry> found;
    for (OutboxEntry& entry : outbox()) {
      const std::string member = "\"action\":\"" + std::string(action) + "\"";
      if (entry.event.find(member) != std::string::npos) found.push_back(std::move(entry));
    }
    return found;
  }

 private:
  TempFolder folder_;
  std::unique_ptr<Store> store_;
};

}  // namespace trailkeeper::settings
