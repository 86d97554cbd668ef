#include "ingest/retraced.h"

#include "forms_support.h"
#include "json/document.h"
#include "retraced_hash.h"

namespace trailkeeper::ingest {
namespace {

std::string target_of(const std::string& event) {
  json::Document document;
  return retraced_hash_target(*document.parse(event));
}

// The vectors of npm @retracedhq/retraced's own tests.
TEST(RetracedTest, TheClientsOwnVectors) {
  const std::string event =
      R"({"action":"even.more.of.a.test","group":{"id":"%% :: some %% customer :: %%","name":"A"},
          "actor":{"id":"user@domain.xyz","name":"Chauncey O'Farragut"},
          "target":{"id":"some_object01234","name":"Important Business Widget"},
          "is_anonymous":false,"is_failure":true,
          "fields":{";zyx=cba;abc=xyz":"nothing special",";Zyx=Cba%Abc=Xyz":"% hi there %"}})";
  EXPECT_EQ(retraced_hash("abf053dc4a3042459818833276eec717", target_of(event)),
            "5b570bff4628b35262fb401d2f6c9bb38d29e212f6e0e8ea93445b4e5a253d50");
  EXPECT_EQ(target_of(R"({"action":"even.more.of.a.test","actor":{"id":"user@domain.xyz"},
                          "target":{"id":"some_object01234"},"is_anonymous":false,
                          "is_failure":true,"fields":{"abc=xyz":"nothing special"}})"),
            "even.more.of.a.test:some_object01234:user@domain.xyz:::1:0:"
            "abc%3Dxyz=nothing special;");
}

// What JavaScript makes of values that are no texts, and how it sorts; seen with Node 22.
TEST(RetracedTest, TheHashedTextIsJavaScripts) {
  EXPECT_EQ(target_of(R"({"action":"a","fields":{}})"), "a:::::0:0:");
  EXPECT_EQ(target_of(R"({"action":"a","fields":null,"target":{},"source_ip":""})"), "a:::::0:0::");
  EXPECT_EQ(target_of(R"({"action":"a","fields":{"n":1.5,"t":true,"z":null,"l":[1,[null,"x:y"]],
                          "o":{"a":1},"e":""}})"),
            "a:::::0:0:e=;l=1,,x:y;n=1.5;o=[object Object];t=true;z=null;");
  EXPECT_EQ(target_of("{\"action\":\"a\",\"fields\":{\"\xEF\xBC\xA1\":\"1\",\"\xF0\x9D\x84\x9E\":"
                      "\"2\",\"b\":\"3\"}}"),
            "a:::::0:0:b=3;\xF0\x9D\x84\x9E=2;\xEF\xBC\xA1=1;");
  EXPECT_EQ(target_of(R"({"action":"a","external_id":"x:1","metadata":{"k;":"v=%"}})"),
            "a:::::0:0:::x%3A1:k%3B=v%3D%25;");
}

TEST(RetracedTest, AnEventBecomesOurs) {
  const auto event = parse_one(
      request_of(Form::retraced,
                 R"({"action":"doc.update","crud":"u","created":"2026-11-22T14:00:00.000Z",
          "group":{"id":"acme","name":"Acme"},"source_ip":"192.0.2.7","description":"did it",
          "actor":{"id":"u1","name":"Ann","href":"https://x/u1"},
          "target":{"id":"d1","name":"Doc","type":"document","fields":{"a":"b"}},
          "is_failure":true,"is_anonymous":false,"fields":{"k":"v"},"component":"web",
          "version":"1.2","external_id":"x1","metadata":{"order":"7"}})"));
  ASSERT_TRUE(event) << event.error().message;
  EXPECT_EQ(event->organization_id, "acme");
  EXPECT_EQ(event->crud, "update");
  EXPECT_EQ(event->area, "web");
  EXPECT_EQ(event->outcome, "failure");
  EXPECT_EQ(event->external_id, "x1");
  EXPECT_EQ(event->context->ip, "192.0.2.7");
  EXPECT_EQ(event->actor.metadata, R"({"href":"https://x/u1"})");
  EXPECT_EQ(event->targets->at(0),
            (event::Target{"document", "d1", "Doc", R"({"fields":{"a":"b"}})"}));
  EXPECT_EQ(event->metadata, R"({"description":"did it","fields":{"k":"v"},"order":"7",)"
                             R"("retraced":{"group_name":"Acme","version":"1.2"}})");
}

TEST(RetracedTest, AnAnonymousEventNeedsNoActor) {
  const auto event =
      parse_one(request_of(Form::retraced, R"({"action":"page.view","is_anonymous":true})"));
  ASSERT_TRUE(event) << event.error().message;
  EXPECT_EQ(event->actor.id, "anonymous");
  EXPECT_EQ(event->actor.type, "anonymous");
  EXPECT_FALSE(event->crud);
}

TEST(RetracedTest, BadEventsPointIntoWhatWasSent) {
  const Refusal table[] = {
      {"[]", "wrong_type", ""},
      {R"({"action":"a"})", "required", "/actor"},
      {R"({"actor":{"id":"u"}})", "required", "/action"},
      {R"({"action":"a","actor":{"name":"u"}})", "required", "/actor/id"},
      {R"({"action":"a","actor":{"id":7}})", "wrong_type", "/actor/id"},
      {R"({"action":"a","actor":"u"})", "wrong_type", "/actor"},
      {R"({"action":"a","actor":{"id":"u"},"crud":"x"})", "unknown_value", "/crud"},
      {R"({"action":"a","actor":{"id":"u"},"group":{"id":"globex"}})", "unknown_organization",
       "/group/id"},
      {R"({"action":"a","actor":{"id":"u"},"group":{"id":"Customer: XYZ"}})",
       "invalid_organization", "/group/id"},
      {R"({"action":"a","actor":{"id":"u"},"created":"soon"})", "invalid_time", "/created"},
      {R"({"action":"a","actor":{"id":"u"},"source_ip":"x"})", "invalid_address", "/source_ip"},
      {R"({"action":"a","actor":{"id":"u"},"is_failure":"no"})", "wrong_type", "/is_failure"},
      {R"({"action":"a","actor":{"id":"u"},"metadata":[1]})", "wrong_type", "/metadata"},
      {R"({"action":"a","actor":{"id":"u"},"target":{"id":"t","name":7}})", "wrong_type",
       "/target/name"},
      {R"({"action":"a","actor":{"id":"u"},"component":7})", "wrong_type", "/component"},
      {R"({"action":"a","actor":{"id":"u"},"fields":[1]})", "wrong_type", "/fields"},
      {R"({"action":"a","actor":{"id":"u"},"description":7})", "wrong_type", "/description"},
      {R"({"action":"a","actor":{"id":"u"},"version":7})", "wrong_type", "/version"},
      {R"({"action":"a","actor":{"id":"u"},"crud":""})", "unknown_value", "/crud"},
  };
  for (const Refusal& refusal : table) {
    expect_refused(request_of(Form::retraced, refusal.body), refusal);
  }
}

TEST(RetracedTest, ABulkRequestHasAnEchoForEachEvent) {
  const auto parsed = parse(request_of(
      Form::retraced_bulk,
      R"({"events":[{"action":"a","actor":{"id":"u"}},{"action":"b"},{"action":"c","is_anonymous":true}]})"));
  ASSERT_TRUE(parsed) << parsed.error().message;
  ASSERT_EQ(parsed->items.size(), 3u);
  EXPECT_EQ(parsed->echoes, (std::vector<std::string>{"a::u:::0:0::", "", "c:::::0:1::"}));
  EXPECT_EQ(parsed->items[1].event.error().fields[0].pointer, "/events/1/actor");
  const auto spoiled =
      parse(request_of(Form::retraced_bulk,
                       R"({"events":[{"action":"\u0000"},{"action":"a","actor":{"id":"u"}}]})"));
  ASSERT_TRUE(spoiled) << spoiled.error().message;
  EXPECT_EQ(spoiled->items.at(0).event.error().fields.at(0).pointer, "/events/0/action");
  EXPECT_EQ(spoiled->echoes.at(1), "a::u:::0:0::");
  for (const char* bad : {"{}", "[]", R"({"events":7})", R"({"events":[]})"}) {
    EXPECT_FALSE(parse(request_of(Form::retraced_bulk, bad))) << bad;
  }
}

}  // namespace
}  // namespace trailkeeper::ingest
