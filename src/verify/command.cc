#include "command.h"

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <filesystem>
#include <thread>

#include "base/file.h"
#include "json/writer.h"
#include "manifest.h"
#include "progress.h"

namespace trailkeeper::verify {
namespace {

constexpr std::size_t kReceiptBytesMax = 64u << 20;
constexpr std::size_t kProofBytesMax = 1u << 20;
constexpr unsigned kThreadsMax = 64;

int refuse(const std::string& sentence) {
  std::fprintf(stderr, "trailkeeper-verify: %s\n", sentence.c_str());
  return kExitUsage;
}

// A vkey, or the file that holds one or several, a line each.
Result<> read_keys(const std::string& text, std::vector<merkle::VerifierKey>& out) {
  auto key = merkle::VerifierKey::parse(text);
  if (key) {
    out.push_back(*std::move(key));
    return {};
  }
  std::error_code error;
  if (!std::filesystem::is_regular_file(text, error)) {
    return Error{ErrorKind::invalid, "vkey",
                 "--key " + text + " is no verification key (" + key.error().message +
                     ") and no file of them"};
  }
  const std::string content = TRY(read_file(text, kProofBytesMax));
  for (std::string_view rest = content; !rest.empty();) {
    const std::string_view line = rest.substr(0, rest.find('\n'));
    rest.remove_prefix(std::min(rest.size(), line.size() + 1));
    if (line.empty() || line.starts_with('#')) continue;
    auto one = merkle::VerifierKey::parse(line);
    if (!one) return Error{ErrorKind::invalid, "vkey", text + ": " + one.error().message};
    out.push_back(*std::move(one));
  }
  return {};
}

Timestamp now() { return std::chrono::time_point_cast<Duration>(std::chrono::system_clock::now()); }

}  // namespace

Command::Command(CLI::App& program) {
  program.add_option("folder", folder_, "A copy of the bucket, or of the destination's path in it");
  program
      .add_option(
          "--key", keys_,
          "vkey and manifest_vkey of the log, once each, or a file with a key a line; those "
          "of older epochs too")
      ->required();
  program.add_option("--checkpoint", kept_,
                     "A checkpoint, manifest or proof that was kept from an earlier day: the log "
                     "must have gone on from it");
  program.add_option("--at", at_, "What was due by then must be there (RFC 3339; default: now)");
  program.add_option("--receipt", receipt_, "Instead of a folder: an answer of the intake");
  program.add_option("--proof", proof_,
                     "With --receipt: its .tlog-proof, or a folder of entry-SEQ.tlog-proof files");
  program.add_option("--threads", threads_, "How many files are read at once (default: one a CPU)");
  program.add_flag("--json", json_, "One JSON object instead of a table");
  program.add_flag("--all", all_, "A line for each window, complete ones too");
  program.add_flag("--quiet", quiet_, "No progress bar");
  program.footer(
      "Exit codes: 0 complete; 1 something is missing or was changed; 2 the command or the folder "
      "cannot be used; 3 nothing wrong found, but not all could be proven.");
}

int Command::run() {
  std::vector<merkle::VerifierKey> keys;
  for (const std::string& text : keys_) {
    if (const Result<> read = read_keys(text, keys); !read) return refuse(read.error().message);
  }
  if (receipt_.empty() == folder_.empty())
    return refuse("give a folder, or --receipt with --proof");
  return receipt_.empty() ? run_folder(std::move(keys)) : run_receipts(keys);
}

int Command::run_folder(std::vector<merkle::VerifierKey> keys) {
  Options options;
  options.folder = folder_;
  options.keys = std::move(keys);
  options.at = now();
  if (!at_.empty()) {
    const auto at = parse_rfc3339(at_);
    if (!at) return refuse("--at " + at_ + " is no time like 2026-11-22T14:00:00Z");
    options.at = *at;
  }
  for (const std::string& path : kept_) {
    auto content = read_file(path, kManifestBytesMax);
    if (!content) return refuse(content.error().message);
    options.kept.push_back({path, *std::move(content)});
  }
  options.threads =
      std::clamp(threads_ == 0 ? std::thread::hardware_concurrency() : threads_, 1u, kThreadsMax);
  Result<Report> report = Error{};
  {
    Progress progress(quiet_ || json_);
    options.progress = [&progress](std::uint64_t done, std::uint64_t total) {
      progress.show(done, total);
    };
    report = verify_folder(options);
  }
  if (!report) return refuse(report.error().message);
  const std::string text = json_ ? render_json(*report) : render_table(*report, all_);
  std::fwrite(text.data(), 1, text.size(), stdout);
  return exit_code(*report);
}

int Command::run_receipts(const std::vector<merkle::VerifierKey>& keys) {
  if (proof_.empty()) return refuse("--receipt needs --proof");
  const auto content = read_file(receipt_, kReceiptBytesMax);
  if (!content) return refuse(content.error().message);
  const auto receipts = parse_receipts(*content);
  if (!receipts) return refuse(receipt_ + ": " + receipts.error().message);
  std::error_code error;
  const bool many = std::filesystem::is_directory(proof_, error);
  std::uint64_t proven = 0, wrong = 0, absent = 0;
  json::Writer out;
  out.begin_object().key("entries").begin_array();
  for (const Receipt& receipt : *receipts) {
    const std::string seq = std::to_string(receipt.entry.seq.value);
    const std::string path = many ? proof_ + "/entry-" + seq + ".tlog-proof" : proof_;
    const auto text = read_file(path, kProofBytesMax);
    auto proof = text ? parse_proof(*text) : text.error();
    // One file proves one of the receipts.
    if (proof && !many && proof->index + 1 != receipt.entry.seq.value && receipts->size() > 1) {
      continue;
    }
    Result<merkle::Checkpoint> checkpoint =
        proof ? check_receipt(receipt, *proof, keys) : proof.error();
    const bool missing = !text;
    ++(checkpoint ? proven : missing ? absent : wrong);
    const std::string detail =
        checkpoint ? "is in " + checkpoint->origin + " of " + std::to_string(checkpoint->size)
                   : checkpoint.error().message;
    if (!json_) {
      std::printf("entry %s %s%s\n", seq.c_str(), checkpoint ? "" : "NOT PROVEN: ", detail.c_str());
    }
    out.begin_object().member("seq", receipt.entry.seq.value).member("id", receipt.id);
    out.member("state", checkpoint ? "proven" : missing ? "no_proof" : "not_proven");
    out.member("detail", detail).end_object();
  }
  const int code = wrong > 0 ? kExitWrong : proven == 0 || absent > 0 ? kExitUnverifiable : 0;
  out.end_array().member("proven", proven).member("exit_code", code).end_object();
  if (json_) {
    std::printf("%s\n", out.str().c_str());
  } else if (proven + wrong + absent == 0) {
    std::printf("the proof is of none of the receipts\n");
  }
  return code;
}

}  // namespace trailkeeper::verify
