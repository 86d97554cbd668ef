// trailkeeper-phases: what each step of an event's way costs, one thread, one line of JSON
// (microseconds of processor time an event). What the server does between the steps (sockets,
// queues, syncs) is not in it.

#include <fmt/format.h>

#include <cstdlib>
#include <ctime>
#include <string>
#include <vector>

#include "base/clock.h"
#include "compress/zstd.h"
#include "event/parse.h"
#include "event/record.h"
#include "events.h"
#include "events/row.h"
#include "json/document.h"

namespace {

using namespace trailkeeper;

constexpr std::size_t kEvents = 1000;
constexpr int kRounds = 100;

double processor_micros() {
  timespec now{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) * 1e6 + static_cast<double>(now.tv_nsec) / 1e3;
}

class Phases {
 public:
  Phases();
  void run();

 private:
  void time(const char* name, const auto& step) {
    const double began = processor_micros();
    for (int round = 0; round < kRounds; ++round) step();
    fmt::print("{}\"{}\":{:.3f}", first_ ? "{" : ",", name,
               (processor_micros() - began) / kRounds / kEvents);
    first_ = false;
  }
  void parse();
  void store();

  std::string body_ = "[";
  std::vector<std::string> tails_;
  std::vector<std::string> records_;
  std::vector<std::string> orgs_;
  std::string frames_;
  std::string out_;
  event::ParseContext context_;
  bool first_ = true;
};

Phases::Phases() {
  bench::EventSource source({.now_seconds = std::time(nullptr)});
  for (std::size_t i = 0; i < kEvents; ++i) {
    if (i > 0) body_ += ',';
    source.append(body_);
  }
  body_ += ']';
  context_.now = from_micros(std::time(nullptr) * std::int64_t{1'000'000});
}

void Phases::parse() {
  json::Document document;
  event::EventParser parser;
  time("json", [&] {
    if (!document.parse(body_)) std::abort();
  });
  const json::Node root = *document.parse(body_);
  time("event", [&] {
    for (const json::Node node : root) {
      if (!parser.parse(node, context_)) std::abort();
    }
  });
  tails_.resize(kEvents);
  time("event and render", [&] {
    std::size_t i = 0;
    for (const json::Node node : root) {
      std::string& tail = tails_[i++];
      tail.clear();
      event::append_tail(tail, Uuid::v7(context_.now), {}, **parser.parse(node, context_));
    }
  });
}

void Phases::store() {
  for (std::size_t i = 0; i < kEvents; ++i) {
    std::string record;
    event::append_head(record, Seq{i + 1}, context_.now);
    records_.push_back(record + tails_[i]);
    frames_ += records_.back();
  }
  time("hash", [&] {
    for (const std::string& record : records_) (void)event::hash_record(record);
  });
  compress::BlockPacker packer;
  time("pack", [&] { packer.pack(frames_, out_); });
  std::string unpacked;
  time("unpack", [&] {
    if (!packer.unpack(out_, frames_.size(), unpacked)) std::abort();
  });
  event::RecordParser reader;
  time("read the record", [&] {
    for (const std::string& record : records_) {
      if (!reader.parse(record)) std::abort();
    }
  });
  for (const std::string& record : records_)
    orgs_.emplace_back((*reader.parse(record))->event.organization_id);
  time("take apart, encode, decode, render, compare, print", [&] {
    events::BatchBuilder rows(1, kEvents);
    for (std::size_t i = 0; i < kEvents; ++i) {
      if (!rows.add({orgs_[i], Seq{i + 1}, context_.now}, records_[i])) std::abort();
    }
  });
}

void Phases::run() {
  parse();
  store();
  fmt::print("}}\n");
}

}  // namespace

int main() {
  Phases().run();
  return 0;
}
