#include "verify/receipt.h"

#include "folder_fixture.h"

namespace trailkeeper::verify {
namespace {

class Receipts : public ::testing::Test {
 protected:
  Receipts() { log_.receive(20, at_hour(13)); }
  std::string item(std::uint64_t seq) const {
    const merkle::LogEntry& entry = log_.entry(seq);
    return R"({"id":"id-)" + std::to_string(seq) + R"(","seq":)" + std::to_string(seq) +
           R"(,"received_at":")" + format_rfc3339(entry.received_at) + R"(","sha256":")" +
           to_hex(as_text(entry.record)) + R"(","status":"created"})";
  }
  testing::SignedLog log_{3};
};

TEST_F(Receipts, AreReadInEveryFormThatIsKept) {
  const std::string rejected = R"({"status":"rejected","problem":{"code":"x"}})";
  EXPECT_EQ(parse_receipts(item(3)).value().at(0).entry, log_.entry(3));
  EXPECT_EQ(parse_receipts("[" + item(3) + "," + rejected + "," + item(4) + "]").value().size(),
            2u);
  EXPECT_EQ(parse_receipts(R"({"data":[)" + item(3) + R"(],"log":null})").value().size(), 1u);
  EXPECT_EQ(parse_receipts(item(3) + "\n" + item(4) + "\n").value().at(1).id, "id-4");
  for (const std::string& text :
       {std::string(), std::string("x"), rejected, std::string("[]"), std::string(R"({"seq":1})"),
        std::string("3"), std::string(R"({"seq":0,"received_at":"","sha256":""})")}) {
    EXPECT_EQ(parse_receipts(text).error().code, "receipt") << text;
  }
}

TEST_F(Receipts, AreProvenByTheirProofOnly) {
  const auto receipt = parse_receipts(item(3)).value()[0];
  const auto proof = parse_proof(log_.proof(3, 20)).value();
  EXPECT_EQ(check_receipt(receipt, proof, log_.keys())->size, 20u);
  const auto other = parse_receipts(item(4)).value()[0];
  EXPECT_EQ(check_receipt(other, proof, log_.keys()).error().code, "not_proven");
  EXPECT_EQ(check_receipt(receipt, proof, testing::SignedLog(4).keys()).error().code, "not_proven");
  Receipt changed = receipt;
  changed.entry.record[5] ^= 1;
  EXPECT_EQ(check_receipt(changed, proof, log_.keys()).error().code, "not_proven");
  changed = receipt;
  changed.entry.received_at += Duration(1);
  EXPECT_EQ(check_receipt(changed, proof, log_.keys()).error().code, "not_proven");
}

// Promise 6: the log that the intake named is part of what it promised.
TEST_F(Receipts, AreOfTheLogThatTheyName) {
  const auto proof = parse_proof(log_.proof(3, 20)).value();
  const std::string name = log_.origin().substr(log_.origin().rfind('/') + 1);
  const auto answer = [&](const std::string& log) {
    return parse_receipts(R"({"data":[)" + item(3) + R"(],"log":")" + log + R"("})").value()[0];
  };
  EXPECT_EQ(answer(name).log, name);
  EXPECT_TRUE(check_receipt(answer(name), proof, log_.keys()));
  const auto other = check_receipt(answer(std::string(26, 'b')), proof, log_.keys());
  EXPECT_EQ(other.error().code, "not_proven");
  EXPECT_NE(other.error().message.find(std::string(26, 'b')), std::string::npos);
  // An item's own goes before the answer's.
  std::string own = item(3);
  own.insert(1, R"("log":")" + name + R"(",)");
  const auto items = parse_receipts(R"({"data":[)" + own + R"(],"log":null})").value();
  EXPECT_EQ(items[0].log, name);
}

// Promise 6: no byte of a proof may change.
TEST_F(Receipts, NoBitOfAProofMayChange) {
  const auto receipt = parse_receipts(item(3)).value()[0];
  const std::string whole = log_.proof(3, 20);
  for (std::size_t at = 0; at < whole.size(); ++at) {
    for (int bit = 0; bit < 8; ++bit) {
      std::string changed = whole;
      changed[at] = static_cast<char>(changed[at] ^ (1 << bit));
      const auto proof = parse_proof(changed);
      EXPECT_FALSE(proof && check_receipt(receipt, *proof, log_.keys())) << at << " " << bit;
    }
  }
}

}  // namespace
}  // namespace trailkeeper::verify
