#pragma once

#include <CLI/CLI.hpp>
#include <string>
#include <vector>

#include "base/result.h"

namespace trailkeeper::cli {

class Mapping;
class SendRun;
struct SendOptions;

// `trailkeeper send FILE`: events of a file, JSON Lines or CSV, to a server.
class SendCommand {
 public:
  explicit SendCommand(CLI::App& program);
  bool given() const { return command_->parsed(); }
  // The process's exit code: 0 all stored, 1 some rejected, 2 it cannot be sent like this, 75 it
  // was interrupted or no server answered: the same command goes on.
  int run();

  static constexpr int kRejected = 1;
  static constexpr int kUsage = 2;

 private:
  void add_options();
  Result<SendOptions> options() const;
  Result<std::string> key() const;
  Result<Mapping> mapping() const;
  void print(const SendRun& run, const Result<>& result, double seconds) const;

  CLI::App* command_;
  std::string file_, url_ = "http://127.0.0.1:8400", key_, key_file_, ca_file_;
  std::string format_, separator_ = ",", mapping_file_, state_file_, rejected_file_;
  std::vector<std::string> maps_;
  std::size_t batch_ = 1000;
  int patience_seconds_ = 300;
  bool no_state_ = false, restart_ = false, resend_old_ = false, dry_run_ = false;
  bool json_ = false, quiet_ = false, gzip_ = false;
};

}  // namespace trailkeeper::cli
