#include "ingest/witness.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <functional>
#include <mutex>

#include "base/bytes.h"
#include "httpc/client.h"
#include "httpd/router.h"
#include "httpd/server.h"
#include "merkle/checkpoint.h"
#include "merkle/hash.h"

namespace trailkeeper::ingest {
namespace {

const OrgId kAcme = *OrgId::parse("acme");

// A witness over HTTP that answers as the test says.
class Double {
 public:
  using Answer = std::function<httpd::Response(const std::string& body)>;

  Double() {
    router_.add("POST", "/add-checkpoint",
                [this](const httpd::Request& request, httpd::Responder responder) {
                  const std::lock_guard lock(mutex_);
                  bodies_.push_back(request.body);
                  if (!answer_) {
                    unanswered_.push_back(std::move(responder));
                  } else {
                    responder.send(answer_(request.body));
                  }
                });
    server_ = httpd::Server::create({.listen = "127.0.0.1:0", .pool_threads = 1}, router_).value();
    server_->start();
  }
  ~Double() {
    {
      const std::lock_guard lock(mutex_);
      for (httpd::Responder& responder : unanswered_) responder.send(says(503));
    }
    server_->stop(std::chrono::seconds(5));
  }
  std::string url() const { return "http://" + server_->address(); }
  std::string vkey() const {
    return merkle::VerifierKey::make(kName, merkle::KeyType::cosignature_ed25519, key.public_key())
        ->vkey();
  }
  std::vector<std::string> bodies() {
    const std::lock_guard lock(mutex_);
    return bodies_;
  }

  static httpd::Response says(int status, std::string body = {}) {
    httpd::Response response;
    response.status = status;
    response.body = std::move(body);
    return response;
  }
  // Its signature under the checkpoint that was sent, by `with`.
  static std::string signature(const std::string& body, const crypto::SigningKey& with,
                               const std::string& name = kName) {
    const auto note = merkle::parse_note(body.substr(body.find("\n\n") + 2));
    return merkle::render_signature(*merkle::cosign_note(note->text, 1'790'000'000, name, with));
  }

  static constexpr const char* kName = "witness.example/w1";
  // Null: it never answers.
  void say(Answer answer) {
    const std::lock_guard lock(mutex_);
    answer_ = std::move(answer);
  }

  const crypto::SigningKey key = *crypto::SigningKey::from_seed(std::string(32, '\1'));

 private:
  std::mutex mutex_;
  Answer answer_;
  std::vector<std::string> bodies_;
  std::vector<httpd::Responder> unanswered_;
  httpd::Router router_;
  std::unique_ptr<httpd::Server> server_;
};

class WitnessTest : public testing::Test {
 protected:
  void SetUp() override {
    folder_ = std::filesystem::temp_directory_path() / ("witness_test_" + random_base32(12));
    open_ledger();
    grow(5);
    double_.say([this](const std::string& body) {
      return Double::says(200, Double::signature(body, double_.key));
    });
    open();
  }
  void TearDown() override {
    witness_.reset();
    ledger_.reset();
    std::filesystem::remove_all(folder_);
  }
  void open_ledger() {
    witness_.reset();
    ledger_.reset();
    ledger_ = *ledger::Ledger::open({folder_.string(), "audit.example.com"}, sealer_, clock_);
  }
  void open(std::chrono::milliseconds answer_time = std::chrono::seconds(60)) {
    witness_.reset();
    witness_ = *Witness::make(
        {.url = double_.url(), .vkey = double_.vkey(), .answer_time = answer_time}, *ledger_, http_,
        [this](const OrgId&, const std::string& reason) { stopped_.push_back(reason); }, metrics_);
  }
  void grow(std::uint64_t to) {
    std::vector<ledger::Addition> additions;
    while (size_ < to) {
      ++size_;
      additions.push_back({kAcme,
                           {Seq{size_}, from_micros(static_cast<std::int64_t>(size_)),
                            merkle::leaf_hash(std::to_string(size_))}});
    }
    ASSERT_TRUE(ledger_->append(additions, size_));
    ASSERT_TRUE(ledger_->publish());
  }
  std::string served() { return *ledger_->checkpoint(*ledger_->name(kAcme)); }
  bool cosigned() { return served().find(Double::kName) != std::string::npos; }
  double failures() {
    const std::string text = metrics_.text(), name = "\ntrailkeeper_cosignature_failures_total ";
    const auto at = text.find(name);
    return at == std::string::npos ? 0 : std::atof(text.c_str() + at + name.size());
  }

  ManualClock clock_{*parse_rfc3339("2026-11-22T14:30:00Z")};
  const crypto::Sealer sealer_ = *crypto::Sealer::from_key(std::string(32, 'k'));
  metrics::Registry metrics_;
  httpc::Client http_;
  std::filesystem::path folder_;
  std::unique_ptr<ledger::Ledger> ledger_;
  Double double_;
  std::unique_ptr<Witness> witness_;
  std::vector<std::string> stopped_;
  std::uint64_t size_ = 0;
};

TEST_F(WitnessTest, ItsSignatureIsServedWithTheCheckpoint) {
  witness_->step();
  EXPECT_TRUE(cosigned());
  const auto key = *merkle::VerifierKey::parse(double_.vkey());
  EXPECT_EQ(merkle::verify_note(*merkle::parse_note(served()), {key})->size(), 1u);
  EXPECT_TRUE(
      double_.bodies().at(0).starts_with("old 0\n\n" + ledger_->log(kAcme)->origin + "\n5\n"));
  // The next one comes with a proof from what it has seen.
  grow(8);
  EXPECT_FALSE(cosigned());
  witness_->step();
  EXPECT_TRUE(cosigned());
  const std::string second = double_.bodies().at(1);
  EXPECT_TRUE(second.starts_with("old 5\n"));
  EXPECT_NE(second.find("\n\n"), second.find('\n'));
  witness_->step();
  EXPECT_EQ(double_.bodies().size(), 2u);  // nothing is new
  EXPECT_TRUE(stopped_.empty());
}

TEST_F(WitnessTest, ItIsAskedAgainFromTheSizeThatItNames) {
  double_.say([this](const std::string& body) {
    if (body.starts_with("old 0\n")) return Double::says(409, "3\n");
    return Double::says(200, Double::signature(body, double_.key));
  });
  witness_->step();
  EXPECT_TRUE(cosigned());
  EXPECT_TRUE(double_.bodies().at(1).starts_with("old 3\n"));
  EXPECT_TRUE(stopped_.empty());
}

// Promise 6: a log that went back is not signed any more.
TEST_F(WitnessTest, OneThatHasSeenMoreStopsTheLog) {
  double_.say([](const std::string&) { return Double::says(409, "900\n"); });
  witness_->step();
  ASSERT_EQ(stopped_.size(), 1u);
  EXPECT_NE(stopped_[0].find("900"), std::string::npos);
  EXPECT_FALSE(cosigned());
  // Not asked again for this log; but for the one that follows it.
  witness_->step();
  EXPECT_EQ(double_.bodies().size(), 1u);
  ASSERT_TRUE(ledger_->open_epoch(kAcme, 1));
  ASSERT_TRUE(ledger_->publish());
  double_.say([this](const std::string& body) {
    return Double::says(200, Double::signature(body, double_.key));
  });
  witness_->step();
  EXPECT_TRUE(cosigned());
  EXPECT_EQ(stopped_.size(), 1u);
}

TEST_F(WitnessTest, OneThatHasSeenAnotherHistoryStopsTheLog) {
  witness_->step();
  // Of the same size, another root: it was asked about 5 and knows another 5.
  open_ledger();
  double_.say([](const std::string&) { return Double::says(409, "5\n"); });
  open();
  witness_->step();
  ASSERT_EQ(stopped_.size(), 1u);
  EXPECT_NE(stopped_[0].find("another log"), std::string::npos);
  // What it signed is no beginning of what it is shown.
  double_.say([](const std::string&) { return Double::says(422); });
  open();
  witness_->step();
  ASSERT_EQ(stopped_.size(), 2u);
  EXPECT_NE(stopped_[1].find("not the beginning"), std::string::npos);
}

// Promise 6: nobody else's signature is shown as the witness's, and none of this stops a log.
TEST_F(WitnessTest, WhatIsNoAnswerOfAWitnessChangesNothing) {
  const auto other = *crypto::SigningKey::from_seed(std::string(32, '\2'));
  const std::vector<std::pair<const char*, Double::Answer>> answers = {
      {"another key under another name",
       [&](const std::string& body) {
         return Double::says(200, Double::signature(body, other, "witness.example/w2"));
       }},
      {"another key under its name",
       [&](const std::string& body) { return Double::says(200, Double::signature(body, other)); }},
      {"its signature of something else",
       [&](const std::string&) {
         return Double::says(
             200, Double::signature("old 0\n\nelse\n1\nAAAA\n\n\xe2\x80\x94 else AAAAAAAA\n",
                                    double_.key));
       }},
      {"a bit of its signature",
       [&](const std::string& body) {
         std::string line = Double::signature(body, double_.key);
         char& at = line[line.size() - 20];
         at = at == 'A' ? 'B' : 'A';
         return Double::says(200, line);
       }},
      {"no signature", [](const std::string&) { return Double::says(200, "fine\n"); }},
      {"nothing", [](const std::string&) { return Double::says(200); }},
      {"a log that it does not know", [](const std::string&) { return Double::says(404); }},
      {"a key of the log that it does not trust",
       [](const std::string&) { return Double::says(403); }},
      {"a proxy", [](const std::string&) { return Double::says(502, "<html>"); }},
      {"a conflict without a size", [](const std::string&) { return Double::says(409, "later"); }},
      {"a conflict about what it was told",
       [](const std::string&) { return Double::says(409, "0\n"); }},
      {"far too much",
       [](const std::string&) { return Double::says(200, std::string(1 << 20, 'x')); }},
  };
  double failed = failures();
  for (const auto& [what, answer] : answers) {
    double_.say(answer);
    open();
    witness_->step();
    EXPECT_FALSE(cosigned()) << what;
    EXPECT_TRUE(stopped_.empty()) << what << ": " << (stopped_.empty() ? "" : stopped_[0]);
    EXPECT_EQ(failures(), ++failed) << what;
    // It is left alone for a while.
    const std::size_t asked = double_.bodies().size();
    witness_->step();
    EXPECT_EQ(double_.bodies().size(), asked) << what;
  }
}

// A witness that is away delays nothing: a log that it knows waits for one try only.
TEST_F(WitnessTest, OneThatDoesNotAnswerHoldsNothing) {
  witness_->step();
  EXPECT_TRUE(cosigned());
  open_ledger();
  double_.say(nullptr);
  open(std::chrono::milliseconds(300));
  grow(9);
  EXPECT_EQ(ledger_->log(kAcme)->published_size, 5u);  // held until it was asked
  witness_->step();
  ASSERT_TRUE(ledger_->publish());
  EXPECT_EQ(ledger_->log(kAcme)->published_size, 9u);
  EXPECT_FALSE(cosigned());
  EXPECT_TRUE(stopped_.empty());
  EXPECT_GE(failures(), 1);
}

TEST_F(WitnessTest, ItsKeySignsCosignatures) {
  const std::string plain = ledger_->log(kAcme)->vkey;  // of a log
  EXPECT_EQ(Witness::make({.url = double_.url(), .vkey = plain}, *ledger_, http_, {}, metrics_)
                .error()
                .code,
            "vkey");
  EXPECT_FALSE(Witness::make({.url = double_.url(), .vkey = "x"}, *ledger_, http_, {}, metrics_));
}

}  // namespace
}  // namespace trailkeeper::ingest
