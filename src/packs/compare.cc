#include "compare.h"

#include <algorithm>

#include "actions.h"
#include "base/log.h"
#include "deliver/place.h"
#include "json/document.h"
#include "json/writer.h"

// What both sides of a double delivery hold, against what the run's record says was sent.
namespace trailkeeper::packs {
namespace {

using settings::PackComparison;
using settings::PackDelivery;
using settings::PackRun;
using settings::PackRunState;
using settings::ReadTx;
using settings::WriteTx;

constexpr std::chrono::milliseconds kPause{1000};
constexpr Duration kRetryMin = std::chrono::minutes(1);
constexpr Duration kRetryMax = std::chrono::hours(1);
// After so long, and so many looks, a side that cannot be looked at is given up.
constexpr Duration kGiveUpAfter = std::chrono::hours(24);
constexpr int kLooksMin = 5;
constexpr std::string_view kTroubleName = "compare";

const PackDelivery* find_side(const std::vector<PackDelivery>& deliveries, std::string_view sink) {
  const auto found = std::find_if(deliveries.begin(), deliveries.end(),
                                  [&](const PackDelivery& each) { return each.sink == sink; });
  return found == deliveries.end() ? nullptr : &*found;
}

Error not_now(std::string code, std::string message) {
  return {ErrorKind::unavailable, std::move(code), std::move(message)};
}

}  // namespace

Result<std::optional<PackComparison>> comparison_of(const Context& context, const PackRun& run,
                                                    Timestamp now) {
  struct Known {
    std::vector<PackDelivery> deliveries;
    std::vector<settings::PackFile> files;
    settings::DataPackDestination destination;
  };
  const auto known = TRY(context.store.read([&](ReadTx& tx) -> Result<Known> {
    return Known{TRY(settings::pack_deliveries(tx, run.id)), TRY(settings::pack_files(tx, run.id)),
                 TRY(settings::data_pack_destination(tx, run.org))};
  }));
  const bool both = find_side(known.deliveries, "s3") && find_side(known.deliveries, "sftp");
  const auto& until = known.destination.compare_until;
  if (!both || !until || run.staged_at.value_or(now) >= *until)
    return std::optional<PackComparison>();
  json::Writer etags;
  etags.begin_object();
  for (const settings::PackFile& file : known.files) {
    if (file.bytes <= context.settings.part_bytes) continue;
    deliver::SinkObject object;
    object.file = context.stager.path_of(run.id, file.name);
    object.bytes = file.bytes;
    object.part_bytes = context.settings.part_bytes;
    etags.member(file.name, deliver::expected_etag(object));
  }
  return std::optional<PackComparison>(PackComparison{.run = run.id,
                                                      .org = run.org,
                                                      .pack = run.pack,
                                                      .etags = etags.end_object().take(),
                                                      .made_at = now});
}

Result<> compare_again(WriteTx& tx, const Uuid& run, Timestamp now) {
  auto comparison = TRY(settings::find_pack_comparison(tx, run));
  if (!comparison) {
    return Error{ErrorKind::conflict, "not_compared",
                 "Only runs that S3 and SFTP got while both were to be compared can be compared."};
  }
  comparison->state = "due";
  comparison->attempts = 0;
  comparison->made_at = std::max(comparison->made_at, now - kGiveUpAfter / 2);
  comparison->next_attempt_at.reset();
  return settings::put_pack_comparison(tx, *comparison);
}

Comparer::Comparer(Context& context)
    : context_(context),
      equal_(context.metrics.counter("trailkeeper_pack_comparisons_total",
                                     "Runs of data packs whose two sides were compared.",
                                     {{"result", "equal"}})),
      differing_(context.metrics.counter("trailkeeper_pack_comparisons_total",
                                         "Runs of data packs whose two sides were compared.",
                                         {{"result", "differs"}})),
      failed_(context.metrics.counter("trailkeeper_pack_comparisons_total",
                                      "Runs of data packs whose two sides were compared.",
                                      {{"result", "failed"}})),
      background_("packs-compare", kPause, [this] { return step(); }) {}

void Comparer::stop() {
  stopping_ = true;
  background_.stop();
}

bool Comparer::step() {
  if (stopping_) return false;
  const Timestamp now = context_.clock.now();
  const auto next =
      context_.store.read([&](ReadTx& tx) { return settings::next_pack_comparison(tx, now); });
  if (!next || !*next) return false;
  const auto done = compare(**next);
  if (done || stopping_) return !stopping_;
  const auto kept = postpone(**next, done.error());
  if (!kept) {
    log::error("a comparison of a data pack could not be kept",
               {{"org", (*next)->org.str()}, {"reason", kept.error().message}});
  }
  return kept.has_value();
}

Result<std::vector<ExpectedFile>> Comparer::expected_of(const PackComparison& comparison) {
  const auto files = TRY(
      context_.store.read([&](ReadTx& tx) { return settings::pack_files(tx, comparison.run); }));
  json::Document document;
  const auto etags = TRY(document.parse(comparison.etags));
  std::vector<ExpectedFile> expected;
  for (const settings::PackFile& file : files) {
    ExpectedFile one{.name = file.name, .bytes = file.bytes, .sha256 = file.sha256};
    const auto in_parts = etags.find(file.name);
    one.etag = in_parts ? std::string(in_parts->text()) : to_hex(file.md5);
    expected.push_back(std::move(one));
  }
  return expected;
}

Result<Side> Comparer::look(const PackRun& run, const PackDelivery& delivery,
                            const std::vector<ExpectedFile>& expected) {
  const auto destination = TRY(context_.store.read(
      [&](ReadTx& tx) { return settings::data_pack_destination(tx, run.org); }));
  const auto sink = TRY(open_sink(context_, run.org, destination, delivery.sink));
  if (sink->place() != delivery.place) {
    return not_now("destination_changed", "This run went to " + delivery.place +
                                              "; data packs go to " + sink->place() + " now.");
  }
  Side side{.sink = delivery.sink};
  side.found = sink->look({.folder = pack_folder(run.pack, run.version) + "/run=" + run.id.str(),
                           .files = expected,
                           .bytes_per_second = context_.settings.compare_bytes_per_second,
                           .going = [this] { return !stopping_; }});
  if (side.found.failure) return not_now(side.found.failure->code, side.found.failure->message);
  return side;
}

Result<> Comparer::compare(PackComparison comparison) {
  if (!context_.settings.enabled(comparison.org))
    return not_now("not_enabled", "Data packs are not enabled for this organization at present.");
  const auto run = TRY(
      context_.store.read([&](ReadTx& tx) { return settings::find_pack_run(tx, comparison.run); }));
  if (!run) return run_not_found();
  const auto deliveries =
      TRY(context_.store.read([&](ReadTx& tx) { return settings::pack_deliveries(tx, run->id); }));
  const auto expected = TRY(expected_of(comparison));
  std::vector<Side> sides;
  for (const PackDelivery& each : deliveries) sides.push_back(TRY(look(*run, each, expected)));
  return keep(std::move(comparison), *run, judge(expected, sides));
}

Result<> Comparer::keep(PackComparison comparison, const PackRun& run, const Verdict& verdict) {
  const Timestamp now = context_.clock.now();
  comparison.state = verdict.equal ? "equal" : "differs";
  comparison.result = verdict.result;
  comparison.error.clear();
  comparison.attempts = 0;
  comparison.next_attempt_at.reset();
  comparison.compared_at = now;
  TRY(context_.store.write([&](WriteTx& tx) -> Result<> {
    TRY(settings::put_pack_comparison(tx, comparison));
    TRY(note_comparison(tx, run, verdict.equal, verdict.first_difference, now));
    return tell(tx, run, verdict);
  }));
  (verdict.equal ? equal_ : differing_).add();
  if (!verdict.equal) {
    log::warn("both sides of a data pack's run differ", {{"org", run.org.str()},
                                                         {"pack", run.pack},
                                                         {"run", run.id.str()},
                                                         {"reason", verdict.first_difference}});
  }
  return {};
}

Result<> Comparer::postpone(PackComparison comparison, const Error& error) {
  const Timestamp now = context_.clock.now();
  comparison.error = error.message;
  ++comparison.attempts;
  const bool gives_up =
      error.code == "destination_changed" ||
      (comparison.attempts >= kLooksMin && now >= comparison.made_at + kGiveUpAfter);
  comparison.next_attempt_at.reset();
  if (gives_up) {
    comparison.state = "failed";
    failed_.add();
  } else {
    comparison.next_attempt_at =
        now +
        std::min<Duration>(kRetryMax, kRetryMin * (1 << std::min(comparison.attempts - 1, 6)));
  }
  return context_.store.write(
      [&](WriteTx& tx) { return settings::put_pack_comparison(tx, comparison); });
}

// The org's admins, once a day at most.
Result<> Comparer::tell(WriteTx& tx, const PackRun& run, const Verdict& verdict) {
  const std::string name(kTroubleName);
  if (verdict.equal) return settings::set_pack_trouble_told(tx, run.org, name, std::nullopt);
  if (!context_.settings.tell_difference) return {};
  const Timestamp now = context_.clock.now();
  const auto told = TRY(settings::pack_trouble_told(tx, run.org, name));
  if (told && now < *told + context_.settings.tell_interval) return {};
  TRY(settings::set_pack_trouble_told(tx, run.org, name, now));
  return context_.settings.tell_difference(
      tx, {.org = run.org,
           .pack = run.pack,
           .folder = pack_folder(run.pack, run.version) + "/run=" + run.id.str(),
           .what = verdict.first_difference});
}

}  // namespace trailkeeper::packs
