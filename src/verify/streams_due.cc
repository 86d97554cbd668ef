#include <algorithm>
#include <map>

#include "streams.h"

namespace trailkeeper::verify {
namespace {

constexpr Duration kHour = std::chrono::hours(1);
constexpr Duration kDay = std::chrono::hours(24);
// A day is brought at five in the morning after it (UTC), an hour at its end.
constexpr Duration kDayDelay = 5 * kHour;
// A window is brought within a minute of its end; a vendor may mend something in an hour.
constexpr Duration kGrace = kHour;

// How long windows are, as far as the last one tells. Whoever changed from hours to days, or back,
// did so in the middle of an hour; of an opening, and after such a change, nothing is known.
enum class Period { hours, days, unknown };

Period period_of(const Manifest& last) {
  const Duration span = last.end - last.start;
  const bool at_hour = floor_hour(last.end) == last.end;
  const bool at_midnight = floor_day(last.end) == last.end;
  if (at_hour && span == kHour) return Period::hours;
  if (at_hour && span > Duration{} && span < kHour && !at_midnight) return Period::hours;
  return at_midnight && span == kDay ? Period::days : Period::unknown;
}

void add_due(Stream& stream, Timestamp at) {
  const Manifest* last = stream.last();
  if (last == nullptr) return;
  const Period period = period_of(*last);
  const Duration length = period == Period::hours ? kHour : kDay;
  // Ends of the next window, the soonest and the latest that it may have.
  const Timestamp hour_end = floor_hour(last->end) + kHour;
  const Timestamp day_end = floor_day(last->end) + kDay;
  const Timestamp soonest =
      stream.next_due_at.value_or(period == Period::days ? day_end + kDayDelay : hour_end);
  const Timestamp latest =
      stream.next_due_at.value_or(period == Period::hours ? hour_end : day_end + kDayDelay);
  WindowReport row;
  row.window = stream.windows.back()->name.window + 1;
  for (const WindowReport& gap : stream.absent) {
    row.window = std::max(row.window, gap.window + gap.windows);
  }
  row.start = last->end;
  row.end = period == Period::hours ? hour_end : day_end;
  if (at < soonest + kGrace) {
    row.add(State::not_yet_due, "due at " + format_rfc3339_seconds(soonest));
  } else if (at < latest + kGrace) {
    row.add(State::unverifiable, "was due at " + format_rfc3339_seconds(soonest) +
                                     " if windows are hours; not yet if they are days");
  } else {
    row.windows = 1 + static_cast<std::uint64_t>((at - kGrace - latest) / length);
    row.end += length * static_cast<std::int64_t>(row.windows - 1);
    row.add(State::gap,
            "was due at " + format_rfc3339_seconds(soonest) +
                " and is not there (if the folder was copied earlier, or the destination was "
                "switched off, say when with --at)");
  }
  stream.absent.push_back(std::move(row));
}

void check_backfill(std::vector<Stream>& streams, Stream& backfill) {
  const Manifest* last = backfill.last();
  for (const Stream& stream : streams) {
    const Manifest* opening = stream.opening();
    if (stream.main() && opening != nullptr && opening->organization_id == last->organization_id &&
        opening->destination == last->destination && opening->first_seq - 1 <= last->last_seq &&
        opening->start <= last->end) {
      return;  // it reaches what it fills up
    }
  }
  WindowReport row;
  row.window = backfill.windows.back()->name.window + 1;
  row.start = row.end = last->end;
  row.add(State::unverifiable,
          "the backfill ends here, before the stream that it fills up: it goes "
          "on, or its end is missing");
  backfill.absent.push_back(std::move(row));
}

using ByDigest = std::map<Sha256Digest, Loaded*>;

void check_replay(const ByDigest& by_digest, Stream& replay) {
  Loaded& window = *replay.windows.back();
  if (window.name.window == 0) {
    WindowReport row;
    row.window = 1;
    row.add(State::unverifiable, "the replay is not finished, or its window is missing");
    replay.absent.push_back(std::move(row));
    return;
  }
  if (!window.manifest || !window.manifest->replay_of) return;
  const auto found = by_digest.find(window.manifest->replay_of->sha256);
  if (found == by_digest.end() || !found->second->manifest) return;
  Loaded& original = *found->second;
  if (original.manifest->first_seq != window.manifest->first_seq ||
      original.manifest->last_seq != window.manifest->last_seq) {
    window.report.add(State::altered, "it is not the window that it repeats");
    return;
  }
  // Only files are missing: they are here again.
  if (original.report.state == State::gap && window.trusted &&
      window.report.state == State::complete) {
    original.report.state = State::complete;
    original.report.details = {"its files were missing; stream " + std::to_string(replay.number) +
                               " brought them again"};
  }
}

}  // namespace

void check_side_streams(std::vector<Stream>& streams) {
  ByDigest by_digest;
  for (const Stream& stream : streams) {
    for (Loaded* window : stream.windows) by_digest.emplace(window->sha256, window);
  }
  for (Stream& stream : streams) {
    if (stream.reason() == "backfill") check_backfill(streams, stream);
    if (stream.reason() == "replay") check_replay(by_digest, stream);
  }
}

void check_due(std::vector<Stream>& streams, Timestamp at) {
  for (Stream& stream : streams) {
    if (stream.main() && !stream.ended) add_due(stream, at);
  }
}

}  // namespace trailkeeper::verify
