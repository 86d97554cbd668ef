#pragma once

#include <atomic>
#include <optional>
#include <string>
#include <vector>

#include "base/background.h"
#include "context.h"
#include "settings/pack_comparisons.h"

namespace trailkeeper::packs {

// One side of a run and what a look at it found.
struct Side {
  std::string sink;  // s3, sftp
  LookResult found;
};

// The result of a comparison as settings::PackComparison::result keeps it: how far each side was
// looked at, and every file that is not as the run's record has it.
struct Verdict {
  bool equal = true;
  std::string result;            // JSON
  std::string first_difference;  // a sentence for people; empty when equal
};
Verdict judge(const std::vector<ExpectedFile>& expected, const std::vector<Side>& sides);

// What a run that both sides got leaves behind to be compared; nothing for other runs, and for
// those that were made when nobody asked for a comparison. Reads staged files that went up in
// parts.
Result<std::optional<settings::PackComparison>> comparison_of(const Context& context,
                                                              const settings::PackRun& run,
                                                              Timestamp now);

// `conflict` (`not_compared`) for a run that was never to be compared.
Result<> compare_again(settings::WriteTx& tx, const Uuid& run, Timestamp now);

// Looks at both sides of the runs that wait for it, one after the other, and keeps what it found.
// Everything it knows is in the settings. Thread-safe.
class Comparer {
 public:
  explicit Comparer(Context& context);

  void start() { background_.start(); }
  void stop();
  void wake() { background_.wake(); }
  bool step();

 private:
  Result<> compare(settings::PackComparison comparison);
  Result<std::vector<ExpectedFile>> expected_of(const settings::PackComparison& comparison);
  Result<Side> look(const settings::PackRun& run, const settings::PackDelivery& delivery,
                    const std::vector<ExpectedFile>& expected);
  Result<> keep(settings::PackComparison comparison, const settings::PackRun& run,
                const Verdict& verdict);
  Result<> postpone(settings::PackComparison comparison, const Error& error);
  Result<> tell(settings::WriteTx& tx, const settings::PackRun& run, const Verdict& verdict);

  Context& context_;
  metrics::Counter& equal_;
  metrics::Counter& differing_;
  metrics::Counter& failed_;
  std::atomic<bool> stopping_{false};
  Background background_;
};

}  // namespace trailkeeper::packs
