// Promise 6: any edit, removal, insertion, reorder or rollback of delivered history is found by
// whoever has the public keys and any later checkpoint; and nothing else is.
// TRAILKEEPER_TEST_FULL=1 tries ten times as many.
#include <algorithm>
#include <cstdlib>
#include <functional>
#include <map>
#include <optional>

#include "compress/gzip.h"
#include "crypto/hash.h"
#include "folder_fixture.h"

namespace trailkeeper::verify {
namespace {

using testing::BucketStream;
using Files = std::map<std::string, std::string>;

constexpr std::uint64_t kSeed = 20'261'123;

int rounds(int usual) {
  const char* const full = std::getenv("TRAILKEEPER_TEST_FULL");
  return full != nullptr && std::string(full) == "1" ? 10 * usual : usual;
}

// A random bucket, all due windows delivered, and everything to check it with.
class World {
 public:
  explicit World(std::uint64_t seed) : random_(seed), log_(seed), bucket_(folder_.path(), log_) {
    deliver();
    files_ = on_disk_ = read_all();
  }

  std::uint64_t below(std::uint64_t limit) {
    return std::uniform_int_distribution<std::uint64_t>(0, limit - 1)(random_);
  }
  const Files& files() const { return files_; }
  testing::SignedLog& log() { return log_; }
  std::uint64_t delivered() const { return delivered_; }

  // The folder is these files; the exit code.
  int check(const Files& files, const std::vector<Kept>& kept = {}) {
    for (const auto& [key, content] : files) {
      const auto now = on_disk_.find(key);
      if (now == on_disk_.end() || now->second != content) bucket_.write(key, content);
    }
    for (const auto& [key, content] : on_disk_) {
      if (!files.contains(key)) std::filesystem::remove(folder_.path() + "/" + key);
    }
    on_disk_ = files;
    Options options;
    options.folder = folder_.path();
    options.keys = log_.keys();
    options.at = end_ + std::chrono::minutes(90);
    options.kept = kept;
    report_ = verify_folder(options);
    return report_ ? exit_code(*report_) : kExitUsage;
  }
  std::string told() const {
    return report_ ? render_table(*report_, true) : report_.error().message;
  }

  std::string any(const std::string& part) {
    std::vector<std::string> keys;
    for (const auto& [key, content] : files_) {
      if (key.find(part) != std::string::npos) keys.push_back(key);
    }
    return keys.empty() ? "" : keys[below(keys.size())];
  }

  // The same history with one record rewritten, signed with the right keys.
  Files forge() {
    log_.rewrite(1 + below(delivered_));
    std::filesystem::remove_all(folder_.path());
    random_.seed(layout_seed_);
    deliver_streams();
    on_disk_ = read_all();
    return on_disk_;
  }

 private:
  void deliver() {
    const std::uint64_t hours = 3 + below(6);
    for (std::uint64_t hour = 0; hour < hours; ++hour) {
      if (below(4) > 0) log_.receive(1 + below(40), at_hour(static_cast<int>(hour)));
      ends_.push_back(log_.size());
    }
    if (log_.size() == 0) {
      log_.receive(5, at_hour(static_cast<int>(hours)));
      ends_.push_back(log_.size());
    }
    layout_seed_ = random_();
    random_.seed(layout_seed_);
    deliver_streams();
  }

  // Part of the hours by a backfill, the rest by one stream or two that follow each other.
  void deliver_streams() {
    const std::size_t begin = below(ends_.size() - 1);
    const std::size_t middle = begin + below(ends_.size() - begin);
    BucketStream main, backfill;
    main.format = below(2) == 0 ? "jsonl.gz" : "jsonl.zst";
    main.rows_per_file = below(3) == 0 ? 7 : 0;
    if (begin > 0) {
      backfill.number = 2;
      backfill.reason = "backfill";
      bucket_.open(backfill, at_hour(0), 0);
      bucket_.deliver(backfill, at_hour(static_cast<int>(begin)), ends_[begin - 1]);
    }
    bucket_.open(main, at_hour(static_cast<int>(begin)), begin == 0 ? 0 : ends_[begin - 1]);
    for (std::size_t hour = begin; hour < ends_.size(); ++hour) {
      if (hour == middle && hour > begin) {
        main.number = 3;
        main.reason = "location_changed";
        main.path = "in/moved";
        bucket_.open(main, main.end, main.last_seq);
      }
      bucket_.deliver(main, at_hour(static_cast<int>(hour) + 1), ends_[hour]);
    }
    end_ = main.end;
    delivered_ = main.last_seq;
    bucket_.heartbeat(main, main.end + testing::kHour);
  }

  Files read_all() const {
    Files files;
    for (const auto& at : std::filesystem::recursive_directory_iterator(folder_.path())) {
      if (!at.is_regular_file()) continue;
      const std::string key = at.path().native().substr(folder_.path().size() + 1);
      files[key] = bucket_.read(key);
    }
    return files;
  }

  std::mt19937_64 random_;
  TempFolder folder_;
  testing::SignedLog log_;
  testing::SignedBucket bucket_;
  std::vector<std::uint64_t> ends_;
  std::uint64_t layout_seed_ = 0, delivered_ = 0;
  Timestamp end_{};
  Files files_, on_disk_;
  Result<Report> report_ = Error{};
};

// What a tampering says it did; empty when this bucket has nothing to do it to.
using Tampering = std::function<std::string(World&, Files&)>;

std::string flip(World& world, Files& files) {
  const std::string key = world.any("in/");
  std::string& content = files[key];
  const std::uint64_t at = world.below(content.size());
  content[at] = static_cast<char>(content[at] ^ (1 << world.below(8)));
  return "flip in " + key + " at " + std::to_string(at);
}

std::string cut(World& world, Files& files) {
  const std::string key = world.any("audit_logs");
  files[key].resize(world.below(files[key].size()));
  return "cut " + key;
}

std::string extend(World& world, Files& files) {
  const std::string key = world.any("audit_logs");
  files[key] += static_cast<char>(world.below(256));
  return "extend " + key;
}

std::string remove(World& world, Files& files) {
  const std::string key = world.any("audit_logs");
  files.erase(key);
  return "remove " + key;
}

std::string swap_files(World& world, Files& files) {
  const std::string kind = world.below(2) == 0 ? "/audit_logs/" : "/audit_logs_manifest/";
  const std::string a = world.any(kind), b = world.any(kind);
  if (a.empty() || files[a] == files[b]) return "";
  std::swap(files[a], files[b]);
  return "swap " + a + " and " + b;
}

std::string insert_file(World& world, Files& files) {
  const std::string key = world.any("/audit_logs/");
  if (key.empty()) return "";
  std::string other = key;
  if (world.below(4) == 0) {
    other[other.rfind('/') + 20 + world.below(8)] = '9';  // a digit of its range
  } else {
    other.insert(other.find('.', other.rfind('/')), "-00009");  // one more part of it
  }
  if (files.contains(other)) return "";
  files[other] = files[key];
  return "insert " + other;
}

std::vector<std::string> rows_of(const std::string& packed) {
  std::vector<std::string> rows;
  const std::string text = compress::gunzip(packed, 1 << 24).value();
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = text.find('\n', at) + 1;
    rows.push_back(text.substr(at, end - at));
    at = end;
  }
  return rows;
}

void change_rows(World& world, std::vector<std::string>& rows) {
  const std::uint64_t at = world.below(rows.size());
  switch (world.below(4)) {
    case 0:
      rows.erase(rows.begin() + static_cast<std::ptrdiff_t>(at));
      break;
    case 1:
      rows.insert(rows.begin() + static_cast<std::ptrdiff_t>(at), rows[world.below(rows.size())]);
      break;
    case 2:
      rows.resize(at);
      break;
    default:
      rows[at][rows[at].size() / 2] ^= 1;
  }
}

void replace(std::string& text, const std::string& from, const std::string& to) {
  const auto at = text.find(from);
  if (at != std::string::npos) text.replace(at, from.size(), to);
}

// Rows are changed, and the manifest with them; `sealed`: by someone who has the key of manifests.
std::string change_and_cover(World& world, Files& files, bool covered, bool sealed) {
  const std::string key = world.any(".jsonl.gz");
  if (key.empty()) return "";
  std::vector<std::string> rows = rows_of(files[key]);
  const std::size_t before = rows.size();
  change_rows(world, rows);
  std::string text;
  for (const std::string& row : rows) text += row;
  const std::string old = files[key];
  files[key] = compress::gzip(text);
  if (!covered) return "rows of " + key;
  for (auto& [name, content] : files) {
    if (!name.ends_with(".json") || content.find("\"" + key + "\"") == std::string::npos) continue;
    replace(content, to_hex(as_text(crypto::sha256(old))),
            to_hex(as_text(crypto::sha256(files[key]))));
    replace(content,
            "\"bytes\":" + std::to_string(old.size()) + ",\"rows\":" + std::to_string(before),
            "\"bytes\":" + std::to_string(files[key].size()) +
                ",\"rows\":" + std::to_string(rows.size()));
    if (sealed) {
      content = world.log().seal("trailkeeper-manifest/v1",
                                 content.substr(0, content.rfind(",\"signature\"")));
    }
  }
  return "rows and manifest of " + key;
}

std::string end_of_main(const Files& files) {
  std::string last;
  for (const auto& [key, content] : files) {
    if (key.find("_manifest/") != std::string::npos &&
        content.find("\"stream\":2,") == std::string::npos) {
      last = std::max(last, key.substr(key.rfind('/') + 1));
    }
  }
  return last;
}

// The folder as it was some windows ago, without its heartbeat.
std::string go_back(World& world, Files& files) {
  const std::uint64_t windows = 1 + world.below(3);
  std::string told = "go back before";
  for (std::uint64_t i = 0; i < windows; ++i) {
    const std::string name = end_of_main(files);
    if (name.ends_with("-000000000000.json") || name.empty()) break;
    const auto manifest = std::ranges::find_if(
        files, [&](const auto& file) { return file.first.ends_with("/" + name); });
    for (auto at = files.begin(); at != files.end();) {
      const bool named =
          manifest->second.find("\"key\":\"" + at->first + "\"") != std::string::npos &&
          at->first.find("/audit_logs/") != std::string::npos;
      at = named ? files.erase(at) : std::next(at);
    }
    files.erase(manifest->first);
    std::erase_if(files, [](const auto& file) { return file.first.ends_with("heartbeat.json"); });
    told += " " + name;
  }
  return files.size() == world.files().size() ? "" : told;
}

const std::vector<Tampering>& tamperings() {
  static const std::vector<Tampering> all = {
      flip,
      flip,
      flip,
      cut,
      extend,
      remove,
      swap_files,
      insert_file,
      go_back,
      [](World& world, Files& files) { return change_and_cover(world, files, false, false); },
      [](World& world, Files& files) { return change_and_cover(world, files, true, false); },
      [](World& world, Files& files) { return change_and_cover(world, files, true, true); }};
  return all;
}

// Only of these it cannot be said who did it: a heartbeat by an unknown key, the end of a backfill,
// a file that some later manifest may name; nothing of a stream but its opening.
bool may_be_unverifiable(const std::string& what) {
  return what.find("heartbeat") != std::string::npos ||
         what.find("/000002-") != std::string::npos || what.starts_with("insert ") ||
         what.ends_with("-000000000001.json");
}

TEST(Tampering, IsFoundWhateverItIs) {
  int done = 0, unverifiable = 0;
  for (std::uint64_t seed = kSeed; done < rounds(1000); ++seed) {
    World world(seed);
    for (int i = 0; i < 40; ++i) {
      Files files = world.files();
      const std::string what = tamperings()[world.below(tamperings().size())](world, files);
      if (what.empty() || files == world.files()) continue;
      const int code = world.check(files);
      ++done;
      if (code == kExitUnverifiable) ++unverifiable;
      ASSERT_TRUE(code == kExitWrong || (code == kExitUnverifiable && may_be_unverifiable(what)) ||
                  (code == kExitUsage && files.size() <= 2))
          << "seed " << seed << ": " << what << ": exit " << code << "\n"
          << world.told();
    }
    ASSERT_EQ(world.check(world.files()), kExitComplete) << "seed " << seed << "\n" << world.told();
  }
  std::printf("%d tamperings from seed %llu: all found; %d of them as not provable\n", done,
              static_cast<unsigned long long>(kSeed), unverifiable);
}

// With the right keys in wrong hands, one checkpoint that somebody kept is enough.
TEST(Tampering, OfWhoeverHasTheKeysIsFoundByWhatWasKept) {
  for (std::uint64_t seed = kSeed; seed < kSeed + static_cast<std::uint64_t>(rounds(50)); ++seed) {
    World world(seed);
    const std::vector<Kept> kept = {{"checkpoint", world.log().checkpoint(world.delivered())},
                                    {"proof", world.log().proof(1, world.delivered())}};
    const Files forged = world.forge();
    for (const Kept& one : kept) {
      ASSERT_EQ(world.check(forged, {one}), kExitWrong) << "seed " << seed << "\n" << world.told();
    }
  }
}

TEST(Tampering, NobodyIsAccusedWhoDidNothing) {
  for (std::uint64_t seed = kSeed; seed < kSeed + static_cast<std::uint64_t>(rounds(100)); ++seed) {
    World world(seed);
    const std::vector<Kept> kept = {
        {"checkpoint", world.log().checkpoint(world.below(world.delivered() + 1))}};
    ASSERT_EQ(world.check(world.files()), kExitComplete) << "seed " << seed << "\n" << world.told();
    // One from before its streams began cannot be compared; that is no accusation.
    ASSERT_NE(world.check(world.files(), kept), kExitWrong) << "seed " << seed << "\n"
                                                            << world.told();
  }
}

}  // namespace
}  // namespace trailkeeper::verify
