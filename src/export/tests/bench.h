#pragma once

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "export/exports.h"
#include "settings/orgs.h"
#include "testing/fake_rows.h"
#include "testing/temp_store.h"

namespace trailkeeper::exports {

using settings::at;
using settings::Export;
using settings::ExportState;
using settings::org_id;

// The service on real settings and a real folder, with the event store in memory.
class Bench : public ::testing::Test {
 protected:
  Bench() {
    store_.add_org({.id = org_id("acme"), .name = "Acme"});
    store_.add_org({.id = org_id("globex"), .name = "Globex"});
    for (int i = 0; i < 100; ++i) {
      rows_.add(org_id("acme"), clock_.now() - std::chrono::hours(i), i % 2 ? "ann@x.y" : "bob@x.y",
                "a, \"b\"\nc");
    }
    rows_.add(org_id("globex"), clock_.now(), "secret@globex.example");
    open();
  }

  void open() {
    exports_ = std::make_unique<Exports>(store_.operator*(), rows_, notice(), clock_, metrics_,
                                         Exports::Options{.folder = folder(),
                                                          .workers = 1,
                                                          .unfinished_max = 5,
                                                          .free_bytes_min = 0,
                                                          .progress_bytes = 600});
    ASSERT_TRUE(exports_->resume());
  }

  // As after kill -9: nothing of the running service is left but what is on disk.
  void restart() {
    exports_.reset();
    store_.reopen();
    open();
  }

  ReadyNotice notice() {
    return [this](settings::WriteTx&, const Export& record) -> Result<> {
      if (notice_fault_) return *notice_fault_;
      noticed_.push_back(record);
      return {};
    };
  }

  settings::Org org(std::string_view id) {
    return **store_->read([&](settings::ReadTx& tx) { return settings::find_org(tx, org_id(id)); });
  }

  Export request(const ExportRequest& what = {}, std::optional<Timestamp> visible_from = {}) {
    auto made = exports_->request(org("acme"), visible_from, ann_, what);
    EXPECT_TRUE(made) << made.error().message;
    return *std::move(made);
  }

  Export present(const Export& record) { return exports_->find(record.org, record.id).value(); }

  // The bytes that a person who follows the link gets.
  std::string fetch(const Export& record) {
    auto opened = exports_->open(record.org, record.id, ann_);
    if (!opened) return opened.error().code;
    std::string bytes(opened->bytes + 1, '\0');
    const ssize_t size = ::read(opened->file.get(), bytes.data(), bytes.size());
    bytes.resize(static_cast<std::size_t>(size));
    return bytes;
  }

  std::vector<std::string> files() const {
    std::vector<std::string> names;
    for (const auto& entry : std::filesystem::directory_iterator(folder())) {
      names.push_back(entry.path().filename().string());
    }
    return names;
  }
  std::string folder() const { return store_.folder() + "/exports"; }

  settings::TempStore store_;
  ManualClock clock_{at("2026-11-22T12:00:00Z")};
  metrics::Registry metrics_;
  FakeRows rows_;
  std::vector<Export> noticed_;
  std::optional<Error> notice_fault_;
  const Requester ann_{.actor = {.id = "p1", .name = "Ann", .email = "ann@x.y", .role = "admin"},
                       .origin = {.ip = "192.0.2.1"},
                       .mail_to = "ann@x.y"};
  std::unique_ptr<Exports> exports_;
};

}  // namespace trailkeeper::exports
