#pragma once

#include <cstdint>
#include <random>
#include <string>
#include <vector>

#include "base/time.h"
#include "crypto/signature.h"
#include "merkle/compact_range.h"
#include "merkle/log_entry.h"
#include "merkle/note.h"

// A bucket as docs/formats/manifest.md says, written by code that shares nothing with the server.
namespace trailkeeper::verify::testing {

inline constexpr Duration kHour = std::chrono::hours(1);

// A log in memory, with both keys.
class SignedLog {
 public:
  explicit SignedLog(std::uint64_t seed,
                     const std::string& origin = "trail.example/log/" + std::string(26, 'a'));
  // Entries received one second after the other, from `at`.
  void receive(std::uint64_t count, Timestamp at);
  // Another record where one was: a vendor that rewrites history, with the right keys.
  void rewrite(std::uint64_t seq);

  std::uint64_t size() const { return entries_.size(); }
  const std::string& record(std::uint64_t seq) const { return records_[seq - 1]; }
  const merkle::LogEntry& entry(std::uint64_t seq) const { return entries_[seq - 1]; }
  // Another line in the place of a record, of which the log knows nothing.
  void fill(std::uint64_t seq, std::string line) { records_[seq - 1] = std::move(line); }
  // Leaves the digest of a record in the place of the record.
  void erase(std::uint64_t seq);

  merkle::CompactRange range(std::uint64_t size) const;
  std::vector<merkle::Hash> consistency(std::uint64_t from, std::uint64_t to) const;
  std::string checkpoint(std::uint64_t size) const;                // signed note
  std::string proof(std::uint64_t seq, std::uint64_t size) const;  // .tlog-proof
  std::string seal(const std::string& type, const std::string& line) const;
  std::vector<merkle::VerifierKey> keys() const;
  const std::string& origin() const { return origin_; }

 private:
  std::string make_record(std::uint64_t seq, Timestamp time);
  void append(std::uint64_t seq);
  Result<merkle::Hash> subtree(unsigned level, std::uint64_t index) const;

  const std::string origin_;
  crypto::SigningKey log_key_, manifest_key_;
  std::mt19937_64 random_;
  std::vector<std::string> records_;
  std::vector<merkle::LogEntry> entries_;
  std::vector<std::vector<merkle::Hash>> levels_;
};

struct BucketStream {
  std::uint64_t number = 1;
  std::string reason = "activated";
  std::string path = "in/audit";  // in the bucket
  std::string format = "jsonl.gz";
  std::uint64_t keep_every = 1;  // a filter that lets each so many-th entry through
  bool uncertain = false;
  std::string replay_of{};          // JSON
  std::uint64_t rows_per_file = 0;  // 0: one file
  std::string destination = "main";
  // As it stands.
  std::uint64_t window = 0;
  std::uint64_t last_seq = 0;
  Timestamp end{};
  std::string previous_key{}, previous_sha256{};
};

class SignedBucket {
 public:
  // `folder`: of the bucket's copy; made when absent.
  SignedBucket(std::string folder, SignedLog& log) : folder_(std::move(folder)), log_(log) {}

  // Window 0: what is before `last_seq` is not this stream's.
  void open(BucketStream& stream, Timestamp start, std::uint64_t last_seq);
  // The next window: everything up to `last_seq`.
  void deliver(BucketStream& stream, Timestamp end, std::uint64_t last_seq);
  void heartbeat(const BucketStream& stream, Timestamp next_due_at);
  bool sign = true;  // else as before manifests were signed

  void write(const std::string& key, const std::string& content) const;
  std::string read(const std::string& key) const;
  std::string manifest_key(const BucketStream& stream, std::uint64_t window, Timestamp start) const;

 private:
  std::string write_files(const BucketStream& stream, const std::string& base, std::uint64_t first,
                          std::uint64_t last, std::uint64_t* kept) const;
  std::string write_leaves(const std::string& key, std::uint64_t first, std::uint64_t last) const;
  void write_manifest(BucketStream& stream, Timestamp start, Timestamp end, std::uint64_t last_seq);

  const std::string folder_;
  SignedLog& log_;
};

}  // namespace trailkeeper::verify::testing
