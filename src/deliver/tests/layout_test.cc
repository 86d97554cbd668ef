#include "layout.h"

#include <gtest/gtest.h>

#include "manifest.h"

namespace trailkeeper::deliver {
namespace {

const Timestamp kStart = parse_rfc3339("2026-11-22T14:00:00Z").value();

TEST(Layout, NamesObjectsAsDocumented) {
  EXPECT_EQ(object_key("in/audit", kStart, 1, {Seq{11}, Seq{20}}, std::nullopt),
            "in/audit/audit_logs/dt=2026-11-22/hour=14/"
            "000001-00000000000000000011-00000000000000000020.jsonl.gz");
  EXPECT_EQ(object_key("p", kStart + std::chrono::minutes(59), 1, {Seq{11}, Seq{20}}, 7),
            "p/audit_logs/dt=2026-11-22/hour=14/"
            "000001-00000000000000000011-00000000000000000020-00007.jsonl.gz");
  EXPECT_EQ(object_key("p", parse_rfc3339("2026-11-22T00:00:00Z").value(), 12,
                       {Seq{1}, Seq{18446744073709551615u}}, {}),
            "p/audit_logs/dt=2026-11-22/hour=00/"
            "000012-00000000000000000001-18446744073709551615.jsonl.gz");
  EXPECT_EQ(manifest_key("p", kStart, 3, 42),
            "p/audit_logs_manifest/dt=2026-11-22/000003-000000000042.json");
  EXPECT_EQ(probe_key("p"), "p/.trailkeeper-connection-test");
}

TEST(Layout, KeysSortInTheOrderOfDelivery) {
  std::string before;
  std::string before_manifest;
  std::uint64_t seq = 1;
  for (int hour = 0; hour < 60; ++hour) {
    const Timestamp start = kStart + std::chrono::hours(hour);
    for (int part = 0; part < 12; ++part) {
      const std::string key = object_key("p", start, 1, {Seq{seq}, Seq{seq + 90}}, part);
      EXPECT_LT(before, key);
      before = key;
    }
    seq += 91;
    const std::string manifest = manifest_key("p", start, 1, hour + 1);
    EXPECT_LT(before_manifest, manifest);
    before_manifest = manifest;
  }
}

// The worked example of docs/formats/manifest.md.
TEST(Manifest, IsOneLineAsDocumented) {
  settings::Stream stream{
      .org = *OrgId::parse("org_acme"), .destination = "main", .number = 1, .reason = "activated"};
  settings::DeliveryWindow window{.number = 2,
                                  .span = {kStart, kStart + std::chrono::hours(1), {}},
                                  .first_seq = Seq{11},
                                  .last_seq = Seq{20},
                                  .entries = 10};
  settings::StagedObject file{.key =
                                  "in/audit/audit_logs/dt=2026-11-22/hour=14/"
                                  "000001-00000000000000000011-00000000000000000020.jsonl.gz",
                              .bytes = 1234,
                              .rows = 10};
  file.sha256.fill(0xab);
  const std::string digest(64, '0');
  EXPECT_EQ(
      render_manifest(
          stream, window, {file},
          {"in/audit/audit_logs_manifest/dt=2026-11-22/000001-000000000001.json", digest}),
      R"({"type":"trailkeeper-manifest/v1","organization_id":"org_acme","destination":"main","stream":1,"window":2,)"
      R"("start":"2026-11-22T14:00:00.000000Z","end":"2026-11-22T15:00:00.000000Z","first_seq":"11","last_seq":"20",)"
      R"("watermark":"2026-11-22T15:00:00.000000Z","format":"jsonl.gz","filter":null,"withheld":"0",)"
      R"("files":[{"key":"in/audit/audit_logs/dt=2026-11-22/hour=14/000001-00000000000000000011-00000000000000000020.jsonl.gz","bytes":1234,"rows":10,)"
      R"("sha256":"abababababababababababababababababababababababababababababababab"}],)"
      R"("previous":{"key":"in/audit/audit_logs_manifest/dt=2026-11-22/000001-000000000001.json","sha256":")" +
          digest + "\"},\"signature\":null}\n");
}

TEST(Manifest, TheOpeningOneSaysWhyAndWhatCameBefore) {
  settings::Stream stream{.org = *OrgId::parse("org_acme"),
                          .destination = "main",
                          .number = 3,
                          .reason = "location_changed",
                          .uncertain = true};
  settings::DeliveryWindow window{
      .number = 0, .span = {kStart, kStart, {}}, .first_seq = Seq{11}, .last_seq = Seq{10}};
  const std::string line = render_manifest(stream, window, {}, {});
  EXPECT_NE(line.find(R"("window":0,"reason":"location_changed","uncertain":true,)"),
            std::string::npos)
      << line;
  EXPECT_NE(line.find(R"("first_seq":"11","last_seq":"10")"), std::string::npos) << line;
  EXPECT_NE(line.find(R"("files":[],"previous":null,"signature":null})"), std::string::npos)
      << line;
}

}  // namespace
}  // namespace trailkeeper::deliver
