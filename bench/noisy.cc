// trailkeeper-bench-noisy: many quiet organizations send at a steady pace while one sends as much
// as it is told to; prints one JSON line with what the quiet ones felt. Requests start at their
// scheduled time, and a latency counts from there, so that a server that stalls cannot hide it.

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <atomic>
#include <chrono>
#include <ctime>
#include <thread>
#include <vector>

#include "connection.h"
#include "events.h"

namespace {

using Clock = std::chrono::steady_clock;

struct Options {
  std::string host = "127.0.0.1";
  int port = 8400;
  std::string quiet_key, noisy_key;
  int seconds = 10;
  int quiet_connections = 8;
  double quiet_requests = 400;  // a second, one event each
  int noisy_connections = 8;
  double noisy_events = 0;  // a second
  std::uint64_t noisy_batch = 100;
};

struct Totals {
  std::atomic<std::uint64_t> stored{0}, limited{0}, failed{0};
};

double percentile(const std::vector<double>& sorted, double p) {
  if (sorted.empty()) return 0;
  return sorted[std::min(sorted.size() - 1,
                         static_cast<std::size_t>(p * static_cast<double>(sorted.size())))];
}

// One connection's share of a pace: requests of `batch` events `every` apart, from `start` on.
struct Pace {
  const std::string& key;
  std::uint64_t batch;
  Clock::duration every;
  Clock::time_point start, end;
  std::uint64_t seed;
  bool noisy;
};

void send(const Options& options, const Pace& pace, Totals& totals,
          std::vector<double>& latencies) {
  bench::Connection connection(options.host, options.port);
  bench::EventSource source(
      {.orgs = pace.noisy ? 1 : 50, .now_seconds = std::time(nullptr), .seed = pace.seed});
  for (auto due = pace.start; due < pace.end; due += pace.every) {
    std::string body = pace.batch > 1 ? "[" : "";
    for (std::uint64_t i = 0; i < pace.batch; ++i) {
      if (i > 0) body += ',';
      source.append(body);
    }
    if (pace.batch > 1) body += ']';
    if (pace.noisy) {
      const std::string name = bench::org_name(0);
      for (std::size_t at = 0; (at = body.find(name, at)) != std::string::npos;)
        body.replace(at, name.size(), "noisy");
    }
    std::this_thread::sleep_until(due);
    // Who cannot keep up with the pace stops at the end all the same.
    if (Clock::now() >= pace.end) return;
    const int status =
        connection.send(bench::post("/v1/events", pace.key, body.size()), body, false).status;
    latencies.push_back(std::chrono::duration<double, std::milli>(Clock::now() - due).count());
    (status == 200 ? totals.stored : status == 429 ? totals.limited : totals.failed) += pace.batch;
  }
}

// Starts the connections of one side, evenly spread over the interval.
void start(const Options& options, Pace pace, int connections, double requests, Totals& totals,
           std::vector<std::vector<double>>& latencies, std::vector<std::thread>& threads) {
  const auto apart =
      std::chrono::duration_cast<Clock::duration>(std::chrono::duration<double>(1 / requests));
  pace.every = apart * connections;
  latencies.resize(static_cast<std::size_t>(connections));
  for (int c = 0; c < connections; ++c) {
    threads.emplace_back([&options, &totals, &latencies, pace, c, apart]() mutable {
      pace.start += apart * c;
      pace.seed += static_cast<std::uint64_t>(c);
      send(options, pace, totals, latencies[static_cast<std::size_t>(c)]);
    });
  }
}

}  // namespace

int main(int argc, char** argv) {
  Options options;
  CLI::App app{"One noisy organization beside quiet ones"};
  app.add_option("--host", options.host);
  app.add_option("--port", options.port);
  app.add_option("--quiet-key", options.quiet_key, "a key for all organizations")->required();
  app.add_option("--noisy-key", options.noisy_key, "the noisy organization's key");
  app.add_option("--seconds", options.seconds);
  app.add_option("--quiet-requests", options.quiet_requests, "a second, of one event each");
  app.add_option("--noisy-events", options.noisy_events, "a second; 0: it is silent");
  app.add_option("--noisy-batch", options.noisy_batch, "events a request");
  CLI11_PARSE(app, argc, argv);
  Totals quiet, noisy;
  std::vector<std::vector<double>> quiet_times, noisy_times;
  std::vector<std::thread> threads;
  const auto begin = Clock::now() + std::chrono::milliseconds(100);
  const auto end = begin + std::chrono::seconds(options.seconds);
  start(options, {options.quiet_key, 1, {}, begin, end, 1000, false}, options.quiet_connections,
        options.quiet_requests, quiet, quiet_times, threads);
  if (options.noisy_events > 0) {
    start(options, {options.noisy_key, options.noisy_batch, {}, begin, end, 2000, true},
          options.noisy_connections,
          options.noisy_events / static_cast<double>(options.noisy_batch), noisy, noisy_times,
          threads);
  }
  for (auto& thread : threads) thread.join();
  std::vector<double> all;
  for (const auto& some : quiet_times) all.insert(all.end(), some.begin(), some.end());
  std::sort(all.begin(), all.end());
  fmt::print(
      R"({{"quiet_requests":{},"quiet_p50_ms":{:.2f},"quiet_p99_ms":{:.2f},"quiet_max_ms":{:.2f},"quiet_refused":{},"noisy_stored_per_second":{:.0f},"noisy_refused_per_second":{:.0f}}})"
      "\n",
      all.size(), percentile(all, 0.5), percentile(all, 0.99), all.empty() ? 0 : all.back(),
      quiet.limited + quiet.failed, static_cast<double>(noisy.stored) / options.seconds,
      static_cast<double>(noisy.limited + noisy.failed) / options.seconds);
  return 0;
}
