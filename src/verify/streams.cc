#include "streams.h"

#include <algorithm>
#include <map>
#include <utility>

#include "folder.h"

namespace trailkeeper::verify {
namespace {

std::string number_text(std::uint64_t number) { return std::to_string(number); }

WindowReport missing(std::uint64_t window, std::uint64_t count, const std::string& why) {
  WindowReport row;
  row.window = window;
  row.windows = count;
  row.add(State::gap, why);
  return row;
}

bool same_log(const Manifest& a, const Manifest& b) {
  return a.log->checkpoint.origin == b.log->checkpoint.origin;
}

// Where two that follow each other do not fit, the one that is not trusted is to blame.
void blame(Loaded& before, Loaded& after, const std::string& of_before,
           const std::string& of_after) {
  if (after.trusted) {
    before.report.add(State::altered, of_before);
  } else {
    after.report.add(State::altered, of_after);
  }
}

void check_signed_alike(Loaded& before, Loaded& after) {
  if (!before.trusted || after.trusted || !after.manifest) return;
  if (!after.manifest->seal) {
    after.report.add(State::altered, "it is not signed, and the window before it is");
  } else if (after.manifest->seal->key != before.manifest->seal->key) {
    after.report.add(State::altered, "it is signed by another key than the window before it");
  }
}

void check_logs(Loaded& before, Loaded& after) {
  if (!before.trusted || !after.trusted) return;
  if (!same_log(*before.manifest, *after.manifest)) {
    after.report.add(State::altered, "it is of another log than the window before it");
    return;
  }
  if (after.manifest->log->range.root() != before.manifest->log->checkpoint.root) {
    after.report.add(State::altered, "its log does not go on from the window before it");
  }
  if (!after.manifest->log->consistency) {
    after.report.add(State::altered, "it does not prove that its log goes on");
  }
}

void check_pair(Loaded& before, Loaded& after) {
  check_signed_alike(before, after);
  if (!after.manifest || !after.manifest->previous) return;
  if (after.manifest->previous->sha256 != before.sha256) {
    blame(before, after, "the window after it names another manifest",
          "it does not name the manifest before it");
  }
  if (!before.manifest) return;
  const Manifest &a = *before.manifest, &b = *after.manifest;
  if (b.first_seq != a.last_seq + 1 || b.start != a.end) {
    after.report.add(State::altered, "it does not begin where the window before it ended");
  }
  if (b.organization_id != a.organization_id || b.destination != a.destination) {
    after.report.add(State::altered, "it is of another destination than the window before it");
  }
  check_logs(before, after);
}

// Windows that a later stream says are in this one.
void add_missing_end(Stream& stream, std::uint64_t last_window, std::uint64_t last_seq) {
  const std::uint64_t have = stream.windows.back()->name.window;
  if (have >= last_window) return;
  WindowReport row = missing(have + 1, last_window - have, "its manifest is not there");
  if (const Manifest* last = stream.last(); last != nullptr && last->last_seq <= last_seq) {
    row.start = row.end = last->end;
    row.first_seq = last->last_seq + 1;
    row.last_seq = last_seq;
  }
  stream.absent.push_back(std::move(row));
}

void check_named_end(Stream& before, const Stream& after, std::uint64_t last_window) {
  const Manifest& opening = *after.opening();
  Loaded& opener = *after.windows.front();
  if (!opener.trusted) return;
  before.ended = true;
  if (Loaded* last = before.find(last_window)) {
    if (last->sha256 != opening.previous->sha256) {
      last->report.add(State::altered,
                       "stream " + number_text(after.number) + " names another manifest");
    }
    if (last->manifest && last->manifest->last_seq + 1 != opening.first_seq) {
      opener.report.add(State::altered,
                        "it does not begin where stream " + number_text(before.number) + " ended");
    }
  }
  add_missing_end(before, last_window, opening.first_seq - 1);
  for (Loaded* window : before.windows) {
    if (window->name.window <= last_window) continue;
    if (opening.uncertain && window->name.window == last_window + 1) continue;
    // A restored backup does not know of what came after it; that comes again.
    if (opening.reason == "new_epoch") continue;
    window->report.add(State::altered, "stream " + number_text(after.number) +
                                           " says that this one ended before it");
  }
}

// With a new log nothing goes on in the old one.
void end_older(std::vector<Stream>& streams, const Stream& stream) {
  if (!stream.windows.front()->trusted) return;
  for (Stream& other : streams) {
    if (other.number < stream.number && other.organization_id() == stream.organization_id() &&
        other.destination() == stream.destination()) {
      other.ended = true;
    }
  }
}

// What lies before a stream that follows one at another place.
void add_elsewhere(std::vector<Stream>& streams, Stream& stream) {
  const Manifest& opening = *stream.opening();
  std::uint64_t first = 0;
  for (const Stream& other : streams) {
    const Manifest* last = other.last();
    if (!other.main() || other.number >= stream.number || last == nullptr ||
        last->organization_id != opening.organization_id ||
        last->destination != opening.destination) {
      continue;
    }
    first = std::max(first, last->last_seq + 1);
  }
  if (first >= opening.first_seq) return;
  WindowReport row;
  row.start = row.end = opening.start;
  row.first_seq = first;
  row.last_seq = opening.first_seq - 1;
  row.add(State::elsewhere,
          "what is before this stream went to another place, up to " + opening.previous->key);
  stream.absent.push_back(std::move(row));
}

}  // namespace

const Manifest* Stream::opening() const {
  return windows.front()->name.window == 0 && windows.front()->manifest
             ? &*windows.front()->manifest
             : nullptr;
}

const Manifest* Stream::last() const {
  for (auto at = windows.rbegin(); at != windows.rend(); ++at) {
    if ((*at)->manifest) return &*(*at)->manifest;
  }
  return nullptr;
}

std::string Stream::organization_id() const {
  return last() == nullptr ? std::string() : last()->organization_id;
}
std::string Stream::destination() const {
  return last() == nullptr ? std::string() : last()->destination;
}
std::string Stream::reason() const {
  return opening() == nullptr ? std::string() : opening()->reason;
}
bool Stream::main() const {
  const Manifest* manifest = last();
  return reason() != "backfill" && reason() != "replay" &&
         (manifest == nullptr || !manifest->replay_of);
}

Loaded* Stream::find(std::uint64_t window) const {
  const auto found = std::ranges::lower_bound(windows, window, {},
                                              [](const Loaded* one) { return one->name.window; });
  return found != windows.end() && (*found)->name.window == window ? *found : nullptr;
}

std::vector<Stream> make_streams(std::deque<Loaded>& loaded) {
  std::map<std::pair<std::size_t, std::uint64_t>, Stream> found;
  for (Loaded& one : loaded) {
    Stream& stream = found[{one.root, one.name.stream}];
    stream.root = one.root;
    stream.number = one.name.stream;
    stream.windows.push_back(&one);
  }
  std::vector<Stream> streams;
  for (auto& [key, stream] : found) {
    std::ranges::stable_sort(stream.windows, {},
                             [](const Loaded* one) { return one->name.window; });
    // The date of its folder is no part of a window's name: one may lie there twice.
    std::vector<Loaded*> once;
    for (Loaded* one : stream.windows) {
      if (!once.empty() && once.back()->name.window == one->name.window) {
        once.back()->report.add(State::altered, "it is there twice: " + one->file->path);
      } else {
        once.push_back(one);
      }
    }
    stream.windows = std::move(once);
    streams.push_back(std::move(stream));
  }
  std::ranges::stable_sort(streams, [](const Stream& a, const Stream& b) {
    return std::pair(a.organization_id(), a.number) < std::pair(b.organization_id(), b.number);
  });
  return streams;
}

void check_chain(Stream& stream) {
  std::uint64_t expected = 0;
  Loaded* before = nullptr;
  for (Loaded* window : stream.windows) {
    const std::uint64_t number = window->name.window;
    if (number > expected) {
      WindowReport row = missing(expected, number - expected, "its manifest is not there");
      if (window->manifest) {
        row.start =
            before != nullptr && before->manifest ? before->manifest->end : window->manifest->start;
        row.end = window->manifest->start;
        if (before != nullptr && before->manifest &&
            before->manifest->last_seq < window->manifest->first_seq) {
          row.first_seq = before->manifest->last_seq + 1;
          row.last_seq = window->manifest->first_seq - 1;
        }
      }
      stream.absent.push_back(std::move(row));
      if (before != nullptr) check_signed_alike(*before, *window);
    } else if (before != nullptr) {
      check_pair(*before, *window);
    }
    before = window;
    expected = number + 1;
  }
}

void check_order(std::vector<Stream>& streams) {
  for (Stream& stream : streams) {
    const Manifest* opening = stream.opening();
    if (opening == nullptr || !stream.main()) continue;
    if (opening->reason == "new_epoch") end_older(streams, stream);
    if (!opening->previous) continue;
    const auto name = manifest_name(layout_tail(opening->previous->key));
    if (!name) {
      stream.windows.front()->report.add(State::altered, "it names no manifest before it");
      continue;
    }
    const std::string org = opening->organization_id;
    const auto before = std::ranges::find_if(streams, [&](const Stream& other) {
      return other.number == name->stream && other.organization_id() == org && &other != &stream;
    });
    if (before == streams.end()) {
      add_elsewhere(streams, stream);
    } else {
      check_named_end(*before, stream, name->window);
    }
  }
}

}  // namespace trailkeeper::verify
