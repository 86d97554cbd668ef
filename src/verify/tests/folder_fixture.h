#pragma once

#include <gtest/gtest.h>
#include <stdlib.h>

#include <filesystem>
#include <string>

#include "testing/signed_bucket.h"
#include "verify/verify.h"

namespace trailkeeper::verify {

inline Timestamp at_hour(int hour) {
  return *parse_rfc3339("2026-11-22T00:00:00Z") + std::chrono::hours(hour);
}

// A folder that goes with the test.
class TempFolder {
 public:
  TempFolder() {
    std::string path = (std::filesystem::temp_directory_path() / "verify-XXXXXX").string();
    if (::mkdtemp(path.data()) == nullptr) std::abort();
    path_ = path;
  }
  TempFolder(const TempFolder&) = delete;
  TempFolder& operator=(const TempFolder&) = delete;
  ~TempFolder() { std::filesystem::remove_all(path_); }
  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

// Three hours of a stream: 1 to 30, none, 31 to 50; everything due at 16:30 is there.
class VerifyFolder : public ::testing::Test {
 protected:
  VerifyFolder() {
    log_.receive(30, at_hour(13));
    log_.receive(30, at_hour(15));
  }

  void deliver(testing::BucketStream& stream) {
    bucket_.open(stream, at_hour(13), 0);
    bucket_.deliver(stream, at_hour(14), 30);
    bucket_.deliver(stream, at_hour(15), 30);
    bucket_.deliver(stream, at_hour(16), 50);
  }

  Options options() const {
    Options options;
    options.folder = folder_.path();
    options.keys = log_.keys();
    options.at = at_hour(16) + std::chrono::minutes(30);
    options.threads = 2;
    return options;
  }
  Report check() const { return check(options()); }
  Report check(const Options& options) const {
    auto report = verify_folder(options);
    EXPECT_TRUE(report) << report.error().message;
    return report ? *std::move(report) : Report{};
  }

  // "complete complete gap: why" of the windows of a stream.
  static std::string states(const Report& report, std::size_t stream = 0) {
    std::string out;
    for (const WindowReport& row : report.streams.at(stream).windows) {
      if (!out.empty()) out += ", ";
      if (row.windows > 1) out += std::to_string(row.windows) + " ";
      out += state_text(row.state);
    }
    return out;
  }
  static std::string detail(const Report& report, std::size_t window, std::size_t stream = 0) {
    const auto& details = report.streams.at(stream).windows.at(window).details;
    return details.empty() ? "" : details.front();
  }

  std::string object(std::uint64_t first, std::uint64_t last, const std::string& hour = "13",
                     const std::string& ending = "jsonl.gz") const {
    char name[128];
    std::snprintf(name, sizeof name,
                  "in/audit/audit_logs/dt=2026-11-22/hour=%s/000001-%020llu-%020llu.%s",
                  hour.c_str(), static_cast<unsigned long long>(first),
                  static_cast<unsigned long long>(last), ending.c_str());
    return name;
  }
  void remove(const std::string& key) const {
    ASSERT_TRUE(std::filesystem::remove(folder_.path() + "/" + key)) << key;
  }

  TempFolder folder_;
  testing::SignedLog log_{7};
  testing::SignedBucket bucket_{folder_.path(), log_};
};

}  // namespace trailkeeper::verify
