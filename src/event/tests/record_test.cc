#include "event/record.h"

#include <gtest/gtest.h>

#include "crypto/hash.h"
#include "samples.h"

namespace trailkeeper::event {
namespace {

TEST(Record, EveryFieldInItsOrder) {
  EXPECT_EQ(
      render_record(full_stored_event()),
      R"({"v":1,"seq":18204,"received_at":"2026-11-22T14:02:58.420017Z",)"
      R"("id":"0193548f-3d52-7abc-8def-0123456789ab","nonce":"ABEiM0RVZneImaq7zN3u_w",)"
      R"("organization_id":"acme","action":"segment.created","action_label":"created segment","area":"Segments",)"
      R"("application":"crm","category":"data","crud":"create","occurred_at":"2026-11-22T14:02:58.001000Z",)"
      R"("actor":{"type":"user","id":"u1","name":"Zoë Müller","username":"zoe","email":"zoe@acme.example",)"
      R"("role":"admin","metadata":{"team":"EMEA"}},)"
      R"("targets":[{"type":"segment","id":"s9","name":"Enterprise \"EMEA\"","metadata":{"n":1.50}},{}],)"
      R"("context":{"ip":"2001:db8::1","location":"Berlin","user_agent":"curl/8",)"
      R"("url":"https://acme.example/x?y=1","request_id":"r1","session_id":"sess1"},)"
      R"("outcome":"success","http_status":201,"error":{"code":"none","message":"line\nbreak"},)"
      R"("changes":[{"field":"name","before":null,"after":"x"},{"field":"size","before":1e3,"after":[1,{"a":2}]}],)"
      R"("metadata":{"b":1,"a":-0.0},"external_id":"x-1","version":2})");
}

TEST(Record, AbsentFieldsAreLeftOutAndEmptyOnesStay) {
  StoredEvent stored;
  stored.seq = Seq{1};
  stored.event.organization_id = "o";
  stored.event.action = "a";
  stored.event.actor.id = "u";
  stored.event.area = "";
  stored.event.targets.emplace();
  stored.event.context.emplace();
  const std::string record = render_record(stored);
  EXPECT_NE(record.find(R"("area":"")"), std::string::npos);
  EXPECT_NE(record.find(R"("targets":[],"context":{})"), std::string::npos);
  EXPECT_EQ(record.find("metadata"), std::string::npos);
}

TEST(Record, ReadsBackWhatItRendered) {
  const StoredEvent stored = full_stored_event();
  auto read = parse_record(render_record(stored));
  ASSERT_TRUE(read) << read.error().message;
  EXPECT_EQ(*read, stored);
}

TEST(Record, HeadAndTailAreTheRecord) {
  const StoredEvent stored = full_stored_event();
  std::string line;
  append_head(line, stored.seq, stored.received_at);
  EXPECT_LE(line.size(), kHeadBytesMax);
  line += render_tail(stored.id, stored.nonce, stored.event);
  EXPECT_EQ(line, render_record(stored));
  std::string longest;
  append_head(longest, Seq{~0ull}, stored.received_at);
  EXPECT_LE(longest.size(), kHeadBytesMax);
}

TEST(Record, HashIsOverTheLineWithoutLineFeed) {
  EXPECT_EQ(hash_record("abc"), crypto::sha256("abc"));
}

TEST(Record, RefusesWhatIsNone) {
  for (
      const char* text :
      {"", "{}", "[]",
       R"({"v":2,"seq":1,"received_at":"2026-01-01T00:00:00Z","id":"x","nonce":"x"})",
       R"({"v":1,"seq":0,"received_at":"2026-01-01T00:00:00Z","id":"0193548f-3d52-7abc-8def-0123456789ab","nonce":"ABEiM0RVZneImaq7zN3u_w","organization_id":"o","action":"a","actor":{"id":"u"}})"}) {
    EXPECT_FALSE(parse_record(text)) << text;
  }
}

}  // namespace
}  // namespace trailkeeper::event
