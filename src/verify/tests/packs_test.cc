// Promise 6 for data packs: a run that is complete is what was delivered, and what was done to a
// run is found. TRAILKEEPER_TEST_FULL=1 tries ten times as many tamperings.
#include <cstdlib>
#include <map>
#include <random>

#include "crypto/hash.h"
#include "folder_fixture.h"
#include "json/writer.h"

namespace trailkeeper::verify {
namespace {

using Files = std::map<std::string, std::string>;

std::string digest(const std::string& content) { return to_hex(as_text(crypto::sha256(content))); }

std::string run_id(std::uint64_t number) {
  char text[37];
  std::snprintf(text, sizeof text, "019ab3c2-7d10-7c3f-9b4e-%012llu",
                static_cast<unsigned long long>(number));
  return text;
}

// Runs of one pack, one an hour, as docs/formats/pack_manifest.md says.
class Packs : public ::testing::Test {
 protected:
  void deliver(int count) {
    for (int i = 0; i < count; ++i) deliver_run(at_hour(++hour_));
  }

  void deliver_run(Timestamp end) {
    const std::string run = run_id(++number_);
    json::Writer out;
    out.begin_object().member("type", "trailkeeper-pack/v1");
    out.member("organization_id", "org_acme").member("pack", "deals").member("version", version_);
    out.member("run", run).member("kind", "scheduled").key("interval").begin_object();
    out.member("start", format_rfc3339(end - std::chrono::hours(1)));
    out.member("end", format_rfc3339(end)).end_object();
    out.member("staged_at", format_rfc3339(end)).key("files").begin_array();
    std::uint64_t bytes = 0;
    const std::string base = place() + "/run=" + run + "/";
    for (int part = 0; part < 2; ++part) {
      const std::string name = "part-0000" + std::to_string(part) + ".csv";
      const std::string content = "id\r\n" + run + "\r\n" + std::to_string(part) + "\r\n";
      files_[base + name] = content;
      bytes += content.size();
      out.begin_object().member("name", name).member("bytes", std::uint64_t{content.size()});
      out.member("rows", 2).member("sha256", digest(content)).end_object();
    }
    out.end_array().member("rows", 4).member("bytes", bytes).key("previous");
    if (previous_.empty()) {
      out.null();
    } else {
      out.begin_object().member("run", run_id(number_ - 1));
      out.member("manifest_sha256", previous_).end_object();
    }
    const std::string manifest = log_.seal("trailkeeper-pack/v1", out.take());
    files_[base + "manifest.json"] = manifest;
    previous_ = digest(manifest);
    json::Writer latest;
    latest.begin_object().member("type", "trailkeeper-pack-latest/v1").member("pack", "deals");
    latest.member("version", version_).member("run", run);
    latest.member("manifest_sha256", previous_).end_object();
    files_[place() + "/latest.json"] = latest.take() + "\n";
  }

  std::string place() const {
    return "in/deals" + (version_ > 1 ? ".v" + std::to_string(version_) : std::string());
  }
  std::string key(std::uint64_t run, const std::string& name) const {
    return "in/deals/run=" + run_id(run) + "/" + name;
  }

  Report check(const Files& files) {
    const TempFolder folder;
    for (const auto& [name, content] : files) {
      testing::SignedBucket(folder.path(), log_).write(name, content);
    }
    Options options;
    options.folder = folder.path();
    options.keys = log_.keys();
    options.at = at_hour(23);
    options.threads = 2;
    auto report = verify_folder(options);
    EXPECT_TRUE(report || report.error().code == "nothing") << report.error().message;
    return report ? *std::move(report) : Report{};
  }
  static const RunReport& run(const Report& report, std::size_t index) {
    return report.packs.at(0).runs.at(index);
  }

  testing::SignedLog log_{11};
  Files files_;
  std::uint64_t number_ = 0;
  std::uint64_t version_ = 1;
  int hour_ = 0;
  std::string previous_;
};

TEST_F(Packs, WhatWasDeliveredIsComplete) {
  deliver(3);
  version_ = 2;
  deliver(1);
  const Report report = check(files_);
  EXPECT_EQ(exit_code(report), kExitComplete) << render_table(report, true);
  ASSERT_EQ(report.packs.size(), 2u);
  EXPECT_EQ(report.packs[0].runs.size(), 3u);
  EXPECT_EQ(report.packs[1].version, 2u);
  EXPECT_EQ(run(report, 0).rows, 4u);
  EXPECT_EQ(report.runs()[0], 4u);
  EXPECT_EQ(report.files, 12u);
  EXPECT_NE(render_table(report, false).find("COMPLETE: 4 runs of data packs"), std::string::npos)
      << render_table(report, false);
  EXPECT_NE(render_json(report).find(R"("runs":{"complete":4,)"), std::string::npos);
}

TEST_F(Packs, WhatIsMissingIsAGap) {
  deliver(3);
  Files files = files_;
  files.erase(key(2, "part-00001.csv"));
  Report report = check(files);
  EXPECT_EQ(run(report, 1).state, State::gap);
  EXPECT_EQ(run(report, 1).details.at(0), "part-00001.csv is not here");
  // A whole run: the one after it says that it was there.
  files = files_;
  std::erase_if(files,
                [](const auto& file) { return file.first.find(run_id(2)) != std::string::npos; });
  report = check(files);
  EXPECT_EQ(exit_code(report), kExitWrong);
  EXPECT_EQ(run(report, 1).details.at(0), "the run before it, " + run_id(2) + ", is not here");
  // The newest: latest.json says so.
  files = files_;
  std::erase_if(files,
                [](const auto& file) { return file.first.find(run_id(3)) != std::string::npos; });
  EXPECT_EQ(exit_code(check(files)), kExitWrong);
  // The oldest: nobody can say whether it ever was in this place.
  files = files_;
  std::erase_if(files,
                [](const auto& file) { return file.first.find(run_id(1)) != std::string::npos; });
  report = check(files);
  EXPECT_EQ(exit_code(report), kExitComplete) << render_table(report, true);
  EXPECT_TRUE(run(report, 0).before_is_elsewhere);
}

TEST_F(Packs, ARunOnItsWaySaysNothingAgainstTheRest) {
  deliver(2);
  files_["in/deals/run=" + run_id(9) + "/part-00000.csv"] = "id\r\n";
  const Report report = check(files_);
  EXPECT_EQ(exit_code(report), kExitComplete) << render_table(report, true);
  EXPECT_EQ(run(report, 2).state, State::not_yet_due);
}

TEST_F(Packs, WhatNobodyKnownSignedIsNotProven) {
  deliver(2);
  Files files = files_;
  std::string& manifest = files[key(2, "manifest.json")];
  manifest = testing::SignedLog(12).seal("trailkeeper-pack/v1",
                                         manifest.substr(0, manifest.rfind(",\"signature\"")));
  EXPECT_EQ(run(check(files), 1).state, State::unverifiable);  // the log's name, another key
  EXPECT_EQ(exit_code(check(files)), kExitWrong);  // than the one that latest.json names
  manifest = testing::SignedLog(12, "trail.example/log/" + std::string(26, 'z'))
                 .seal("trailkeeper-pack/v1", manifest.substr(0, manifest.rfind(",\"signature\"")));
  EXPECT_EQ(run(check(files), 1).state, State::unverifiable);
  // Signed for another use.
  manifest =
      log_.seal("trailkeeper-manifest/v1", manifest.substr(0, manifest.rfind(",\"signature\"")));
  EXPECT_EQ(run(check(files), 1).state, State::altered);
}

// What is not signed may say what it likes, so only what hangs on a signature is found in it.
bool harmless(const std::string& key) { return key.ends_with("latest.json"); }

TEST_F(Packs, EveryTamperingIsFound) {
  const char* const full = std::getenv("TRAILKEEPER_TEST_FULL");
  const int rounds = full != nullptr && std::string(full) == "1" ? 2000 : 200;
  deliver(4);
  std::vector<std::string> keys;
  for (const auto& [name, content] : files_) keys.push_back(name);
  std::mt19937_64 random(20'261'123);
  const auto below = [&random](std::uint64_t limit) { return random() % limit; };
  int done = 0;
  while (done < rounds) {
    Files files = files_;
    const std::string name = keys[below(keys.size())], other = keys[below(keys.size())];
    std::string& content = files[name];
    std::string told;
    switch (below(5)) {
      case 0:
      case 1: {
        const std::uint64_t at = below(content.size());
        content[at] = static_cast<char>(content[at] ^ (1 << below(8)));
        told = "bit at " + std::to_string(at);
        break;
      }
      case 2:
        content.resize(below(content.size()));
        told = "cut";
        break;
      case 3:
        // The first run's manifest, or latest.json: what is left says nothing of it.
        if (harmless(name) || name == key(1, "manifest.json")) continue;
        files.erase(name);
        told = "removed";
        break;
      default:
        if (content == files[other] || harmless(other)) continue;
        std::swap(content, files[other]);
        told = "swapped with " + other;
    }
    ++done;
    const Report report = check(files);
    const int code = exit_code(report);
    // Of latest.json a flipped name of a member that is not read changes nothing.
    if (harmless(name) && code == kExitComplete) continue;
    ASSERT_TRUE(code == kExitWrong || (code == kExitUnverifiable && told.starts_with("bit")))
        << name << " " << told << ": exit " << code << "\n"
        << render_table(report, true);
  }
  ASSERT_EQ(exit_code(check(files_)), kExitComplete);
  std::printf("%d tamperings of data packs: all found\n", done);
}

}  // namespace
}  // namespace trailkeeper::verify
