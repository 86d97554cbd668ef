#include <gtest/gtest.h>

#include <random>

#include "event/parse.h"
#include "event/record.h"
#include "json/writer.h"
#include "samples.h"

namespace trailkeeper::event {
namespace {

// Events with any mix of fields and any Unicode that is allowed.
class RandomEvents {
 public:
  explicit RandomEvents(std::uint64_t seed) : random_(seed) {}

  StoredEvent next() {
    StoredEvent stored;
    stored.seq = Seq{1 + random_() % 1'000'000'000'000};
    stored.received_at = time();
    stored.id = Uuid::v7(stored.received_at);
    for (auto& byte : stored.nonce) byte = static_cast<std::uint8_t>(random_());
    Event& e = stored.event;
    e.organization_id = "org-" + std::to_string(random_() % 100);
    e.action = "a" + text();
    e.occurred_at = time();
    e.actor.id = "u" + text();
    for (Text* t : {&e.action_label, &e.area, &e.application, &e.actor.type, &e.actor.name,
                    &e.actor.username, &e.actor.email, &e.actor.role}) {
      if (coin()) *t = text();
    }
    if (coin()) e.category = "data";
    if (coin()) e.crud = "none";
    if (coin()) e.outcome = "failure";
    if (coin()) e.http_status = 100 + static_cast<std::int64_t>(random_() % 500);
    if (coin()) e.version = static_cast<std::int64_t>(random_() % 1000);
    if (coin()) e.external_id = "x" + text();
    if (coin()) e.metadata = object();
    if (coin()) e.actor.metadata = object();
    if (coin()) e.error = ErrorDetail{maybe(), maybe()};
    if (coin())
      e.context = Context{
          coin() ? Text("2001:db8::7") : Text(), maybe(), maybe(), maybe(), maybe(), maybe()};
    if (coin()) fill(e.targets.emplace());
    if (coin()) fill(e.changes.emplace());
    return stored;
  }

 private:
  bool coin() { return random_() % 2 == 0; }
  Text maybe() { return coin() ? Text(text()) : Text(); }
  Timestamp time() {
    return from_micros(946'684'800'000'000 +
                       static_cast<std::int64_t>(random_() % 1'000'000'000'000'000));
  }
  void fill(std::vector<Target>& targets) {
    for (std::size_t i = random_() % 4; i > 0; --i) {
      targets.push_back({maybe(), maybe(), maybe(), coin() ? Json(object()) : Json()});
    }
  }
  void fill(std::vector<Change>& changes) {
    for (std::size_t i = random_() % 4; i > 0; --i) {
      changes.push_back(
          {"f" + text(), coin() ? Json(object()) : Json(), coin() ? Json("null") : Json("-0.0")});
    }
  }
  std::string object() {
    json::Writer out;
    out.begin_object()
        .member("k" + text(), text())
        .key("n")
        .raw(coin() ? "1e-7" : "12345678901234567890.50");
    out.key("l").begin_array().null().boolean(coin()).string(text()).end_array().end_object();
    return out.take();
  }
  std::string text() {
    static const std::vector<std::string> pieces{
        "a",    "Z",           " ",      "\"",      "\\", "/",   "\n",     "\t",
        "\x01", "\x7f",        "é",      "e\u0301", "ß",  "İ",   "\u2028", "\uffff",
        "𝄞",    "👩‍💻", "\ue000", "=",       "'",  "null"};
    std::string out;
    for (std::size_t i = random_() % 8; i > 0; --i) out += pieces[random_() % pieces.size()];
    return out;
  }

  std::mt19937_64 random_;
};

// A record read back and rendered again is the same bytes: nothing is lost, guessed or changed on
// the way.
TEST(RandomRecords, RenderReadRenderIsTheSame) {
  RandomEvents events(20261122);
  for (int i = 0; i < 20'000; ++i) {
    const StoredEvent stored = events.next();
    const std::string record = render_record(stored);
    auto read = parse_record(record);
    ASSERT_TRUE(read) << read.error().message << "\n" << record;
    ASSERT_EQ(*read, stored) << record;
    ASSERT_EQ(render_record(*read), record);
  }
}

// What one sends as JSON and what is stored say the same: the record's members from organization_id
// on, sent as an event, give the event again.
TEST(RandomRecords, ARecordsEventCanBeSentAgain) {
  RandomEvents events(7);
  json::Document document;
  for (int i = 0; i < 5'000; ++i) {
    StoredEvent stored = events.next();
    stored.event.application = "crm";
    const std::string tail = render_tail(stored.id, stored.nonce, stored.event);
    const std::string sent = "{" + tail.substr(tail.find("\"organization_id\""));
    auto node = document.parse(sent);
    ASSERT_TRUE(node) << sent;
    auto event = parse_event(*node, {.now = from_micros(2'000'000'000'000'000)});
    ASSERT_TRUE(event) << event.error().message << "\n" << sent;
    ASSERT_EQ(*event, stored.event) << sent;
  }
}

}  // namespace
}  // namespace trailkeeper::event
