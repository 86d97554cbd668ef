#include "window_check.h"

#include <algorithm>

#include "compress/gzip.h"
#include "compress/zstd.h"
#include "crypto/hash.h"
#include "merkle/log_entry.h"

namespace trailkeeper::verify {
namespace {

// A file has 256 MiB of lines; more may come of a line that is longer than that and of servers with
// other settings.
constexpr std::uint64_t kUnpackedBytesMax = 1u << 30;
constexpr std::uint64_t kPackedBytesMax = kUnpackedBytesMax;

std::string name_of(const std::string& key) { return key.substr(key.rfind('/') + 1); }

Judgement altered(const std::string& key, const std::string& what) {
  return {State::altered, name_of(key) + ": " + what};
}

Judgement read_rows(const Folder& folder, const Manifest& manifest, Part& part) {
  const ObjectRef& ref = *part.ref;
  const auto packed = folder.read(*part.file, kPackedBytesMax);
  if (!packed) return {State::unverifiable, packed.error().message};
  if (packed->size() != ref.bytes || crypto::sha256(*packed) != ref.sha256) {
    return altered(ref.key, "it is not the file that was delivered");
  }
  RowReader reader(ref.rows);
  const compress::Sink sink = [&reader](std::string_view piece) { return reader.feed(piece); };
  Result<> done = manifest.format == "jsonl.zst"
                      ? compress::unzstd(*packed, kUnpackedBytesMax, sink)
                      : compress::gunzip(*packed, kUnpackedBytesMax, sink);
  if (done) done = reader.finish();
  if (!done && done.error().kind == ErrorKind::failed) {
    return {State::unverifiable, name_of(ref.key) + ": " + done.error().message};
  }
  if (!done) return altered(ref.key, done.error().message);
  part.rows = reader.take();
  if (part.rows.leaves.size() != ref.rows) {
    return altered(ref.key, "it has " + std::to_string(part.rows.leaves.size()) + " rows, not " +
                                std::to_string(ref.rows));
  }
  return {};
}

Judgement read_whole(const Folder& folder, const Part& part) {
  crypto::Sha256 digest;
  std::uint64_t bytes = 0;
  const Result<> done = folder.read(*part.file, [&](std::string_view piece) {
    digest.update(piece);
    bytes += piece.size();
  });
  if (!done) return {State::unverifiable, done.error().message};
  if (bytes != part.ref->bytes || digest.finish() != part.ref->sha256) {
    return altered(part.ref->key, "it is not the file that was delivered");
  }
  return {};
}

Judgement read_leaves(const Folder& folder, const Manifest& manifest, Part& part) {
  const ObjectRef& ref = *part.ref;
  const auto bytes = folder.read(*part.file, kPackedBytesMax);
  if (!bytes) return {State::unverifiable, bytes.error().message};
  if (bytes->size() != ref.bytes || crypto::sha256(*bytes) != ref.sha256) {
    return altered(ref.key, "it is not the file that was delivered");
  }
  if (bytes->size() / merkle::kLogEntrySize != manifest.entries() ||
      bytes->size() % merkle::kLogEntrySize != 0) {
    return altered(ref.key, "it has not the entries of its range");
  }
  part.leaves.reserve(manifest.entries());
  for (std::size_t at = 0; at < bytes->size(); at += merkle::kLogEntrySize) {
    const std::string_view text = std::string_view(*bytes).substr(at, merkle::kLogEntrySize);
    const auto entry = merkle::decode_log_entry(text);
    if (!entry || entry->seq.value != manifest.first_seq + part.leaves.size()) {
      return altered(ref.key,
                     "entry " + std::to_string(part.leaves.size()) + " is not in its place");
    }
    part.leaves.push_back(merkle::leaf_hash(text));
  }
  return {};
}

// Grows the log by a window's leaves and holds it against every checkpoint on the way.
class Growth {
 public:
  Growth(const Points& points, Loaded& loaded, std::set<std::uint64_t>& compared)
      : loaded_(loaded), compared_(compared), range_(loaded.manifest->log->range) {
    const Manifest& manifest = *loaded.manifest;
    points_ =
        points.within(manifest.log->checkpoint.origin, manifest.first_seq - 1, manifest.last_seq);
    compare();
  }

  void add(const merkle::Hash& leaf) {
    range_.append(leaf);
    if (next_ < points_.size() && points_[next_]->size == range_.size()) compare();
  }
  void finish() {
    const merkle::Checkpoint& checkpoint = loaded_.manifest->log->checkpoint;
    if (range_.size() != checkpoint.size || range_.root() != checkpoint.root) {
      loaded_.report.add(State::altered, "its rows are not those of the signed log");
    }
  }

 private:
  void compare() {
    for (; next_ < points_.size() && points_[next_]->size == range_.size(); ++next_) {
      compared_.insert(range_.size());
      if (range_.root() == points_[next_]->root) continue;
      loaded_.report.add(State::altered, "its log is not the one of " + points_[next_]->source +
                                             " (size " + std::to_string(range_.size()) + ")");
    }
  }

  Loaded& loaded_;
  std::set<std::uint64_t>& compared_;
  merkle::CompactRange range_;
  std::vector<const Points::Point*> points_;
  std::size_t next_ = 0;
};

void compare_ends(const Points& points, Loaded& loaded, std::set<std::uint64_t>& compared) {
  const Manifest& manifest = *loaded.manifest;
  const LogPart& log = *manifest.log;
  const auto compare = [&](std::uint64_t size, const merkle::Hash& root) {
    for (const auto* point : points.within(log.checkpoint.origin, size, size)) {
      compared.insert(size);
      if (point->root == root) continue;
      loaded.report.add(State::altered, "its log is not the one of " + point->source + " (size " +
                                            std::to_string(size) + ")");
    }
  };
  compare(manifest.first_seq - 1, log.range.root());
  if (manifest.entries() > 0) compare(manifest.last_seq, log.checkpoint.root);
}

// Rows of an unfiltered window: every seq of the range, in order.
bool in_order(Loaded& loaded, const std::vector<Part>& parts) {
  std::uint64_t expected = loaded.manifest->first_seq;
  for (const Part& part : parts) {
    for (const std::uint64_t seq : part.rows.seqs) {
      if (seq != expected) {
        loaded.report.add(State::altered, name_of(part.ref->key) + ": entry " +
                                              std::to_string(seq) + " stands where " +
                                              std::to_string(expected) + " belongs");
        return false;
      }
      ++expected;
    }
  }
  return true;
}

// Rows that a filter let through: each is the entry that the list of leaves has there.
void judge_filtered_rows(Loaded& loaded, const std::vector<Part>& parts,
                         const std::vector<merkle::Hash>& leaves) {
  const Manifest& manifest = *loaded.manifest;
  std::uint64_t before = 0;
  for (const Part& part : parts) {
    for (std::size_t i = 0; i < part.rows.seqs.size(); ++i) {
      const std::uint64_t seq = part.rows.seqs[i];
      if (seq <= before || seq < manifest.first_seq || seq > manifest.last_seq ||
          part.rows.leaves[i] != leaves[seq - manifest.first_seq]) {
        loaded.report.add(State::altered, name_of(part.ref->key) + ": entry " +
                                              std::to_string(seq) + " is not that of the log");
        return;
      }
      before = seq;
    }
  }
}

void judge_rows(const Points& points, Loaded& loaded, std::vector<Part>& parts,
                std::set<std::uint64_t>& compared) {
  const Manifest& manifest = *loaded.manifest;
  if (!manifest.filtered && manifest.records()) {
    if (!in_order(loaded, parts)) return;
    Growth growth(points, loaded, compared);
    for (const Part& part : parts) {
      for (const merkle::Hash& leaf : part.rows.leaves) growth.add(leaf);
    }
    return growth.finish();
  }
  if (!manifest.leaves) return;
  const Part leaves = std::move(parts.back());
  parts.pop_back();
  Growth growth(points, loaded, compared);
  for (const merkle::Hash& leaf : leaves.leaves) growth.add(leaf);
  growth.finish();
  if (manifest.records()) judge_filtered_rows(loaded, parts, leaves.leaves);
}

// What can never be called complete, however well it was delivered.
void add_limits(Loaded& loaded) {
  const Manifest& manifest = *loaded.manifest;
  if (manifest.filtered && manifest.withheld > 0) {
    loaded.report.add(State::unverifiable,
                      "filtered: " + std::to_string(manifest.withheld) + " withheld");
  }
  if (!manifest.records() && !manifest.files.empty()) {
    loaded.report.add(State::unverifiable,
                      "files intact, rows not verifiable (" + manifest.format + ")");
  }
}

}  // namespace

void read_part(const Folder& folder, const Loaded& loaded, bool is_leaves, Part& part) {
  const Manifest& manifest = *loaded.manifest;
  if (part.file == nullptr) {
    part.judgement = {State::gap, name_of(part.ref->key) + " is not there"};
  } else if (part.file->bytes != part.ref->bytes) {
    part.judgement = altered(part.ref->key, "it has " + std::to_string(part.file->bytes) +
                                                " bytes, not " + std::to_string(part.ref->bytes));
  } else if (!loaded.trusted) {
    part.judgement = read_whole(folder, part);
  } else if (is_leaves) {
    part.judgement = read_leaves(folder, manifest, part);
  } else if (manifest.records()) {
    part.judgement = read_rows(folder, manifest, part);
  } else {
    part.judgement = read_whole(folder, part);
  }
}

void judge_window(const Points& points, Loaded& loaded, std::vector<Part>& parts,
                  std::set<std::uint64_t>& compared) {
  bool whole = true;
  for (const Part& part : parts) {
    loaded.report.erased += part.rows.erased;
    if (part.judgement.state == State::complete) continue;
    whole = false;
    loaded.report.add(part.judgement.state, part.judgement.detail);
  }
  if (loaded.trusted) compare_ends(points, loaded, compared);
  if (whole && loaded.trusted) {
    judge_rows(points, loaded, parts, compared);
    if (loaded.report.state == State::complete) add_limits(loaded);
  }
  parts.clear();
  parts.shrink_to_fit();
}

}  // namespace trailkeeper::verify
