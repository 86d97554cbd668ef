#include "manifest.h"

#include <gtest/gtest.h>

#include "crypto/hash.h"
#include "crypto/signature.h"
#include "merkle/checkpoint.h"
#include "merkle/compact_range.h"
#include "merkle/note.h"

namespace trailkeeper::deliver {
namespace {

const std::string kOrigin = "trail.example.com/log/aaaabbbbccccddddeeeeffff22";
const Timestamp kStart = parse_rfc3339("2026-11-22T14:00:00Z").value();

// The entries of docs/formats/manifest_example.
merkle::LogEntry example_entry(std::uint64_t seq) {
  const std::vector<std::string> times = {
      "2026-11-22T13:10:00.000001Z", "2026-11-22T13:20:00.000002Z", "2026-11-22T13:59:59.999999Z",
      "2026-11-22T14:00:00.000000Z", "2026-11-22T14:30:00.500000Z"};
  const std::string digit = std::to_string(seq);
  const std::string& time = times[seq - 1];
  const std::string record = R"({"v":1,"seq":)" + digit + R"(,"received_at":")" + time +
                             R"(","id":"019ab0d4-0000-7000-8000-00000000000)" + digit +
                             R"(","nonce":"AAAAAAAAAAAAAAAAAAAA0)" + digit +
                             R"(","organization_id":"org_acme","action":"user.signed_in",)" +
                             R"("actor":{"id":"u_)" + digit + R"(","name":"Zoë Müller"}})";
  return {Seq{seq}, parse_rfc3339(time).value(), crypto::sha256(record)};
}

merkle::CompactRange example_range(std::uint64_t size) {
  merkle::CompactRange range;
  for (std::uint64_t seq = 1; seq <= size; ++seq)
    range.append(merkle::leaf_hash(merkle::encode_log_entry(example_entry(seq))));
  return range;
}

// Of the tree of five from that of three: by hand, so that nothing of the prover is in it.
std::vector<merkle::Hash> example_consistency() {
  const auto leaf = [](std::uint64_t seq) {
    return merkle::leaf_hash(merkle::encode_log_entry(example_entry(seq)));
  };
  return {leaf(3), leaf(4), merkle::node_hash(leaf(1), leaf(2)), leaf(5)};
}

ManifestProof example_proof() {
  const auto key = *crypto::SigningKey::from_seed(std::string(32, '\0'));
  merkle::Note note{.text = merkle::render_checkpoint({kOrigin, 5, example_range(5).root()})};
  note.signatures.push_back(*merkle::sign_note(note.text, kOrigin, key));
  return {
      .border = {1, merkle::render_note(note), example_range(3).hashes(), example_consistency()},
      .old_log = std::nullopt};
}

std::string signed_line(std::string object) {
  const auto key = *crypto::SigningKey::from_seed(std::string(32, '\1'));
  object.pop_back();
  const auto value = to_base64(as_text(key.sign(std::string(kManifestType) + "\n" + object)));
  const std::string vkey =
      merkle::VerifierKey::make(kOrigin, merkle::KeyType::ed25519, key.public_key())->vkey();
  return object + R"(,"signature":{"key":")" + vkey.substr(0, kOrigin.size() + 9) +
         R"(","alg":"ed25519","value":")" + value + "\"}}\n";
}

struct Example {
  settings::Stream stream{
      .org = *OrgId::parse("org_acme"), .destination = "main", .number = 1, .reason = "activated"};
  settings::DeliveryWindow window{.number = 2,
                                  .span = {kStart, kStart + std::chrono::hours(1), {}},
                                  .first_seq = Seq{4},
                                  .last_seq = Seq{5},
                                  .entries = 2};
  settings::StagedObject file{.key =
                                  "in/audit/audit_logs/dt=2026-11-22/hour=14/"
                                  "000001-00000000000000000004-00000000000000000005.jsonl.gz",
                              .bytes = 211,
                              .rows = 2};
  PreviousManifest previous{"in/audit/audit_logs_manifest/dt=2026-11-22/000001-000000000001.json",
                            "61f43e853892529fe717de525611f6ff4c0fee39c13817d27cbc41e088772be4", 1};

  Example() {
    const std::string digest =
        *from_hex("a281c77d7a1012b6794188e300685621bfd307ab14713696a16ebcd12af9a89b");
    std::copy(digest.begin(), digest.end(), file.sha256.begin());
  }
};

// The worked example of docs/formats/manifest.md, made by another program.
TEST(Manifest, IsTheDocumentedOneByteForByte) {
  const Example example;
  const std::string line = signed_line(render_manifest(
      example.stream, example.window, {example.file}, example.previous, example_proof()));
  EXPECT_EQ(
      line,
      R"({"type":"trailkeeper-manifest/v1","organization_id":"org_acme","destination":"main",)"
      R"("stream":1,"window":2,"start":"2026-11-22T14:00:00.000000Z",)"
      R"("end":"2026-11-22T15:00:00.000000Z","first_seq":"4","last_seq":"5",)"
      R"("watermark":"2026-11-22T15:00:00.000000Z","format":"jsonl.gz","filter":null,)"
      R"("withheld":"0",)"
      R"("files":[{"key":"in/audit/audit_logs/dt=2026-11-22/hour=14/000001-00000000000000000004-00000000000000000005.jsonl.gz",)"
      R"("bytes":211,"rows":2,)"
      R"("sha256":"a281c77d7a1012b6794188e300685621bfd307ab14713696a16ebcd12af9a89b"}],)"
      R"("leaves":null,)"
      R"("previous":{"key":"in/audit/audit_logs_manifest/dt=2026-11-22/000001-000000000001.json",)"
      R"("sha256":"61f43e853892529fe717de525611f6ff4c0fee39c13817d27cbc41e088772be4"},"epoch":1,)"
      R"("checkpoint":"trail.example.com/log/aaaabbbbccccddddeeeeffff22\n5\nbfq3QzwuLsILnWpVpUVmm3SmAlkh4NMIrw1wcI2KsAM=\n\n— trail.example.com/log/aaaabbbbccccddddeeeeffff22 +SO5VTVriKvG662cB1XO96mFE9THo5ygNpKyhnWAAg7vlULrCJLhsf6KxM7LX/4lB664FGa5p2zqDKx+nZRblakF9A4=\n",)"
      R"("compact_range":{"size":"3","hashes":["2gceKobteEISasMyC9kvIUoi1a4kZ6YfDS/Qpue4JvM=",)"
      R"("J83WMgBpjcbU9BSs4TnqTWb6gL9N7sX/BSRz4/SME/o="]},)"
      R"("consistency":["J83WMgBpjcbU9BSs4TnqTWb6gL9N7sX/BSRz4/SME/o=",)"
      R"("qbE+PIFKZL37iZZyOf6T+jhQpteV1Z2nowPw8xYfYWo=",)"
      R"("2gceKobteEISasMyC9kvIUoi1a4kZ6YfDS/Qpue4JvM=",)"
      R"("et9XdaL8AbI+HeaVHhnE97uaadqg6O+r9ds280ZDmdQ="],)"
      R"("signature":{"key":"trail.example.com/log/aaaabbbbccccddddeeeeffff22+70e3ad72",)"
      R"("alg":"ed25519",)"
      R"("value":"5i6vCTQb6S4RDdzNeLkaLHpfgUlT7/uw2c75KNyKvHDE3i8Lo1OOhUzPEjIf3AEqLjtyBk4fo8PRMF8PNY3OAQ=="}})"
      "\n");
}

TEST(Manifest, LeavesStandBesideTheFiles) {
  Example example;
  example.window.shape.form = "csv";
  const settings::StagedObject leaves{.key = "a.leaves", .bytes = 96, .leaves = true};
  const std::string object = render_manifest(example.stream, example.window, {example.file, leaves},
                                             example.previous, example_proof());
  EXPECT_NE(object.find(R"(],"leaves":{"key":"a.leaves","bytes":96,"sha256":")"), std::string::npos)
      << object;
}

TEST(Manifest, NoProofLeadsAcrossEpochs) {
  Example example;
  example.previous.epoch = 2;
  const std::string object = render_manifest(example.stream, example.window, {example.file},
                                             example.previous, example_proof());
  EXPECT_NE(object.find(R"("consistency":null})"), std::string::npos) << object;
}

TEST(Manifest, TheOpeningOneAfterARestoreNamesTheOldLog) {
  Example example;
  example.window = {
      .number = 0, .span = {kStart, kStart, {}}, .first_seq = Seq{4}, .last_seq = Seq{3}};
  example.stream.reason = "new_epoch";
  ManifestProof proof = example_proof();
  proof.border.epoch = 2;
  proof.old_log = ledger::OldLog{1, "old note\n"};
  const std::string object =
      render_manifest(example.stream, example.window, {}, example.previous, proof);
  EXPECT_NE(object.find(R"("window":0,"reason":"new_epoch","uncertain":false,)"), std::string::npos)
      << object;
  EXPECT_NE(object.find(R"("epoch":2,"old_log":{"epoch":1,"checkpoint":"old note\n"},)"),
            std::string::npos)
      << object;
}

// What was staged before manifests were signed keeps its bytes.
TEST(Manifest, WithoutAProofItIsUnsigned) {
  const Example example;
  const std::string line = render_manifest(example.stream, example.window, {example.file},
                                           example.previous, std::nullopt);
  EXPECT_TRUE(line.ends_with("\"},\"signature\":null}\n")) << line;
  EXPECT_EQ(line.find("leaves"), std::string::npos);
  EXPECT_EQ(line.find("epoch"), std::string::npos);
}

}  // namespace
}  // namespace trailkeeper::deliver
