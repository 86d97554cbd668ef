#pragma once

#include <CLI/CLI.hpp>
#include <string>
#include <vector>

#include "verify/receipt.h"
#include "verify/verify.h"

namespace trailkeeper::verify {

// The options of `trailkeeper-verify` and what they do.
class Command {
 public:
  explicit Command(CLI::App& program);
  // The process's exit code (verify/report.h, docs/verify.md).
  int run();

 private:
  int run_folder(std::vector<merkle::VerifierKey> keys);
  int run_receipts(const std::vector<merkle::VerifierKey>& keys);

  std::string folder_, at_, receipt_, proof_;
  std::vector<std::string> keys_, kept_;
  unsigned threads_ = 0;
  bool json_ = false, all_ = false, quiet_ = false;
};

}  // namespace trailkeeper::verify
