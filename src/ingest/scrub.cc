#include "ingest/scrub.h"

#include <algorithm>

#include "base/file.h"
#include "base/log.h"
#include "crypto/hash.h"
#include "json/document.h"
#include "json/writer.h"

namespace trailkeeper::ingest {
namespace {

constexpr std::chrono::milliseconds kPause{1000};
constexpr int kReadsPerStep = 10;  // of organizations with few entries
constexpr std::size_t kExamples = 20;
constexpr int kSaveEvery = 10;  // steps: what is read twice after a crash
constexpr std::size_t kFileMax = 1u << 20;

using What = ScrubFinding::What;

void write_findings(json::Writer& out, std::string_view name,
                    const std::vector<ScrubFinding>& findings) {
  out.key(name).begin_array();
  for (const ScrubFinding& one : findings) {
    out.begin_object().member("org", one.org.str()).member("seq", one.seq.value);
    out.member("what", scrub_word(one.what)).end_object();
  }
  out.end_array();
}

std::uint64_t number_in(json::Node node, std::string_view name) {
  const auto member = node.find(name);
  const auto value = member ? member->integer() : std::nullopt;
  return value && *value > 0 ? static_cast<std::uint64_t>(*value) : 0;
}

std::string text_in(json::Node node, std::string_view name) {
  const auto member = node.find(name);
  return member ? std::string(member->text()) : std::string();
}

std::vector<ScrubFinding> findings_in(json::Node root, std::string_view name) {
  std::vector<ScrubFinding> findings;
  const auto list = root.find(name);
  if (!list || !list->is(json::Type::array)) return findings;
  for (const json::Node one : *list) {
    const auto org = OrgId::parse(text_in(one, "org"));
    if (!org) continue;
    What what = What::altered;
    for (const What other : {What::missing, What::doubled}) {
      if (text_in(one, "what") == scrub_word(other)) what = other;
    }
    findings.push_back({*org, Seq{number_in(one, "seq")}, what});
  }
  return findings;
}

std::optional<Timestamp> time_in(json::Node root, std::string_view name) {
  const auto time = parse_rfc3339(text_in(root, name));
  return time ? std::optional<Timestamp>(*time) : std::nullopt;
}

}  // namespace

std::string_view scrub_word(What what) {
  switch (what) {
    case What::missing:
      return "missing";
    case What::altered:
      return "altered";
    case What::doubled:
      return "doubled";
  }
  return "altered";
}

Scrub::Scrub(Settings settings, ledger::Ledger& ledger, Rows rows, const Clock& clock,
             metrics::Registry& metrics)
    : settings_(std::move(settings)),
      ledger_(ledger),
      rows_(std::move(rows)),
      clock_(clock),
      read_(metrics.counter("trailkeeper_scrub_entries_total",
                            "Stored entries that were held against the log again.")),
      rounds_(metrics.counter("trailkeeper_scrub_rounds_total",
                              "Times that everything stored was held against the log.")),
      wrong_(metrics.gauge("trailkeeper_scrub_wrong_entries",
                           "Stored entries that are not what the log holds.")),
      background_("scrub", kPause, [this] { return step(); }) {
  load();
}

void Scrub::start() {
  if (settings_.rows_per_second > 0) background_.start();
}

void Scrub::stop() {
  background_.stop();
  if (unsaved_ > 0) save();
}

Scrub::State Scrub::state() const {
  MutexLock lock(mutex_);
  State state{progress_.began, progress_.finished, progress_.rows,
              std::max(progress_.found, progress_.found_before), progress_.examples};
  if (state.examples.empty()) state.examples = progress_.examples_before;
  return state;
}

bool Scrub::is_due() const {
  return progress_.under_way || !progress_.began ||
         clock_.now() - *progress_.began >= settings_.every;
}

bool Scrub::step() {
  const auto ready = prepare();
  const Result<> done = !ready ? Result<>(ready.error()) : *ready ? go_on() : Result<>();
  if (!done && !refused_)
    log::warn("what is stored cannot be compared now", {{"error", done.error().message}});
  refused_ = !done;
  wrong_.set(static_cast<double>(state().found));
  return false;
}

// What is just being inserted or read back has no place in a round.
Result<bool> Scrub::prepare() {
  {
    MutexLock lock(mutex_);
    if (!is_due()) return false;
  }
  if (!round_) {
    Round round;
    TRY(ledger_.for_each(
        [&](const OrgId& org, std::uint64_t size) { round.sizes.emplace(org, size); }));
    round.position = ledger_.position();
    round_ = std::move(round);
  }
  if (settings_.verified_until && settings_.verified_until() < round_->position) return false;
  MutexLock lock(mutex_);
  if (progress_.under_way) return true;
  progress_ = {.began = clock_.now(),
               .finished = progress_.finished,
               .under_way = true,
               .found_before = progress_.found,
               .examples_before = std::move(progress_.examples)};
  return true;
}

Result<> Scrub::go_on() {
  std::uint64_t left = static_cast<std::uint64_t>(settings_.rows_per_second);
  for (int reads = 0; reads < kReadsPerStep && left > 0; ++reads) {
    std::string org;
    std::uint64_t next = 1;
    {
      MutexLock lock(mutex_);
      org = progress_.org;
      next = progress_.next;
    }
    auto at = round_->sizes.begin();
    while (at != round_->sizes.end() && at->first.str() < org) ++at;
    if (at != round_->sizes.end() && at->first.str() != org) next = 1;
    while (at != round_->sizes.end() && next > at->second) {
      ++at;
      next = 1;
    }
    if (at == round_->sizes.end()) {
      finish_round();
      return {};
    }
    const std::uint64_t last = std::min(at->second, next + left - 1);
    note(TRY(compare(at->first, Seq{next}, Seq{last})));
    read_.add(static_cast<double>(last + 1 - next));
    left -= last + 1 - next;
    MutexLock lock(mutex_);
    progress_.org = at->first.str();
    progress_.rows += last + 1 - next;
    progress_.next = last + 1;
  }
  if (++unsaved_ >= kSaveEvery) save();
  return {};
}

void Scrub::finish_round() {
  {
    MutexLock lock(mutex_);
    progress_.under_way = false;
    progress_.finished = clock_.now();
    progress_.org.clear();
    progress_.next = 1;
    progress_.found_before = 0;
    progress_.examples_before.clear();
  }
  rounds_.add();
  round_.reset();
  told_.clear();
  save();
}

// What a first look finds is looked at again: an alarm is never about one reading.
Result<std::vector<ScrubFinding>> Scrub::compare(const OrgId& org, Seq first, Seq last) {
  const std::size_t count = last.value + 1 - first.value;
  const auto entries = TRY(ledger_.entries(org, first, count));
  if (entries.size() != count)
    return Error{ErrorKind::failed, "ledger_short", "The log has become shorter."};
  std::vector<ScrubFinding> found;
  TRY(compare_rows(org, first, last, entries, found));
  if (found.empty()) return found;
  found.clear();
  TRY(compare_rows(org, first, last, entries, found));
  return found;
}

Result<> Scrub::compare_rows(const OrgId& org, Seq first, Seq last,
                             const std::vector<merkle::LogEntry>& entries,
                             std::vector<ScrubFinding>& found) {
  std::vector<ScrubFinding> here;
  std::size_t next = 0;
  const auto miss_until = [&](std::size_t end) {
    for (; next < end; ++next) here.push_back({org, entries[next].seq, What::missing});
  };
  const auto read = rows_(org, first, last, [&](events::StoredRow&& row) {
    const std::size_t at = row.seq.value - first.value;
    if (row.seq < first || at >= entries.size()) return true;
    if (at < next) {
      here.push_back({org, row.seq, What::doubled});
      return true;
    }
    miss_until(at);
    const merkle::LogEntry& entry = entries[next++];
    if (row.received_at != entry.received_at || crypto::sha256(row.record()) != entry.record)
      here.push_back({org, row.seq, What::altered});
    return true;
  });
  if (read) {
    miss_until(entries.size());
    found.insert(found.end(), here.begin(), here.end());
    return {};
  }
  // One row is no event any more: which?
  if (read.error().code != "bad_row") return read.error();
  if (entries.size() == 1) {
    found.push_back({org, first, What::altered});
    return {};
  }
  const std::size_t half = entries.size() / 2;
  const Seq middle{first.value + half};
  const auto split = entries.begin() + static_cast<std::ptrdiff_t>(half);
  TRY(compare_rows(org, first, Seq{middle.value - 1}, {entries.begin(), split}, found));
  return compare_rows(org, middle, last, {split, entries.end()}, found);
}

void Scrub::note(const std::vector<ScrubFinding>& found) {
  if (found.empty()) return;
  for (std::size_t i = 0; i < std::min(found.size(), kExamples); ++i) {
    log::error("a stored entry is not what the log holds", {{"org", found[i].org.str()},
                                                            {"seq", found[i].seq.value},
                                                            {"what", scrub_word(found[i].what)},
                                                            {"found_together", found.size()}});
  }
  {
    MutexLock lock(mutex_);
    progress_.found += found.size();
    for (const ScrubFinding& one : found) {
      if (progress_.examples.size() < kExamples) progress_.examples.push_back(one);
    }
  }
  unsaved_ = kSaveEvery;  // not to be lost
  if (told_.insert(found.front().org).second && settings_.report) settings_.report(found);
}

void Scrub::load() {
  const auto text = read_file(settings_.file, kFileMax);
  if (!text) return;
  json::Document document;
  const auto root = document.parse(*text);
  if (!root) return log::warn("the scrub begins anew", {{"error", root.error().message}});
  MutexLock lock(mutex_);
  progress_.began = time_in(*root, "began");
  progress_.finished = time_in(*root, "finished");
  const auto under_way = root->find("under_way");
  progress_.under_way = under_way && under_way->boolean();
  progress_.org = text_in(*root, "org");
  progress_.next = std::max<std::uint64_t>(1, number_in(*root, "next"));
  progress_.rows = number_in(*root, "rows");
  progress_.found = number_in(*root, "found");
  progress_.found_before = number_in(*root, "found_before");
  progress_.examples = findings_in(*root, "examples");
  progress_.examples_before = findings_in(*root, "examples_before");
}

void Scrub::save() {
  json::Writer out;
  {
    MutexLock lock(mutex_);
    out.begin_object();
    if (progress_.began) out.member("began", format_rfc3339(*progress_.began));
    if (progress_.finished) out.member("finished", format_rfc3339(*progress_.finished));
    out.member("under_way", progress_.under_way).member("org", progress_.org);
    out.member("next", progress_.next).member("rows", progress_.rows);
    out.member("found", progress_.found).member("found_before", progress_.found_before);
    write_findings(out, "examples", progress_.examples);
    write_findings(out, "examples_before", progress_.examples_before);
  }
  unsaved_ = 0;
  const Result<> written = write_file_durably(settings_.file, out.end_object().take() + "\n", 0600);
  if (!written)
    log::warn("how far the scrub is was not kept", {{"error", written.error().message}});
}

}  // namespace trailkeeper::ingest
