#include <cstdio>

#include "crypto/hash.h"
#include "event/record.h"
#include "merkle/checkpoint.h"
#include "merkle/proof.h"
#include "testing/random_event.h"
#include "testing/signed_bucket.h"

namespace trailkeeper::verify::testing {
namespace {

crypto::SigningKey key_of(std::uint64_t seed, char use) {
  std::string bytes(32, use);
  for (std::size_t i = 0; i < 8; ++i) bytes[i] = static_cast<char>(seed >> (8 * i));
  return *crypto::SigningKey::from_seed(bytes);
}

std::string lines(const std::vector<merkle::Hash>& hashes) {
  std::string out;
  for (const merkle::Hash& hash : hashes) out += to_base64(as_text(hash)) + "\n";
  return out;
}

}  // namespace

SignedLog::SignedLog(std::uint64_t seed, const std::string& origin)
    : origin_(origin),
      log_key_(key_of(seed, 'l')),
      manifest_key_(key_of(seed, 'm')),
      random_(seed) {}

std::string SignedLog::make_record(std::uint64_t seq, Timestamp time) {
  event::StoredEvent event = event::testing::typical_event(random_, "org_acme", seq, time);
  event.received_at = time;
  return event::render_record(event);
}

void SignedLog::receive(std::uint64_t count, Timestamp at) {
  for (std::uint64_t i = 0; i < count; ++i) {
    const Timestamp time = at + std::chrono::seconds(i);
    const std::uint64_t seq = records_.size() + 1;
    records_.push_back(make_record(seq, time));
    entries_.push_back({Seq{seq}, time, crypto::sha256(records_.back())});
    append(seq);
  }
}

void SignedLog::rewrite(std::uint64_t seq) {
  const Timestamp time = entries_[seq - 1].received_at;
  records_[seq - 1] = make_record(seq, time);
  entries_[seq - 1].record = crypto::sha256(records_[seq - 1]);
  levels_.clear();
  for (std::uint64_t one = 1; one <= entries_.size(); ++one) append(one);
}

void SignedLog::erase(std::uint64_t seq) {
  const merkle::LogEntry& entry = entries_[seq - 1];
  std::string line;
  event::append_head(line, entry.seq, entry.received_at);
  line += R"("erased":{"sha256":")" + to_hex(as_text(entry.record)) +
          R"(","reason":"erasure","at":"2026-11-22T00:00:00.000000Z"}})";
  records_[seq - 1] = line;
}

void SignedLog::append(std::uint64_t seq) {
  merkle::Hash hash = merkle::leaf_hash(merkle::encode_log_entry(entries_[seq - 1]));
  for (std::size_t level = 0;; ++level) {
    if (levels_.size() == level) levels_.emplace_back();
    levels_[level].push_back(hash);
    if (levels_[level].size() % 2 != 0) return;
    hash = merkle::node_hash(levels_[level][levels_[level].size() - 2], levels_[level].back());
  }
}

Result<merkle::Hash> SignedLog::subtree(unsigned level, std::uint64_t index) const {
  return levels_.at(level).at(index);
}

merkle::CompactRange SignedLog::range(std::uint64_t size) const {
  std::vector<merkle::Hash> hashes;
  std::uint64_t begin = 0;
  for (int bit = 63; bit >= 0; --bit) {
    const std::uint64_t leaves = std::uint64_t{1} << bit;
    if ((size & leaves) == 0) continue;
    hashes.push_back(levels_.at(static_cast<std::size_t>(bit)).at(begin >> bit));
    begin += leaves;
  }
  return *merkle::CompactRange::restore(size, std::move(hashes));
}

std::vector<merkle::Hash> SignedLog::consistency(std::uint64_t from, std::uint64_t to) const {
  return *merkle::prove_consistency(
      from, to, [this](unsigned level, std::uint64_t index) { return subtree(level, index); });
}

std::string SignedLog::checkpoint(std::uint64_t size) const {
  merkle::Note note;
  note.text = merkle::render_checkpoint({origin_, size, range(size).root()});
  note.signatures.push_back(*merkle::sign_note(note.text, origin_, log_key_));
  return merkle::render_note(note);
}

std::string SignedLog::proof(std::uint64_t seq, std::uint64_t size) const {
  const auto hashes = *merkle::prove_inclusion(
      seq - 1, size, [this](unsigned level, std::uint64_t index) { return subtree(level, index); });
  return "c2sp.org/tlog-proof@v1\nindex " + std::to_string(seq - 1) + "\n" + lines(hashes) + "\n" +
         checkpoint(size);
}

std::vector<merkle::VerifierKey> SignedLog::keys() const {
  return {
      *merkle::VerifierKey::make(origin_, merkle::KeyType::ed25519, log_key_.public_key()),
      *merkle::VerifierKey::make(origin_, merkle::KeyType::ed25519, manifest_key_.public_key())};
}

std::string SignedLog::seal(const std::string& type, const std::string& line) const {
  const auto key = keys()[1];
  char id[9];
  std::snprintf(id, sizeof id, "%08x", key.id());
  return line + R"(,"signature":{"key":")" + origin_ + "+" + id + R"(","alg":"ed25519","value":")" +
         to_base64(as_text(manifest_key_.sign(type + "\n" + line))) + "\"}}\n";
}

}  // namespace trailkeeper::verify::testing
