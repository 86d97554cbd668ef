#include "verify/report.h"

#include <algorithm>

namespace trailkeeper::verify {

std::string_view state_text(State state) {
  switch (state) {
    case State::complete:
      return "complete";
    case State::not_yet_due:
      return "not yet due";
    case State::elsewhere:
      return "elsewhere";
    case State::unverifiable:
      return "unverifiable";
    case State::gap:
      return "gap";
    case State::altered:
      return "altered";
  }
  return "unverifiable";
}

namespace {

void add_detail(State& state, std::vector<std::string>& details, State found, std::string detail) {
  if (std::ranges::find(details, detail) != details.end()) return;
  // The worst first: that is the one that people see.
  const auto place = found > state ? details.begin() : details.end();
  details.insert(place, std::move(detail));
  state = worse(state, found);
}

}  // namespace

void WindowReport::add(State found, std::string detail) {
  add_detail(state, details, found, std::move(detail));
}

void RunReport::add(State found, std::string detail) {
  add_detail(state, details, found, std::move(detail));
}

std::array<std::uint64_t, kStates> Report::runs() const {
  std::array<std::uint64_t, kStates> counts{};
  for (const PackReport& pack : packs) {
    for (const RunReport& run : pack.runs) ++counts[static_cast<std::size_t>(run.state)];
  }
  return counts;
}

std::array<std::uint64_t, kStates> Report::windows() const {
  std::array<std::uint64_t, kStates> counts{};
  for (const StreamReport& stream : streams) {
    for (const WindowReport& row : stream.windows) {
      counts[static_cast<std::size_t>(row.state)] += row.windows;
    }
  }
  return counts;
}

std::uint64_t Report::entries(State state) const {
  std::uint64_t sum = 0;
  for (const StreamReport& stream : streams) {
    for (const WindowReport& row : stream.windows) {
      if (row.state == state) sum += row.entries();
    }
  }
  return sum;
}

std::uint64_t Report::erased() const {
  std::uint64_t sum = 0;
  for (const StreamReport& stream : streams) {
    for (const WindowReport& row : stream.windows) sum += row.erased;
  }
  return sum;
}

bool Report::anything() const {
  constexpr auto kComplete = static_cast<std::size_t>(State::complete);
  return windows()[kComplete] + runs()[kComplete] > 0;
}

State Report::state() const {
  State state = anything() ? State::complete : State::unverifiable;
  for (const StreamReport& stream : streams) {
    // What is not due yet says nothing against the rest.
    for (const WindowReport& row : stream.windows) {
      if (row.state != State::not_yet_due) state = worse(state, row.state);
    }
  }
  for (const PackReport& pack : packs) {
    for (const RunReport& run : pack.runs) {
      if (run.state != State::not_yet_due) state = worse(state, run.state);
    }
  }
  for (const auto* list : {&checkpoints, &others}) {
    for (const OtherReport& other : *list) state = worse(state, other.state);
  }
  return state;
}

int exit_code(const Report& report) {
  const State state = report.state();
  if (state >= State::gap) return kExitWrong;
  return state == State::complete ? kExitComplete : kExitUnverifiable;
}

}  // namespace trailkeeper::verify
