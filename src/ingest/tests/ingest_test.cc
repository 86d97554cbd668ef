#include "ingest/ingest.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <future>
#include <set>

#include "event/record.h"

namespace trailkeeper::ingest {
namespace {

class SomeOrganizations final : public Organizations {
 public:
  bool exists(const OrgId& org) const override {
    return org.str() == "acme" || org.str() == "globex" || org.str() == "trailkeeper";
  }
};

class IngestTest : public testing::Test {
 protected:
  void SetUp() override {
    folder_ = std::filesystem::temp_directory_path() / ("ingest_test_" + random_base32(12));
    auto journal = journal::Journal::open({.folder = folder_.string()}, clock_, metrics_);
    ASSERT_TRUE(journal) << journal.error().message;
    journal_ = std::move(*journal);
    journal_->start();
    ingest_ = std::make_unique<Ingest>(*journal_, organizations_, clock_, metrics_);
  }
  void TearDown() override {
    journal_->stop();
    ingest_.reset();
    journal_.reset();
    std::filesystem::remove_all(folder_);
  }

  Request request(std::string body, Form form = Form::own_json) {
    return {.form = form,
            .body = std::move(body),
            .application = "crm",
            .key_organization = OrgId::parse("acme"),
            .route = "/v1/events"};
  }
  Result<Answer> accept(Request request) {
    std::promise<Result<Answer>> promise;
    ingest_->accept(std::move(request),
                    [&](Result<Answer> answer) { promise.set_value(std::move(answer)); });
    return promise.get_future().get();
  }
  std::uint64_t committed() { return journal_->last_seq(*OrgId::parse("acme")).value; }

  ManualClock clock_{*parse_rfc3339("2026-11-22T14:30:00Z")};
  metrics::Registry metrics_;
  SomeOrganizations organizations_;
  std::filesystem::path folder_;
  std::unique_ptr<journal::Journal> journal_;
  std::unique_ptr<Ingest> ingest_;
};

std::string nested_object(int depth) {
  std::string out = "1";
  for (int i = 0; i < depth; ++i) out = R"({"k":)" + out + "}";
  return out;
}

constexpr const char* kGood = R"({"action":"a","actor":{"id":"u"}})";

TEST_F(IngestTest, OneEventAnArrayAndLines) {
  auto one = accept(request(kGood));
  ASSERT_TRUE(one) << one.error().message;
  EXPECT_EQ(one->stored, 1u);
  auto two = accept(request(std::string("[") + kGood + "," + kGood + "]"));
  ASSERT_TRUE(two) << two.error().message;
  EXPECT_EQ(two->receipt.items[1].seq, Seq{3});
  auto lines =
      accept(request(std::string(kGood) + "\n\n" + kGood + "\r\n" + kGood, Form::own_ndjson));
  ASSERT_TRUE(lines) << lines.error().message;
  EXPECT_EQ(lines->stored, 3u);
  EXPECT_EQ(committed(), 6u);
}

TEST_F(IngestTest, TheReceiptsHashIsTheRecords) {
  auto answer = accept(request(kGood));
  auto entries = journal_->read(1, 2);
  ASSERT_EQ(entries->size(), 1u);
  EXPECT_EQ(event::hash_record(entries->front().record), answer->receipt.items[0].sha256);
  EXPECT_NE(entries->front().record.find(R"("application":"crm")"), std::string::npos);
}

// Promise 8: a bad event does not keep the good ones of its batch back, and changes nothing itself.
TEST_F(IngestTest, GoodEventsOfABatchGoOn) {
  auto answer = accept(request(std::string("[") + kGood + R"(,{"action":"a"},)" + kGood + "]"));
  ASSERT_TRUE(answer) << answer.error().message;
  EXPECT_EQ(answer->stored, 2u);
  EXPECT_EQ(answer->rejected, 1u);
  EXPECT_EQ(answer->receipt.items[1].status, journal::Status::rejected);
  EXPECT_NE(answer->receipt.items[1].problem.find(R"("pointer":"/1/actor")"), std::string::npos);
  EXPECT_EQ(committed(), 2u);
}

// What spoils one event of an array spoils no other: a client that sends it again and again would
// never get the rest in.
TEST_F(IngestTest, AnEventThatIsNoValidJsonIsOneBadItem) {
  const std::pair<std::string, std::string> bad[] = {
      {R"({"action":"a","action":"b","actor":{"id":"u"}})", "duplicate_key"},
      {R"({"action":"a\ud800","actor":{"id":"u"}})", "lone_surrogate"},
      {R"({"action":"a\u0000","actor":{"id":"u"}})", "nul_character"},
      {"{\"action\":\"a\xff\",\"actor\":{\"id\":\"u\"}}", "invalid_utf8"},
      {R"({"action":"a","actor":{"id":"u"},"metadata":{"n":1e999}})", "number_out_of_range"},
      {R"({"action":"a","actor":{"id":"u"},"metadata":)" + nested_object(32) + "}", "too_deep"},
  };
  for (const auto& [event, code] : bad) {
    auto answer = accept(request(std::string("[") + kGood + ", " + event + " ," + kGood + "]"));
    ASSERT_TRUE(answer) << code << ": " << answer.error().message;
    EXPECT_EQ(answer->stored, 2u) << code;
    const std::string& problem = answer->receipt.items[1].problem;
    EXPECT_NE(problem.find(code), std::string::npos) << problem;
    EXPECT_NE(problem.find("\"pointer\":\"/1"), std::string::npos) << problem;
  }
  auto torn = accept(request(std::string("[") + kGood + "," + R"({"action" "a"}])"));
  ASSERT_FALSE(torn);
  EXPECT_EQ(torn.error().code, "malformed_json");
}

// Promise 2: a key's second request is compared with all of the first, the spoiled parts included.
TEST_F(IngestTest, AnotherSpoiledItemIsAnotherRequest) {
  const std::string good = kGood;
  for (Form form : {Form::own_json, Form::cloudevent_batch}) {
    const bool own = form == Form::own_json;
    const std::string event =
        own ? good : R"({"specversion":"1.0","id":"1","source":"/s","type":"a","authid":"u"})";
    Request keyed = request("[" + event + R"(,{"x":"\u0000"}])", form);
    keyed.idempotency_key = own ? "k1" : "k2";
    auto first = accept(keyed);
    ASSERT_TRUE(first) << first.error().message;
    EXPECT_EQ(first->stored, 1u);
    EXPECT_TRUE(accept(keyed)->receipt.replayed);
    keyed.body = "[" + event + R"(,{"y":"\u0000"}])";
    auto other = accept(keyed);
    ASSERT_FALSE(other);
    EXPECT_EQ(other.error().code, "idempotency_key_reused");
  }
}

// However an event is sent, it may be equally deep.
TEST_F(IngestTest, AnEventMayBeAsDeepInAnArrayAsAlone) {
  const std::string deepest =
      R"({"action":"a","actor":{"id":"u"},"metadata":)" + nested_object(31) + "}";
  EXPECT_TRUE(accept(request(deepest)));
  EXPECT_TRUE(accept(request("[" + deepest + "]")));
  EXPECT_TRUE(accept(request(deepest, Form::own_ndjson)));
  EXPECT_TRUE(
      accept(request(R"({"organization_id":"acme","event":)" + deepest + "}", Form::workos)));
}

TEST_F(IngestTest, AtomicTakesAllOrNone) {
  Request all = request(std::string("[") + kGood + R"(,{"action":"a"}])");
  all.atomic = true;
  auto answer = accept(std::move(all));
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().fields[0].pointer, "/1/actor");
  EXPECT_EQ(committed(), 0u);
}

TEST_F(IngestTest, ABadLineIsOneBadItem) {
  auto answer = accept(request(std::string(kGood) + "\n{\"action\":\n" + kGood, Form::own_ndjson));
  ASSERT_TRUE(answer) << answer.error().message;
  EXPECT_EQ(answer->stored, 2u);
  EXPECT_NE(answer->receipt.items[1].problem.find("malformed_json"), std::string::npos);
}

TEST_F(IngestTest, WorkOsForm) {
  auto answer = accept(request(
      R"({"organization_id":"acme","event":{"action":"user.signed_in","occurred_at":"2026-11-22T14:00:00.000Z",
          "actor":{"type":"user","id":"u"},"targets":[{"type":"team","id":"t"}],"context":{"location":"192.0.2.1"}}})",
      Form::workos));
  ASSERT_TRUE(answer) << answer.error().message;
  EXPECT_EQ(answer->stored, 1u);
  auto other = accept(request(
      R"({"organization_id":"globex","event":{"action":"a","actor":{"id":"u"}}})", Form::workos));
  ASSERT_FALSE(other);
  EXPECT_EQ(other.error().kind, ErrorKind::not_found);
  auto bad = accept(request(R"({"organization_id":"acme","event":{"action":"a"}})", Form::workos));
  ASSERT_FALSE(bad);
  EXPECT_EQ(bad.error().fields[0].pointer, "/event/actor");
}

// Promise 7: the body alone opens no organization.
TEST_F(IngestTest, AKeyOfOneOrgWritesToNoOther) {
  auto answer = accept(request(R"({"action":"a","actor":{"id":"u"},"organization_id":"globex"})"));
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().fields[0].pointer, "/organization_id");
  EXPECT_EQ(journal_->last_seq(*OrgId::parse("globex")), Seq{0});
}

TEST_F(IngestTest, AKeyForAllWritesToThoseThatExist) {
  Request both = request(R"([{"action":"a","actor":{"id":"u"},"organization_id":"globex"},
                             {"action":"a","actor":{"id":"u"},"organization_id":"nobody"}])");
  both.key_organization.reset();
  auto answer = accept(std::move(both));
  ASSERT_TRUE(answer) << answer.error().message;
  EXPECT_EQ(answer->stored, 1u);
  EXPECT_NE(answer->receipt.items[1].problem.find("unknown_organization"), std::string::npos);
}

// Entries of Trailkeeper's own actions can be trusted because no key can write one.
TEST_F(IngestTest, NoKeyForgesOurOwnEntries) {
  for (const char* body : {R"({"action":"trailkeeper.key.created","actor":{"id":"u"}})",
                           R"({"action":"a","actor":{"id":"u"},"application":"trailkeeper"})"}) {
    auto answer = accept(request(body));
    ASSERT_FALSE(answer) << body;
    EXPECT_EQ(answer.error().code, "reserved");
  }
  Request all = request(R"({"action":"a","actor":{"id":"u"},"organization_id":"trailkeeper"})");
  all.key_organization.reset();
  auto foreign = accept(all);
  ASSERT_FALSE(foreign);
  EXPECT_EQ(foreign.error().code, "unknown_organization");
  EXPECT_EQ(committed(), 0u);
  Request own = request(R"({"action":"trailkeeper.key.created","actor":{"id":"u"}})");
  own.own = true;
  EXPECT_TRUE(accept(own));
}

// Promise 2: the same key and body, however often, is one event and one answer.
TEST_F(IngestTest, AnIdempotencyKeyMakesARetrySafe) {
  Request keyed = request(kGood);
  keyed.idempotency_key = "k1";
  auto first = accept(keyed);
  auto again = accept(keyed);
  EXPECT_EQ(first->receipt.items[0].id, again->receipt.items[0].id);
  EXPECT_EQ(first->receipt.items[0].sha256, again->receipt.items[0].sha256);
  EXPECT_EQ(committed(), 1u);
  keyed.body = R"( {"action":"a", "actor":{"id":"u"}} )";
  EXPECT_TRUE(accept(keyed)->receipt.replayed);
  keyed.body = R"({"action":"b","actor":{"id":"u"}})";
  auto other = accept(keyed);
  ASSERT_FALSE(other);
  EXPECT_EQ(other.error().code, "idempotency_key_reused");
  EXPECT_EQ(committed(), 1u);
}

TEST_F(IngestTest, AnExternalIdMakesAnEventOne) {
  const std::string event = R"({"action":"a","actor":{"id":"u"},"external_id":"x"})";
  auto first = accept(request(event));
  auto again = accept(request("[" + event + "]"));
  EXPECT_EQ(again->receipt.items[0].status, journal::Status::duplicate);
  EXPECT_EQ(again->receipt.items[0].id, first->receipt.items[0].id);
  EXPECT_EQ(again->stored, 1u);
  EXPECT_EQ(committed(), 1u);
}

// Refuses what it is told to, from then on.
class StricterRules final : public EventRulesSource, public EventRules {
 public:
  std::shared_ptr<const EventRules> rules() const override {
    return {std::shared_ptr<const EventRules>(), this};
  }
  Result<> apply(event::Event& event, const std::string&) const override {
    if (event.action != refused) return {};
    return Error{ErrorKind::invalid, "schema_violation", "not any more"};
  }
  std::string refused;
};

// Promise 2: what the vendor asks of events since changes nothing about what was answered before.
TEST_F(IngestTest, ARetryGetsItsFirstAnswerUnderStricterRules) {
  StricterRules rules;
  ingest_ = std::make_unique<Ingest>(*journal_, organizations_, clock_, metrics_, &rules);
  Request keyed = request(kGood);
  keyed.idempotency_key = "k1";
  const std::string event = R"({"action":"a","actor":{"id":"u"},"external_id":"x"})";
  Request atomic = request("[" + event + "]");
  atomic.atomic = true;
  auto first = accept(keyed);
  auto second = accept(atomic);
  rules.refused = "a";
  auto again = accept(keyed);
  ASSERT_TRUE(again) << again.error().message;
  EXPECT_TRUE(again->receipt.replayed);
  EXPECT_EQ(again->receipt.items[0].id, first->receipt.items[0].id);
  for (const Request& retry : {request(event), atomic}) {
    auto duplicate = accept(retry);
    ASSERT_TRUE(duplicate) << duplicate.error().message;
    EXPECT_EQ(duplicate->receipt.items[0].status, journal::Status::duplicate);
    EXPECT_EQ(duplicate->receipt.items[0].id, second->receipt.items[0].id);
  }
  EXPECT_EQ(committed(), 2u);

  keyed.idempotency_key = "k2";
  atomic.body = "[" + event + R"(,{"action":"a","actor":{"id":"u"},"external_id":"y"}])";
  for (const Request& fresh : {request(kGood), keyed, atomic}) {
    auto refused = accept(fresh);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, "schema_violation");
  }
  EXPECT_EQ(committed(), 2u);
}

struct Bad {
  const char* body;
  const char* code;
};
class BadRequest : public IngestTest, public testing::WithParamInterface<Bad> {};

TEST_P(BadRequest, IsRefusedAndChangesNothing) {
  auto answer = accept(request(GetParam().body));
  ASSERT_FALSE(answer) << GetParam().body;
  EXPECT_EQ(answer.error().kind, ErrorKind::invalid);
  EXPECT_EQ(answer.error().code, GetParam().code) << GetParam().body;
  EXPECT_EQ(committed(), 0u);
}

INSTANTIATE_TEST_SUITE_P(
    Table, BadRequest,
    testing::Values(Bad{"", "malformed_json"}, Bad{"{", "malformed_json"}, Bad{"[]", "no_events"},
                    Bad{"7", "wrong_type"},
                    Bad{R"({"action":"a","action":"b","actor":{"id":"u"}})", "duplicate_key"},
                    Bad{R"({"action":"a\u0000b","actor":{"id":"u"}})", "nul_character"},
                    Bad{R"({"action":"a\ud800b","actor":{"id":"u"}})", "lone_surrogate"},
                    Bad{"{\"action\":\"\xff\",\"actor\":{\"id\":\"u\"}}", "invalid_utf8"},
                    Bad{R"({"action":"a","actor":{"id":"u"},"metadata":{"n":1e400}})",
                        "number_out_of_range"},
                    Bad{R"({"action":"a"})", "invalid_event"}));

TEST_F(IngestTest, AnEventLargerThanARecordMayBeIsRefusedWithItsSize) {
  auto answer = accept(request(R"({"action":"a","actor":{"id":"u"},"metadata":{"x":")" +
                               std::string(1u << 20, 'x') + R"("}})"));
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().code, "event_too_large");
  EXPECT_NE(answer.error().message.find("65536"), std::string::npos);
}

}  // namespace
}  // namespace trailkeeper::ingest
