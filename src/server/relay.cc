#include "relay.h"

#include <future>
#include <memory>

#include "base/log.h"

namespace trailkeeper::server {
namespace {

constexpr std::size_t kBatch = 200;
constexpr std::chrono::milliseconds kPause{500};

void report_refused(const std::vector<settings::OutboxEntry>& entries,
                    const ingest::Answer& answer) {
  const auto& items = answer.receipt.items;
  for (std::size_t i = 0; i < items.size() && i < entries.size(); ++i) {
    if (items[i].status != journal::Status::rejected) continue;
    // Sending it again cannot help, and it must not keep the others back.
    log::error("an entry about an action of our own was refused by intake",
               {{"org", entries[i].org.str()},
                {"external_id", entries[i].external_id},
                {"problem", items[i].problem}});
  }
}

}  // namespace

OutboxRelay::OutboxRelay(settings::Store& store, ingest::Ingest& ingest, metrics::Registry& metrics)
    : store_(store),
      ingest_(ingest),
      waiting_(metrics.gauge("trailkeeper_outbox_entries",
                             "Entries about our own actions that intake has not taken yet.")),
      background_("outbox", kPause, [this] { return step(); }) {}

Result<ingest::Answer> OutboxRelay::send(const std::vector<settings::OutboxEntry>& entries) {
  ingest::Request request;
  request.form = ingest::Form::own_ndjson;
  request.application = "trailkeeper";
  request.route = "outbox";
  request.own = true;
  for (const settings::OutboxEntry& entry : entries) {
    request.body += entry.event;
    request.body += '\n';
  }
  // The answer comes from the journal's thread; it is kept alive by both sides.
  auto promise = std::make_shared<std::promise<Result<ingest::Answer>>>();
  auto future = promise->get_future();
  ingest_.accept(std::move(request), [promise](Result<ingest::Answer> answer) {
    promise->set_value(std::move(answer));
  });
  return future.get();
}

Result<bool> OutboxRelay::relay() {
  const auto entries = TRY(
      store_.read([](const settings::ReadTx& tx) { return settings::read_outbox(tx, 0, kBatch); }));
  waiting_.set(static_cast<double>(entries.size()));
  if (entries.empty()) return false;
  const Result<ingest::Answer> answer = send(entries);
  if (!answer && answer.error().kind != ErrorKind::invalid) return answer.error();
  if (answer) {
    report_refused(entries, *answer);
  } else {
    log::error("entries about actions of our own were refused by intake",
               {{"count", entries.size()}, {"error", answer.error().message}});
  }
  std::vector<std::int64_t> ids;
  for (const settings::OutboxEntry& entry : entries) ids.push_back(entry.id);
  TRY(store_.write([&](settings::WriteTx& tx) { return settings::remove_from_outbox(tx, ids); }));
  return true;
}

bool OutboxRelay::step() {
  const Result<bool> done = relay();
  if (done) return *done;
  log::warn("entries about our own actions wait", {{"error", done.error().message}});
  return false;
}

}  // namespace trailkeeper::server
