// trailkeeper-bench: sends events or repeats a query and prints one JSON line with rate and
// latencies.

#include <fmt/format.h>
#include <poll.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdio>
#include <ctime>
#include <functional>
#include <memory>
#include <thread>
#include <vector>

#include "connection.h"
#include "events.h"

namespace {

using Clock = std::chrono::steady_clock;

struct Options {
  std::string host = "127.0.0.1";
  int port = 8400;
  std::string key;
  int connections = 8;
  int orgs = 50;
  std::uint64_t events = 1'000'000;
  int seconds = 0;
  std::uint64_t batch = 1000;
  bool external_ids = false;
  std::uint64_t seed = 1;
  std::string path;
  int repeats = 200;
};

double milliseconds(Clock::duration time) {
  return std::chrono::duration<double, std::milli>(time).count();
}

double percentile(std::vector<double>& sorted, double p) {
  return sorted.empty()
             ? 0
             : sorted[std::min(sorted.size() - 1,
                               static_cast<std::size_t>(p * static_cast<double>(sorted.size())))];
}

void print(const char* unit, double amount, double seconds, std::vector<double> latencies,
           std::uint64_t failures) {
  std::sort(latencies.begin(), latencies.end());
  fmt::print(
      R"({{"{}_per_second":{:.0f},"seconds":{:.3f},"requests":{},"p50_ms":{:.3f},"p99_ms":{:.3f},"max_ms":{:.3f},"failures":{}}})"
      "\n",
      unit, amount / seconds, seconds, latencies.size(), percentile(latencies, 0.5),
      percentile(latencies, 0.99), latencies.empty() ? 0 : latencies.back(), failures);
}

void make_body(bench::EventSource& source, std::uint64_t events, std::string& body) {
  body.clear();
  if (events > 1) body += '[';
  for (std::uint64_t i = 0; i < events; ++i) {
    if (i > 0) body += ',';
    source.append(body);
  }
  if (events > 1) body += ']';
}

// Some connections of one thread, each with one request under way. The next one is made while the
// answer is awaited, as by a client that has its events already.
class Lane {
 public:
  Lane(const Options& options, int first, int count);
  // Until `more` says no.
  void run(const std::function<bool()>& more);

  std::vector<double> latencies;
  std::uint64_t failures = 0;

 private:
  struct Client {
    Client(const Options& options, int number)
        : connection(options.host, options.port),
          source({options.orgs, options.external_ids, std::time(nullptr),
                  options.seed * 1000 + static_cast<std::uint64_t>(number)}) {}
    bench::Connection connection;
    bench::EventSource source;
    std::string head;
    std::string body;
    Clock::time_point sent;
  };
  void begin(Client& client);
  void finish(Client& client);
  void wait();

  const Options& options_;
  std::vector<std::unique_ptr<Client>> clients_;
  std::vector<pollfd> sockets_;  // -1 when nothing is under way
};

Lane::Lane(const Options& options, int first, int count) : options_(options) {
  for (int i = first; i < first + count; ++i) {
    clients_.push_back(std::make_unique<Client>(options, i));
    make_body(clients_.back()->source, options.batch, clients_.back()->body);
  }
  sockets_.resize(clients_.size(), {-1, POLLIN, 0});
}

void Lane::begin(Client& client) {
  client.head = bench::post("/v1/events", options_.key, client.body.size());
  client.sent = Clock::now();
  client.connection.begin(client.head, client.body);
  make_body(client.source, options_.batch, client.body);
}

void Lane::finish(Client& client) {
  if (client.connection.finish(false).status != 200) ++failures;
  latencies.push_back(milliseconds(Clock::now() - client.sent));
}

void Lane::wait() {
  // Reading says when there is something, too.
  if (clients_.size() == 1) {
    sockets_.front().revents = POLLIN;
    return;
  }
  (void)::poll(sockets_.data(), sockets_.size(), -1);
}

void Lane::run(const std::function<bool()>& more) {
  std::size_t under_way = 0;
  for (std::size_t i = 0; i < clients_.size() && more(); ++i, ++under_way) {
    begin(*clients_[i]);
    sockets_[i].fd = clients_[i]->connection.socket();
  }
  while (under_way > 0) {
    wait();
    for (std::size_t i = 0; i < clients_.size(); ++i) {
      if (sockets_[i].fd < 0 || sockets_[i].revents == 0) continue;
      finish(*clients_[i]);
      if (more()) {
        begin(*clients_[i]);
      } else {
        sockets_[i].fd = -1;
        --under_way;
      }
    }
  }
}

// A thread for each connection costs less where requests are large; where they are small, waking
// so many would cost more than all that they do.
int connections_a_lane(const Options& options) { return options.batch < 10 ? 32 : 1; }

int intake(const Options& options) {
  std::atomic<std::int64_t> left(static_cast<std::int64_t>(options.events));
  std::vector<std::unique_ptr<Lane>> lanes;
  for (int first = 0; first < options.connections; first += connections_a_lane(options)) {
    lanes.push_back(std::make_unique<Lane>(
        options, first, std::min(connections_a_lane(options), options.connections - first)));
  }
  std::vector<std::thread> threads;
  const auto started = Clock::now();
  const auto end = options.seconds > 0 ? started + std::chrono::seconds(options.seconds)
                                       : Clock::time_point::max();
  const auto more = [&] {
    return left.fetch_sub(static_cast<std::int64_t>(options.batch)) > 0 && Clock::now() < end;
  };
  for (const auto& lane : lanes) threads.emplace_back([&lane = *lane, &more] { lane.run(more); });
  for (auto& thread : threads) thread.join();
  const double seconds = std::chrono::duration<double>(Clock::now() - started).count();
  std::vector<double> all;
  std::uint64_t failures = 0;
  for (const auto& lane : lanes) {
    all.insert(all.end(), lane->latencies.begin(), lane->latencies.end());
    failures += lane->failures;
  }
  const double sent = static_cast<double>(all.size() * options.batch);
  print("events", sent, seconds, std::move(all), failures);
  return failures == 0 ? 0 : 1;
}

// The same events for others to load: an array of JSON objects a line, `--batch` in each.
int print_events(const Options& options) {
  bench::EventSource source(
      {options.orgs, options.external_ids, std::time(nullptr), options.seed * 1000});
  std::string body;
  for (std::uint64_t made = 0; made < options.events; made += options.batch) {
    make_body(source, options.batch, body);
    std::puts(body.c_str());
  }
  return 0;
}

int query(const Options& options) {
  bench::Connection connection(options.host, options.port);
  const std::string request = bench::get(options.path, options.key);
  std::vector<double> latencies;
  std::uint64_t failures = 0;
  const auto started = Clock::now();
  for (int i = 0; i < options.repeats; ++i) {
    const auto sent = Clock::now();
    if (connection.send(request).status != 200) ++failures;
    latencies.push_back(milliseconds(Clock::now() - sent));
  }
  const double seconds = std::chrono::duration<double>(Clock::now() - started).count();
  print("queries", options.repeats, seconds, std::move(latencies), failures);
  return failures == 0 ? 0 : 1;
}

}  // namespace

int main(int argc, char** argv) {
  Options options;
  CLI::App app{"Load generator for Trailkeeper"};
  app.require_subcommand(1);
  app.add_option("--host", options.host);
  app.add_option("--port", options.port);
  app.add_option("--key", options.key, "application key");
  CLI::App* send = app.add_subcommand("intake", "send events");
  CLI::App* print = app.add_subcommand("print", "print events instead");
  for (CLI::App* made : {send, print}) {
    made->add_option("--orgs", options.orgs);
    made->add_option("--events", options.events);
    made->add_option("--batch", options.batch, "events a request");
    made->add_option("--seed", options.seed);
    made->add_flag("--external-ids", options.external_ids);
  }
  send->add_option("--connections", options.connections);
  send->add_option("--seconds", options.seconds, "stop after this long, whatever --events says");
  CLI::App* ask = app.add_subcommand("query", "repeat one GET");
  ask->add_option("--path", options.path)->required();
  ask->add_option("--repeats", options.repeats);
  CLI11_PARSE(app, argc, argv);
  if (print->parsed()) return print_events(options);
  return send->parsed() ? intake(options) : query(options);
}
