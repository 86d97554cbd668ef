#include "dry_run.h"

#include "filter.h"
#include "forms.h"

namespace trailkeeper::deliver {
namespace {

constexpr std::uint64_t kEntriesMax = 200000;

std::uint64_t scaled(std::uint64_t value, std::uint64_t to, std::uint64_t of) {
  return static_cast<std::uint64_t>(static_cast<double>(value) * static_cast<double>(to) /
                                    static_cast<double>(of));
}

}  // namespace

Result<DryRun> try_filter(Cuts& cuts, RecordSource& source, const OrgId& org,
                          const DeliveryFilter& filter, Timestamp now) {
  DryRun run;
  run.to = schedule::window_start(schedule::Frequency::daily, now);
  run.from = run.to - std::chrono::hours(24);
  const Cut begin = TRY(cuts.close(org, run.from));
  const Cut end = TRY(cuts.close(org, run.to));
  const std::uint64_t range = end.last_seq.value - begin.last_seq.value;
  if (range == 0) return run;
  const std::uint64_t read = std::min(range, kEntriesMax);
  const auto form = TRY(line_form({.filter = render_filter(filter)}));
  std::string line;
  Result<> looked;
  TRY(source.read(org, Seq{begin.last_seq.value + 1}, Seq{begin.last_seq.value + read},
                  [&](Seq, std::string_view record) {
                    line.clear();
                    const auto passed = form->append(line, record);
                    if (!passed) looked = passed.error();
                    if (passed && *passed) {
                      ++run.entries;
                      run.bytes += line.size();
                    }
                    return looked.has_value();
                  }));
  if (!looked) return looked.error();
  if (read < range) {
    run.about = true;
    run.entries = scaled(run.entries, range, read);
    run.bytes = scaled(run.bytes, range, read);
  }
  run.withheld = range - run.entries;
  return run;
}

}  // namespace trailkeeper::deliver
