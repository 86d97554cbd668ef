#include "verify/receipt.h"

#include <algorithm>
#include <charconv>

#include "json/document.h"
#include "manifest.h"
#include "merkle/proof.h"

namespace trailkeeper::verify {
namespace {

constexpr std::string_view kProofType = "c2sp.org/tlog-proof@v1\n";

Error no_receipt(const std::string& what) {
  return Error{ErrorKind::invalid, "receipt", "this is no receipt: " + what};
}
Error no_proof(const std::string& what) {
  return Error{ErrorKind::invalid, "proof", "this is no proof: " + what};
}
Error not_proven(std::string what) {
  return Error{ErrorKind::failed, "not_proven", std::move(what)};
}

// The name of a log; empty where there is none.
std::string log_in(json::Node node) {
  const auto log = node.is(json::Type::object) ? node.find("log") : std::nullopt;
  return log ? std::string(log->text()) : std::string();
}

// `log`: of the whole answer.
Result<> add_item(json::Node item, const std::string& log, std::vector<Receipt>& out) {
  const auto status = item.find("status");
  if (status && status->text() == "rejected") return {};
  const auto seq = item.find("seq");
  const auto time = item.find("received_at");
  const auto hash = item.find("sha256");
  if (!seq || !time || !hash) return no_receipt("seq, received_at and sha256 are needed");
  const auto number = seq->integer();
  const auto received_at = parse_rfc3339(time->text());
  const auto digest = from_hex(hash->text());
  Receipt receipt;
  if (!number || *number < 1 || !received_at || !digest ||
      digest->size() != receipt.entry.record.size()) {
    return no_receipt("seq, received_at or sha256 is not of its form");
  }
  if (const auto id = item.find("id")) receipt.id = id->text();
  receipt.log = log_in(item);
  if (receipt.log.empty()) receipt.log = log;
  receipt.entry.seq = Seq{static_cast<std::uint64_t>(*number)};
  receipt.entry.received_at = *received_at;
  std::copy(digest->begin(), digest->end(), receipt.entry.record.begin());
  out.push_back(std::move(receipt));
  return {};
}

Result<> add_document(std::string_view text, std::vector<Receipt>& out) {
  json::Document document;
  const auto parsed = document.parse(text);
  if (!parsed) return no_receipt(parsed.error().message);
  const auto data = parsed->find("data");
  const json::Node list = data ? *data : *parsed;
  const std::string log = log_in(*parsed);
  if (list.is(json::Type::object)) return add_item(list, log, out);
  if (!list.is(json::Type::array)) return no_receipt("there is no object and no list");
  for (const json::Node item : list) TRY(add_item(item, log, out));
  return {};
}

}  // namespace

Result<std::vector<Receipt>> parse_receipts(std::string_view text) {
  std::vector<Receipt> receipts;
  if (Result<> whole = add_document(text, receipts); !whole) {
    // One a line, then.
    receipts.clear();
    std::size_t lines = 0;
    for (std::string_view rest = text; !rest.empty(); ++lines) {
      const std::string_view line = rest.substr(0, rest.find('\n'));
      rest.remove_prefix(std::min(rest.size(), line.size() + 1));
      if (line.find_first_not_of(" \r\t") == std::string_view::npos) continue;
      const Result<> one = add_document(line, receipts);
      if (!one) return lines == 0 ? std::move(whole).error() : one.error();
    }
  }
  if (receipts.empty()) return no_receipt("no item of it was stored");
  return receipts;
}

Result<EntryProof> parse_proof(std::string_view text) {
  if (!text.starts_with(kProofType))
    return no_proof("it does not begin with c2sp.org/tlog-proof@v1");
  text.remove_prefix(kProofType.size());
  const auto end = text.find("\n\n");
  if (end == std::string_view::npos) return no_proof("it has no checkpoint");
  EntryProof proof;
  proof.note = text.substr(end + 2);
  bool indexed = false;
  for (std::string_view rest = text.substr(0, end); !rest.empty();) {
    const std::string_view line = rest.substr(0, rest.find('\n'));
    rest.remove_prefix(std::min(rest.size(), line.size() + 1));
    // Others may stand in front of the index.
    if (!indexed && line.starts_with("extra ")) continue;
    if (!indexed) {
      const std::string_view number = line.starts_with("index ") ? line.substr(6) : "";
      const auto [at, error] =
          std::from_chars(number.data(), number.data() + number.size(), proof.index);
      if (error != std::errc() || at != number.data() + number.size()) return no_proof("its index");
      indexed = true;
      continue;
    }
    const auto bytes = from_base64(line);
    merkle::Hash hash;
    if (!bytes || bytes->size() != hash.size() || proof.hashes.size() == merkle::kProofHashesMax) {
      return no_proof("its hashes");
    }
    std::copy(bytes->begin(), bytes->end(), hash.begin());
    proof.hashes.push_back(hash);
  }
  if (!indexed) return no_proof("its index");
  return proof;
}

Result<merkle::Checkpoint> check_receipt(const Receipt& receipt, const EntryProof& proof,
                                         const std::vector<merkle::VerifierKey>& keys) {
  const Judgement judgement = check_note(proof.note, keys);
  if (judgement.state != State::complete) return not_proven(judgement.detail);
  auto checkpoint = merkle::parse_checkpoint(merkle::parse_note(proof.note)->text);
  if (!checkpoint) return not_proven(checkpoint.error().message);
  if (!receipt.log.empty() && !checkpoint->origin.ends_with("/log/" + receipt.log)) {
    return not_proven("the receipt is of log " + receipt.log + ", the proof of " +
                      checkpoint->origin);
  }
  if (proof.index != receipt.entry.seq.value - 1) {
    return not_proven("the proof is of entry " + std::to_string(proof.index + 1));
  }
  const merkle::Hash leaf = merkle::leaf_hash(merkle::encode_log_entry(receipt.entry));
  if (!merkle::verify_inclusion(proof.index, checkpoint->size, leaf, proof.hashes,
                                checkpoint->root)) {
    return not_proven("the log of " + std::to_string(checkpoint->size) +
                      " entries does not hold this entry");
  }
  return checkpoint;
}

}  // namespace trailkeeper::verify
