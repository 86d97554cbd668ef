#include "send.h"

#include <signal.h>

#include <atomic>
#include <chrono>
#include <cstdio>

#include "base/file.h"
#include "json/writer.h"
#include "send_run.h"
#include "server/serve.h"

namespace trailkeeper::cli {
namespace {

std::atomic<bool> interrupted{false};

void on_signal(int number) {
  interrupted = true;
  // The next one ends the process at once; that loses nothing either.
  signal(number, SIG_DFL);
}

void install_signals() {
  struct sigaction action {};
  action.sa_handler = on_signal;
  sigemptyset(&action.sa_mask);
  sigaction(SIGINT, &action, nullptr);
  sigaction(SIGTERM, &action, nullptr);
}

Error usage(std::string message) { return {ErrorKind::invalid, "usage", std::move(message)}; }

std::string without_gz(std::string name) {
  if (name.ends_with(".gz")) name.resize(name.size() - 3);
  return name;
}

int exit_code(const SendSummary& summary, const Result<>& result) {
  if (result) return summary.rejected > 0 ? SendCommand::kRejected : server::kExitOk;
  return result.error().kind == ErrorKind::unavailable ? server::kExitTemporary
                                                       : SendCommand::kUsage;
}

}  // namespace

SendCommand::SendCommand(CLI::App& program)
    : command_(program.add_subcommand("send", "Send events of a file: JSON Lines or CSV")) {
  add_options();
}

void SendCommand::add_options() {
  CLI::App& app = *command_;
  app.add_option("FILE", file_, "JSON Lines or CSV, also gzip'd; - for standard input")->required();
  app.add_option("--url", url_, "Address of the server (default: http://127.0.0.1:8400)");
  app.add_option("--key", key_, "Application key with the scope ingest")
      ->envname("TRAILKEEPER_KEY");
  app.add_option("--key-file", key_file_, "File that holds the key, so that no list shows it");
  app.add_option("--ca-file", ca_file_, "Authorities to trust instead of the system's (PEM)");
  app.add_option("--format", format_, "jsonl or csv; by default what the name or a mapping says")
      ->check(CLI::IsMember({"jsonl", "csv"}));
  app.add_option("--map", maps_, "FIELD=COLUMN of a CSV, or FIELD:=TEXT for all its events");
  app.add_option("--mapping", mapping_file_, "File with such a rule a line");
  app.add_option("--separator", separator_, "Between fields of a CSV (default: a comma)");
  app.add_option("--batch", batch_, "Events of a request, 1 to 50000 (default: 1000)")
      ->check(CLI::Range(1, 50000));
  app.add_option("--patience", patience_seconds_,
                 "Seconds without an answer after which it gives up (default: 300)")
      ->check(CLI::Range(0, 604800));
  auto* state = app.add_option("--state", state_file_,
                               "Where it notes how far it is (default: FILE.trailkeeper-send)");
  app.add_flag("--no-state", no_state_, "Note nothing; every run starts anew")->excludes(state);
  app.add_option("--rejected", rejected_file_,
                 "What was not stored, and why (default: FILE.rejected.jsonl)");
  app.add_flag("--restart", restart_, "From the start, whatever was noted");
  app.add_flag("--resend-old", resend_old_, "Go on although the last outcome is too old to know");
  app.add_flag("--gzip", gzip_, "Pack requests, for a slow line");
  app.add_flag("--dry-run", dry_run_, "Check every event here and send nothing");
  app.add_flag("--json", json_, "Print the summary as JSON");
  app.add_flag("--quiet", quiet_, "No bar and no summary");
}

Result<std::string> SendCommand::key() const {
  std::string key = key_;
  if (!key_file_.empty()) {
    auto text = read_file(key_file_, 4096);
    if (!text) return usage("the key cannot be read: " + text.error().message);
    key = *std::move(text);
  }
  while (!key.empty() && (key.back() == '\n' || key.back() == '\r' || key.back() == ' ')) {
    key.pop_back();
  }
  const bool plain = key.find_first_of("\r\n ") == std::string::npos;
  if (dry_run_ || (!key.empty() && plain)) return key;
  return usage("a key is needed: --key-file FILE, TRAILKEEPER_KEY in the environment, or --key");
}

Result<Mapping> SendCommand::mapping() const {
  Mapping mapping;
  if (!mapping_file_.empty()) {
    auto added = mapping.add_file(mapping_file_);
    if (!added) return usage(mapping_file_ + ": " + added.error().message);
  }
  for (const std::string& rule : maps_) TRY(mapping.add(rule));
  return mapping;
}

Result<SendOptions> SendCommand::options() const {
  SendOptions options;
  options.file = file_;
  options.wire = {url_, TRY(key()), ca_file_, gzip_, std::chrono::seconds(patience_seconds_)};
  while (options.wire.url.ends_with('/')) options.wire.url.pop_back();
  options.mapping = TRY(mapping());
  const bool named_csv = without_gz(file_).ends_with(".csv");
  options.csv = format_.empty() ? named_csv || !options.mapping.empty() : format_ == "csv";
  if (!options.csv && !options.mapping.empty()) return usage("JSON Lines take no mapping");
  if (separator_.size() != 1 || separator_ == "\"" || separator_ == "\n") {
    return usage("--separator takes one character");
  }
  options.separator = separator_.front();
  options.batch = batch_;
  const bool piped = file_ == "-";
  if (piped && !state_file_.empty()) return usage("standard input has no state that could be kept");
  if (!piped && !no_state_) {
    options.state_file = state_file_.empty() ? file_ + ".trailkeeper-send" : state_file_;
  }
  options.rejected_file = rejected_file_;
  if (rejected_file_.empty()) {
    options.rejected_file = piped ? "trailkeeper-send.rejected.jsonl" : file_ + ".rejected.jsonl";
  }
  options.restart = restart_;
  options.resend_old = resend_old_;
  options.dry_run = dry_run_;
  options.quiet = quiet_;
  return options;
}

void SendCommand::print(const SendRun& run, const Result<>& result, double seconds) const {
  const SendSummary& sum = run.summary();
  if (json_) {
    json::Writer out;
    out.begin_object().member("file", file_).member("finished", bool(result));
    out.member("lines", sum.lines).member("stored", sum.created + sum.duplicates);
    out.member("created", sum.created).member("duplicates", sum.duplicates);
    out.member("rejected", sum.rejected).member("retries", sum.retries);
    out.member("resumed_after_line", sum.resumed_after_line).key("seconds").real(seconds);
    if (!result) out.member("error", result.error().message);
    std::printf("%s\n", out.end_object().take().c_str());
  } else if (!quiet_) {
    const std::string verb = dry_run_ ? "would be sent" : "stored";
    std::string line = std::to_string(sum.created + sum.duplicates) + " events " + verb;
    if (sum.duplicates > 0) line += " (" + std::to_string(sum.duplicates) + " were there already)";
    line +=
        ", " + std::to_string(sum.rejected) + " rejected, up to line " + std::to_string(sum.lines);
    if (sum.was_finished) line += "; an earlier run had finished (--restart sends it again)";
    std::printf("%s.\n", line.c_str());
  }
}

int SendCommand::run() {
  const auto start = std::chrono::steady_clock::now();
  auto options = this->options();
  if (!options) {
    std::fprintf(stderr, "trailkeeper: %s\n", options.error().message.c_str());
    return kUsage;
  }
  install_signals();
  const std::string rejected_file = options->rejected_file;
  SendRun run(*std::move(options), [] { return interrupted.load(); });
  const Result<> result = run.run();
  const int code = exit_code(run.summary(), result);
  print(run, result,
        std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count());
  if (!result) {
    std::fprintf(
        stderr, "trailkeeper: %s%s\n", result.error().message.c_str(),
        code == server::kExitTemporary ? "; the same command goes on where it stopped" : "");
  }
  if (run.summary().rejected > 0 && !quiet_) {
    std::fprintf(stderr, "trailkeeper: what was rejected, and why, is in %s\n",
                 rejected_file.c_str());
  }
  return code;
}

}  // namespace trailkeeper::cli
