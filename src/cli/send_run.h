#pragma once

#include <memory>
#include <span>
#include <string>
#include <vector>

#include "send_mapping.h"
#include "send_progress.h"
#include "send_rejects.h"
#include "send_state.h"
#include "send_text.h"
#include "send_wire.h"

namespace trailkeeper::cli {

struct SendOptions {
  std::string file;  // "-": standard input
  WireSettings wire;
  bool csv = false;
  char separator = ',';
  Mapping mapping;
  std::size_t batch = 1000;  // lines of a request
  std::string state_file;    // empty: none is kept
  std::string rejected_file;
  bool restart = false;
  bool resend_old = false;  // go on although the last outcome is too old to be safe
  bool dry_run = false;
  bool quiet = false;
};

// What came of it, over all runs of the file.
struct SendSummary {
  std::uint64_t lines = 0;  // the last line that is done
  std::uint64_t created = 0;
  std::uint64_t duplicates = 0;
  std::uint64_t rejected = 0;
  std::uint64_t retries = 0;
  std::uint64_t resumed_after_line = 0;  // 0: from the start
  bool was_finished = false;             // by an earlier run
};

// One run over one file.
class SendRun {
 public:
  SendRun(SendOptions options, std::function<bool()> stopping);

  // Sends what is left of the file. Errors: `invalid` (`usage`): nothing can be sent like this;
  // `unavailable`: stopped or no server for too long, go on later.
  Result<> run();
  const SendSummary& summary() const { return summary_; }

 private:
  Result<> open_state();
  Result<> check_state(const SendState& found);
  Result<> read_plain(int file);
  Result<> read_packed(const std::string& path, std::uint64_t size);
  Result<> pump(std::string_view bytes, bool last);
  Result<> take(SendLine line);
  Result<> flush();
  Result<> deliver(std::span<const SendLine> lines);
  Result<> take_answer(std::span<const SendLine> lines, const WireAnswer& answer);
  Result<> take_items(std::span<const SendLine> lines, const WireAnswer& answer);
  Result<> try_here(std::span<const SendLine> lines);
  Result<> deliver_chunk();
  Result<> note_state();
  Result<> forget_pending();
  std::string chunk_key(std::span<const SendLine> lines, const std::string& body) const;

  SendOptions options_;
  const std::function<bool()> stopping_;
  std::unique_ptr<Progress> progress_;
  std::unique_ptr<Wire> wire_;
  std::unique_ptr<LineReader> reader_;
  std::optional<Rejects> rejects_;
  SendState state_;
  SendSummary summary_;
  std::vector<SendLine> chunk_;
  std::size_t chunk_bytes_ = 0;
  std::uint64_t events_here_ = 0;
  // Nothing of the chunk at hand was or may have been stored, in this run and those before.
  bool untouched_ = true;
};

}  // namespace trailkeeper::cli
